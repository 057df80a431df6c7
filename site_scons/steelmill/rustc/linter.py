"""Linter: what checks local crates in the place of rustc: clippy, whose driver takes rustc's arguments.

See https://doc.rust-lang.org/clippy/configuration.html for its settings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from steelmill.step import Tool

SETTINGS = (".clippy.toml", "clippy.toml")
"""The files that it looks for in a crate's folder and upwards; the first one holds."""
TRANSCRIPT = "findings.txt"
"""What rustc, or the linter, said of a crate that was checked alone."""


class Linter(NamedTuple):
    """A clippy of the very release of rustc."""

    program: str
    """Absolute path of clippy-driver."""
    tool: Tool
    settings: Callable[[str], tuple[str, ...]]
    """Gives the path of the settings that hold for a crate in a folder; none where there are none."""
