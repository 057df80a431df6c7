//! Why a frame is not a packet.

use core::fmt;

/// Why a frame is not a packet, or a packet cannot become a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// A COBS code points behind the end of its frame.
    Stuffing,
    /// The frame has fewer bytes than a packet without payload.
    TooShort,
    /// The payload, or the frame, has more bytes than the length field can count.
    TooLong,
    /// The length field does not say how long the payload is.
    Length { stated: u8, found: usize },
    /// The CRC is not that of the bytes before it.
    Crc { stated: u16, computed: u16 },
    /// There is no such kind of packet.
    Kind(u8),
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match *self {
            Self::Stuffing => write!(out, "a COBS code points behind the end of the frame"),
            Self::TooShort => write!(out, "the frame is too short for a packet"),
            Self::TooLong => write!(out, "the payload or the frame is too long"),
            Self::Length { stated, found } => write!(out, "the payload has {found} bytes instead of {stated}"),
            Self::Crc { stated, computed } => write!(out, "the CRC is {computed:#06x} instead of {stated:#06x}"),
            Self::Kind(kind) => write!(out, "there is no packet of kind {kind}"),
        }
    }
}
