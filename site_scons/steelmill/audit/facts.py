"""MemberFacts: what an object file says of itself, before anything is judged.

A file is read once, whatever the number of images that link it: nothing here depends on a target.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from steelmill.audit.x86_code import FunctionFacts
from steelmill.elf.attributes import Attribute


class MemberFacts(NamedTuple):
    """An ELF object, alone or in an archive."""

    name: str = ""
    """Of the archive member; empty for an object of its own."""
    kind: Literal["elf", "bitcode", "other"] = "elf"
    """bitcode: LLVM's, raw. other: nothing a linker takes; an archive may hold anything."""
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
    """Without the weak ones."""
    weak_calls: tuple[str, ...] = ()
    """Weak undefined symbols that code calls in a section that does not look at their address."""
    attributes: Mapping[str, Attribute] = {}
    """Build attributes of the whole file by name: ``ABI_VFP_args`` (ARM), ``arch`` (RISC-V). Absent tags are absent."""
    states: tuple[str, ...] = ()
    """ARM: ``arm``, ``thumb``: what its code is, by the mapping symbols."""
    relocations: tuple[int, ...] = ()
    """Types of the relocations in what is loaded, unwind tables left out."""
    large_sections: tuple[str, ...] = ()
    """Sections of x86-64 that may lie anywhere in memory: ``.ldata``."""
    slim_lto: bool = False
    """gcc's intermediate code alone, without machine code."""
    executable_stack: bool = False
    """The note .note.GNU-stack asks for it. An object without the note, as hand-written assembly, does not."""
    producer: str = ""
    """What compiled it: DW_AT_producer, with gcc's flags, else .comment, else words; empty for assembly."""
    functions: tuple[FunctionFacts, ...] = ()
    """Of x86 alone."""


class FileFacts(NamedTuple):
    """An object file or an archive."""

    path: str
    archive: bool
    members: tuple[MemberFacts, ...]
    """In the file's order; exactly one where it is no archive."""


def read_facts(content: bytes, path: str) -> FileFacts:
    """Read an ELF object, LLVM bitcode, or an ``ar`` archive of such.

    Raise InputError at ``path`` where the file is neither, or damaged, or a thin archive, whose members are elsewhere.
    """
    from steelmill.audit.object_facts import read_member
    from steelmill.elf.archive import is_archive, read_members

    members = tuple(read_member(name, part, path) for name, part in read_members(content, path))
    return FileFacts(path, is_archive(content), members)


def dump_facts(facts: FileFacts) -> str:
    """Write JSON, the same text for the same facts; without the path, so that equal files give equal text."""
    members = [_dump_member(member) for member in facts.members]
    return json.dumps({"archive": facts.archive, "members": members}, separators=(",", ":")) + "\n"


def load_facts(text: str, path: str) -> FileFacts:
    """Read what ``dump_facts`` wrote."""
    loaded = json.loads(text)
    return FileFacts(path, loaded["archive"], tuple(_load_member(member) for member in loaded["members"]))


_DEFAULTS = MemberFacts()._asdict()


def _dump_member(member: MemberFacts) -> dict[str, Any]:
    found = {name: value for name, value in member._asdict().items() if value != _DEFAULTS[name]}
    if member.attributes:
        found["attributes"] = dict(sorted(member.attributes.items()))
    return found


def _load_member(found: dict[str, Any]) -> MemberFacts:
    functions = tuple(
        FunctionFacts(name, tuple(registers), *rest) for name, registers, *rest in found.pop("functions", ())
    )
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}
    return MemberFacts(functions=functions, **plain)
