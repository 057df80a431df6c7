"""Cfg: the configuration a crate is compiled under, as ``rustc --print cfg`` states it.

Follows the Rust reference, "Conditional compilation", https://doc.rust-lang.org/reference/conditional-compilation.html.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Cfg(NamedTuple):
    """The options that are set: names alone (``unix``) and names with a value (``target_arch = "arm"``)."""

    options: frozenset[tuple[str, str | None]] = frozenset()

    def has(self, name: str, value: str | None = None) -> bool:
        """Say whether ``name`` is set, bare when ``value`` is None; a key with values alone is not set bare."""
        return (name, value) in self.options

    def values(self, name: str) -> tuple[str, ...]:
        """List the values of ``name``, sorted; bare settings have none."""
        return tuple(sorted(value for key, value in self.options if key == name and value is not None))

    def value(self, name: str) -> str | None:
        """Give the only value of ``name``; None where it has none or several."""
        values = self.values(name)
        return values[0] if len(values) == 1 else None

    def with_options(self, extra: Cfg | Iterable[tuple[str, str | None]]) -> Cfg:
        """Add options, as ``--cfg`` arguments do."""
        options = extra.options if isinstance(extra, Cfg) else extra
        return Cfg(self.options.union(options))


def parse_cfg(text: str) -> Cfg:
    """Read the output of ``rustc --print cfg``, or ``--cfg`` arguments: ``name`` or ``name="value"``, one a line."""
    return Cfg(frozenset(_parse_option(line) for line in map(str.strip, text.splitlines()) if line))


def _parse_option(line: str) -> tuple[str, str | None]:
    name, separator, value = line.partition("=")
    if not separator:
        return name.strip(), None
    value = value.strip()
    # rustc prints the value as it is, without escapes: what stands between the outer quotes.
    if len(value) > 1 and value.startswith('"') and value.endswith('"'):
        value = value[1:-1]
    return name.strip(), value
