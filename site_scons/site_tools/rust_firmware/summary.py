"""The summary: where the images are and how full their memory is, after everything else was printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import SCons.Node
import SCons.Script

from rust_firmware import compat


@dataclass(frozen=True)
class ImageReport:
    """What is told of one image."""

    paths: tuple[str, ...]
    """Its files, the ELF first."""
    nodes: tuple[Any, ...]
    """Their nodes."""
    changed: Callable[[], bool]
    """Tells whether it was linked anew."""
    table: Callable[[], str]
    """Gives the region table and what was decided for the image."""


class Summary:
    """Collects reports while SConscripts are read and prints those of images that are up to date at the end."""

    def __init__(self) -> None:
        self._reports: list[ImageReport] = []

    def add(self, report: ImageReport) -> None:
        """Report an image at the end."""
        self._reports.append(report)

    def show(self) -> None:
        """Print; nothing after a failure, under ``-s`` or where nothing was to be built."""
        if compat.changes_nothing() or compat.is_quiet() or SCons.Script.GetOption("clean"):
            return
        if SCons.Script.GetBuildFailures():
            return
        for report in self._reports:
            if all(node.get_state() in (SCons.Node.up_to_date, SCons.Node.executed) for node in report.nodes):
                if report.changed():
                    print(report.table())
                print(f"image  {' '.join(_short(report.paths))}")


def _short(paths: tuple[str, ...]) -> list[str]:
    """Give the first path whole and of the others what differs: ``build/.../hello.elf .bin .hex``."""
    stem = paths[0].rsplit(".", 1)[0]
    return [paths[0], *(path.removeprefix(stem) for path in paths[1:])]
