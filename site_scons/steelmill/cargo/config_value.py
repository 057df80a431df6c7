"""ConfigValue: a value of cargo's configuration and where it was written; how values of several files become one.

Follows https://doc.rust-lang.org/cargo/reference/config.html#hierarchical-structure: of single values the deeper
folder's holds, tables are joined key by key, arrays end to end with the deeper folder's elements last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from steelmill.toml.place import KeyPath


class Definition(NamedTuple):
    """Where a value was written."""

    file: str
    """Path of the file; of a value from the environment, of a ``.cargo/config.toml`` in the current folder."""
    path: KeyPath
    """Its keys in that file."""
    variable: str = ""
    """The environment variable that holds it, or empty."""

    @property
    def root(self) -> str:
        """The folder that paths in the value are relative to: the one above the file's."""
        return self.file.rpartition("/")[0].rpartition("/")[0] or "/"


class ConfigValue(NamedTuple):
    """A value, or an array or a table of them."""

    value: str | int | bool | tuple[ConfigValue, ...] | Mapping[str, ConfigValue]
    definition: Definition

    @property
    def kind(self) -> str:
        """How TOML calls it: ``string``, ``integer``, ``boolean``, ``array`` or ``table``."""
        return _KINDS.get(type(self.value), "table")

    def text(self) -> str:
        """Give a single value as text."""
        return str(self.value).lower() if isinstance(self.value, bool) else str(self.value)

    def said(self) -> str:
        """Give a value for a message: a string in quotes, an array or a table by its kind alone."""
        if self.kind in _CONTAINERS:
            return _a(self.kind)
        return repr(self.value) if isinstance(self.value, str) else self.text()


class WrongValue(Exception):
    """What is wrong with a value; made an InputError where the texts of the files are at hand, for the line."""

    def __init__(self, what: str, definition: Definition) -> None:
        super().__init__(what)
        self.what = what
        self.definition = definition


_KINDS = {str: "string", bool: "boolean", int: "integer", tuple: "array"}
_CONTAINERS = ("array", "table")
_NEVER_JOINED = (
    ("credential-alias", "*"),
    ("doc", "browser"),
    ("host", "runner"),
    ("registries", "*", "credential-provider"),
    ("registry", "credential-provider"),
    ("target", "*", "runner"),
)
"""Arrays that are a command: half of one joined to half of another would be none."""


def config_value(raw: Any, file: str, path: KeyPath = ()) -> ConfigValue:
    """Make a value of what ``tomllib`` read; raise WrongValue for a kind of value that cargo does not take."""
    definition = Definition(file, path)
    if isinstance(raw, dict):
        return ConfigValue({key: config_value(value, file, (*path, key)) for key, value in raw.items()}, definition)
    if isinstance(raw, list):
        elements = (config_value(value, file, (*path, index)) for index, value in enumerate(raw))
        return ConfigValue(tuple(elements), definition)
    if isinstance(raw, str | bool | int):
        return ConfigValue(raw, definition)
    expected = "a string, a whole number, true or false, an array or a table"
    raise WrongValue(f"{'.'.join(map(str, path))}: {raw}; expected {expected}", definition)


def merge(weak: ConfigValue, strong: ConfigValue, path: tuple[str, ...] = ()) -> ConfigValue:
    """Join two values of the key ``path``: where only one can stay, ``strong``.

    Raises WrongValue where one is a table or an array and the other is none.
    """
    if isinstance(weak.value, Mapping) and isinstance(strong.value, Mapping):
        table = dict(weak.value)
        for key, value in strong.value.items():
            table[key] = merge(table[key], value, (*path, key)) if key in table else value
        return ConfigValue(table, strong.definition)
    if isinstance(weak.value, tuple) and isinstance(strong.value, tuple):
        joined = strong.value if is_never_joined(path) else (*weak.value, *strong.value)
        return ConfigValue(joined, strong.definition)
    if weak.kind in _CONTAINERS or strong.kind in _CONTAINERS:
        raise WrongValue(
            f"{'.'.join(path)}: {_a(strong.kind)}, where {weak.definition.file} has {_a(weak.kind)}", strong.definition
        )
    return strong


def is_never_joined(path: tuple[str, ...]) -> bool:
    """Say whether the array at a key is taken whole from one place."""
    return any(
        len(path) == len(pattern) and all(part in ("*", key) for part, key in zip(pattern, path, strict=True))
        for pattern in _NEVER_JOINED
    )


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
