"""Difference: what tells a target from the one it was made from, key by key."""

from __future__ import annotations

import json
from collections.abc import Container
from typing import Any, NamedTuple

from steelmill.target_spec.canonical import DESCRIPTIVE, target_tuple
from steelmill.target_spec.model import TargetSpec


class Change(NamedTuple):
    """One key that differs."""

    sign: str
    """``+`` the base has it not, ``-`` the base alone has it, ``~`` the value is another one."""
    key: str
    words: str
    """The value, or both."""


def differences(base: TargetSpec, spec: TargetSpec) -> tuple[Change, ...]:
    """Give the keys that differ, sorted by name; those that describe the target to people do not count."""
    keys = sorted({*base.keys, *spec.keys} - {*DESCRIPTIVE})
    return tuple(change for key in keys if (change := _change(key, base, spec)))


def format_difference(base: TargetSpec, spec: TargetSpec) -> str:
    """Print a heading and a line for every key that differs."""
    changes = differences(base, spec)
    heading = f"{spec.place} and {base.place}"
    if not changes:
        return f"{heading} say the same\n"
    width = max(len(change.key) for change in changes)
    rows = [f"  {change.sign} {change.key:<{width}}  {change.words}" for change in changes]
    return "\n".join([f"{spec.place} differs from {base.place} in", *rows, ""])


def like_built_in(spec: TargetSpec, built_in: Container[str]) -> str | None:
    """Give the built-in target that a specification is compared with: that of its name, else that of its contents."""
    return next((name for name in (spec.name, target_tuple(spec)) if name in built_in), None)


def _change(key: str, base: TargetSpec, spec: TargetSpec) -> Change | None:
    old, new = base.keys.get(key), spec.keys.get(key)
    if old == new and type(old) is type(new):
        return None
    if old is None:
        return Change("+", key, _text(new))
    if new is None:
        return Change("-", key, _text(old))
    return Change("~", key, f"{_text(old)} -> {_text(new)}")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
