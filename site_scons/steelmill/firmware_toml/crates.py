"""The crates of an image: which are used, and in which order they are built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from steelmill.errors import InputError
from steelmill.suggest import did_you_mean


class Dependencies(NamedTuple):
    """What one crate says it uses."""

    label: str
    """Its table, for messages: ``[rust.crates.board]``."""
    names: tuple[str, ...]
    """Crate names, with underscores."""
    places: tuple[str, ...]
    """``path:line`` of each."""


def crate_order(root: Dependencies, crates: Mapping[str, Dependencies]) -> tuple[str, ...]:
    """Give the names of all crates that ``root`` reaches, each after those it depends on.

    Raise InputError for a name that no crate has, and for crates that depend on one another in a circle.
    """
    order: dict[str, None] = {}
    open_crates: list[str] = []

    def visit(user: Dependencies) -> None:
        for name, place in zip(user.names, user.places, strict=True):
            if name in order:
                continue
            if name not in crates:
                raise InputError(
                    f"unknown crate {name!r} in dependencies of {user.label}{did_you_mean(name, crates)}",
                    place=place,
                    remedy=f'correct the name, or add [rust.crates.{name}] with crate = "path/to/lib.rs"',
                )
            if name in open_crates:
                circle = [*open_crates[open_crates.index(name) :], name]
                raise InputError(
                    f"crates depend on one another in a circle: {' -> '.join(circle)}",
                    place=place,
                    remedy="move what they share into a crate of its own",
                )
            open_crates.append(name)
            visit(crates[name])
            open_crates.pop()
            order[name] = None

    visit(root)
    return tuple(order)
