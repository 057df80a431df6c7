//! The ring buffer of `c/ring.c`, with its storage borrowed for as long as it lives.

use core::marker::PhantomData;
use core::mem::MaybeUninit;

/// `struct ring`.
#[repr(C)]
struct RawRing {
    storage: *mut u8,
    mask: u32,
    written: u32,
    read: u32,
}

unsafe extern "C" {
    fn ring_init(ring: *mut RawRing, storage: *mut u8, capacity: usize) -> bool;
    fn ring_push(ring: *mut RawRing, bytes: *const u8, count: usize) -> usize;
    fn ring_pop(ring: *mut RawRing, bytes: *mut u8, count: usize) -> usize;
}

// The build writes it: RawRing and the functions are as ring.h declares them, or this does not compile.
include!(env!("LAYOUT_RING"));

/// A ring buffer of bytes.
pub struct Ring<'storage> {
    raw: RawRing,
    storage: PhantomData<&'storage mut [u8]>,
}

impl<'storage> Ring<'storage> {
    /// Makes an empty ring of the storage, whose length must be a power of two.
    pub fn new(storage: &'storage mut [u8]) -> Option<Self> {
        let mut raw = MaybeUninit::uninit();
        // SAFETY: the pointer and the length describe `storage`, which nobody else uses while this ring lives. C writes
        // every field of the ring where it returns true.
        unsafe {
            ring_init(raw.as_mut_ptr(), storage.as_mut_ptr(), storage.len())
                .then(|| Self { raw: raw.assume_init(), storage: PhantomData })
        }
    }

    /// Pushes as many bytes as fit and returns the others.
    pub fn push<'bytes>(&mut self, bytes: &'bytes [u8]) -> &'bytes [u8] {
        // SAFETY: `raw` was initialised by C; the pointer and the count describe `bytes`, which C only reads.
        let pushed = unsafe { ring_push(&mut self.raw, bytes.as_ptr(), bytes.len()) };
        &bytes[pushed..]
    }

    /// Pops as many bytes as there are and fit, and returns them.
    pub fn pop<'bytes>(&mut self, bytes: &'bytes mut [u8]) -> &'bytes [u8] {
        // SAFETY: `raw` was initialised by C; the pointer and the count describe `bytes`, borrowed for the call alone.
        let popped = unsafe { ring_pop(&mut self.raw, bytes.as_mut_ptr(), bytes.len()) };
        &bytes[..popped]
    }
}
