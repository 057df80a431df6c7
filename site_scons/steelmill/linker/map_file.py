"""MapSection: the output sections that a linker's map file lists, GNU ld's and LLD's.

Both write it even when the link fails because a region is full.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class MapSection(NamedTuple):
    """An output section with bytes in memory."""

    name: str
    address: int
    """VMA"""
    load_address: int
    """LMA"""
    size: int
    """bytes"""

    def lies_in(self, start: int, end: int) -> bool:
        """Say whether it begins in the memory from ``start`` to before ``end``, as it runs or as it is loaded."""
        return start <= self.address < end or start <= self.load_address < end


_GNU_START = "Linker script and memory map"
# A long name stands on a line of its own.
_GNU = re.compile(r"^(\S+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)(?: load address 0x([0-9a-f]+))?$", re.MULTILINE)
# VMA, LMA, size, alignment; input sections and symbols are indented further.
_LLD = re.compile(r"^ *([0-9a-f]+) +([0-9a-f]+) +([0-9a-f]+) +\d+ (\S+)$", re.MULTILINE)
_LLD_START = re.compile(r" *VMA +LMA +Size +Align Out")
# These are in the file only. A map does not say so, and their address is 0, where memory may be.
_NOT_LOADED = (".comment", ".debug", ".gnu_debug", ".note.GNU-stack", ".shstrtab", ".stab", ".strtab", ".symtab")


def parse_map(text: str) -> tuple[MapSection, ...]:
    """List the output sections that take up memory, in the map's order; none where ``text`` is no map."""
    if _LLD_START.match(text):
        rows = [(match[4], match[1], match[2], match[3]) for match in _LLD.finditer(text)]
    else:
        start = text.find(_GNU_START)
        found = _GNU.finditer(text, start) if start >= 0 else ()
        rows = [(match[1], match[2], match[4] or match[2], match[3]) for match in found]
    sections = (
        MapSection(name, int(address, 16), int(load_address, 16), int(size, 16))
        for name, address, load_address, size in rows
    )
    return tuple(section for section in sections if section.size and not _in_file_only(section.name))


def _in_file_only(name: str) -> bool:
    return name.startswith(_NOT_LOADED) or name.endswith(".attributes")
