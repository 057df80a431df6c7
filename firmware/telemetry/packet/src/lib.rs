//! The telemetry protocol: packets, each framed so that a receiver finds its way back after any disturbance.
//!
//! | field    | bytes          |                                                      |
//! |----------|----------------|------------------------------------------------------|
//! | sequence | 2, little end  | counts up by one a packet, modulo 2^16               |
//! | kind     | 1              | see [`Kind`]                                         |
//! | length   | 1              | bytes of the payload                                 |
//! | payload  | 0 to 255       |                                                      |
//! | crc      | 2, big end     | CRC of all that stands before it                     |
//!
//! On the wire a packet is COBS encoded and ends with a zero byte, the only one in its frame (Cheshire and Baker,
//! "Consistent Overhead Byte Stuffing", IEEE/ACM Transactions on Networking 7(2), 1999).
//!
//! The CRC is the caller's, so that it may come from C or from hardware.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod cobs;
mod decoder;
mod error;
mod frame;

pub use decoder::Decoder;
pub use error::Error;
pub use frame::{Kind, MAX_PAYLOAD, Packet};

/// Computes the CRC of the bytes.
pub type Crc = fn(&[u8]) -> u16;

/// The byte that ends every frame and occurs nowhere else.
pub const DELIMITER: u8 = 0;
