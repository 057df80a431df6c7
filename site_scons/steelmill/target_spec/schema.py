"""What a specification says against the toolchain's JSON Schema: unknown keys, wrong types, unknown values.

The schema is written by a generator (``schemars``), with references, null beside every type and one constant per
branch. ``simplify_schema`` brings it into the form that a message can be read from.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from steelmill.suggest import did_you_mean
from steelmill.target_spec.fault import START, Fault
from steelmill.target_spec.knowledge import Schema
from steelmill.toml.place import KeyPath
from steelmill.wording import either

_NOUNS = {
    "string": "a string",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list of strings",
    "object": "an object",
}
_FLAVORS = "gnu for GNU ld, gnu-lld for LLD, gnu-cc and gnu-lld-cc where a compiler driver runs them"
_EXAMPLES = {
    "arch": 'a string such as "arm"',
    "cpu": 'a string such as "cortex-m4"',
    "data-layout": "LLVM's layout string",
    "features": 'LLVM features such as "+m,+a"',
    "late-link-args": 'arguments by linker flavor, such as { "gnu": ["-nostdlib"] }',
    "linker-flavor": _FLAVORS,
    "llvm-target": 'a string such as "thumbv7em-none-eabihf"',
    "post-link-args": 'arguments by linker flavor, such as { "gnu": ["-nostdlib"] }',
    "pre-link-args": 'arguments by linker flavor, such as { "gnu": ["-nostdlib"] }',
    "stack-probes": 'an object such as { "kind": "inline" }',
    "target-pointer-width": "16, 32 or 64",
}
"""Keys of which more can be said than their type."""


def simplify_schema(schema: Schema) -> Schema:
    """Resolve references, drop null (an absent key, to rustc) and write constants as one enum."""
    return dict(_simplify(schema, schema.get("$defs", {})))


def check_schema(keys: Mapping[str, Any], schema: Schema) -> Iterator[Fault]:
    """Yield what is wrong with ``keys``; ``schema`` as ``simplify_schema`` gives it."""
    import jsonschema

    for error in jsonschema.Draft202012Validator(schema).iter_errors(keys):
        yield from _explain(error)


def _simplify(schema: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_simplify(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _simplify(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    for union in ("anyOf", "oneOf"):
        branches = [branch for branch in schema.get(union, ()) if branch.get("type") != "null"]
        if len(branches) == 1:
            return _simplify(branches[0], definitions)
        if branches and all("const" in branch for branch in branches):
            return {"type": "string", "enum": [branch["const"] for branch in branches]}
    simple = {
        key: _simplify(value, definitions)
        for key, value in schema.items()
        if key not in ("$defs", "$schema", "title", "description", "format", "maximum")
    }
    if isinstance(simple.get("type"), list):
        (simple["type"],) = [kind for kind in simple["type"] if kind != "null"]
    return simple


def _explain(error: Any) -> Iterator[Fault]:
    path: KeyPath = tuple(error.absolute_path)
    yield from _EXPLAIN.get(error.validator, _wrong_value)(error, path)


def _unknown_keys(error: Any, path: KeyPath) -> Iterator[Fault]:
    known = error.schema.get("properties", {})
    for key in error.instance:
        if key in known:
            continue
        if path:
            yield _unknown_flavor((*path, key), key, known)
        else:
            yield Fault((key,), f"unknown key{_near_key(key, known)}", "rename or remove it")


def _near_key(key: str, known: Iterable[str]) -> str:
    names = set(known)
    usual = key.replace("_", "-").lower()
    return f"; did you mean {usual!r}?" if usual in names else did_you_mean(usual, sorted(names))


def _unknown_flavor(path: KeyPath, key: str, known: Iterable[str]) -> Fault:
    flavors = sorted(known)
    return Fault(path, f"unknown linker flavor{did_you_mean(key, flavors)}", f"name {_FLAVORS}")


def _missing_keys(error: Any, path: KeyPath) -> Iterator[Fault]:
    unknown = [key for key in error.instance if key not in error.schema.get("properties", ())]
    for key in error.schema["required"]:
        # a misspelt key is told as such
        if key in error.instance or any(_near_key(word, [key]) for word in unknown):
            continue
        if path:
            yield Fault(path, f"key {key!r} is missing; expected {_expected(path, error.schema)}", "add it")
        else:
            yield Fault((), f"key {key!r} is missing; expected {_expected((key,), {'type': 'string'})}", START)


def _wrong_value(error: Any, path: KeyPath) -> Iterator[Fault]:
    if "propertyNames" in error.absolute_schema_path:
        yield _unknown_flavor((*path, error.instance), error.instance, error.schema["enum"])
        return
    near = did_you_mean(error.instance, error.schema.get("enum", ())) if isinstance(error.instance, str) else ""
    yield Fault(
        path, f"{_describe(error.instance)}; expected {_expected(path, error.schema)}{near}", "correct the value"
    )


_EXPLAIN: Mapping[str, Callable[[Any, KeyPath], Iterator[Fault]]] = {
    "additionalProperties": _unknown_keys,
    "required": _missing_keys,
}
"""jsonschema's keyword -> explanation; of all other keywords the value is wrong."""


def _expected(path: KeyPath, schema: Schema) -> str:
    if len(path) == 1 and path[0] in _EXAMPLES:
        return _EXAMPLES[str(path[0])]
    if "enum" in schema:
        return either(map(json.dumps, schema["enum"]))
    if "anyOf" in schema or "oneOf" in schema:
        branches = schema.get("anyOf") or schema["oneOf"]
        return " or ".join(dict.fromkeys(_expected((), branch) for branch in branches))
    return _NOUNS[schema["type"]]


def _describe(value: Any) -> str:
    shown = json.dumps(value)
    return shown if len(shown) <= 60 else f"{shown[:56]} ..."
