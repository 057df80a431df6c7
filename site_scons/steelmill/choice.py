"""A word that must be one out of a list."""

from __future__ import annotations

from collections.abc import Iterable

from steelmill.errors import InputError
from steelmill.suggest import did_you_mean


def choose(value: str, known: Iterable[str], place: str) -> str:
    """Give ``value`` back; raise InputError at ``place`` where it is none of ``known``."""
    words = list(known)
    if value in words:
        return value
    raise InputError(
        f"{value!r} is unknown{did_you_mean(value, words)}", place=place, remedy=f"choose one of {', '.join(words)}"
    )
