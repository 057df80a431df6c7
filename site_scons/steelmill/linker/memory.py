"""memory.x: the MEMORY block that the build writes from the regions a firmware declares."""

from __future__ import annotations

import re
from collections.abc import Iterable

from steelmill.errors import InputError
from steelmill.linker.region import Region

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.$-]*")
_RESERVED = frozenset({"INCLUDE", "LENGTH", "ORIGIN", "l", "len", "o", "org"})
_READ_ONLY = ("FLASH", "ROM")


def default_attributes(name: str) -> str:
    """Guess a region's attributes from its name: ``rx`` for flash and ROM, else ``rwx``."""
    upper = name.upper()
    return "rx" if "RAM" not in upper and any(word in upper for word in _READ_ONLY) else "rwx"


def format_memory(regions: Iterable[Region], place: str) -> str:
    """Write the text of ``memory.x``: one MEMORY block in the order given; ``place`` names the file it comes from.

    A region without attributes gets those of its name. Raise InputError for a name that linkers cannot read.
    """
    rows = [(_check_name(region), region) for region in regions]
    origin_width = max((len(f"{region.origin:x}") for _, region in rows), default=0)
    heads = [f"{name} ({region.attributes or default_attributes(name)})" for name, region in rows]
    width = max(map(len, heads), default=0)
    lines = [
        f"  {head:<{width}} : ORIGIN = 0x{region.origin:0{max(8, origin_width)}x}, LENGTH = {_size(region.length)}"
        for head, (_, region) in zip(heads, rows, strict=True)
    ]
    source = place.replace("*/", "* /").replace("\n", " ")
    return "\n".join([f"/* Written by the build from {source}: change it there. */", "MEMORY", "{", *lines, "}", ""])


def _check_name(region: Region) -> str:
    if not _NAME.fullmatch(region.name) or region.name in _RESERVED:
        raise InputError(
            f"{region.name!r} cannot name a memory region; expected a letter, then letters, digits, _ . $ or -, "
            "and no keyword of MEMORY",
            place=region.place or None,
            remedy="rename it, for example to FLASH or RAM",
        )
    return region.name


def _size(length: int) -> str:
    for unit, factor in (("M", 1 << 20), ("K", 1 << 10)):
        if length and length % factor == 0:
            return f"{length // factor}{unit}"
    return str(length)
