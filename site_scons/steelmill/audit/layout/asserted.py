"""Assertions: what a crate includes to compare its types with those of C headers."""

from __future__ import annotations

from typing import NamedTuple


class Assertions(NamedTuple):
    """The assertions for one crate."""

    env: tuple[tuple[str, str], ...] = ()
    """What ``env!`` gives their paths for."""
    sources: tuple[str, ...] = ()
    """Their paths."""
    place: str = ""
    """``path:line`` of what asks for the first of them."""
