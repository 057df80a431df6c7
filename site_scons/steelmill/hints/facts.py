"""Facts: what the build knows about a Step that failed, and its words do not say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from steelmill.linker.region import Region
from steelmill.step import Step

Definitions = Mapping[str, tuple[str, ...]]
"""Global symbol -> who defines it: ``c/main.c.o``, ``vendor/libphy.a(phy.o)``."""


class Facts(NamedTuple):
    """What explanations may ask for; what costs time to find out is a function."""

    place: str = ""
    """Where the target specification is written."""
    profile: str | None = None
    regions: tuple[Region, ...] = ()
    """The memory of the image."""
    map_text: str = ""
    """The linker's map file."""
    definitions: Callable[[], Definitions] = dict
    """The symbols of all that is linked."""
    rust_texts: Callable[[], Mapping[str, str]] = dict
    """Path -> text of the Rust sources behind what is linked."""
    read_head: Callable[[str], bytes] = lambda _path: b""
    """The first bytes of a file; none where it cannot be read."""


class Failure(NamedTuple):
    """A command that failed, or warned."""

    step: Step
    output: str
    facts: Facts
