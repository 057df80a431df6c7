"""Region: one block of memory of the MEMORY command.

Follows "MEMORY Command" of the GNU ld manual, https://sourceware.org/binutils/docs/ld/MEMORY.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from steelmill.errors import InputError
from steelmill.linker.expression import parse_expression
from steelmill.linker.lexer import SYMBOL, ScriptLexer


@dataclass(frozen=True)
class Region:
    """A block of memory that sections are placed in."""

    name: str
    origin: int
    """Address of its first byte."""
    length: int
    """bytes; ``64K`` in the script is 65536"""
    attributes: str = ""
    """As between the parentheses: ``rx``, ``!rw``; empty where none are given."""
    place: str = ""
    """``path`` or ``path:line`` of its declaration."""

    @property
    def end(self) -> int:
        """The address behind its last byte."""
        return self.origin + self.length

    def describe(self) -> str:
        """Give one line for a message: name, origin, length, place."""
        head = f"{self.name}  origin {format_address(self.origin)}  length {format_length(self.length)}"
        return f"{head}   {self.place}".rstrip()


class _NoNames:
    """The scope of an expression that may use numbers alone."""

    def symbol(self, name: str) -> None:
        """Know no symbol."""

    def origin(self, region: str) -> None:
        """Know no region."""

    def length(self, region: str) -> None:
        """Know no region."""


def format_address(value: int) -> str:
    """Print an address: ``0x08000000``."""
    return f"0x{value:08x}"


def format_length(value: int) -> str:
    """Print a size in bytes and, from 1 KiB on, in KiB: ``65536 (64 KiB)``."""
    if value < 1024:
        return str(value)
    kib = f"{value / 1024:.2f}".rstrip("0").removesuffix(".")
    return f"{value} ({kib} KiB)"


def format_regions(regions: Sequence[Region]) -> str:
    """Print which addresses regions have: ``FLASH 0x08000000..0x0800ffff, RAM 0x20000000..0x20003fff``."""
    return ", ".join(
        f"{region.name} {format_address(region.origin)}..{format_address(region.end - 1)}" for region in regions
    )


def parse_length(value: int | str, place: str | None = None) -> int:
    """Read a size in bytes: a number, or text as in a linker script (``256K``, ``0x1000``, ``1M``, ``128K - 4``).

    Raise InputError for anything else and for a negative size.
    """
    length: int | None = None
    if isinstance(value, str):
        lexer = ScriptLexer(place or "", value)
        expression = parse_expression(lexer)
        if value.strip() and not lexer.peek(SYMBOL):
            length = expression(_NoNames())
    elif not isinstance(value, bool):
        length = value
    # a difference below zero wraps around
    if length is None or not 0 <= length < 1 << 63:
        raise InputError(
            f"{value!r} is no size; expected bytes, or a number with K (1024) or M (1048576)",
            place=place,
            remedy='write it as in a linker script: 65536, 0x10000, "64K", "1M" or "128K - 4"',
        )
    return length


def check_regions(regions: Sequence[Region], address_bits: int = 64) -> None:
    """Raise InputError for a name used twice, an empty region, one beyond the address space, and two that overlap."""
    limit = 1 << address_bits
    names: dict[str, Region] = {}
    for region in regions:
        if region.name in names:
            raise _error(
                f"region {region.name} is declared twice", (names[region.name], region), "rename or remove one of them"
            )
        names[region.name] = region
        if region.length <= 0:
            raise _error(f"region {region.name} has no length", (region,), f"give {region.name} a length above 0")
        if region.origin < 0 or region.end > limit:
            raise _error(
                f"region {region.name} reaches beyond the {address_bits}-bit address space, "
                f"which ends at {format_address(limit - 1)}",
                (region,),
                f"lower the origin or the length of {region.name}",
            )
    for low, high in pairwise(sorted(regions, key=lambda region: region.origin)):
        if high.origin < low.end:
            raise _error(
                f"regions {low.name} and {high.name} overlap from {format_address(high.origin)} "
                f"to {format_address(min(low.end, high.end) - 1)}",
                (low, high),
                f"shorten {low.name} or move {high.name}",
            )


def _error(what: str, regions: Sequence[Region], remedy: str) -> InputError:
    rows = [(region.name, f"{_format_range(region)}   {region.place}".rstrip()) for region in regions]
    return InputError(what, place=regions[-1].place or None, details=rows, remedy=remedy)


def _format_range(region: Region) -> str:
    return f"{format_address(region.origin)}..{format_address(max(region.end - 1, region.origin))}"
