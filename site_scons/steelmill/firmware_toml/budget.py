"""The budget of a MEMORY region: bytes, or a share of its length."""

from __future__ import annotations

import re

from steelmill.errors import InputError
from steelmill.linker.region import parse_length

_PERCENT = re.compile(r"\s*(\d{1,3})(?:\.(\d{1,6}))?\s*%\s*")


def parse_budget(value: int | str, length: int, place: str | None = None) -> int:
    """Give a budget in bytes: ``"80%"`` of ``length`` (bytes), rounded down, or a size as ``parse_length`` reads it.

    Raise InputError for anything else, and for more than 100%.
    """
    match = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return parse_length(value, place)
    # in whole numbers: 0.1% of a length is no matter of rounding errors
    fraction = match[2] or ""
    share = int(match[1] + fraction)
    whole = 100 * 10 ** len(fraction)
    if share > whole:
        raise InputError(
            f"a budget of {value.strip() if isinstance(value, str) else value} is more than the region",
            place=place,
            remedy="give at most 100%",
        )
    return int(length * share // whole)
