//! A loopback link: what is sent goes through the ring buffer, in pieces, and is received at its other end.

use alloc::vec::Vec;

use packet::{Decoder, Error, Packet};

use crate::crc::crc16;
use crate::lcg::Lcg;
use crate::ring::Ring;

/// Less than a long frame, so that the ring wraps and fills up while one passes through.
pub const RING_BYTES: usize = 64;

/// A sender and a receiver that take turns of changing length.
pub struct Link<'storage> {
    ring: Ring<'storage>,
    decoder: Decoder,
    turns: Lcg,
}

impl<'storage> Link<'storage> {
    pub fn new(storage: &'storage mut [u8; RING_BYTES]) -> Self {
        let ring = Ring::new(storage).expect("RING_BYTES is a power of two");
        Self { ring, decoder: Decoder::new(crc16), turns: Lcg::new(1) }
    }

    /// Sends the bytes and returns what was received: packets, and frames that are none.
    pub fn transmit(&mut self, bytes: &[u8]) -> Vec<Result<Packet, Error>> {
        let mut received = Vec::new();
        let mut rest = bytes;
        let mut buffer = [0; RING_BYTES];
        loop {
            let turn = self.turns.below(RING_BYTES as u32) as usize + 1;
            rest = self.ring.push(rest);
            let popped = self.ring.pop(&mut buffer[..turn]);
            if popped.is_empty() {
                return received;
            }
            received.extend(popped.iter().filter_map(|&byte| self.decoder.push(byte)));
        }
    }
}
