"""Overflow: what a linker says when a region is full, with the numbers that matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from steelmill.linker.map_file import MapSection, parse_map
from steelmill.linker.region import Region
from steelmill.wording import count

# GNU ld: one line for each section that has no room, then one for each region with the sum.
_GNU_REGION = re.compile(r"region `([^']+)' overflowed by (\d+) bytes?")
_GNU_SECTION = re.compile(r"section `([^']+)' will not fit in region `([^']+)'$", re.MULTILINE)
# LLD: one line for each section; what is missing adds up, so the last number counts.
_LLD = re.compile(r"section '([^']+)' will not fit in region '([^']+)': overflowed by (\d+) bytes?")

_LARGEST = 4
"""How many sections are shown."""


class Overflow(NamedTuple):
    """Regions that are full."""

    what: str
    """``region FLASH overflows by 16 bytes``"""
    details: tuple[tuple[str, str], ...]
    """Rows: each region with its largest sections."""
    ways: str
    """What makes it fit, in the imperative."""


def measure_overflow(
    output: str, regions: Sequence[Region], map_text: str = "", profile: str | None = None
) -> Overflow:
    """Tell how full the regions are that a linker's ``output`` complains of.

    ``map_text``: the map file, for the sizes of the sections. ``profile``: the one built.
    """
    known = {region.name: region for region in regions}
    sections = parse_map(map_text)
    refused = [(match[2], match[1]) for form in (_GNU_SECTION, _LLD) for match in form.finditer(output)]
    missing = _overflows(output) or _measured(refused, known, sections)
    names = list(missing) or list(dict.fromkeys(region for region, _ in refused))
    details: list[tuple[str, str]] = []
    for name in names:
        region = known.get(name)
        details.append(("region", region.describe() if region else name))
        largest = _largest(sections, region, missing.get(name, 0))
        if largest:
            details.append(("largest", "   ".join(f"{section.name} {section.size}" for section in largest)))
        else:
            unfit = dict.fromkeys(section for of, section in refused if of == name)
            details += [("sections", "   ".join(unfit))] if unfit else []
    what = ", ".join(_describe(name, missing.get(name)) for name in names)
    return Overflow(what, tuple(details), _ways(names, known, profile))


def _describe(name: str, missing: int | None) -> str:
    if missing is None:
        return f"region {name} is full"
    return f"region {name} overflows by {count(missing, 'byte')}"


def _overflows(stderr: str) -> dict[str, int]:
    """Give the bytes that are missing, by region."""
    found: dict[str, int] = {}
    for match in _GNU_REGION.finditer(stderr):
        found[match[1]] = int(match[2])
    for match in _LLD.finditer(stderr):
        found[match[2]] = max(found.get(match[2], 0), int(match[3]))
    return found


def _measured(
    refused: Sequence[tuple[str, str]], known: Mapping[str, Region], sections: Sequence[MapSection]
) -> dict[str, int]:
    """Count the bytes that are missing by the map: GNU ld does not where an image has but one section."""
    ends = {section.name: section.address + section.size for section in sections}
    return {name: ends[section] - known[name].end for name, section in refused if name in known and section in ends}


def _largest(sections: Sequence[MapSection], region: Region | None, missing: int) -> list[MapSection]:
    if region is None:
        return []
    inside = [section for section in sections if section.lies_in(region.origin, region.end + missing)]
    return sorted(inside, key=lambda section: -section.size)[:_LARGEST]


def _ways(names: Iterable[str], known: Mapping[str, Region], profile: str | None) -> str:
    ways = ["shrink the image", *(_raise_length(name, known.get(name)) for name in names)]
    if profile != "release":
        ways.append("build with profile=release")
    return f"{', '.join(ways[:-1])}{',' if len(ways) > 2 else ''} or {ways[-1]}"


def _raise_length(name: str, region: Region | None) -> str:
    if region is None or not region.place:
        return f"raise the length of {name}"
    path = re.sub(r":\d+$", "", region.place)
    return f"raise [memory].{name}.length" if path.endswith(".toml") else f"raise LENGTH of {name} in {path}"
