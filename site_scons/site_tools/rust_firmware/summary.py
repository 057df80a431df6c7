"""The summary: where the images are and how full their memory is, after everything else was printed."""

from __future__ import annotations

import atexit
from typing import Any, NamedTuple

import SCons.Node
import SCons.Script

from rust_firmware import compat
from rust_firmware.console import Console


class ImageReport(NamedTuple):
    """What is told of one image."""

    paths: tuple[str, ...]
    """Its files, the ELF first."""
    nodes: tuple[Any, ...]
    """Their nodes and, last, that of the region table."""
    title: str
    table: str
    """Path of the region table."""
    said: tuple[str, ...]
    """What was decided for the image: who supplies memcpy."""


class Summary:
    """Collects reports while SConscripts are read and prints those of images that are up to date at the end."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._reports: list[ImageReport] = []
        atexit.register(self._show)

    def add(self, report: ImageReport) -> None:
        """Report an image at the end."""
        self._reports.append(report)

    def _show(self) -> None:
        """Print tables of what was linked anew or asked for, and the paths of all images; nothing after a failure."""
        if compat.changes_nothing() or SCons.Script.GetOption("clean") or SCons.Script.GetBuildFailures():
            return
        asked = "size" in SCons.Script.COMMAND_LINE_TARGETS
        done = (SCons.Node.up_to_date, SCons.Node.executed)
        tables = [
            _format_table(report)
            for report in self._reports
            if report.nodes[-1].get_state() == SCons.Node.executed or (asked and report.nodes[-1].get_state() in done)
        ]
        images = [
            f"image  {' '.join(_short(report.paths))}"
            for report in self._reports
            if all(node.get_state() in done for node in report.nodes)
        ]
        self._console.block("\n".join([*tables, *images]))


def _format_table(report: ImageReport) -> str:
    with open(report.table, encoding="utf-8") as file:
        rows = (*file.read().splitlines(), *report.said)
    return "\n".join(["", report.title, *(f"  {row}" for row in rows), ""])


def _short(paths: tuple[str, ...]) -> list[str]:
    """Give the first path whole and of the others what differs: ``build/.../hello.elf .bin .hex``."""
    stem = paths[0].rsplit(".", 1)[0]
    return [paths[0], *(path.removeprefix(stem) for path in paths[1:])]
