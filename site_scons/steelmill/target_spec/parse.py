"""The text of a target specification -> TargetSpec."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from steelmill.errors import InputError
from steelmill.target_spec.fault import START
from steelmill.target_spec.model import TargetSpec


def parse_target_spec(text: str, *, name: str, place: str) -> TargetSpec:
    """Read a target specification; raise InputError where it is no JSON object.

    Whether what it says is right is for ``check`` to judge.
    """
    try:
        keys = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"not JSON: {error.msg} in column {error.colno}",
            place=f"{place}:{error.lineno}",
            remedy="correct the JSON there",
        ) from None
    if not isinstance(keys, dict):
        raise InputError("a target specification is a JSON object", place=place, remedy=START)
    return TargetSpec(name=name, place=place, keys=_without_null(keys))


def _without_null(value: Any) -> Any:
    """Leave out null, which to rustc is an absent key."""
    if isinstance(value, Mapping):
        return {key: _without_null(each) for key, each in value.items() if each is not None}
    return value
