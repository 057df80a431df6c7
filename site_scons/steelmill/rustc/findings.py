"""Findings: how many warnings a compiler has printed."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WARNING = re.compile(r"^warning(\[\w+\])?: (?!.*\b\d+ warnings? emitted$)", re.MULTILINE)
"""The first line of a warning; at the end rustc says how many there were."""


def count_warnings(text: str) -> int:
    """Count the warnings in what rustc, or a linter in its place, has printed."""
    return len(_WARNING.findall(text))


def format_counts(verb: str, crates: int, warnings: int, made: Iterable[str] = ()) -> str:
    """Say in a line what came of looking at crates, and where what was ``made`` of them lies."""
    said = f"{verb}  {_count(crates, 'crate')}, {_count(warnings, 'warning') if warnings else 'no warnings'}"
    return "; ".join((said, *made))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
