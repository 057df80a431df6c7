"""The text of a target specification -> TargetSpec."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from steelmill.errors import InputError
from steelmill.suggest import did_you_mean
from steelmill.target_spec.model import TargetSpec

REQUIRED = ("llvm-target", "data-layout", "arch", "target-pointer-width")
_REMEDY = "start from `rustc -Zunstable-options --print target-spec-json --target TUPLE`; see targets/README.md"

_STRINGS = {
    "llvm-target": 'a string such as "thumbv7em-none-eabihf"',
    "data-layout": "LLVM's layout string",
    "arch": 'a string such as "arm"',
    "cpu": 'a string such as "cortex-m4"',
    "features": 'LLVM features such as "+m,+a"',
    "vendor": "a string",
    "os": "a string",
    "env": "a string",
    "abi": "a string",
    "rustc-abi": "a string",
    "llvm-abiname": "a string",
    "llvm-floatabi": '"soft" or "hard"',
}
"""Keys that are read here and by the C side, with what is expected of each; rustc checks the others."""

_IN_TUPLE = ("arch", "llvm-target", "vendor", "os", "env")
"""Keys that become part of a file's name (``canonical.target_tuple``)."""

_OTHER_KEYS = ("target-c-int-width", "llvm-args", "llvm-abiname", "frame-pointer", "target-mcount")
"""Keys that resemble a required one and are none."""


def parse_target_spec(text: str, *, name: str, place: str) -> TargetSpec:
    """Read a target specification; raise InputError where it is no JSON object or lacks what every target needs."""
    try:
        keys = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"not JSON: {error.msg} in column {error.colno}",
            place=f"{place}:{error.lineno}",
            remedy="correct the JSON there",
        ) from None
    if not isinstance(keys, dict):
        raise InputError("a target specification is a JSON object", place=place, remedy=_REMEDY)
    return check_keys(TargetSpec(name=name, place=place, keys=keys))


def check_keys(spec: TargetSpec) -> TargetSpec:
    """Give the specification without empty keys; raise InputError where it lacks what every target needs."""
    # to rustc, null and an absent key are one
    keys = {key: value for key, value in spec.keys.items() if value is not None}
    fault = _find_fault(keys)
    if fault:
        raise InputError(fault, place=spec.place, remedy=_REMEDY)
    return spec._replace(keys=keys)


def _find_fault(keys: Mapping[str, Any]) -> str | None:
    for key in REQUIRED:
        if key not in keys:
            others = [word for word in keys if word not in (*REQUIRED, *_OTHER_KEYS)]
            misspelt = next((word for word in others if did_you_mean(word, [key])), None)
            return f"unknown key {misspelt!r}; did you mean {key!r}?" if misspelt else f"key {key!r} is missing"
    for key, expected in _STRINGS.items():
        if not isinstance(keys.get(key, ""), str):
            return f"key {key!r} is {json.dumps(keys[key])}; expected {expected}"
    for key in _IN_TUPLE:
        if not all(letter.isalnum() or letter in "._-" for letter in keys.get(key, "")):
            return f"key {key!r} is {json.dumps(keys[key])}; expected letters, digits, '.', '_' and '-' alone"
    if str(keys["target-pointer-width"]) not in ("16", "32", "64"):
        return f"key 'target-pointer-width' is {json.dumps(keys['target-pointer-width'])}; expected 16, 32 or 64"
    return None
