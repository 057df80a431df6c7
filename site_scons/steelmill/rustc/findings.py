"""Findings: how many warnings a compiler has printed."""

from __future__ import annotations

import re

_WARNING = re.compile(r"^warning(\[\w+\])?: (?!.*\b\d+ warnings? emitted$)", re.MULTILINE)
"""The first line of a warning; at the end rustc says how many there were."""


def count_warnings(text: str) -> int:
    """Count the warnings in what rustc, or a linter in its place, has printed."""
    return len(_WARNING.findall(text))


def format_counts(verb: str, crates: int, warnings: int) -> str:
    """Say in a line what came of checking crates."""
    return f"{verb}  {_count(crates, 'crate')}, {_count(warnings, 'warning') if warnings else 'no warnings'}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
