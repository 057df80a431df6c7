"""The text of a firmware.toml -> RawFirmware.

Imports jsonschema and tomllib, so the edge calls it only for a text it has not seen; see ``RawFirmware.to_json``.
"""

from __future__ import annotations

import math
from typing import Any

from steelmill.errors import InputError
from steelmill.firmware_toml.budget import parse_budget
from steelmill.firmware_toml.raw import RawFirmware
from steelmill.firmware_toml.schema import SCHEMA
from steelmill.firmware_toml.violation import first_violation
from steelmill.linker.region import parse_length
from steelmill.rustc.cfg_expr import parse_cfg_expr
from steelmill.suggest import did_you_mean
from steelmill.toml.load import load_toml
from steelmill.toml.locate import locate_keys


def parse_firmware_toml(text: str, place: str) -> RawFirmware:
    """Read a firmware.toml; ``place`` is its path.

    Raise InputError with ``place:line`` where it is no TOML, where it does not fit the schema, and where the key of a
    ``[target.KEY]`` is a bad condition or names none of the firmware's targets.
    """
    tables = load_toml(text, place)
    lines = locate_keys(text)
    error = first_violation(_validator().iter_errors(tables), lines, place)
    if error:
        raise error
    raw = RawFirmware(place, tables, lines)
    _check_target_keys(raw)
    return raw


def _validator() -> Any:
    import jsonschema

    # JSON Schema takes 1.0 for an integer; TOML tells the two apart.
    checker = jsonschema.Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "integer": lambda _, value: isinstance(value, int) and not isinstance(value, bool),
            "number": lambda _, value: (
                isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            ),
        }
    )
    formats = jsonschema.FormatChecker(formats=())
    formats.checks("size", raises=InputError)(lambda value: not isinstance(value, str) or parse_length(value) >= 0)
    formats.checks("budget", raises=InputError)(lambda value: not isinstance(value, str) or parse_budget(value, 0) >= 0)
    extend: Any = jsonschema.validators.extend
    return extend(jsonschema.Draft202012Validator, type_checker=checker)(SCHEMA, format_checker=formats)


def _check_target_keys(raw: RawFirmware) -> None:
    for key in raw.tables.get("target", {}):
        place = raw.place_of("target", key)
        if key.lstrip().startswith("cfg("):
            parse_cfg_expr(key, place=place)
        elif raw.targets is not None and key not in raw.targets:
            raise InputError(
                f"[target.{key}] is none of the firmware's targets{did_you_mean(key, raw.targets)}",
                place=place,
                remedy=f"correct the name, write a condition as cfg(...), or add {key!r} to [firmware] targets",
            )
