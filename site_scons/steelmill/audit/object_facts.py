"""Read one object into MemberFacts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from steelmill.audit.facts import MemberFacts
from steelmill.audit.x86_code import FunctionFacts, disassembler, read_function
from steelmill.elf.attributes import Attribute, AttributesError, parse_attributes
from steelmill.elf.file_kind import BITCODE, ELF, describe_file
from steelmill.elf.machine import AARCH64, ARM, RISCV, X86, X86_64
from steelmill.elf.object import (
    SHF_ALLOC,
    SHF_COMPRESSED,
    SHF_EXECINSTR,
    SHN_UNDEF,
    SHT_ATTRIBUTES,
    STB_WEAK,
    STT_FUNC,
    ElfError,
    ElfObject,
    ElfSection,
    ElfSymbol,
)
from steelmill.errors import InputError

_SHF_X86_64_LARGE = 0x10000000

_CALLS = {
    # R_ARM_PC24, THM_CALL, PLT32, CALL, JUMP24, THM_JUMP24, THM_JUMP19, THM_JUMP11
    ARM: frozenset((1, 10, 27, 28, 29, 30, 51, 102)),
    AARCH64: frozenset((282, 283)),  # R_AARCH64_JUMP26, CALL26
    RISCV: frozenset((16, 17, 18, 19)),  # R_RISCV_BRANCH, JAL, CALL, CALL_PLT
    X86_64: frozenset((2, 4)),  # R_X86_64_PC32, PLT32
    X86: frozenset((2, 4)),  # R_386_PC32, PLT32
}
"""Relocations of calls and jumps, by machine. On x86 data is addressed by the first too: the opcode tells."""

_X86_CALLS = (0xE8, 0xE9)
"""call rel32, jmp rel32"""

_STATES = ((b"$a", "arm"), (b"$t", "thumb"))
"""Mapping symbols ("ELF for the Arm Architecture"): gcc's tags name the states that the processor has."""

_SLIM_LTO = "__gnu_lto_slim"

_PRODUCER = re.compile(rb"(?:^|\0)((?:GNU (?!AS)|clang |LLVM |rustc |[A-Z][a-z]+ clang )[^\0]+)")


UNKNOWN_COMPILER = "an unknown compiler"
"""Producer of an object without the compiler's name but with unwind tables, which assembly seldom has: libgcc of a
distribution is stripped of names."""


def read_member(name: str, content: memoryview, path: str) -> MemberFacts:
    """Read an object; ``name`` is empty unless it is a member of the archive at ``path``.

    Raise InputError where it is damaged; a file of another format is an error unless it is in an archive.
    """
    start = bytes(content[:4])
    place = f"{path}({name})" if name else path
    if start in BITCODE:
        return MemberFacts(name, "bitcode")
    if start != ELF:
        if name:
            return MemberFacts(name, "other")
        raise InputError(
            f"no ELF object and no archive, but {describe_file(bytes(content[:256]))}",
            place=path,
            remedy="give objects made for the target",
        )
    try:
        return _read(name, ElfObject(content))
    except (ElfError, AttributesError) as error:
        raise InputError(f"a damaged ELF object: {error}", place=place, remedy="compile it again") from None


def _read(name: str, elf: ElfObject) -> MemberFacts:
    producer = _producer(elf)
    compiled = producer not in ("", UNKNOWN_COMPILER)
    defined, common, undefined, weak = _symbols(elf)
    return MemberFacts(
        name=name,
        machine=elf.machine,
        bits=elf.bits,
        big_endian=elf.big_endian,
        os_abi=elf.os_abi,
        flags=elf.flags,
        defined=tuple(sorted(defined)),
        common=tuple(sorted(common - {_SLIM_LTO})),
        undefined=tuple(sorted(undefined)),
        weak_calls=_weak_calls(elf, weak) if weak else (),
        attributes=_attributes(elf),
        states=tuple(state for mark, state in _STATES if elf.machine == ARM and elf.names_symbol(mark)),
        relocations=_relocations(elf),
        large_sections=_large_sections(elf),
        slim_lto=_SLIM_LTO in common or _SLIM_LTO in defined,
        executable_stack=any(
            section.name == ".note.GNU-stack" and section.flags & SHF_EXECINSTR for section in elf.sections
        ),
        producer=producer,
        functions=tuple(_functions(elf, compiled=compiled)) if elf.machine in (X86, X86_64) else (),
    )


