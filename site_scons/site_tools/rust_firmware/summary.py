"""The summary: where the images are and how full their memory is, after everything else was printed."""

from __future__ import annotations

import atexit
from typing import Any, NamedTuple

import SCons.Node
import SCons.Script

from rust_firmware import compat


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

    def __init__(self) -> None:
        self._reports: list[ImageReport] = []
        atexit.register(self._show)

    def add(self, report: ImageReport) -> None:
        """Report an image at the end."""
        self._reports.append(report)

    def _show(self) -> None:
        """Print tables of what was linked anew or asked for, and the paths of all images; nothing after a failure."""
        if compat.changes_nothing() or compat.is_quiet() or SCons.Script.GetOption("clean"):
            return
        if SCons.Script.GetBuildFailures():
            return
        asked = "size" in SCons.Script.COMMAND_LINE_TARGETS
        for report in self._reports:
            states = [node.get_state() for node in report.nodes]
            if asked or states[-1] == SCons.Node.executed:
                self._print_table(report)
        for report in self._reports:
            if all(node.get_state() in (SCons.Node.up_to_date, SCons.Node.executed) for node in report.nodes):
                print(f"image  {' '.join(_short(report.paths))}")

    def _print_table(self, report: ImageReport) -> None:
        with open(report.table, encoding="utf-8") as file:
            print(
                "\n".join(["", report.title, *(f"  {line}" for line in (*file.read().splitlines(), *report.said)), ""])
            )


def _short(paths: tuple[str, ...]) -> list[str]:
    """Give the first path whole and of the others what differs: ``build/.../hello.elf .bin .hex``."""
    stem = paths[0].rsplit(".", 1)[0]
    return [paths[0], *(path.removeprefix(stem) for path in paths[1:])]
