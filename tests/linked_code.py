"""The functions of a linked ELF without its addresses: what two links of the same code have in common.

Wants a link with ``--emit-relocs``: the relocations say which bits of an instruction hold an address, and of what.
Those bits alone are left out, and what they point at comes in their place: the name of a symbol and the distance from
it, or the content of data that has no name of its own.
"""

from __future__ import annotations

import re
import subprocess
from bisect import bisect
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from elftools.elf.elffile import ELFFile
from elftools.elf.enums import ENUM_RELOC_TYPE_ARM
from elftools.elf.relocation import RelocationSection
from elftools.elf.sections import SymbolTableSection

Content = tuple[object, ...]
"""Bytes without addresses, then each address: its offset, the relocation's type, and what it points at."""


class Field(NamedTuple):
    """Where a type of relocation puts an address."""

    mask: bytes
    """The bits of it that are an address."""
    read: Callable[[bytes, int, int], int] | None = None
    """Gives, of the bytes, their place and the symbol's value, the distance from the symbol; None where a RELA says."""


def _absolute(data: bytes, _place: int, symbol: int) -> int:
    return int.from_bytes(data, "little") - symbol


def _prel31(data: bytes, place: int, symbol: int) -> int:
    return (int.from_bytes(data, "little") + place - symbol) & 0x7FFF_FFFF


def _halves(data: bytes) -> tuple[int, int]:
    return int.from_bytes(data[:2], "little"), int.from_bytes(data[2:], "little")


def _move(shift: int) -> Callable[[bytes, int, int], int]:
    def read(data: bytes, _place: int, symbol: int) -> int:
        one, two = _halves(data)
        value = (one & 0xF) << 12 | (one >> 10 & 1) << 11 | (two >> 12 & 7) << 8 | two & 0xFF
        return (value - (symbol >> shift)) & 0xFFFF

    return read


def _branch(data: bytes, place: int, symbol: int) -> int:
    one, two = _halves(data)
    sign, high, low = one >> 10 & 1, one & 0x3FF, two & 0x7FF
    first, second = (1 ^ (two >> bit & 1) ^ sign for bit in (13, 11))
    distance = (sign << 24 | first << 23 | second << 22 | high << 12 | low << 1) - (sign << 25)
    return place + 4 + distance - (symbol & ~1)


_WORD = b"\xff\xff\xff\xff"
_MOVE = bytes.fromhex("0f04ff70")
_FIELDS: Mapping[str, Field] = {
    "R_ARM_ABS32": Field(_WORD, _absolute),
    "R_ARM_PREL31": Field(bytes.fromhex("ffffff7f"), _prel31),
    "R_ARM_THM_MOVW_ABS_NC": Field(_MOVE, _move(0)),
    "R_ARM_THM_MOVT_ABS": Field(_MOVE, _move(16)),
    "R_ARM_THM_CALL": Field(bytes.fromhex("ff07ff2f"), _branch),
    "R_ARM_THM_JUMP24": Field(bytes.fromhex("ff07ff2f"), _branch),
    "R_RISCV_32": Field(_WORD),
    "R_RISCV_BRANCH": Field(bytes.fromhex("800f00fe")),
    "R_RISCV_JAL": Field(bytes.fromhex("00f0ffff")),
    "R_RISCV_RVC_BRANCH": Field(bytes.fromhex("7c1c")),
    "R_RISCV_RVC_JUMP": Field(bytes.fromhex("fc1f")),
    "R_RISCV_HI20": Field(bytes.fromhex("00f0ffff")),
    "R_RISCV_LO12_I": Field(bytes.fromhex("0000f0ff")),
    "R_RISCV_LO12_S": Field(bytes.fromhex("800f00fe")),
    "R_RISCV_PCREL_HI20": Field(bytes.fromhex("00f0ffff")),
    "R_RISCV_PCREL_LO12_I": Field(bytes.fromhex("0000f0ff")),
    "R_RISCV_PCREL_LO12_S": Field(bytes.fromhex("800f00fe")),
    "R_RISCV_CALL": Field(bytes.fromhex("00f0ffff0000f0ff")),
    "R_RISCV_CALL_PLT": Field(bytes.fromhex("00f0ffff0000f0ff")),
}
_NO_ADDRESS = ("R_ARM_NONE", "R_ARM_V4BX", "R_RISCV_RELAX", "R_RISCV_ALIGN")
_KINDS = {
    "EM_ARM": {number: name for name, number in ENUM_RELOC_TYPE_ARM.items() if name != "_default_"},
    # RISC-V ABIs Specification, "Relocations"
    "EM_RISCV": {
        1: "R_RISCV_32",
        16: "R_RISCV_BRANCH",
        17: "R_RISCV_JAL",
        18: "R_RISCV_CALL",
        19: "R_RISCV_CALL_PLT",
        23: "R_RISCV_PCREL_HI20",
        24: "R_RISCV_PCREL_LO12_I",
        25: "R_RISCV_PCREL_LO12_S",
        26: "R_RISCV_HI20",
        27: "R_RISCV_LO12_I",
        28: "R_RISCV_LO12_S",
        43: "R_RISCV_ALIGN",
        44: "R_RISCV_RVC_BRANCH",
        45: "R_RISCV_RVC_JUMP",
        51: "R_RISCV_RELAX",
    },
}


