"""Overlays: what they say, what they make of their base, and what is told of broken ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rust_examples import THUMB_KEYS, spec_of
from steelmill.errors import InputError
from steelmill.target_spec.model import TargetSpec
from steelmill.target_spec.overlay import Overlay, apply_overlay
from steelmill.target_spec.overlay_toml import parse_overlay

BASE = spec_of({**THUMB_KEYS, "linker": "rust-lld", "pre-link-args": {"gnu": ["-n"]}}, "base")
CORPUS = Path(__file__).parent.parent / "data" / "target_overlays"
INVALID = sorted(CORPUS.glob("invalid_*.toml"))


def overlaid(text: str, base: TargetSpec = BASE) -> TargetSpec:
    return apply_overlay(base, parse_overlay(text, "targets/mine.toml"), name="mine", place="targets/mine.toml")


def changed(text: str) -> dict[str, Any]:
    """Give the keys that differ from the base's; None for one that is gone."""
    keys = overlaid(text).keys
    return {key: keys.get(key) for key in {*keys, *BASE.keys} if keys.get(key) != BASE.keys.get(key)}


def test_the_corpus_is_there() -> None:
    assert len(INVALID) >= 25
    assert {path.stem for path in INVALID} == {path.stem for path in CORPUS.glob("invalid_*.txt")}


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_a_broken_overlay_gives_one_exact_message(path: Path) -> None:
    with pytest.raises(InputError) as caught:
        overlaid(path.read_text(encoding="utf-8"))
    assert f"{caught.value}\n" == path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("more", "difference"),
    [
        ("", {}),
        ('[set]\ncpu = "cortex-m7"\n', {"cpu": "cortex-m7"}),
        ('[set]\nllvm-floatabi = "hard"\n', {}),
        ('unset = ["linker"]\n', {"linker": None}),
        ('[set.pre-link-args]\ngnu-lld = ["-x"]\n', {"pre-link-args": {"gnu-lld": ["-x"]}}),
        ('[set]\nfeatures = ""\n', {"features": ""}),
        ('[set]\nfeatures = "+neon,-d32"\n', {"features": "+neon,-d32"}),
        ('features = ["+fp64", "-neon"]\n', {"features": "+vfp4d16sp,+fp64,-neon"}),
        ('features = ["-vfp4d16sp"]\n', {"features": "-vfp4d16sp"}),
        ("features = []\n", {}),
        ('features = ["+d32"]\nunset = ["linker"]\n[set]\nos = "x"\n', {"features": "+vfp4d16sp,+d32"}),
    ],
)
def test_a_key_replaces_and_features_add(more: str, difference: dict[str, Any]) -> None:
    found = changed(f'inherits = "base"\n{more}')
    assert difference.items() <= found.items()
    assert found.keys() <= {*difference, "linker", "os"}


def test_a_base_without_features_takes_those_of_the_overlay() -> None:
    base = spec_of({key: value for key, value in THUMB_KEYS.items() if key != "features"})
    assert overlaid('inherits = "base"\nfeatures = ["+d32"]\n', base).get("features") == "+d32"


def test_every_key_says_where_it_is_written() -> None:
    base = BASE._replace(places={"arch": "targets/base.json:2"})
    spec = overlaid('inherits = "base"\nfeatures = [\n  "+d32",\n]\n[set]\ncpu = "x"\nos = "y"\n', base)
    assert spec.place == "targets/mine.toml"
    assert spec.place_of("cpu") == "targets/mine.toml:6"
    assert spec.place_of("features") == "targets/mine.toml:2"
    assert spec.place_of("arch") == "targets/base.json:2"
    assert spec.place_of("linker") == "targets/base.json"
    assert spec.place_of("no-such-key") == "targets/mine.toml"


def test_an_overlay_of_an_overlay() -> None:
    first = overlaid('inherits = "base"\nfeatures = ["+d32"]\n[set]\ncpu = "cortex-m7"\n')
    second = overlaid('inherits = "mine.toml"\nfeatures = ["-d32"]\nunset = ["cpu"]\n', first)
    assert second.get("features") == "+vfp4d16sp,-d32"
    assert second.cpu is None


WORDS = st.lists(st.tuples(st.sampled_from("+-"), st.sampled_from("abcdef")), unique_by=lambda word: word[1])


@given(base=WORDS, own=WORDS)
def test_features_end_as_if_the_overlay_had_the_last_word(
    base: list[tuple[str, str]], own: list[tuple[str, str]]
) -> None:
    features = ",".join(sign + name for sign, name in base)
    text = f'inherits = "base"\nfeatures = {json.dumps([sign + name for sign, name in own])}\n'
    merged = overlaid(text, spec_of({**THUMB_KEYS, "features": features})).features
    assert {word[1:]: word[0] for word in merged} == {name: sign for sign, name in [*base, *own]}
    assert len(merged) == len({word[1:] for word in merged})


def test_json_keeps_all_of_it() -> None:
    overlay = parse_overlay('inherits = "b"\nfeatures = ["+a"]\nunset = ["c"]\n[set]\ncpu = "d"\nx.y = [1]\n', "o.toml")
    assert Overlay.from_json(json.loads(json.dumps(overlay.to_json()))) == overlay
