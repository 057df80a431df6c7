"""The text of an overlay -> Overlay; costly to import, and needed only when a file changed."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from steelmill.errors import InputError
from steelmill.suggest import did_you_mean
from steelmill.target_spec.overlay import Overlay
from steelmill.toml.load import load_toml
from steelmill.toml.locate import locate_keys
from steelmill.toml.place import place_of

_KEYS = ("inherits", "features", "unset", "set")
_WORD = re.compile(r"[+-][^\s,+-][^\s,]*")
_EXAMPLES = {
    "inherits": 'inherits = "thumbv7em-none-eabihf"',
    "features": 'features = ["+strict-align"]',
    "unset": 'unset = ["linker"]',
    "set": '[set] with cpu = "cortex-m7" below it',
}


class _Fault(NamedTuple):
    """What is wrong with an overlay: at which key, and what to do."""

    path: tuple[str | int, ...]
    what: str
    remedy: str


def parse_overlay(text: str, place: str) -> Overlay:
    """Read an overlay whose path is ``place``; raise InputError with ``place:line`` at the first fault of the file."""
    tables = load_toml(text, place)
    lines = locate_keys(text)
    faults = list(_faults(tables))
    if faults:
        fault = min(faults, key=lambda each: int(place_of("", lines, each.path).rpartition(":")[2] or 0))
        raise InputError(fault.what, place=place_of(place, lines, fault.path), remedy=fault.remedy)
    return Overlay(
        inherits=tables["inherits"],
        features=tuple(tables.get("features", ())),
        unset=tuple(tables.get("unset", ())),
        set=tables.get("set", {}),
        lines=lines,
    )


def _faults(tables: Mapping[str, Any]) -> Iterator[_Fault]:
    yield from _unknown_keys(tables)
    if not any(key == "inherits" or did_you_mean(key, ["inherits"]) for key in (*tables, *_table(tables))):
        yield _Fault((), "key 'inherits' is missing", f"add {_EXAMPLES['inherits']}, or another target like yours")
    yield from _wrong_types(tables)
    yield from _wrong_features(tables)
    yield from _wrong_unset(tables)
    yield from _wrong_set(tables)


def _unknown_keys(tables: Mapping[str, Any]) -> Iterator[_Fault]:
    for key in tables:
        if key not in _KEYS:
            near = did_you_mean(key, _KEYS) or "; keys of the target specification stand below [set]"
            yield _Fault((key,), f"unknown key {key!r}{near}", f"an overlay takes {', '.join(_KEYS)}")


def _wrong_types(tables: Mapping[str, Any]) -> Iterator[_Fault]:
    expected: Mapping[str, tuple[type, str]] = {
        "inherits": (str, "the name of a target, or the path of its file"),
        "features": (list, "a list of LLVM features, each with + or - before it"),
        "unset": (list, "a list of keys"),
        "set": (dict, "a table"),
    }
    for key, (kind, words) in expected.items():
        value = tables.get(key)
        if value is not None and (not isinstance(value, kind) or value == ""):
            yield _Fault((key,), f"{key!r} is {_describe(value)}; expected {words}", f"write {_EXAMPLES[key]}")
        if isinstance(value, list):
            for index, word in enumerate(value):
                if not isinstance(word, str):
                    what = f"{key!r} holds {_describe(word)}; expected {words}"
                    yield _Fault((key, index), what, f"write {_EXAMPLES[key]}")


def _wrong_features(tables: Mapping[str, Any]) -> Iterator[_Fault]:
    seen: set[str] = set()
    for index, word in _words(tables, "features"):
        if not _WORD.fullmatch(word):
            yield _Fault(
                ("features", index),
                f"'features' holds {word!r}; expected one LLVM feature with + or - before it",
                f"write {_EXAMPLES['features']}",
            )
        elif word[1:] in seen:
            yield _Fault(("features", index), f"feature {word[1:]!r} is there twice", "say once whether it is on")
        seen.add(word[1:])


def _wrong_unset(tables: Mapping[str, Any]) -> Iterator[_Fault]:
    own = {**_table(tables), **({"features": None} if "features" in tables else {})}
    seen: set[str] = set()
    for index, key in _words(tables, "unset"):
        if key in seen:
            yield _Fault(("unset", index), f"'unset' names {key!r} twice", "name it once")
        elif key in own:
            yield _Fault(("unset", index), f"key {key!r} is both unset and set", "keep one of the two")
        seen.add(key)


def _wrong_set(tables: Mapping[str, Any]) -> Iterator[_Fault]:
    values = _table(tables)
    for key, value in values.items():
        at = ("set", key)
        if key in ("inherits", "unset"):
            yield _Fault(at, f"{key!r} stands below [set], where keys of the target stand", "move it above [set]")
        elif key == "features" and isinstance(value, list):
            yield _Fault(
                at,
                "'features' below [set] is a list; rustc's own key is a string, which replaces the base's",
                "move the list above [set]: there it adds to the base's features",
            )
        elif key == "features" and "features" in tables:
            yield _Fault(at, "'features' stands above and below [set]", "keep one of them")
        elif any(isinstance(part, datetime.date | datetime.time) for part in _parts(value)):
            yield _Fault(at, f"{key!r} holds a date; a target specification has none", "write a string")


def _words(tables: Mapping[str, Any], key: str) -> Iterator[tuple[int, str]]:
    value = tables.get(key)
    return ((index, word) for index, word in enumerate(value if isinstance(value, list) else ()) if type(word) is str)


def _table(tables: Mapping[str, Any]) -> Mapping[str, Any]:
    value = tables.get("set")
    return value if isinstance(value, dict) else {}


def _parts(value: Any) -> Iterator[Any]:
    yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _parts(part)


def _describe(value: Any) -> str:
    if value == "":
        return "empty"
    kinds: tuple[tuple[type, str], ...] = ((dict, "a table"), (list, "a list"), (datetime.date, "a date"))
    return next((words for kind, words in kinds if isinstance(value, kind)), "") or json.dumps(value, default=str)
