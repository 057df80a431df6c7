"""A violation of the schema -> our message: where, what is wrong, what was expected, what to write."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from steelmill.errors import InputError
from steelmill.firmware_toml.raw import format_key, format_section
from steelmill.firmware_toml.schema import SCHEMA, Schema
from steelmill.rustc.build_std import ABSENT, FEATURES_ELSEWHERE
from steelmill.suggest import did_you_mean
from steelmill.toml.place import KeyPath, Lines, place_of
from steelmill.wording import either

_NOUNS = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a table",
}
_CLASSES = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"), (dict, "object"))

Violation = tuple[KeyPath, str, str]
"""The key it stands at, what is wrong, the remedy."""


def first_violation(errors: Iterable[Any], lines: Lines, place: str) -> InputError | None:
    """Turn jsonschema's ``ValidationError`` objects into one InputError, that of the lowest line; None without any."""
    found = [violation for error in errors for violation in _explain(error)]
    if not found:
        return None
    path, what, remedy = min(found, key=lambda violation: (_line(lines, violation[0]), violation[1]))
    return InputError(what, place=place_of(place, lines, path), remedy=remedy)


def _line(lines: Lines, path: KeyPath) -> int:
    return int(place_of("", lines, path).rpartition(":")[2] or 0)


def _explain(error: Any) -> Iterator[Violation]:
    path: KeyPath = tuple(error.absolute_path)
    yield from _EXPLAIN.get(error.validator, _wrong_value)(error, path)


def _unknown_keys(error: Any, path: KeyPath) -> Iterator[Violation]:
    known = error.schema["properties"]
    for key in error.instance:
        if key in known:
            continue
        at = (*path, key)
        near = (
            "; it is a section of its own"
            if key in SCHEMA["properties"]
            else did_you_mean(key, known) or _elsewhere(key)
        )
        if path:
            yield (
                at,
                f"unknown key {key!r} in {format_section(path)}{near}",
                f"{format_section(path)} takes {_listing(known)}",
            )
        elif isinstance(error.instance[key], dict):
            yield at, f"unknown section [{key}]{near}", f"the sections are {_listing(known)}"
        else:
            yield at, f"key {key!r} stands outside of every section{near}", f"the sections are {_listing(known)}"


def _elsewhere(key: str) -> str:
    """Name the section that has such a key."""
    homes = [name for name, section in SCHEMA["properties"].items() if key in section.get("properties", ())]
    return f"; it belongs in [{homes[0]}]" if homes else ""


def _missing_keys(error: Any, path: KeyPath) -> Iterator[Violation]:
    strange = [key for key in error.instance if key not in error.schema["properties"]]
    for key in error.schema["required"]:
        # one that is there under a misspelt name is told as that
        if key in error.instance or any(did_you_mean(name, [key]) for name in strange):
            continue
        if path:
            yield (
                path,
                f"key {key!r} is missing in {format_section(path)}",
                _write("add", key, error.schema["properties"][key]),
            )
        else:
            yield path, f"section [{key}] is missing", f'begin with [{key}] and name = "hello"'


def _wrong_name(error: Any, path: KeyPath) -> Iterator[Violation]:
    key = error.instance
    title = error.schema["title"]
    yield (*path, key), f"bad name {key!r} in {format_section(path)}; expected {title}", "rename it"


_ABSENT = {"build-std": ABSENT, "build-std-features": FEATURES_ELSEWHERE}


def _wrong_value(error: Any, path: KeyPath) -> Iterator[Violation]:
    if "propertyNames" in error.schema_path:
        yield from _wrong_name(error, path)
        return
    element = isinstance(path[-1], int)
    if error.validator == "type" and error.validator_value == "object" and not element:
        yield path, f"{str(path[-1])!r} is {_describe(error.instance)}; expected a table", _begin(path)
        return
    keys = path[:-1] if element else path
    where = f"{str(keys[-1])!r} in {format_section(keys[:-1])}" if keys[:-1] else f"{str(keys[-1])!r}"
    absent = _ABSENT.get(str(keys[-1]), {}).get(error.instance) if element and isinstance(error.instance, str) else None
    if absent:
        yield path, f"{where} holds {_describe(error.instance)}; {absent.why}", absent.remedy
        return
    verb = "holds" if element else "is"
    near = did_you_mean(error.instance, _words(error.schema)) if isinstance(error.instance, str) else ""
    yield (
        path,
        f"{where} {verb} {_describe(error.instance)}; expected {_expected(error.schema)}{near}",
        _write("write", str(keys[-1]), _schema_at(keys) or error.schema),
    )


_EXPLAIN: Mapping[str, Callable[[Any, KeyPath], Iterator[Violation]]] = {
    "additionalProperties": _unknown_keys,
    "required": _missing_keys,
}
"""jsonschema's keyword -> explanation; of all other keywords the value is wrong."""


def _schema_at(path: KeyPath) -> Schema | None:
    schema: Any = SCHEMA
    for key in path:
        inner = schema.get("items") if isinstance(key, int) else schema.get("properties", {}).get(key)
        schema = inner or schema.get("additionalProperties") or None
        if schema is None:
            return None
    return dict(schema)


def _words(schema: Schema) -> list[str]:
    return [value for value in schema.get("enum", ()) if isinstance(value, str)]


def _expected(schema: Schema) -> str:
    if "title" in schema:
        return str(schema["title"])
    if "enum" in schema:
        return either(map(format_toml, schema["enum"]))
    if schema["type"] == "array" and schema["items"].get("type") == "string":
        return "a list of strings"
    if schema["type"] == "array":
        return f"a list of {_expected(schema['items'])}"
    return _NOUNS[schema["type"]]


def _describe(value: Any) -> str:
    """Name a value: short ones as written, long ones and tables by their kind."""
    if value == "":
        return "empty"
    kind = next((name for cls, name in _CLASSES if isinstance(value, cls)), "")
    if kind in ("array", "object"):
        return _NOUNS[kind]
    shown = format_toml(value)
    return shown if len(shown) <= 60 else _NOUNS.get(kind, "a value")


def _begin(path: KeyPath) -> str:
    return f"begin it with {format_section(path)}"


def _write(verb: str, key: str, schema: Schema) -> str:
    """Propose the schema's example."""
    examples = schema.get("examples")
    return (
        f"{verb} {format_key(key)} = {format_toml(examples[0])}" if examples else f"{verb} {key} as {_expected(schema)}"
    )


def format_toml(value: Any) -> str:
    """Print a value as TOML has it."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{format_key(key)} = {format_toml(item)}' for key, item in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(format_toml, value))}]"
    if isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    # addresses are read in hexadecimal
    return f"0x{value:08x}" if isinstance(value, int) and value >= 1 << 16 else str(value)


def _listing(names: Iterable[str]) -> str:
    return ", ".join(names)
