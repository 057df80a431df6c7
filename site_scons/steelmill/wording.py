"""Parts of sentences that many messages have."""

from __future__ import annotations

from collections.abc import Iterable


def either(words: Iterable[str]) -> str:
    """Join alternatives, at least one: ``a, b or c``."""
    *head, last = words
    return f"{', '.join(head)} or {last}" if head else last


def count(number: int, noun: str) -> str:
    """Write a number of things: ``1 byte``, ``2 bytes``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
