"""Steelmill's own tools: commands of Steps that run in this process instead of starting another Python.

Each takes its arguments, with the output folder put in, and raises SteelmillError where it must refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence


def write_text(arguments: Sequence[str]) -> None:
    """Write a text: ``PATH TEXT``."""
    path, text = arguments
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


TOOLS: Mapping[str, Callable[[Sequence[str]], None]] = {
    "write": write_text,
}
