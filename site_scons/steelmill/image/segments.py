"""Segments: the bytes that are loaded, by load address, trimmed to sections as ``objcopy -O binary`` does it."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from steelmill.errors import InputError
from steelmill.image.sections import ElfImage


class Segment(NamedTuple):
    """Bytes without a gap."""

    address: int
    """Where they are loaded (LMA)."""
    data: bytes
    """At least one."""
    name: str = ""
    """Of the section they come from."""

    @property
    def end(self) -> int:
        """The address behind the last byte."""
        return self.address + len(self.data)


def loaded_segments(image: ElfImage, place: str | None = None) -> tuple[Segment, ...]:
    """Give what an ELF loads, one segment a section, by rising address.

    Raise InputError at ``place``, the ELF's path, where two sections load to one address.
    """
    segments = sorted(
        Segment(section.lma, section.data, section.name) for section in image.sections if section.data is not None
    )
    for low, high in pairwise(segments):
        if high.address < low.end:
            raise InputError(
                f"sections {low.name} and {high.name} are both loaded at {high.address:#010x}",
                place=place,
                details=[
                    (segment.name, f"{segment.address:#010x}..{segment.end - 1:#010x}") for segment in (low, high)
                ],
                remedy="move one of them in the linker script: > REGION, or AT> REGION for its load address",
            )
    return tuple(segments)