def _symbols(elf: ElfObject) -> tuple[set[str], set[str], set[str], dict[int, str]]:
    """Give the names that are defined, common and undefined, and the weakly undefined ones by their index."""
    defined: set[str] = set()
    common: set[str] = set()
    undefined: set[str] = set()
    weak: dict[int, str] = {}
    for index, symbol in enumerate(elf.symbols(), elf.first_global):
        if not symbol.name:
            continue
        if symbol.section != SHN_UNDEF:
            (common if elf.is_common(symbol) else defined).add(symbol.name)
        elif symbol.bind == STB_WEAK:
            weak[index] = symbol.name
        else:
            undefined.add(symbol.name)
    return defined, common, undefined, weak


def _relocations(elf: ElfObject) -> tuple[int, ...]:
    # Unwind tables address by 32 bits whatever the code does.
    sections = (section for section, index in elf.relocated if elf.sections[index].name != ".eh_frame")
    return tuple(sorted({entry.kind for section in sections for entry in elf.relocations(section)}))


def _weak_calls(elf: ElfObject, weak: dict[int, str]) -> tuple[str, ...]:
    """Find calls without a test. Code that tests takes the address in the same section, by another relocation."""
    calls = _CALLS.get(elf.machine, frozenset())
    found = set()
    for section, index in elf.relocated:
        entries = [entry for entry in elf.relocations(section) if entry.symbol in weak]
        if not entries or not elf.sections[index].flags & SHF_EXECINSTR:
            continue
        code = elf.data(elf.sections[index])
        called = {
            entry.symbol
            for entry in entries
            if entry.kind in calls
            and (elf.machine not in (X86, X86_64) or _opcode(code, entry.offset - 1) in _X86_CALLS)
        }
        looked_at = {entry.symbol for entry in entries if entry.kind not in calls}
        found |= called - looked_at
    return tuple(sorted(weak[index] for index in found))


def _opcode(code: bytes, offset: int) -> int:
    return code[offset] if 0 <= offset < len(code) else -1


def _attributes(elf: ElfObject) -> dict[str, Attribute]:
    if elf.machine not in (ARM, RISCV):
        return {}
    return {
        name: value
        for section in elf.sections
        if section.sh_type == SHT_ATTRIBUTES
        for name, value in parse_attributes(elf.data(section), "big" if elf.big_endian else "little").items()
    }


def _large_sections(elf: ElfObject) -> tuple[str, ...]:
    if elf.machine != X86_64:
        return ()
    return tuple(
        sorted(
            {
                section.name
                for section in elf.sections
                if section.flags & _SHF_X86_64_LARGE and section.flags & SHF_ALLOC and section.size
            }
        )
    )


def _producer(elf: ElfObject) -> str:
    by_name = {section.name: section for section in elf.sections}
    for name in (".debug_str", ".comment"):
        section = by_name.get(name)
        if section is None or section.flags & SHF_COMPRESSED:
            continue
        data = elf.data(section)
        match = _PRODUCER.search(data)
        if match:
            return match[1].decode("utf-8", "backslashreplace")
        if name == ".comment":
            return data.strip(b"\0").partition(b"\0")[0].decode("utf-8", "backslashreplace")
    return UNKNOWN_COMPILER if ".eh_frame" in by_name else ""


def _functions(elf: ElfObject, *, compiled: bool) -> Iterator[FunctionFacts]:
    disassemble = disassembler(elf.bits)
    patches = {index: section for section, index in elf.relocated}
    symbols = list(elf.symbols(local=True))
    codes: dict[int, bytes] = {}
    seen = set()
    for symbol in symbols:
        index = symbol.section
        region = (index, symbol.value, symbol.size)
        if symbol.kind != STT_FUNC or not symbol.size or region in seen or index >= len(elf.sections):
            continue
        seen.add(region)
        if index not in codes:
            section = elf.sections[index]
            codes[index] = elf.data(section) if section.flags & SHF_EXECINSTR else b""
        code = codes[index][symbol.value : symbol.value + symbol.size]
        # LLVM keeps 4 bytes where the target is 32-bit x86 without a system; hand-written code begins with any stack.
        judged = compiled and elf.bits == 64 and index in patches
        called = partial(_called, elf, symbols, patches[index]) if judged else None
        found = read_function(symbol.name, code, symbol.value, elf.bits, disassemble, called)
        if found:
            yield found


def _called(elf: ElfObject, symbols: list[ElfSymbol], patches: ElfSection, address: int) -> str:
    """Give the undefined symbol that the call instruction at ``address`` calls; empty where it is another."""
    for entry in elf.relocations(patches):
        if entry.offset == address + 1 and entry.symbol < len(symbols):
            symbol = symbols[entry.symbol]
            return symbol.name if symbol.section == SHN_UNDEF else ""
    return ""
