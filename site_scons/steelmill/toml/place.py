"""Where a key stands: ``path:line``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

KeyPath = tuple[str | int, ...]
"""Keys from the top, and indexes into arrays: ``("c", "sources", 0)``."""
Lines = Mapping[KeyPath, int]


def place_of(place: str, lines: Lines, path: Sequence[str | int]) -> str:
    """Give ``place:line`` of a key path, or of the nearest table around it that is written down."""
    for length in range(len(path), 0, -1):
        line = lines.get(tuple(path[:length]))
        if line is not None:
            return f"{place}:{line}"
    return place
