//! What stands before the payload.

use crate::Error;

/// What a packet is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    Heartbeat = 1,
    Measurement = 2,
    Log = 3,
}

impl TryFrom<u8> for Kind {
    type Error = Error;

    fn try_from(kind: u8) -> Result<Self, Error> {
        match kind {
            1 => Ok(Self::Heartbeat),
            2 => Ok(Self::Measurement),
            3 => Ok(Self::Log),
            _ => Err(Error::Kind(kind)),
        }
    }
}

/// The fields before the payload, in their order.
pub struct Header {
    pub sequence: u16,
    pub kind: Kind,
    pub length: u8,
}

impl Header {
    pub const BYTES: usize = 4;

    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let [low, high] = self.sequence.to_le_bytes();
        [low, high, self.kind as u8, self.length]
    }

    pub fn from_bytes(&[low, high, kind, length]: &[u8; Self::BYTES]) -> Result<Self, Error> {
        Ok(Self { sequence: u16::from_le_bytes([low, high]), kind: kind.try_into()?, length })
    }
}
