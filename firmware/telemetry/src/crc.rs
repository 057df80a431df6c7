//! The CRC of `c/crc16.c`, as functions on slices.

/// The register before the first byte, `CRC16_INITIAL`.
pub const INITIAL: u16 = 0xffff;

unsafe extern "C" {
    fn crc16_update(crc: u16, bytes: *const u8, count: usize) -> u16;
}

/// Carries a CRC on over more bytes.
pub fn update(crc: u16, bytes: &[u8]) -> u16 {
    // SAFETY: the pointer and the count describe `bytes`, which C only reads and does not keep.
    unsafe { crc16_update(crc, bytes.as_ptr(), bytes.len()) }
}

/// Computes the CRC of the bytes.
pub fn crc16(bytes: &[u8]) -> u16 {
    update(INITIAL, bytes)
}
