//! Does the link deliver exactly what was sent, and nothing that was not?

use core::iter;
use core::sync::atomic::{AtomicU16, Ordering};

use alloc::vec;
use alloc::vec::Vec;
use board::println;
use packet::{DELIMITER, Error, Kind, MAX_PAYLOAD, Packet};

use crate::crc::{self, crc16};
use crate::golden::{self, Vector};
use crate::lcg::Lcg;
use crate::link::{Link, RING_BYTES};

const RANDOM_PACKETS: u32 = 512;
const GARBAGE_BYTES: usize = 4096;

/// Starts so that the random packets run across the wrap to 0.
static NEXT_SEQUENCE: AtomicU16 = AtomicU16::new(u16::MAX - 100);

/// The link under test, and how it has done so far.
pub struct SelfCheck<'storage> {
    link: Link<'storage>,
    random: Lcg,
    errors: u32,
}

impl<'storage> SelfCheck<'storage> {
    pub fn new(storage: &'storage mut [u8; RING_BYTES]) -> Self {
        Self { link: Link::new(storage), random: Lcg::new(2026), errors: 0 }
    }

    pub fn errors(&self) -> u32 {
        self.errors
    }

    /// Encodes every golden packet, compares its frame byte for byte, sends it and compares what arrives.
    pub fn golden_vectors(&mut self) {
        let mut count = 0;
        for (number, Vector { packet, frame }) in golden::vectors().enumerate() {
            match packet.encode(crc16) {
                Ok(encoded) => self.compare(format_args!("golden vector {number}, frame"), &encoded, frame),
                Err(error) => self.report(format_args!("golden vector {number}: {error}")),
            }
            self.deliver(format_args!("golden vector {number}"), frame, &packet);
            count += 1;
        }
        println!("golden vectors: {count}");
    }

    /// Flips every bit of every golden frame, one at a time: none of them may pass as a packet.
    ///
    /// A CRC finds every single flipped bit of a packet. One in a COBS code can move whole blocks, which a CRC of 16 bits
    /// misses once in 65536 times; the vectors hold no such case.
    pub fn flipped_bits(&mut self) {
        let (mut flipped, mut rejected) = (0, 0);
        for (number, Vector { frame, .. }) in golden::vectors().enumerate() {
            let mut damaged = frame.to_vec();
            for byte in 0..frame.len() - 1 {
                for bit in 0..u8::BITS {
                    damaged[byte] ^= 1 << bit;
                    flipped += 1;
                    if self.link.transmit(&damaged).iter().any(Result::is_ok) {
                        self.report(format_args!("golden vector {number}: bit {bit} of byte {byte} flipped unnoticed"));
                    } else {
                        rejected += 1;
                    }
                    damaged[byte] = frame[byte];
                }
            }
        }
        println!("flipped bits: {rejected} of {flipped} rejected");
    }

    /// Sends garbage that never ends a frame, then a delimiter: that is one frame too long, and the link is in step again.
    pub fn garbage(&mut self) {
        let random = &mut self.random;
        let mut garbage: Vec<u8> = iter::repeat_with(|| random.below(255) as u8 + 1).take(GARBAGE_BYTES).collect();
        garbage.push(DELIMITER);
        if self.link.transmit(&garbage) != [Err(Error::TooLong)] {
            self.report(format_args!("{GARBAGE_BYTES} bytes of garbage were not taken as one frame that is too long"));
        }
    }

    /// Sends packets of random kind, length and content, and prints the summary.
    pub fn random_packets(&mut self) {
        let mut crc = crc::INITIAL;
        for _ in 0..RANDOM_PACKETS {
            let packet = self.random_packet();
            let sequence = packet.sequence;
            match packet.encode(crc16) {
                Ok(frame) => {
                    crc = crc::update(crc, &frame);
                    self.deliver(format_args!("packet {sequence}"), &frame, &packet);
                }
                Err(error) => self.report(format_args!("packet {sequence}: {error}")),
            }
        }
        println!("telemetry: {RANDOM_PACKETS} packets, {} errors, crc {crc:#06x}", self.errors);
    }

    fn random_packet(&mut self) -> Packet {
        const KINDS: [Kind; 3] = [Kind::Heartbeat, Kind::Measurement, Kind::Log];
        let kind = KINDS[self.random.below(KINDS.len() as u32) as usize];
        let mut payload = vec![0; self.random.below(MAX_PAYLOAD as u32 + 1) as usize];
        self.random.fill(&mut payload);
        // Many zeros in one payload, none in another: that is what framing depends on.
        let threshold = self.random.next_u32() as u8;
        payload.iter_mut().filter(|byte| **byte < threshold).for_each(|byte| *byte = 0);
        Packet { sequence: NEXT_SEQUENCE.fetch_add(1, Ordering::Relaxed), kind, payload }
    }

    /// Sends the frame and expects exactly the packet.
    fn deliver(&mut self, what: core::fmt::Arguments, frame: &[u8], packet: &Packet) {
        match self.link.transmit(frame).as_slice() {
            [Ok(received)] => {
                self.compare(format_args!("{what}, payload"), &received.payload, &packet.payload);
                if (received.sequence, received.kind) != (packet.sequence, packet.kind) {
                    self.report(format_args!("{what}: received as {received:?}"));
                }
            }
            [Err(error)] => self.report(format_args!("{what}: {error}")),
            received => self.report(format_args!("{what}: {} packets received", received.len())),
        }
    }

    /// Compares byte for byte and reports the first one that is wrong.
    fn compare(&mut self, what: core::fmt::Arguments, found: &[u8], expected: &[u8]) {
        if let Some(at) = found.iter().zip(expected).position(|(found, expected)| found != expected) {
            self.report(format_args!("{what}: byte {at} is {:#04x}, expected {:#04x}", found[at], expected[at]));
        } else if found.len() != expected.len() {
            self.report(format_args!("{what}: {} bytes, expected {}", found.len(), expected.len()));
        }
    }

    fn report(&mut self, what: core::fmt::Arguments) {
        self.errors += 1;
        println!("error: {what}");
    }
}
