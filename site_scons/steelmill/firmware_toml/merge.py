"""The sections that hold for one target and profile, merged over the base.

The base comes first, then every ``[target.'cfg(...)']`` that holds, in the order of the file, then ``[target.NAME]``,
then ``[profile.NAME]``: the special wins over the general. Tables merge, arrays append, all else replaces.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from steelmill.firmware_toml.raw import RawFirmware
from steelmill.rustc.cfg import Cfg
from steelmill.rustc.cfg_expr import target_matches
from steelmill.toml.place import KeyPath

_CONDITIONS = ("target", "profile")


class Merged(NamedTuple):
    """The tables that hold, and where each of their keys was last written."""

    tables: Mapping[str, Any]
    lines: Mapping[KeyPath, int]


def merge_firmware(raw: RawFirmware, target_name: str, cfg: Cfg, profile: str) -> Merged:
    """Apply what holds for a target, whose ``rustc --print cfg`` is ``cfg``, and a profile."""
    tables: dict[str, Any] = {}
    lines: dict[KeyPath, int] = {}
    for prefix in _layers(raw, target_name, cfg, profile):
        layer: Any = raw.tables
        for key in prefix:
            layer = layer[key]
        if not prefix:
            layer = {key: value for key, value in layer.items() if key not in _CONDITIONS}
        _Merge(raw.lines, lines).table(tables, layer, (), prefix)
    return Merged(tables, lines)


def _layers(raw: RawFirmware, target_name: str, cfg: Cfg, profile: str) -> Iterator[tuple[str, ...]]:
    """Give the paths of the tables that hold, the weakest first."""
    yield ()
    targets = raw.tables.get("target", {})
    for key in targets:
        if key != target_name and target_matches(key, cfg, target_name, place=raw.place_of("target", key)):
            yield "target", key
    if target_name in targets:
        yield "target", target_name
    if profile in raw.tables.get("profile", {}):
        yield "profile", profile


class _Merge:
    def __init__(self, raw_lines: Mapping[KeyPath, int], lines: dict[KeyPath, int]) -> None:
        self.raw_lines = raw_lines
        self.lines = lines

    def table(self, into: dict[str, Any], table: Mapping[str, Any], path: KeyPath, written: KeyPath) -> None:
        """Merge ``table``, which stands at ``written`` in the file, into ``into``, which is at ``path``."""
        for key, value in table.items():
            here, there = (*path, key), (*written, key)
            old = into.get(key)
            if key == "defines" and old is not None and type(old) is not type(value):
                old, value = _as_table(old), _as_table(value)
                into[key] = old
            self.note(here, there)
            if isinstance(value, dict):
                if not isinstance(old, dict):
                    old = into[key] = {}
                self.table(old, value, here, there)
            elif isinstance(value, list):
                start = len(old) if isinstance(old, list) else 0
                for index, item in enumerate(value):
                    self.item(item, (*here, start + index), (*there, index))
                into[key] = [*old, *value] if isinstance(old, list) else list(value)
            else:
                into[key] = value

    def item(self, item: Any, path: KeyPath, written: KeyPath) -> None:
        """Note where an item of a list stands, and the keys of one that is a table."""
        self.note(path, written)
        if isinstance(item, dict):
            for key, value in item.items():
                self.item(value, (*path, key), (*written, key))

    def note(self, here: KeyPath, there: KeyPath) -> None:
        line = self.raw_lines.get(there)
        if line is not None:
            self.lines[here] = line


def _as_table(defines: Any) -> dict[str, Any]:
    """Write a list of macros as a table: ``["A=1", "B"]`` is ``{A = "1", B = true}``."""
    if isinstance(defines, dict):
        return defines
    pairs = (define.partition("=") for define in defines)
    return {name: value if separator else True for name, separator, value in pairs}


def as_list(defines: Any) -> list[str]:
    """Write a table of macros as a list: ``{A = 1, B = true, C = false}`` is ``["A=1", "B"]``."""
    if isinstance(defines, list):
        return defines
    return [name if value is True else f"{name}={value}" for name, value in defines.items() if value is not False]
