"""The doctor's report: what was found for each target, what is missing, and what installs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple


class Row(NamedTuple):
    """One tool, or one property of it."""

    state: Literal["found", "note", "missing"]
    """``note``: images can be built without it. ``missing``: they cannot."""
    what: str
    """Its part in the build: ``linker``."""
    said: str
    """What was found and where, or what is wrong."""
    remedy: str = ""
    """What to do, in the imperative; empty where there is nothing to do."""


class Section(NamedTuple):
    """What belongs together: the toolchain of one language, or one target."""

    title: str
    rows: tuple[Row, ...]

    @property
    def fits(self) -> bool:
        """True where nothing is missing."""
        return all(row.state != "missing" for row in self.rows)


def format_report(sections: Sequence[Section]) -> str:
    """Write one block a section; what is missing stands out in capitals and carries its remedy."""
    width = max(len(row.what) for section in sections for row in section.rows)
    return "\n\n".join("\n".join([section.title, *_lines(section, width)]) for section in sections)


def _lines(section: Section, width: int) -> list[str]:
    lines = []
    for row in section.rows:
        head, *more = row.said.splitlines()
        word = "MISSING  " if row.state == "missing" else ""
        lines.append(f"  {row.what:<{width}}  {word}{head}")
        lines += [f"  {'':<{width}}  {line}" for line in more]
        lines += [f"  {'':<{width}}  remedy: {row.remedy}"] * bool(row.remedy)
    return lines
