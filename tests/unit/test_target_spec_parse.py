from __future__ import annotations

import json
from pathlib import Path

import pytest

from rust_examples import THUMB_KEYS
from steelmill.errors import InputError
from steelmill.target_spec.parse import REQUIRED, parse_target_spec

CORPUS = Path(__file__).parent.parent / "data" / "target_specs"
INVALID = sorted(CORPUS.glob("invalid_*.json"))


def test_the_corpus_is_there() -> None:
    assert len(INVALID) >= 12
    assert {path.stem for path in INVALID} == {path.stem for path in CORPUS.glob("invalid_*.txt")}


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_specification_gives_one_exact_message(path: Path) -> None:
    with pytest.raises(InputError) as caught:
        parse_target_spec(path.read_text(encoding="utf-8"), name="board", place="board.json")
    assert f"{caught.value}\n" == path.with_suffix(".txt").read_text(encoding="utf-8")


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
    text = json.dumps({**THUMB_KEYS, "cpu": None, "features": None, "vendor": None})
    spec = parse_target_spec(text, name="board", place="b.json")
    assert spec.cpu is None
    assert spec.features == ()
    assert spec.get("vendor", "unknown") == "unknown"


def test_unknown_keys_are_left_to_rustc() -> None:
    text = json.dumps({**THUMB_KEYS, "a-key-of-next-year": {"deep": [1]}})
    assert parse_target_spec(text, name="board", place="b.json").get("a-key-of-next-year") == {"deep": [1]}


@pytest.mark.parametrize("key", REQUIRED)
def test_every_required_key_is_asked_for(key: str) -> None:
    keys = {name: value for name, value in THUMB_KEYS.items() if name != key}
    with pytest.raises(InputError, match=f"key '{key}' is missing"):
        parse_target_spec(json.dumps(keys), name="board", place="b.json")


@pytest.mark.parametrize("key", REQUIRED)
def test_a_real_key_is_never_taken_for_a_misspelt_one(key: str) -> None:
    look_alikes = {
        "target-c-int-width": 32,
        "llvm-args": [],
        "llvm-abiname": "ilp32",
        "llvm-floatabi": "hard",
        "frame-pointer": "always",
        "target-mcount": "x",
    }
    keys = {name: value for name, value in THUMB_KEYS.items() if name != key}
    with pytest.raises(InputError, match=f"key '{key}' is missing"):
        parse_target_spec(json.dumps({**keys, **look_alikes}), name="board", place="b.json")
