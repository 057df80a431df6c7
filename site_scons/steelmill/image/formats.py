"""Formats: the loadable bytes as files that programmers, bootloaders and emulators take.

bin as ``objcopy -O binary`` writes it; Intel HEX, "Hexadecimal Object File Format Specification", revision A, 1988;
Motorola S-records, M68000 family, with 32-bit addresses (S3, S7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from steelmill.errors import InputError
from steelmill.image.sections import read_elf
from steelmill.image.segments import Segment, loaded_segments

LARGEST_BIN = 256 << 20
"""bytes; beyond it two segments are far apart by mistake"""

_PAGE = 1 << 16
_RECORD = 32
_ADDRESS_SPACE = 1 << 32


class Loadable(NamedTuple):
    """What every format is made of."""

    name: str
    """Of the image, without folder: the header of an S-record file."""
    segments: tuple[Segment, ...]
    """By rising address, not overlapping."""
    entry: int | None
    """Address of the entry point."""
    fill: int = 0
    """The byte in gaps, where the format has gaps."""
    place: str | None = None
    """Path of the ELF, for messages."""


def format_bin(image: Loadable) -> bytes:
    """Give the bytes from the lowest to the highest address, gaps filled.

    Raise InputError where that is more than LARGEST_BIN.
    """
    if not image.segments:
        return b""
    start = image.segments[0].address
    if image.segments[-1].end - start > LARGEST_BIN:
        raise _too_far_apart(image)
    parts = []
    for segment in image.segments:
        parts += [bytes([image.fill]) * (segment.address - start), segment.data]
        start = segment.end
    return b"".join(parts)


def format_hex(image: Loadable) -> bytes:
    """Give Intel HEX with 32-bit addresses; raise InputError for addresses beyond."""
    from bincopy import pack_ihex

    _check_addresses(image, "Intel HEX")
    lines = []
    page = 0
    for address, data in _records(image.segments):
        if address // _PAGE != page:
            page = address // _PAGE
            lines.append(pack_ihex(4, 0, 2, page.to_bytes(2, "big")))
        lines.append(pack_ihex(0, address % _PAGE, len(data), data))
    if image.entry is not None:
        lines.append(pack_ihex(5, 0, 4, image.entry.to_bytes(4, "big")))
    lines.append(pack_ihex(1, 0, 0, None))
    return _lines(lines)


def format_srec(image: Loadable) -> bytes:
    """Give S-records: S0 with the image's name, S3, S7 with the entry point; raise InputError beyond 32 bits."""
    from bincopy import pack_srec

    _check_addresses(image, "S-records")
    # One byte states the length of a record: address, checksum and at most 252 bytes.
    name = image.name.encode()[:64]
    return _lines(
        [
            pack_srec("0", 0, len(name), name),
            *(pack_srec("3", address, len(data), data) for address, data in _records(image.segments)),
            pack_srec("7", image.entry or 0, 0, None),
        ]
    )


FORMATS: Mapping[str, Callable[[Loadable], bytes]] = {
    "bin": format_bin,
    "hex": format_hex,
    "srec": format_srec,
}
"""Name in ``[image] formats``, which is the file's suffix too -> how it is written."""


def format_image(form: str, elf: bytes, *, name: str, fill: int = 0, place: str | None = None) -> bytes:
    """Write an ELF in the format ``form``; ``name`` is the image's, ``place`` the ELF's path, for messages."""
    image = read_elf(elf, place)
    return FORMATS[form](Loadable(name, loaded_segments(image, place), image.entry, fill, place))


def _records(segments: tuple[Segment, ...]) -> Iterator[tuple[int, bytes]]:
    """Cut into records that begin at multiples of their size: none crosses a 64 KiB page, where loaders wrap around."""
    for address, data, _ in segments:
        start = 0
        while start < len(data):
            stop = start + _RECORD - (address + start) % _RECORD
            yield address + start, data[start:stop]
            start = stop


def _lines(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def _check_addresses(image: Loadable, form: str) -> None:
    for name, first, last in [
        *((segment.name, segment.address, segment.end - 1) for segment in image.segments),
        *([("the entry point", image.entry, image.entry)] if image.entry is not None else []),
    ]:
        if last >= _ADDRESS_SPACE:
            raise InputError(
                f"{form} has 32-bit addresses; {name} is at {first:#x}",
                place=image.place,
                remedy="give it a load address below 4 GiB (AT> in the linker script), or take the format off [image]",
            )


def _too_far_apart(image: Loadable) -> InputError:
    low, high = max(pairwise(image.segments), key=lambda pair: pair[1].address - pair[0].end)
    size = image.segments[-1].end - image.segments[0].address
    return InputError(
        f"a bin would have {size} bytes ({size >> 20} MiB): its load addresses (LMA) are far apart",
        place=image.place,
        details=[
            (low.name, f"loaded at {low.address:#010x}..{low.end - 1:#010x}"),
            (high.name, f"loaded at {high.address:#010x}..{high.end - 1:#010x}"),
            ("gap", f"{high.address - low.end} bytes between the two"),
        ],
        remedy=f"load {high.name} behind {low.name} (AT> in the linker script), or use hex or srec: they skip gaps",
    )
