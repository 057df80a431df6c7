"""Small ELF objects and archives, byte by byte, for tests of what reads them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

PROGBITS, SYMTAB, STRTAB, RELA, NOBITS, REL, ATTRIBUTES = 1, 2, 3, 4, 8, 9, 0x70000003
ALLOC, EXECUTE = 2, 4
LOCAL, GLOBAL, WEAK = 0, 1, 2
FUNCTION = 2
UNDEFINED, COMMON = 0, 0xFFF2


class Part(NamedTuple):
    """A section; those of symbols and of names are added by ``elf_object``."""

    name: str
    data: bytes
    kind: int = PROGBITS
    flags: int = 0
    info: int = 0


class Symbol(NamedTuple):
    """A symbol; ``section`` counts from 1, in the order given."""

    name: str
    section: int = UNDEFINED
    bind: int = GLOBAL
    kind: int = 0
    value: int = 0
    size: int = 0


def elf_object(
    machine: int,
    parts: Sequence[Part] = (),
    symbols: Sequence[Symbol] = (),
    *,
    bits: int = 64,
    big: bool = False,
    flags: int = 0,
    os_abi: int = 0,
    numbers_in_section: bool = False,
) -> bytes:
    """Write a relocatable object. Local symbols must come first; ``numbers_in_section`` uses extended numbering."""
    order = ">" if big else "<"
    names = strings([symbol.name for symbol in symbols])
    head = struct.Struct(order + ("HHIIIIIHHHHHH" if bits == 32 else "HHIQQQIHHHHHH"))
    row = struct.Struct(order + ("10I" if bits == 32 else "IIQQQQIIQQ"))
    table = b"\0" * (16 if bits == 32 else 24)
    for symbol in symbols:
        at, info = names.index(symbol.name.encode() + b"\0"), symbol.bind << 4 | symbol.kind
        table += (
            struct.pack(order + "IIIBBH", at, symbol.value, symbol.size, info, 0, symbol.section)
            if bits == 32
            else struct.pack(order + "IBBHQQ", at, info, 0, symbol.section, symbol.value, symbol.size)
        )
    first_global = 1 + sum(symbol.bind == LOCAL for symbol in symbols)
    everything = [
        *parts,
        Part(".symtab", table, SYMTAB, 0, first_global),
        Part(".strtab", names, STRTAB),
        Part(".shstrtab", b"", STRTAB),
    ]
    titles = strings([part.name for part in everything])
    everything[-1] = everything[-1]._replace(data=titles)
    body, rows = b"", [row.pack(*(0,) * 10)]
    start = 16 + head.size
    for part in everything:
        link = len(parts) + 2 if part.kind == SYMTAB else len(parts) + 1 if part.kind in (REL, RELA) else 0
        at = titles.index(part.name.encode() + b"\0")
        rows.append(row.pack(at, part.kind, part.flags, 0, start + len(body), len(part.data), link, part.info, 1, 0))
        body += part.data
    count, last = len(rows), len(rows) - 1
    if numbers_in_section:
        rows[0] = row.pack(0, 0, 0, 0, 0, count, last, 0, 0, 0)
        count, last = 0, 0xFFFF
    ident = b"\x7fELF" + bytes([bits // 32, 1 + big, 1, os_abi]) + bytes(8)
    header = head.pack(1, machine, 1, 0, 0, start + len(body), flags, 0, 0, 0, row.size, count, last)
    return ident + header + body + b"".join(rows)


def strings(names: Sequence[str]) -> bytes:
    """Write a string table."""
    return b"\0" + b"".join(name.encode() + b"\0" for name in names) + b"\0"


def relocation(offset: int, symbol: int, kind: int, *, bits: int = 64, rela: bool = True) -> bytes:
    """Write one little-endian relocation."""
    if bits == 64:
        return struct.pack("<QQq", offset, symbol << 32 | kind, 0)
    return struct.pack("<III" if rela else "<II", offset, symbol << 8 | kind, *((0,) if rela else ()))


def attributes(vendor: str, tags: bytes) -> bytes:
    """Write a little-endian section of build attributes for the whole file."""
    sub = b"\1" + (len(tags) + 5).to_bytes(4, "little") + tags
    part = vendor.encode() + b"\0" + sub
    return b"A" + (len(part) + 4).to_bytes(4, "little") + part


def member(name: bytes, content: bytes) -> bytes:
    """Write one member of an archive; ``name`` is what stands in the header."""
    header = name.ljust(16) + b"0".ljust(12) + b"0".ljust(6) + b"0".ljust(6) + b"644".ljust(8)
    return header + str(len(content)).encode().ljust(10) + b"`\n" + content + b"\n" * (len(content) % 2)


def archive(*members: bytes) -> bytes:
    """Write an archive of what ``member`` wrote."""
    return b"!<arch>\n" + b"".join(members)
