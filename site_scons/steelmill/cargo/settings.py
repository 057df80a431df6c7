"""Settings: cargo's configuration as keys with values, from its files and from environment variables.

A variable ``CARGO_BUILD_RUSTFLAGS`` stands for the key ``build.rustflags``, and holds more than every file,
https://doc.rust-lang.org/cargo/reference/config.html#environment-variables.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import NamedTuple

from steelmill.cargo.config_files import ConfigFiles
from steelmill.cargo.config_value import ConfigValue, Definition, WrongValue, is_never_joined
from steelmill.errors import InputError

_PREFIXES = ("BUILD", "NET", "PROFILE", "RESOLVER", "TARGET", "UNSTABLE")
_VARIABLES = ("CARGO_ENCODED_RUSTFLAGS", "CARGO_INCREMENTAL", "RUSTFLAGS")


def cargo_variables(environment: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Pick the environment variables that configure what cargo builds, sorted by name: no tokens, no addresses."""
    prefixes = tuple(f"CARGO_{prefix}_" for prefix in _PREFIXES)
    return tuple(sorted(pair for pair in environment.items() if pair[0].startswith(prefixes) or pair[0] in _VARIABLES))


class Settings(NamedTuple):
    """The configuration. A key is a tuple of its parts."""

    files: ConfigFiles
    folder: str
    """Where cargo runs: what paths in environment variables are relative to."""
    variables: tuple[tuple[str, str], ...]
    """From ``cargo_variables``."""

    def value(self, *key: str) -> ConfigValue | None:
        """Give what the files say of a key; raise InputError where a part of it is no table."""
        found = self.files.root
        for depth, part in enumerate(key):
            table = self._table(found, key[:depth])
            if part not in table:
                return None
            found = table[part]
        return found

    def table(self, *key: str) -> Mapping[str, ConfigValue]:
        """Give a table, empty where there is none."""
        value = self.value(*key)
        return {} if value is None else self._table(value, key)

    def string(self, *key: str) -> ConfigValue | None:
        """Give a string; the environment variable's, where there is one."""
        value = self._of_kind("string", *key)
        return self._variable(*key) or value

    def boolean(self, *key: str) -> bool:
        """Give true or false; false where nothing is said."""
        value = self._of_kind("boolean", *key)
        variable = self._variable(*key)
        if variable is None:
            return value is not None and bool(value.value)
        if variable.value not in ("true", "false"):
            raise self.wrong(f"{variable.value!r}; expected true or false", variable.definition)
        return variable.value == "true"

    def words(self, *key: str) -> tuple[ConfigValue, ...]:
        """Give an array of strings, or the words of one string; the environment variable's come last, or instead."""
        value = self.value(*key)
        if is_never_joined(key) and self._variable(*key) is not None:
            return self._variable_words(*key)
        if value is not None and isinstance(value.value, str):
            return (*_split(value.value, value.definition), *self._variable_words(*key))
        return self.strings(*key, expected="a string or an array of strings")

    def strings(self, *key: str, expected: str = "an array of strings") -> tuple[ConfigValue, ...]:
        """Give an array of strings; the words of the environment variable come last."""
        value = self.value(*key)
        elements = () if value is None else value.value
        if not isinstance(elements, tuple):
            raise self.expected(expected, value, *key)
        for element in elements:
            if not isinstance(element.value, str):
                raise self.expected("a string", element, *key)
        return (*elements, *self._variable_words(*key))

    def expected(self, expected: str, value: ConfigValue | None, *key: str) -> InputError:
        """Make the error for a value of the wrong kind."""
        assert value is not None  # what is absent is never of the wrong kind
        return self.wrong(f"{'.'.join(key)}: {value.said()}; expected {expected}", value.definition)

    def wrong(self, what: str, definition: Definition) -> InputError:
        """Make the error for a wrong value."""
        return self.files.input_error(WrongValue(what, definition))

    def _of_kind(self, kind: str, *key: str) -> ConfigValue | None:
        value = self.value(*key)
        if value is not None and value.kind != kind:
            raise self.expected("a string" if kind == "string" else "true or false", value, *key)
        return value

    def _table(self, value: ConfigValue, key: tuple[str, ...]) -> Mapping[str, ConfigValue]:
        if not isinstance(value.value, Mapping):
            raise self.expected("a table", value, *key)
        return value.value

    def _variable(self, *key: str) -> ConfigValue | None:
        name = "_".join(("CARGO", *key)).upper().replace("-", "_")
        text = dict(self.variables).get(name)
        return None if text is None else ConfigValue(text, Definition(f"{self.folder}/.cargo/config.toml", (), name))

    def _variable_words(self, *key: str) -> tuple[ConfigValue, ...]:
        variable = self._variable(*key)
        return () if variable is None else _split(variable.text(), variable.definition)


def _split(text: str, definition: Definition) -> tuple[ConfigValue, ...]:
    return tuple(ConfigValue(word, definition) for word in text.split())


def resolve_path(value: ConfigValue) -> str:
    """Give the absolute path that a value means."""
    return posixpath.normpath(posixpath.join(value.definition.root, value.text()))


def resolve_program(value: ConfigValue) -> str:
    """Give the absolute path of a program, or its name alone where PATH is to be searched for it."""
    return resolve_path(value) if "/" in value.text() else value.text()
