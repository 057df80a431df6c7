"""On which line a key of a JSON text stands, and which keys stand there twice: what ``json`` does not tell.

For text that ``json`` has accepted (RFC 8259).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

from steelmill.toml.place import KeyPath

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|\n|[^\s{}\[\],:"]+')


class JsonLines(NamedTuple):
    """Where the keys of a JSON text stand."""

    lines: Mapping[KeyPath, int]
    """Key path -> its line, from 1 on; of a repeated key the last, whose value counts."""
    repeated: Mapping[KeyPath, int]
    """Key path of each key that an object has twice -> the line where it stands first."""


class _Level(NamedTuple):
    path: KeyPath
    is_object: bool


def locate_keys(text: str) -> JsonLines:
    """Find every key and array element."""
    lines: dict[KeyPath, int] = {}
    repeated: dict[KeyPath, int] = {}
    levels: list[_Level] = []
    path: KeyPath = ()
    line = 1
    expects_key = False
    for match in _TOKEN.finditer(text):
        word = match[0]
        if word == "\n":
            line += 1
        elif word in "{[":
            levels.append(_Level(path, word == "{"))
            expects_key = word == "{"
            if word == "[":
                path = (*path, 0)
                lines[path] = line
        elif word in "}]":
            path = levels.pop().path
            expects_key = False
        elif word == ",":
            level = levels[-1]
            if level.is_object:
                expects_key = True
            else:
                path = (*level.path, int(path[-1]) + 1)
                lines[path] = line
        elif expects_key:
            path = (*levels[-1].path, json.loads(word))
            if path in lines:
                repeated.setdefault(path, lines[path])
            lines[path] = line
            expects_key = False
    return JsonLines(lines, repeated)
