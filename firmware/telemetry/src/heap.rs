//! The image's memory allocator: first fit in a list of free blocks, neighbours joined when memory comes back.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::ptr;

/// What stands at the start of every free block. Blocks in use carry nothing: their layout comes back with them.
struct Block {
    /// Bytes, this header included.
    size: usize,
    /// The next free block; the list is sorted by address.
    next: *mut Block,
}

/// Every block's size and address is a multiple of this, so that whatever is left of one can be a block.
const GRAIN: usize = size_of::<Block>();

/// A heap of `SIZE` bytes.
///
/// For one processor without interrupts: nothing guards the list of free blocks, as nothing can come in between.
pub struct Heap<const SIZE: usize> {
    arena: UnsafeCell<Arena<SIZE>>,
    state: UnsafeCell<State>,
}

#[repr(align(16))]
struct Arena<const SIZE: usize>(MaybeUninit<[u8; SIZE]>);

struct State {
    free: *mut Block,
    /// Whether the arena has become the first free block.
    ready: bool,
    used: usize,
    peak: usize,
}

// SAFETY: the firmware runs on one processor, in one thread, with interrupts off; and no method calls out while it
// holds the state. So there is never more than one reference to it.
unsafe impl<const SIZE: usize> Sync for Heap<SIZE> {}

impl<const SIZE: usize> Heap<SIZE> {
    pub const fn new() -> Self {
        const { assert!(SIZE > 0 && SIZE % GRAIN == 0 && align_of::<Arena<SIZE>>() >= GRAIN) }
        Self {
            arena: UnsafeCell::new(Arena(MaybeUninit::uninit())),
            state: UnsafeCell::new(State { free: ptr::null_mut(), ready: false, used: 0, peak: 0 }),
        }
    }

    /// Bytes in use now.
    pub fn used(&self) -> usize {
        self.with_state(|state| state.used)
    }

    /// Bytes in use at most, so far.
    pub fn peak(&self) -> usize {
        self.with_state(|state| state.peak)
    }

    /// Lends the state to `work`, which must not come back to the heap.
    fn with_state<R>(&self, work: impl FnOnce(&mut State) -> R) -> R {
        // SAFETY: see Sync: nobody else has a reference to the state, and `work` makes no second one.
        let state = unsafe { &mut *self.state.get() };
        if !state.ready {
            state.ready = true;
            state.free = self.arena.get().cast();
            // SAFETY: the arena is large and aligned enough for a block, as `new` asserts, and nobody uses it yet.
            unsafe { state.free.write(Block { size: SIZE, next: ptr::null_mut() }) };
        }
        work(state)
    }
}

impl State {
    /// Cuts an allocation out of the first free block that has room for it; returns null where none has.
    fn allocate(&mut self, layout: Layout) -> *mut u8 {
        let size = block_size(layout);
        let mut link = &raw mut self.free;
        // SAFETY: the list holds only blocks that lie in the arena and belong to nobody, and ends with a null pointer.
        unsafe {
            while !(*link).is_null() {
                let block = *link;
                // Bytes to skip, a multiple of GRAIN since the block's address is one.
                let gap = block.cast::<u8>().align_offset(layout.align());
                let Some(rest) = gap.checked_add(size).and_then(|taken| (*block).size.checked_sub(taken)) else {
                    link = &raw mut (*block).next;
                    continue;
                };
                let mut next = (*block).next;
                if rest > 0 {
                    let behind = block.byte_add(gap + size);
                    behind.write(Block { size: rest, next });
                    next = behind;
                }
                if gap > 0 {
                    block.write(Block { size: gap, next });
                } else {
                    *link = next;
                }
                self.used += size;
                self.peak = self.peak.max(self.used);
                return block.byte_add(gap).cast();
            }
        }
        ptr::null_mut()
    }

    /// Puts a block back into the list and joins it with its free neighbours.
    ///
    /// # Safety
    /// `allocate` returned the block for this layout, nobody uses it any more, and its pointer may reach into the
    /// whole arena.
    unsafe fn free(&mut self, block: *mut Block, layout: Layout) {
        let mut size = block_size(layout);
        self.used -= size;
        let mut previous = ptr::null_mut::<Block>();
        let mut next = self.free;
        // SAFETY: the list is as in `allocate`, and the caller promises the same of the block.
        unsafe {
            while !next.is_null() && next < block {
                previous = next;
                next = (*next).next;
            }
            if block.byte_add(size) == next {
                size += (*next).size;
                next = (*next).next;
            }
            if previous.is_null() {
                block.write(Block { size, next });
                self.free = block;
            } else if previous.byte_add((*previous).size) == block {
                previous.write(Block { size: (*previous).size + size, next });
            } else {
                block.write(Block { size, next });
                (*previous).next = block;
            }
        }
    }
}

/// Bytes that an allocation takes. Cannot overflow: a layout's size is at most `isize::MAX`.
fn block_size(layout: Layout) -> usize {
    layout.size().max(1).next_multiple_of(GRAIN)
}

// SAFETY: no two allocations overlap, each is aligned as asked for, and neither method panics.
unsafe impl<const SIZE: usize> GlobalAlloc for Heap<SIZE> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.with_state(|state| state.allocate(layout))
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // The arena's own pointer at that address: `pointer` may not reach into the neighbours, this one may.
        let block = self.arena.get().cast::<Block>().with_addr(pointer.addr());
        // SAFETY: the caller gives back what `alloc` returned for this layout.
        self.with_state(|state| unsafe { state.free(block, layout) });
    }
}