class _Symbol(NamedTuple):
    name: str
    value: int
    size: int
    kind: str

    @property
    def start(self) -> int:
        """Its address: the lowest bit of a function's value says that it is Thumb code."""
        return self.value & ~1 if self.kind == "STT_FUNC" else self.value


def functions(path: Path) -> Mapping[str, list[Content]]:
    """Give all functions of an ELF by their names; several may share one."""
    with open(path, "rb") as file:
        reader = _Reader(ELFFile(file))
    found: dict[str, list[Content]] = {}
    for symbol in reader.symbols:
        if symbol.kind == "STT_FUNC" and symbol.size:
            found.setdefault(symbol.name, []).append(reader.content(symbol))
    return {name: sorted(contents, key=repr) for name, contents in sorted(found.items())}


class _Reader:
    def __init__(self, elf: Any) -> None:
        self._kinds = _KINDS[elf["e_machine"]]
        self._sections = [
            (section["sh_addr"], section.data())
            for section in elf.iter_sections()
            if section["sh_flags"] & 2 and section["sh_type"] != "SHT_NOBITS"
        ]
        table = elf.get_section_by_name(".symtab")
        assert isinstance(table, SymbolTableSection)
        rows = list(table.iter_symbols())
        self.symbols = [
            _Symbol(name, row["st_value"], row["st_size"], row["st_info"]["type"])
            for row, name in zip(rows, _plain_names(row.name for row in rows), strict=True)
        ]
        # of debug information the offsets are no addresses
        sections = [one for one in elf.iter_sections() if isinstance(one, RelocationSection)]
        self._relocations = {
            row["r_offset"]: row
            for section in sections
            if elf.get_section(section["sh_info"])["sh_flags"] & 2
            for row in section.iter_relocations()
            if self._kinds[row["r_info_type"]] not in _NO_ADDRESS
        }

    def content(self, symbol: _Symbol) -> Content:
        data = bytearray(self._read(symbol.start, symbol.size))
        addresses: list[object] = []
        for offset in range(symbol.size):
            row = self._relocations.get(symbol.start + offset)
            if row is not None:
                kind = self._kinds[row["r_info_type"]]
                field, target = _FIELDS[kind], self.symbols[row["r_info_sym"]]
                part = slice(offset, offset + len(field.mask))
                value = bytes(data[part])
                distance = field.read(value, symbol.start + offset, target.value) if field.read else row["r_addend"]
                data[part] = bytes(byte & ~bits for byte, bits in zip(value, field.mask, strict=True))
                if target.kind == "STT_SECTION":
                    target, distance = self._nameless(target.value + distance), 0
                addresses.append((offset, kind, self._describe(target), distance))
        return bytes(data).hex(), *addresses

    def _nameless(self, address: int) -> _Symbol:
        """Give what stands at an address that has no name of its own: it ends where the next thing begins."""
        end = self._starts[bisect(self._starts, address)]
        # what fills the gap before the next one is no part of it, but for a word's last zeros
        size = (len(self._read(address, end - address).rstrip(b"\0")) + 3) // 4 * 4
        return _Symbol("", address, min(size, end - address), "STT_OBJECT")

    @cached_property
    def _starts(self) -> list[int]:
        """List where something begins or a section ends, in order."""
        ends = (start + len(data) for start, data in self._sections)
        pointed = (
            target.value + _absolute(self._read(row["r_offset"], 4), 0, target.value)
            for row in self._relocations.values()
            if (target := self.symbols[row["r_info_sym"]]).kind == "STT_SECTION"
        )
        return sorted({*(symbol.start for symbol in self.symbols), *ends, *pointed})

    def _describe(self, symbol: _Symbol) -> object:
        """Give a name that says something, or else what stands there."""
        if symbol.name and not re.match(r"\.L|anon\.", symbol.name):
            return symbol.name
        return self.content(symbol)

    def _read(self, address: int, size: int) -> bytes:
        for start, data in self._sections:
            if start <= address and address + size <= start + len(data):
                return bytes(data[address - start : address - start + size])
        raise AssertionError(f"nothing is at {address:#x}")


def _plain_names(mangled: Iterable[str]) -> list[str]:
    """Give names as their authors wrote them, without what rustc and LLVM add to tell crates and modules apart."""
    text = "".join(re.sub(r"\.llvm\.\d+$", "", name) + "\n" for name in mangled)
    done = subprocess.run(["c++filt"], input=text, capture_output=True, text=True, check=True)
    return [re.sub(r"::h[0-9a-f]{16}\b|\[[0-9a-f]{8,16}\]", "", line) for line in done.stdout.split("\n")[:-1]]
