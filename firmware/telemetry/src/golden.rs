//! Packets and their frames as another program computed them: `golden/generate.py`, which shares no code with this.

use packet::{Kind, Packet};

static VECTORS: &[u8] = include_bytes!("../golden/packets.bin");

/// A packet, and the bytes it must become.
pub struct Vector {
    pub packet: Packet,
    pub frame: &'static [u8],
}

/// Reads the vectors one after the other; panics where the file is cut off.
///
/// Each is sequence (2 bytes), kind (1), length of the payload (1), payload, length of the frame (2), frame, with the
/// little end first.
pub fn vectors() -> impl Iterator<Item = Vector> {
    let mut rest = VECTORS;
    core::iter::from_fn(move || (!rest.is_empty()).then(|| read_vector(&mut rest)))
}

fn read_vector(rest: &mut &'static [u8]) -> Vector {
    let [low, high, kind, length] = *take_array(rest);
    let payload = take(rest, length.into()).to_vec();
    let frame_length = u16::from_le_bytes(*take_array(rest));
    let frame = take(rest, frame_length.into());
    let kind = Kind::try_from(kind).expect("golden/packets.bin has a kind of packet that is unknown here");
    Vector { packet: Packet { sequence: u16::from_le_bytes([low, high]), kind, payload }, frame }
}

fn take(rest: &mut &'static [u8], count: usize) -> &'static [u8] {
    let (taken, left) = rest.split_at_checked(count).expect("golden/packets.bin is cut off");
    *rest = left;
    taken
}

fn take_array<const COUNT: usize>(rest: &mut &'static [u8]) -> &'static [u8; COUNT] {
    take(rest, COUNT).first_chunk().expect("take returns what it was asked for")
}
