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
        const { assert!(SIZE > 0 && SIZE.is_multiple_of(GRAIN) && align_of::<Arena<SIZE>>() >= GRAIN) }
        Self {
            arena: UnsafeCell::new(Arena(MaybeUninit::uninit())),
            state: UnsafeCell::new(State { free: ptr::null_mut(), ready: false, used: 0, peak: 0 }),
        }
    }

    /// Bytes in use now.
    pub fn used(&self) -> usize {
        // SAFETY: see Sync.
        unsafe { (*self.state.get()).used }
    }

    /// Bytes in use at most, so far.
    pub fn peak(&self) -> usize {
        // SAFETY: see Sync.
        unsafe { (*self.state.get()).peak }
    }

    /// Makes the whole arena one free block, the first time.
    fn ready_state(&self) -> &mut State {
        // SAFETY: see Sync. The arena is large and aligned enough for a block, as `new` asserts.
        unsafe {
            let state = &mut *self.state.get();
            if !state.ready {
                state.ready = true;
                state.free = self.arena.get().cast();
                state.free.write(Block { size: SIZE, next: ptr::null_mut() });
            }
            state
        }
    }
}

/// Bytes that an allocation takes. Cannot overflow: a layout's size is at most `isize::MAX`.
fn block_size(layout: Layout) -> usize {
    layout.size().max(1).next_multiple_of(GRAIN)
}

// SAFETY: `alloc` cuts every allocation out of a free block, so that no two overlap, and aligns it; neither method
// panics.
unsafe impl<const SIZE: usize> GlobalAlloc for Heap<SIZE> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let state = self.ready_state();
        let size = block_size(layout);
        let mut link = &raw mut state.free;
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
                state.used += size;
                state.peak = state.peak.max(state.used);
                return block.byte_add(gap).cast();
            }
        }
        ptr::null_mut()
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let state = self.ready_state();
        let mut size = block_size(layout);
        state.used -= size;
        // The arena's own pointer at that address: only it may reach into the neighbours.
        let block = self.arena.get().cast::<Block>().with_addr(pointer.addr());
        // SAFETY: the caller gives back what `alloc` returned for this layout, so the bytes belong to nobody now; the
        // list is as in `alloc`.
        unsafe {
            let mut previous = ptr::null_mut::<Block>();
            let mut next = state.free;
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
                state.free = block;
            } else if previous.byte_add((*previous).size) == block {
                previous.write(Block { size: (*previous).size + size, next });
            } else {
                block.write(Block { size, next });
                (*previous).next = block;
            }
        }
    }
}
