"""TypePair: a C type and a Rust type that are said to be the same."""

from __future__ import annotations

from typing import NamedTuple


class TypePair(NamedTuple):
    """A C type and a Rust type that are the same by ``[[audit.layout]]``."""

    c: str
    """``struct ring``, ``enum unit``, ``ring_t``."""
    rust: str
    """A path, or the end of it: ``ring::RawRing``."""
    place: str
    """``path:line``"""
