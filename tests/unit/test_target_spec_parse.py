from __future__ import annotations

import json

import pytest

from rust_examples import THUMB_KEYS
from steelmill.errors import InputError
from steelmill.target_spec.parse import parse_target_spec


@pytest.mark.parametrize("text", ["[]", "7", '"arm"', "null"])
def test_what_is_no_object_is_no_specification(text: str) -> None:
    with pytest.raises(InputError, match="a target specification is a JSON object"):
        parse_target_spec(text, name="board", place="board.json")


def test_a_trailing_comma_is_placed() -> None:
    # Python 3.13 points at the comma, older ones behind it
    with pytest.raises(InputError, match="not JSON") as caught:
        parse_target_spec('{\n  "arch": "arm",\n}\n', name="board", place="board.json")
    assert caught.value.place in ("board.json:2", "board.json:3")


def test_the_keys_stay_as_rustc_has_them() -> None:
    spec = parse_target_spec(json.dumps(THUMB_KEYS), name="board", place="targets/board.json")
    assert (spec.name, spec.place) == ("board", "targets/board.json")
    assert spec.keys == THUMB_KEYS
    assert (spec.arch, spec.llvm_target, spec.pointer_width) == ("arm", "thumbv7em-none-eabihf", 32)
    assert spec.features == ("+vfp4d16sp",)
    assert spec.cpu is None
    assert spec.get("llvm-floatabi") == "hard"
    assert spec.get("relocation-model") is None
    assert spec.get("relocation-model", "pic") == "pic"


def test_the_pointer_width_of_older_releases_is_a_string() -> None:
    spec = parse_target_spec(json.dumps({**THUMB_KEYS, "target-pointer-width": "32"}), name="board", place="b.json")
    assert spec.pointer_width == 32


def test_null_is_an_absent_key() -> None:
    text = json.dumps({**THUMB_KEYS, "cpu": None, "features": None, "vendor": None, "metadata": {"std": None}})
    spec = parse_target_spec(text, name="board", place="b.json")
    assert spec.cpu is None
    assert spec.features == ()
    assert spec.get("vendor", "unknown") == "unknown"
    assert spec.get("metadata") == {}
