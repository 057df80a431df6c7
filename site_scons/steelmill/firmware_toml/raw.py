"""RawFirmware: what a firmware.toml says, checked against the schema, conditions not yet applied."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from steelmill.toml.place import Lines, place_of


class RawFirmware(NamedTuple):
    """The tables as written."""

    place: str
    """Path of the file."""
    tables: Mapping[str, Any]
    lines: Lines
    """Key path -> line."""

    @property
    def name(self) -> str:
        """``[firmware] name``."""
        return str(self.tables["firmware"]["name"])

    @property
    def description(self) -> str | None:
        """``[firmware] description``."""
        text = self.tables["firmware"].get("description")
        return None if text is None else str(text)

    @property
    def targets(self) -> tuple[str, ...] | None:
        """``[firmware] targets``, or None where it does not say."""
        targets = self.tables["firmware"].get("targets")
        return None if targets is None else tuple(targets)

    @property
    def has_c(self) -> bool:
        """True where some target's image has C in it."""
        return any("c" in tables for tables in (self.tables, *self.tables.get("target", {}).values()))

    def place_of(self, *path: str | int) -> str:
        """Give ``path:line`` of a key, or of the nearest table around it."""
        return place_of(self.place, self.lines, path)

    def to_json(self) -> str:
        """Serialise all but the place, so that equal files share an entry of a cache."""
        return json.dumps({"tables": self.tables, "lines": [[line, *path] for path, line in self.lines.items()]})

    @classmethod
    def from_json(cls, text: str, place: str) -> RawFirmware:
        """Read what ``to_json`` wrote."""
        raw = json.loads(text)
        return cls(place, raw["tables"], {tuple(path): line for line, *path in raw["lines"]})


def format_section(path: Sequence[str | int]) -> str:
    """Print a section's header, ``[target.'cfg(unix)'.c]``; which table of an array it is does not stand in it."""
    return f"[{'.'.join(format_key(key) for key in path if isinstance(key, str))}]"


def format_key(word: str) -> str:
    """Print a key, in quotes where it needs them."""
    if word and word.isascii() and word.replace("-", "").replace("_", "").isalnum():
        return word
    return f"'{word}'" if "'" not in word else json.dumps(word, ensure_ascii=False)
