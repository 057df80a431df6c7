"""MemberFacts: what an object file says of itself, before anything is judged.

A file is read once, whatever the number of images that link it: nothing here depends on a target.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

Attribute = int | str


class FunctionFacts(NamedTuple):
    """What the machine code of one x86 function does that a target may forbid; functions without it are left out."""

    name: str
    registers: tuple[str, ...] = ()
    """Of ``mmx``, ``x87``, ``sse``, ``avx``, ``avx512``: the units whose registers it uses, sorted."""
    red_zone: str = ""
    """A store below the stack pointer, as assembly."""
    unaligned_call: str = ""
    """An outside function that it calls while the stack pointer is no multiple of 16."""


class MemberFacts(NamedTuple):
    """An ELF object, alone or in an archive."""

    name: str = ""
    """Of the archive member; empty for an object of its own."""
    kind: Literal["elf", "bitcode", "other"] = "elf"
    """bitcode: LLVM's, raw. other: nothing a linker takes (an archive may hold a README)."""
    machine: int = 0
    """e_machine"""
    bits: int = 0
    """32 or 64: the ELF class"""
    big_endian: bool = False
    os_abi: int = 0
    """EI_OSABI"""
    flags: int = 0
    """e_flags"""
    defined: tuple[str, ...] = ()
    """Global symbols, weak ones too, common ones not; sorted like all that follow."""
    common: tuple[str, ...] = ()
    undefined: tuple[str, ...] = ()
    weak_undefined: tuple[str, ...] = ()
    weak_calls: tuple[str, ...] = ()
    """Weak undefined symbols that code calls in a section that does not look at their address first."""
    attributes: Mapping[str, Attribute] = {}
    """Build attributes of the whole file by name: ``ABI_VFP_args`` (ARM), ``arch`` (RISC-V). Absent tags are absent."""
    relocations: tuple[int, ...] = ()
    """Types of the relocations in what is loaded."""
    sections: tuple[str, ...] = ()
    """Those that a rule asks for: ``.gnu.lto_*`` (cut after the star), ``.llvmbc``, and ``large`` ones of x86-64."""
    executable_stack: bool = False
    """The note .note.GNU-stack asks for it. An object without the note, as hand-written assembly, does not."""
    producer: str = ""
    """What compiled it: DW_AT_producer, with gcc's flags, else .comment; empty for assembly."""
    functions: tuple[FunctionFacts, ...] = ()


class FileFacts(NamedTuple):
    """An object file or an archive."""

    path: str
    archive: bool
    members: tuple[MemberFacts, ...]
    """In the file's order; exactly one where it is no archive."""


def read_facts(content: bytes, path: str, *, code: bool = True) -> FileFacts:
    """Read an ELF object or an ``ar`` archive of such.

    code  whether x86 machine code is disassembled: not worth its time for what this build's rustc made

    Raise InputError at ``path`` where the file is neither, or damaged, or a thin archive, whose members are elsewhere.
    """
    raise NotImplementedError


def dump_facts(facts: FileFacts) -> str:
    """Write JSON, the same text for the same facts; without the path, so that equal files give equal text."""
    raise NotImplementedError


def load_facts(text: str, path: str) -> FileFacts:
    """Read what ``dump_facts`` wrote."""
    raise NotImplementedError
