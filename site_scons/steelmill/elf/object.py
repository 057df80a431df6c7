"""The parts of an ELF file that are read here: segments, sections, symbols, relocations.

Follows the System V ABI, "Object Files", https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html. pyelftools
builds an object for every symbol, which costs ten times the time: archives have ten thousands.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from steelmill.elf import machine
from steelmill.elf.file_kind import ELF

SHT_SYMTAB = 2
SHT_RELA = 4
SHT_REL = 9
SHT_NOBITS = 8
SHT_ATTRIBUTES = 0x70000003
"""Build attributes: ARM and RISC-V have the same number for them."""

SHF_ALLOC = 0x2
SHF_EXECINSTR = 0x4
SHF_COMPRESSED = 0x800

SHN_UNDEF = 0
SHN_COMMON = 0xFFF2
_SHN_XINDEX = 0xFFFF
_LARGE_COMMON = 0xFF02
"""x86-64 has its own for -mcmodel=medium."""

PT_LOAD = 1
PF_X, PF_W = 1, 2

STB_WEAK = 2
STT_FUNC = 2


class ElfError(ValueError):
    """The file is no ELF, or damaged."""


class ElfSegment(NamedTuple):
    """A program header, under the names of the specification where they are short."""

    kind: int
    flags: int
    address: int
    """Where it is when the program runs (VMA)."""
    size: int
    """bytes in memory"""


class ElfSection(NamedTuple):
    """A section header, under the names of the specification."""

    name: str
    sh_type: int
    flags: int
    offset: int
    size: int
    link: int
    info: int


class ElfSymbol(NamedTuple):
    """A symbol table entry, under the names of the specification where they are short."""

    name: str
    value: int
    size: int
    bind: int
    kind: int
    section: int
    """Index, or a reserved number: SHN_UNDEF, SHN_COMMON."""


class ElfRelocation(NamedTuple):
    """Where the linker patches a section."""

    offset: int
    symbol: int
    """Index into the symbol table; 0 for none."""
    kind: int


class ElfObject:
    """An ELF file in memory; raise ElfError for all that is damaged, here or when a property is read."""

    def __init__(self, content: memoryview) -> None:
        if len(content) < 52 or content[:4] != ELF or content[4] not in (1, 2) or content[5] not in (1, 2):
            raise ElfError("no ELF header")
        self.content = content
        self.bits = 32 * content[4]
        self.big_endian = content[5] == 2
        self.os_abi = content[7]
        self._order = ">" if self.big_endian else "<"
        try:
            header = self._struct("HHIIIIIHHHHHH" if self.bits == 32 else "HHIQQQIHHHHHH").unpack_from(content, 16)
            _, self.machine, _, self.entry, self._segment_table, self._table, self.flags = header[:7]
            self._segment_count = header[9]
            self._count, self._names = header[11:]
        except struct.error as error:
            raise ElfError(str(error)) from None

    def _struct(self, form: str) -> struct.Struct:
        return struct.Struct(self._order + form)

    @cached_property
    def segments(self) -> tuple[ElfSegment, ...]:
        """All segments; none in an object that is yet to be linked."""
        form = self._struct("8I" if self.bits == 32 else "IIQQQQQQ")
        rows = form.iter_unpack(self._bytes(self._segment_table, self._segment_count * form.size))
        # the flags stand before the addresses in 64 bits, behind the sizes in 32
        at = (0, 6, 2, 5) if self.bits == 32 else (0, 1, 3, 6)
        return tuple(ElfSegment(*(row[index] for index in at)) for row in rows)

    @cached_property
    def sections(self) -> tuple[ElfSection, ...]:
        """All sections, the empty one at 0 included; none where the file has no table."""
        if not self._table:
            return ()
        form = self._struct("10I" if self.bits == 32 else "IIQQQQIIQQ")
        try:
            first = form.unpack(self._bytes(self._table, form.size))
            # More sections than 16 bits count: the numbers are in the first header ("Extended section numbering").
            count = self._count or first[5]
            names = first[6] if self._names == _SHN_XINDEX else self._names
            rows = list(form.iter_unpack(self._bytes(self._table, count * form.size)))
            texts = self._bytes(rows[names][4], rows[names][5]) if rows else b""
        except (struct.error, IndexError) as error:
            raise ElfError(str(error)) from None
        return tuple(ElfSection(_text(texts, row[0]), row[1], row[2], row[4], row[5], row[6], row[7]) for row in rows)

    def data(self, section: ElfSection) -> bytes:
        """Give a section's bytes; none where it takes up none (.bss)."""
        return b"" if section.sh_type == SHT_NOBITS else self._bytes(section.offset, section.size)

    @cached_property
    def _symbol_table(self) -> tuple[bytes, bytes, int]:
        """Give the table, its strings and the index of the first symbol that is not local."""
        for section in self.sections:
            if section.sh_type == SHT_SYMTAB:
                if section.link >= len(self.sections):
                    raise ElfError("a symbol table without strings")
                return self.data(section), self.data(self.sections[section.link]), section.info
        return b"", b"", 0

    @property
    def first_global(self) -> int:
        """Index of the first symbol that is not local."""
        return self._symbol_table[2]

    def names_symbol(self, name: bytes) -> bool:
        """Say whether any symbol is called so, with or without a dot and more behind it."""
        texts = self._symbol_table[1]
        return b"\0" + name + b"\0" in texts or b"\0" + name + b"." in texts

    def symbols(self, *, local: bool = False) -> Iterator[ElfSymbol]:
        """Give the global and weak symbols, or all with ``local``: then their order is that of the table."""
        table, texts, first = self._symbol_table
        form = self._struct("IIIBBH" if self.bits == 32 else "IBBHQQ")
        start = 0 if local else first * form.size
        try:
            rows = form.iter_unpack(memoryview(table)[start:])
            if self.bits == 32:
                for name, value, size, info, _, section in rows:
                    yield ElfSymbol(_text(texts, name), value, size, info >> 4, info & 15, section)
            else:
                for name, info, _, section, value, size in rows:
                    yield ElfSymbol(_text(texts, name), value, size, info >> 4, info & 15, section)
        except struct.error as error:
            raise ElfError(str(error)) from None

    def is_common(self, symbol: ElfSymbol) -> bool:
        """Say whether a symbol is a C variable without a place yet (-fcommon)."""
        return symbol.section == SHN_COMMON or (self.machine == machine.X86_64 and symbol.section == _LARGE_COMMON)

    @cached_property
    def relocated(self) -> tuple[tuple[ElfSection, int], ...]:
        """Give the relocation sections of sections that are loaded, each with the index of the section it patches."""
        return tuple(
            (section, section.info)
            for section in self.sections
            if section.sh_type in (SHT_REL, SHT_RELA)
            and section.info < len(self.sections)
            and self.sections[section.info].flags & SHF_ALLOC
        )

    def relocations(self, section: ElfSection) -> Iterator[ElfRelocation]:
        """Give the entries of a relocation section."""
        word = "I" if self.bits == 32 else "Q"
        form = self._struct(word * (3 if section.sh_type == SHT_RELA else 2))
        shift, mask = (8, 0xFF) if self.bits == 32 else (32, 0xFFFFFFFF)
        try:
            for offset, info, *_ in form.iter_unpack(self.data(section)):
                yield ElfRelocation(offset, info >> shift, info & mask)
        except struct.error as error:
            raise ElfError(str(error)) from None

    def _bytes(self, offset: int, size: int) -> bytes:
        if offset + size > len(self.content):
            raise ElfError("a section reaches beyond the end of the file")
        return bytes(self.content[offset : offset + size])


def _text(texts: bytes, offset: int) -> str:
    end = texts.find(b"\0", offset)
    if end < 0:
        raise ElfError("a name without an end")
    return texts[offset:end].decode("utf-8", "backslashreplace")
