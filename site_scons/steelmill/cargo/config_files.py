"""Which configuration files cargo reads, and what they say together.

Follows https://doc.rust-lang.org/cargo/reference/config.html: ``.cargo/config`` or ``.cargo/config.toml`` in the folder
that cargo runs in and in every folder above it, then the one in cargo's home, each with the files that it includes.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from typing import NamedTuple

from steelmill.cargo.config_value import ConfigValue, Definition, WrongValue, config_value, merge
from steelmill.errors import InputError
from steelmill.toml.load import load_toml

Read = Callable[[str], str | None]
"""Gives the text of a file, or None where there is none."""


class Lookup(NamedTuple):
    """A file that was looked for: its coming, going or changing changes the configuration."""

    path: str
    text: str | None
    """None where there is no such file."""


class ConfigFiles(NamedTuple):
    """What all files say together."""

    root: ConfigValue
    """A table."""
    lookups: tuple[Lookup, ...]
    """In the order of reading."""

    def place(self, definition: Definition) -> str:
        """Give ``path:line`` of a value, or the environment variable that holds it."""
        from steelmill.toml.locate import locate_keys
        from steelmill.toml.place import place_of

        if definition.variable:
            return f"environment variable {definition.variable}"
        text = next((lookup.text for lookup in self.lookups if lookup.path == definition.file), None)
        return place_of(definition.file, locate_keys(text or ""), definition.path)

    def input_error(self, wrong: WrongValue) -> InputError:
        """Give the error for a wrong value."""
        return InputError(
            wrong.what,
            place=self.place(wrong.definition),
            remedy="correct it there",
            see="https://doc.rust-lang.org/cargo/reference/config.html",
        )


def read_config_files(folder: str, cargo_home: str, read: Read) -> ConfigFiles:
    """Read the files for a cargo that runs in ``folder``.

    Both folders are absolute, with symbolic links resolved. Raises InputError at ``path:line``.
    """
    reader = _Reader(read)
    root = ConfigValue({}, Definition("", ()))
    try:
        for stem in _stems(folder, cargo_home):
            path = reader.choose(stem)
            if path is not None:
                root = merge(reader.load(path, []), root)
    except WrongValue as wrong:
        raise ConfigFiles(root, tuple(reader.lookups)).input_error(wrong) from None
    return ConfigFiles(root, tuple(reader.lookups))


def _stems(folder: str, cargo_home: str) -> Iterator[str]:
    """Give the paths without ``.toml``, the one that holds most first."""
    folder, cargo_home = posixpath.normpath(folder), posixpath.normpath(cargo_home)
    seen = False
    while True:
        config_root = posixpath.join(folder, ".cargo")
        seen = seen or config_root == cargo_home
        yield f"{config_root}/config"
        if folder == "/":
            break
        folder = posixpath.dirname(folder)
    if not seen:
        yield f"{cargo_home}/config"


class _Reader:
    def __init__(self, read: Read) -> None:
        self.read = read
        self.lookups: list[Lookup] = []

    def text(self, path: str) -> str | None:
        for lookup in self.lookups:
            if lookup.path == path:
                return lookup.text
        text = self.read(path)
        self.lookups.append(Lookup(path, text))
        return text

    def choose(self, stem: str) -> str | None:
        # The name without .toml is the older one, and holds where both are there.
        return next((path for path in (stem, f"{stem}.toml") if self.text(path) is not None), None)

    def load(self, path: str, includes: list[str]) -> ConfigValue:
        """Read a file and, below it, those that it includes; ``includes`` are those read for the same first file."""
        includes.append(path)
        text = self.text(path)
        value = config_value(load_toml(text or "", path), path)
        table = dict(value.value) if isinstance(value.value, dict) else {}
        include = table.pop("include", None)
        joined = ConfigValue({}, value.definition)
        for element in self.included(include):
            joined = merge(joined, self.include(element, includes))
        return merge(joined, ConfigValue(table, value.definition))

    def included(self, include: ConfigValue | None) -> tuple[ConfigValue, ...]:
        if include is None:
            return ()
        if not isinstance(include.value, tuple):
            raise WrongValue(f"include: {include.said()}; expected an array of paths", include.definition)
        return include.value

    def include(self, element: ConfigValue, includes: list[str]) -> ConfigValue:
        name, optional = _named(element)
        if not name.endswith(".toml"):
            raise WrongValue(f"include: {name!r}; expected a path that ends in .toml", element.definition)
        path = posixpath.normpath(posixpath.join(posixpath.dirname(element.definition.file), name))
        if path in includes:
            raise WrongValue(f"include: {name!r} is included twice", element.definition)
        if self.text(path) is None:
            if optional:
                return ConfigValue({}, element.definition)
            raise WrongValue(f"include: {path} not found", element.definition)
        return self.load(path, includes)


def _named(element: ConfigValue) -> tuple[str, bool]:
    table = element.value if isinstance(element.value, dict) else {"path": element}
    path, optional = table.get("path"), table.get("optional")
    if path is None or not isinstance(path.value, str):
        raise WrongValue(f"include: {element.said()}; expected a path, or a table with path", element.definition)
    if optional is not None and not isinstance(optional.value, bool):
        raise WrongValue(f"include: optional: {optional.said()}; expected true or false", optional.definition)
    return path.value, optional is not None and bool(optional.value)
