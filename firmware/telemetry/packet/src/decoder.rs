//! Packets out of a stream of bytes.

use alloc::vec::Vec;

use crate::frame::MAX_FRAME;
use crate::{Crc, DELIMITER, Error, Packet};

/// Collects bytes until a frame is complete.
///
/// Whatever is received, the next delimiter brings it back into step, and it never holds more than one frame.
pub struct Decoder {
    crc: Crc,
    frame: Vec<u8>,
    /// The frame in progress is too long to be one: wait for its end.
    overflowed: bool,
}

impl Decoder {
    pub fn new(crc: Crc) -> Self {
        Self { crc, frame: Vec::with_capacity(MAX_FRAME), overflowed: false }
    }

    /// Takes one byte; returns a packet, or what was wrong, where the byte ended a frame.
    pub fn push(&mut self, byte: u8) -> Option<Result<Packet, Error>> {
        if byte != DELIMITER {
            if self.frame.len() < MAX_FRAME {
                self.frame.push(byte);
            } else {
                self.overflowed = true;
            }
            return None;
        }
        let result = match (self.overflowed, self.frame.as_slice()) {
            (true, _) => Some(Err(Error::TooLong)),
            // Delimiters may be sent to fill a pause.
            (false, []) => None,
            (false, frame) => Some(Packet::decode(frame, self.crc)),
        };
        self.frame.clear();
        self.overflowed = false;
        result
    }
}
