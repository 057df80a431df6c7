"""Who defines which symbol, for messages: whatever cannot be read defines nothing."""

from __future__ import annotations

from collections.abc import Iterator

from steelmill.elf.archive import read_members
from steelmill.elf.object import SHN_UNDEF, ElfError, ElfObject
from steelmill.errors import InputError


def find_definitions(content: bytes, path: str) -> Iterator[tuple[str, str]]:
    """Give (symbol, definer) for the global symbols of an object or archive; a definer is ``libx.a(member.o)``."""
    try:
        for name, part in read_members(content, path):
            yield from _of_object(part, f"{path}({name})" if name else path)
    except InputError:
        return


def _of_object(content: memoryview, definer: str) -> Iterator[tuple[str, str]]:
    try:
        for symbol in ElfObject(content).symbols():
            if symbol.section != SHN_UNDEF:
                yield symbol.name, definer
    except ElfError:
        return
