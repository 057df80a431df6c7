"""What a ``Cargo.toml`` says that neither the unit graph nor ``cargo metadata`` hands on: its lints.

Follows https://doc.rust-lang.org/cargo/reference/manifest.html#the-lints-section and cargo's order of the flags.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from steelmill.errors import InputError
from steelmill.toml.load import load_toml
from steelmill.toml.locate import locate_keys
from steelmill.toml.place import KeyPath, place_of

_LEVELS = ("forbid", "deny", "warn", "allow")
_CARGO = "cargo"
"""The tool whose lints are cargo's own: rustc is told nothing of them."""


class Manifest(NamedTuple):
    """The text of a ``Cargo.toml``, and its path for messages."""

    text: str
    place: str


class _Lint(NamedTuple):
    tool: str
    name: str
    level: str
    priority: int


def lint_rustflags(manifest: Manifest, workspace: Manifest | None) -> tuple[str, ...]:
    """Give what cargo tells rustc about lints: ``--warn=NAME`` by rising priority, then ``--check-cfg`` options.

    ``workspace`` is the manifest at the workspace's root, which ``[lints] workspace = true`` takes its lints from.
    Raises InputError at ``path:line`` where a lint is none.
    """
    lints = load_toml(manifest.text, manifest.place).get("lints", {})
    if isinstance(lints, dict) and lints.get("workspace") is True:
        return _flags(*_of_workspace(manifest, workspace))
    return _flags(lints, manifest, ("lints",))


def _of_workspace(manifest: Manifest, workspace: Manifest | None) -> tuple[Any, Manifest, KeyPath]:
    path = ("workspace", "lints")
    root = workspace or manifest
    table = load_toml(root.text, root.place).get("workspace", {})
    lints = table.get("lints") if isinstance(table, dict) else None
    if lints is None:
        raise InputError(
            f"lints are those of the workspace, and {root.place} has no [workspace.lints]",
            place=_place(manifest, ("lints", "workspace")),
            remedy="add [workspace.lints] there, or write the lints here",
        )
    return lints, root, path


def _flags(tables: Any, manifest: Manifest, path: KeyPath) -> tuple[str, ...]:
    lints: list[_Lint] = []
    for tool, table in _table(tables, manifest, path).items():
        for name, setting in _table(table, manifest, (*path, tool)).items():
            lints.append(_lint(tool, name, setting, manifest, (*path, tool, name)))
    own = sorted((lint for lint in lints if lint.tool != _CARGO), key=_flag)
    # Names in falling order within a priority: what cargo does to make a group such as ``all`` come last.
    by_name = sorted(own, key=lambda lint: lint.name, reverse=True)
    return (*map(_flag, sorted(by_name, key=lambda lint: lint.priority)), *_check_cfg(tables, manifest, path))


def _flag(lint: _Lint) -> str:
    return f"--{lint.level}={lint.name}" if lint.tool == "rust" else f"--{lint.level}={lint.tool}::{lint.name}"


def _lint(tool: str, name: str, setting: Any, manifest: Manifest, path: KeyPath) -> _Lint:
    level = setting.get("level") if isinstance(setting, dict) else setting
    priority = setting.get("priority", 0) if isinstance(setting, dict) else 0
    if level not in _LEVELS:
        from steelmill.suggest import did_you_mean

        raise InputError(
            f"{_said(level)}; expected one of {', '.join(_LEVELS)}{did_you_mean(str(level), _LEVELS)}",
            place=_place(manifest, path),
            remedy="write one of them",
        )
    if type(priority) is not int:
        raise _wrong(manifest, (*path, "priority"), "a whole number")
    return _Lint(tool, name, level, priority)


def _said(level: Any) -> str:
    return "lint without a level" if level is None else f"lint level {level!r}"


def _check_cfg(tables: Any, manifest: Manifest, path: KeyPath) -> tuple[str, ...]:
    setting = tables.get("rust", {}).get("unexpected_cfgs")
    values = setting.get("check-cfg", []) if isinstance(setting, dict) else []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise _wrong(manifest, (*path, "rust", "unexpected_cfgs", "check-cfg"), "an array of strings")
    return tuple(word for value in values for word in ("--check-cfg", value))


def _table(value: Any, manifest: Manifest, path: KeyPath) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(manifest, path, "a table")
    return value


def _wrong(manifest: Manifest, path: KeyPath, expected: str) -> InputError:
    return InputError(
        f"{'.'.join(map(str, path))}: expected {expected}",
        place=_place(manifest, path),
        remedy="correct it there",
        see="https://doc.rust-lang.org/cargo/reference/manifest.html#the-lints-section",
    )


def _place(manifest: Manifest, path: KeyPath) -> str:
    return place_of(manifest.place, locate_keys(manifest.text), path)
