"""The text of a target specification -> TargetSpec."""

from __future__ import annotations

import json

from steelmill.errors import InputError
from steelmill.suggest import did_you_mean
from steelmill.target_spec.model import TargetSpec

REQUIRED = ("llvm-target", "data-layout", "arch", "target-pointer-width")
_REMEDY = "start from `rustc -Zunstable-options --print target-spec-json --target TUPLE`; see targets/README.md"


def parse_target_spec(text: str, *, name: str, place: str) -> TargetSpec:
    """Read a target specification; raise InputError where it is no JSON object or lacks what every target needs."""
    try:
        keys = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"not JSON: {error.msg} in column {error.colno}", place=f"{place}:{error.lineno}", remedy="correct the JSON there"
        ) from None
    if not isinstance(keys, dict):
        raise InputError("a target specification is a JSON object", place=place, remedy=_REMEDY)
    for key in REQUIRED:
        if key not in keys:
            near = did_you_mean(key, keys)
            raise InputError(f"key {key!r} is missing{near}", place=place, remedy=_REMEDY)
    for key in ("llvm-target", "data-layout", "arch"):
        if not isinstance(keys[key], str):
            raise InputError(f"key {key!r} is {keys[key]!r}; expected a string", place=place, remedy=_REMEDY)
    if str(keys["target-pointer-width"]) not in ("16", "32", "64"):
        raise InputError(
            f"key 'target-pointer-width' is {keys['target-pointer-width']!r}; expected 16, 32 or 64",
            place=place,
            remedy=_REMEDY,
        )
    if not isinstance(keys.get("features", ""), str):
        raise InputError(
            "key 'features' is no string; expected LLVM features such as '+m,+a'", place=place, remedy=_REMEDY
        )
    return TargetSpec(name=name, place=place, keys=keys)
