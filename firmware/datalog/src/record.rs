//! Records as they stand in the EEPROM: samples, then their CRC-8.

use heapless::Vec;

use crate::ffi::checksum;

/// How many samples a record has.
pub const SAMPLES: usize = 16;
/// How many bytes it takes: the samples, little-endian, and the CRC.
pub const SIZE: usize = 2 * SAMPLES + 1;

/// Samples that belong together.
#[derive(Default)]
pub struct Record(Vec<i16, SAMPLES>);

impl Record {
    /// Adds a sample; panics where the record is full.
    pub fn push(&mut self, sample: i16) -> &Self {
        self.0.push(sample).expect("a record took one sample too many");
        self
    }

    pub fn is_full(&self) -> bool {
        self.0.is_full()
    }

    /// Tells the least and the greatest sample; (0, 0) where there is none.
    pub fn range(&self) -> (i16, i16) {
        let samples = || self.0.iter().copied();
        (samples().min().unwrap_or(0), samples().max().unwrap_or(0))
    }

    /// Gives the bytes of a full record.
    pub fn to_bytes(&self) -> [u8; SIZE] {
        let mut bytes = [0; SIZE];
        for (pair, sample) in bytes.chunks_exact_mut(2).zip(&self.0) {
            pair.copy_from_slice(&sample.to_le_bytes());
        }
        bytes[SIZE - 1] = checksum(&bytes[..SIZE - 1]);
        bytes
    }

    /// Reads a full record; `None` where the CRC is another.
    pub fn from_bytes(bytes: &[u8; SIZE]) -> Option<Self> {
        let (data, [crc]) = bytes.split_at(SIZE - 1) else { return None };
        let samples = data.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
        (checksum(data) == *crc).then(|| Record(samples.collect()))
    }
}
