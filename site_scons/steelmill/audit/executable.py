"""Executable: what of a linked ELF the rules for it ask.

Follows the System V ABI, "Program Header", https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import NamedTuple

from steelmill.elf.object import PF_W, PF_X, PT_LOAD, SHN_UNDEF, STB_WEAK, ElfError, ElfObject
from steelmill.errors import InputError
from steelmill.image.sections import Section, read_elf


class LoadSegment(NamedTuple):
    """A part of memory that a loader sets up."""

    address: int
    """Where it is when the program runs."""
    size: int
    """bytes in memory"""
    writable: bool
    executable: bool

    def holds(self, address: int) -> bool:
        """Say whether the byte at ``address`` is one of its own."""
        return self.address <= address < self.address + self.size


class Executable(NamedTuple):
    """A linked ELF."""

    entry: int
    """Address of the entry point; 0 also where there is none."""
    big_endian: bool
    segments: tuple[LoadSegment, ...]
    """Those with at least one byte."""
    sections: tuple[Section, ...]
    """Those in memory."""
    symbols: Mapping[str, int]
    """Global and weak ones that are defined; none where the ELF was stripped."""
    undefined: tuple[str, ...]
    """Undefined symbols that are not weak."""

    def is_code(self, address: int) -> bool:
        """Say whether ``address`` is in an executable segment."""
        return any(segment.executable and segment.holds(address) for segment in self.segments)

    def words(self, address: int, count: int) -> tuple[int, ...] | None:
        """Give 32-bit words of loaded memory; None where nothing is loaded."""
        for section in self.sections:
            offset = address - section.vma
            if section.data is not None and 0 <= offset <= section.size - 4 * count:
                return struct.unpack_from(f"{'>' if self.big_endian else '<'}{count}I", section.data, offset)
        return None


def read_executable(content: bytes, path: str) -> Executable:
    """Read a linked ELF; raise InputError at ``path`` where it is none or damaged."""
    image = read_elf(content, path)
    try:
        elf = ElfObject(memoryview(content))
        symbols = [symbol for symbol in elf.symbols() if symbol.name]
        segments = tuple(
            LoadSegment(each.address, each.size, bool(each.flags & PF_W), bool(each.flags & PF_X))
            for each in elf.segments
            if each.kind == PT_LOAD and each.size
        )
    except ElfError as error:
        raise InputError(f"a damaged ELF: {error}", place=path, remedy="give an ELF that a linker wrote") from None
    return Executable(
        image.entry or 0,
        elf.big_endian,
        segments,
        image.sections,
        {symbol.name: symbol.value for symbol in symbols if symbol.section != SHN_UNDEF},
        tuple(symbol.name for symbol in symbols if symbol.section == SHN_UNDEF and symbol.bind != STB_WEAK),
    )
