"""How full every MEMORY region is, and whether that is within its budget.

A section counts where it runs (VMA) and, where its bytes are loaded elsewhere (LMA), there as well: ``.data`` in RAM
and in FLASH. Padding in front of an aligned section counts, a larger hole does not, for something else fits there; GNU
ld's ``--print-memory-usage`` says the same where there is no hole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from steelmill.errors import InputError
from steelmill.image.sections import Section, read_elf

_KIB = 1024
_LARGEST = 6


class Region(Protocol):
    """A MEMORY region: ``steelmill.linker.region.Region``."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def origin(self) -> int:
        """Address of its first byte."""

    @property
    def length(self) -> int:
        """Bytes."""

    @property
    def place(self) -> str:
        """``path:line`` of its declaration."""


class Usage(NamedTuple):
    """What is in one region."""

    region: Region
    used: int
    """bytes, padding included"""
    sections: tuple[tuple[str, int], ...]
    """(section, bytes), the largest first."""

    @property
    def size(self) -> int:
        """Bytes that fit in."""
        return self.region.length

    @property
    def percent(self) -> float:
        """``used`` out of ``size``."""
        return 100 * self.used / self.size if self.size else 0.0


class _Span(NamedTuple):
    start: int
    end: int
    align: int
    name: str


def region_usage(elf: bytes, regions: Sequence[Region], place: str | None = None) -> tuple[Usage, ...]:
    """Give what an ELF occupies, in the order of ``regions``; raise InputError at ``place``, its path, for no ELF."""
    spans = sorted({span for section in read_elf(elf, place).sections for span in _spans(section)})
    return tuple(_usage(region, spans) for region in regions)


def _spans(section: Section) -> list[_Span]:
    starts = {section.vma} if section.data is None else {section.vma, section.lma}
    return [_Span(start, start + section.size, section.align, section.name) for start in starts]


def _usage(region: Region, spans: Sequence[_Span]) -> Usage:
    end = region.origin + region.length
    used = 0
    reached = region.origin
    sizes: dict[str, int] = {}
    for span in spans:
        start, stop = max(span.start, region.origin), min(span.end, end)
        if start >= stop:
            continue
        sizes[span.name] = sizes.get(span.name, 0) + stop - start
        # Overlays share addresses, which count once; what alignment left free can hold nothing else.
        gap = start - reached
        used += max(stop - max(start, reached), 0) + (gap if 0 < gap < span.align else 0)
        reached = max(reached, stop)
    largest = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))
    return Usage(region, used, tuple(largest))


def format_table(usages: Sequence[Usage]) -> str:
    """Print a table: region, origin, used, size, percent; a line each, columns aligned."""
    rows = [("region", "origin", "used", "size", "percent")]
    rows += [
        (
            usage.region.name,
            f"0x{usage.region.origin:08x}",
            _format_size(usage.used),
            _format_size(usage.size),
            f"{usage.percent:.1f}%",
        )
        for usage in usages
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if index < 2 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def check_budget(usages: Sequence[Usage], budgets: Mapping[str, int], image: str = "") -> None:
    """Raise InputError for the first region that holds more than its budget (bytes); ``image`` is the ELF's path."""
    for usage in usages:
        budget = budgets.get(usage.region.name)
        if budget is None or usage.used <= budget:
            continue
        name = usage.region.name
        raise InputError(
            f"region {name} is over its budget by {usage.used - budget} bytes",
            place=usage.region.place or None,
            details=[
                *([("image", image)] if image else []),
                ("used", f"{usage.used} of {usage.size} bytes, {usage.percent:.1f}%"),
                ("budget", f"{budget} bytes, {100 * budget / max(usage.size, 1):.1f}%"),
                ("largest", "   ".join(f"{section} {size}" for section, size in usage.sections[:_LARGEST])),
            ],
            remedy=f"shrink the image, or raise [memory].{name}.budget",
        )


def _format_size(size: int) -> str:
    return f"{size} ({size / _KIB:.1f} KiB)"
