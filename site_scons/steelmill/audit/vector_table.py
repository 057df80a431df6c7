"""The vector table of a linked ELF: whether a Cortex-M starts with it.

Follows "Vector table" of the Armv6-M, Armv7-M and Armv8-M Architecture Reference Manuals (DDI 0419, DDI 0403, DDI
0553).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from steelmill.audit.executable import Executable
from steelmill.audit.finding import Finding
from steelmill.linker.region import Region, format_regions

_SECTIONS = (".vectors", ".isr_vector", ".vector_table", ".interrupt_vectors", ".intvec", ".intvecs")
_SYMBOLS = ("__vector_table", "__Vectors", "__isr_vector", "__vectors", "g_pfnVectors")
"""Customary names of vector tables."""
_ALIGNMENT = 128
"""bytes: the least that the vector table offset register takes"""
_STACK_ALIGNMENT = 8


class _Table(NamedTuple):
    """A vector table, or what lies where one should be."""

    name: str
    address: int
    is_named: bool
    """By its section or symbol; else it is only where most processors look."""


def check_vector_table(elf: Executable, regions: Sequence[Region]) -> Iterator[Finding]:
    """Check the table of a customary name, else what lies at the start of a region, if it looks like one."""
    table = _named_table(elf) or _first_bytes(elf, regions)
    if table is None:
        return
    words = elf.words(table.address, 2)
    if words is not None:
        stack, reset = words
        memory = [region for region in regions if _is_writable(region)] or regions
        yield from _check_words(elf, table, stack, reset, memory)
    elif table.is_named:
        yield _finding(
            table,
            f"no bytes are loaded at {table.address:#010x}",
            "the initial stack pointer and the reset vector there",
            "fill the table, and place it in flash",
        )


def _check_words(elf: Executable, table: _Table, stack: int, reset: int, memory: Sequence[Region]) -> Iterator[Finding]:
    """Check the first two words; the stack belongs in ``memory``."""
    stack_fits = not memory or any(region.origin < stack <= region.end for region in memory)
    reset_fits = elf.is_code(reset & ~1)
    if not table.is_named and not (reset_fits and (reset & 1 or stack_fits)):
        yield _finding(
            table,
            f"the image begins with {stack:#010x} {reset:#010x}",
            "the initial stack pointer and the reset vector first, where nothing else starts the image",
            "keep the table with KEEP() in the linker script, and place it first",
            "warning",
        )
        return
    if table.address % _ALIGNMENT:
        yield _finding(
            table,
            f"it begins at {table.address:#010x}",
            f"a multiple of {_ALIGNMENT}, or of more for a longer table",
            "align it in the linker script, or place it at the start of flash",
        )
    if stack % _STACK_ALIGNMENT or not stack_fits:
        yield _finding(
            table,
            f"its first word, the initial stack pointer, is {stack:#010x}",
            f"a multiple of {_STACK_ALIGNMENT}{f', in {format_regions(memory)}' if memory else ''}",
            "put the end of the stack first in the table, and align it in the linker script",
        )
    if not reset & 1:
        yield _finding(
            table,
            f"its second word, the reset vector, is {reset:#010x}: even",
            "an odd address, which says that the handler is Thumb code",
            "declare the handler a function (.thumb_func, or .type NAME, %function), and name it in the table",
        )
    if not reset_fits:
        yield _finding(
            table,
            f"its second word, the reset vector, is {reset:#010x}: no code is there",
            "the address of the reset handler",
            "put the reset handler second in the table",
        )


def _named_table(elf: Executable) -> _Table | None:
    sections = {section.name: section.vma for section in elf.sections}
    return next(
        (
            _Table(name, where[name], is_named=True)
            for names, where in ((_SECTIONS, sections), (_SYMBOLS, elf.symbols))
            for name in names
            if name in where
        ),
        None,
    )


def _first_bytes(elf: Executable, regions: Sequence[Region]) -> _Table | None:
    """Give what is loaded first, if that is the start of a region: where most processors look for the table."""
    loaded = [section for section in elf.sections if section.data is not None]
    first = min(loaded, key=lambda section: section.lma, default=None)
    if first is None or first.vma != first.lma or first.vma not in {region.origin for region in regions}:
        return None
    return _Table(first.name, first.vma, is_named=False)


def _finding(
    table: _Table, found: str, wanted: str, remedy: str, level: Literal["error", "warning"] = "error"
) -> Finding:
    return Finding("vector-table", level, "", table.name, found, wanted, remedy)


def _is_writable(region: Region) -> bool:
    given = region.attributes.lower().partition("!")[0]
    return not given or "w" in given
