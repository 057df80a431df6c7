"""Write packets.bin: telemetry packets with their frames, computed without any of the firmware's code.

The CRC is the standard library's (binascii.crc_hqx, polynomial 0x1021), COBS is written here in its other classic
form, by splitting at zeros. Run it in this folder after a change to the protocol: ``python3 generate.py``.
The file's layout stands in ``../src/golden.rs``, the protocol's in ``../packet/src/lib.rs``.
"""

from __future__ import annotations

import binascii
import struct

HEARTBEAT, MEASUREMENT, LOG = 1, 2, 3

PACKETS: tuple[tuple[int, int, bytes], ...] = (
    (0, HEARTBEAT, b""),
    (1, LOG, b"123456789"),
    (0x0100, MEASUREMENT, bytes(16)),
    (0xFFFF, HEARTBEAT, b"\x00"),
    (0x1234, LOG, "Stahl aus Eisen und Kohlenstoff: 1,5 \u2030 C".encode()),
    (0x8001, MEASUREMENT, struct.pack("<3d", 293.15, -3.25, 0.0)),
    (0x0101, MEASUREMENT, bytes(range(1, 256))),
    (0x0202, MEASUREMENT, bytes(range(255))),
    (0x0303, LOG, b"\xff" * 248),
    (0x0404, LOG, b"\xff" * 250 + b"\x00"),
)
"""Sequence, kind, payload. The long ones fill a COBS block of 254 bytes, or miss it by a byte."""


def cobs(data: bytes) -> bytes:
    """Encode without a delimiter (Cheshire and Baker 1999).

    A full block that ends the data stands alone. The paper has an empty block follow it; that is the one place where
    implementations differ, and receivers take both.
    """
    frame = bytearray()
    for piece in data.split(b"\x00"):
        rest = piece
        while len(rest) >= 254:
            frame += b"\xff" + rest[:254]
            rest = rest[254:]
        frame += bytes([len(rest) + 1]) + rest
    ends_with_full_block = len(piece) > 0 and len(piece) % 254 == 0
    return bytes(frame[:-1] if ends_with_full_block else frame)


def frame(sequence: int, kind: int, payload: bytes) -> bytes:
    """Return the frame of a packet, its delimiter included."""
    body = struct.pack("<HBB", sequence, kind, len(payload)) + payload
    return cobs(body + struct.pack(">H", binascii.crc_hqx(body, 0xFFFF))) + b"\x00"


def vector(sequence: int, kind: int, payload: bytes) -> bytes:
    """Return one record of packets.bin."""
    encoded = frame(sequence, kind, payload)
    return b"".join(
        (struct.pack("<HBB", sequence, kind, len(payload)), payload, struct.pack("<H", len(encoded)), encoded)
    )


if __name__ == "__main__":
    with open("packets.bin", "wb") as file:
        file.writelines(vector(*packet) for packet in PACKETS)
