//! The border to C: declarations as `c/filter.h` and `c/crc8.h` have them, and safe functions around them.

/// `struct filter`: an exponential moving average.
#[derive(Default)]
#[repr(C)]
pub struct Filter {
    average: i32,
}

unsafe extern "C" {
    fn filter_update(filter: *mut Filter, sample: i16) -> i16;
    fn crc8(bytes: *const u8, count: u32) -> u8;
}

impl Filter {
    /// Takes a sample and gives the average.
    pub fn update(&mut self, sample: i16) -> i16 {
        // SAFETY: the pointer is to `self`, borrowed for the call alone.
        unsafe { filter_update(self, sample) }
    }
}

/// Computes the CRC-8 of the bytes.
#[must_use]
pub fn checksum(bytes: &[u8]) -> u8 {
    // SAFETY: the pointer and the count describe `bytes`, which C only reads and does not keep.
    unsafe { crc8(bytes.as_ptr(), bytes.len() as u32) }
}
