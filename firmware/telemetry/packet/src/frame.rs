//! A packet and its frame.

mod header;

use alloc::vec::Vec;

use crate::{Crc, DELIMITER, Error, cobs};
use header::Header;
pub use header::Kind;

/// Bytes of payload in one packet, at most.
pub const MAX_PAYLOAD: usize = u8::MAX as usize;

const CRC_BYTES: usize = 2;

/// Bytes in a frame without its delimiter, at most.
pub(crate) const MAX_FRAME: usize = cobs::max_encoded(Header::BYTES + MAX_PAYLOAD + CRC_BYTES);

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    pub sequence: u16,
    pub kind: Kind,
    pub payload: Vec<u8>,
}

impl Packet {
    /// Makes the frame, its delimiter included; the payload must be at most [`MAX_PAYLOAD`] bytes.
    pub fn encode(&self, crc: Crc) -> Result<Vec<u8>, Error> {
        let length = u8::try_from(self.payload.len()).map_err(|_| Error::TooLong)?;
        let header = Header { sequence: self.sequence, kind: self.kind, length };
        let mut bytes = Vec::with_capacity(Header::BYTES + self.payload.len() + CRC_BYTES);
        bytes.extend_from_slice(&header.to_bytes());
        bytes.extend_from_slice(&self.payload);
        bytes.extend_from_slice(&crc(&bytes).to_be_bytes());

        let mut frame = Vec::with_capacity(cobs::max_encoded(bytes.len()) + 1);
        cobs::encode(&bytes, &mut frame);
        frame.push(DELIMITER);
        Ok(frame)
    }

    /// Reads a frame that came without its delimiter.
    pub fn decode(frame: &[u8], crc: Crc) -> Result<Self, Error> {
        let bytes = cobs::decode(frame)?;
        let (body, stated) = bytes.split_last_chunk::<CRC_BYTES>().ok_or(Error::TooShort)?;
        let (header, payload) = body.split_first_chunk::<{ Header::BYTES }>().ok_or(Error::TooShort)?;

        // Before anything else is believed.
        let (stated, computed) = (u16::from_be_bytes(*stated), crc(body));
        if stated != computed {
            return Err(Error::Crc { stated, computed });
        }
        let Header { sequence, kind, length } = Header::from_bytes(header)?;
        if usize::from(length) != payload.len() {
            return Err(Error::Length { stated: length, found: payload.len() });
        }
        Ok(Self { sequence, kind, payload: payload.to_vec() })
    }
}
