"""Overlay: a target specification as what differs from another one.

A TOML file of at most four keys::

    inherits = "thumbv7em-none-eabihf"
    features = ["+fp64", "-vfp4d16sp"]
    unset    = ["metadata"]

    [set]
    cpu = "cortex-m7"
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from steelmill.errors import InputError
from steelmill.suggest import did_you_mean
from steelmill.target_spec.model import TargetSpec
from steelmill.toml.place import Lines, place_of


class Overlay(NamedTuple):
    """What an overlay says, not yet applied to its base."""

    inherits: str
    """The base: a path from the overlay's folder that ends in .json or .toml, else a name."""
    features: tuple[str, ...]
    """LLVM features with their sign, in the place of what the base says of the same ones."""
    unset: tuple[str, ...]
    """Keys that the base has and the target has not."""
    set: Mapping[str, Any]
    """Keys with their values, in the place of the base's."""
    lines: Lines
    """Key path -> line."""

    def place_of(self, place: str, *path: str | int) -> str:
        """Give ``path:line`` of a key in the overlay whose path is ``place``."""
        return place_of(place, self.lines, path)

    def to_json(self) -> list[Any]:
        """Give what ``from_json`` reads."""
        return [self.inherits, self.features, self.unset, self.set, [[line, *key] for key, line in self.lines.items()]]

    @classmethod
    def from_json(cls, content: list[Any]) -> Overlay:
        """Read what ``to_json`` gave."""
        inherits, features, unset, values, lines = content
        return cls(inherits, tuple(features), tuple(unset), values, {tuple(key): line for line, *key in lines})


def apply_overlay(base: TargetSpec, overlay: Overlay, *, name: str, place: str) -> TargetSpec:
    """Give the target that ``overlay``, whose path is ``place``, makes of its base.

    Raise InputError where it unsets a key that the base has not. Whether the result is right is for ``check`` to judge.
    """
    for index, key in enumerate(overlay.unset):
        if key not in base.keys:
            raise InputError(
                f"'unset' names {key!r}, which {overlay.inherits} has not{did_you_mean(key, base.keys)}",
                place=overlay.place_of(place, "unset", index),
                remedy="take it out of the list, or correct it",
            )
    keys = {**{key: value for key, value in base.keys.items() if key not in overlay.unset}, **overlay.set}
    places = {key: base.place_of(key) for key in keys}
    places |= {key: overlay.place_of(place, "set", key) for key in overlay.set}
    if overlay.features:
        keys["features"] = _merge_features(base.features, overlay.features)
        places["features"] = overlay.place_of(place, "features")
    return TargetSpec(name=name, place=place, keys=keys, places=places)


def _merge_features(base: tuple[str, ...], own: tuple[str, ...]) -> str:
    """Put the overlay's words last, without what the base says of the same features."""
    said = {word[1:] for word in own}
    return ",".join([*(word for word in base if word[1:] not in said), *own])
