"""Laws of reading specifications: lines of keys agree with json, and no JSON is too strange for a message."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captured_rustc import RELEASE, captured, check, llvm_layout
from steelmill.errors import InputError
from steelmill.target_spec.json_lines import locate_keys
from steelmill.target_spec.schema_table import bundled_schema

WORDS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["arm", "x86_64", "riscv32", "ilp32e", "softfloat", "+m,-m", " ,", "E-p:x:1", "32", "eabihf", "[{,:"]
    ),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=12,
)
BASE = {
    "arch": "arm",
    "llvm-target": "thumbv7em-none-eabihf",
    "target-pointer-width": 32,
    "data-layout": llvm_layout("thumbv7em-none-eabihf"),
    "abi": "eabihf",
    "features": "+vfp4d16sp",
    "llvm-floatabi": "hard",
}
KEYS = st.sampled_from([*captured()["schema"]["properties"], "is-builtin", "eliminate-frame-pointer"])


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Give the path of every key and of every array element, and that of an empty array's first one."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield (*path, key)
            yield from paths(each, (*path, key))
    if isinstance(value, list):
        yield (*path, 0)
        for index, each in enumerate(value):
            yield (*path, index)
            yield from paths(each, (*path, index))


@given(st.dictionaries(WORDS, JSON, max_size=4), st.sampled_from([None, 1, 3]))
def test_every_key_is_located_in_its_line(value: dict[str, Any], indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    found = locate_keys(text)
    assert set(found.lines) == set(paths(value))
    assert not found.repeated
    lines = text.splitlines()
    for path, line in found.lines.items():
        if isinstance(path[-1], str):
            assert json.dumps(path[-1]) in lines[line - 1]


@pytest.mark.parametrize("release", [RELEASE, (1, 85)])
@given(changes=st.dictionaries(KEYS, JSON, max_size=3))
def test_no_value_is_too_strange_for_a_message(release: tuple[int, int], changes: dict[str, Any]) -> None:
    schema = None if release == RELEASE else bundled_schema(release)
    with contextlib.suppress(InputError):
        check(json.dumps({**BASE, **changes}), release=release, schema=schema)
