"""Broken specifications and their exact messages; files written for other releases, and what becomes of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from captured_rustc import captured, check, faults_of, knowledge_of, llvm_layout
from project import CHECKOUT
from steelmill.errors import InputError
from steelmill.target_spec.check import check_spec
from steelmill.target_spec.knowledge import Trial
from steelmill.target_spec.model import TargetSpec
from steelmill.target_spec.overlay import apply_overlay
from steelmill.target_spec.overlay_toml import parse_overlay
from steelmill.target_spec.rules import RULES_BETWEEN_KEYS, RULES_OF_KEYS, RULES_OF_RUSTC
from steelmill.target_spec.schema_table import bundled_schema

CORPUS = CHECKOUT / "tests/data/target_specs"
INVALID = sorted(CORPUS.glob("invalid_*.json"))
ELSEWHERE = sorted((CORPUS / "written_elsewhere").glob("*.json"))
SHIPPED = sorted((CHECKOUT / "targets").glob("*.json"))

THUMB: Mapping[str, Any] = {
    "arch": "arm",
    "llvm-target": "thumbv7em-none-eabihf",
    "target-pointer-width": 32,
    "data-layout": llvm_layout("thumbv7em-none-eabihf"),
    "abi": "eabihf",
    "features": "+vfp4d16sp",
    "llvm-floatabi": "hard",
    "max-atomic-width": 32,
}
RISCV: Mapping[str, Any] = {
    "arch": "riscv32",
    "llvm-target": "riscv32",
    "target-pointer-width": 32,
    "data-layout": llvm_layout("riscv32"),
    "features": "+m,+a",
    "llvm-abiname": "ilp32",
}
X86_64: Mapping[str, Any] = {
    "arch": "x86_64",
    "llvm-target": "x86_64-unknown-none",
    "target-pointer-width": 64,
    "data-layout": llvm_layout("x86_64-unknown-none"),
    "features": "-sse,+soft-float",
    "rustc-abi": "softfloat",
}
MINIMUM_OF_CORPUS = 100


def adapted(keys: Mapping[str, Any], release: tuple[int, int]) -> dict[str, Any]:
    """Give what becomes of ``keys`` on a release without a schema of its own."""
    return check(json.dumps(keys), release=release, schema=bundled_schema(release)).keys


def test_the_corpus_is_there() -> None:
    assert len(INVALID) >= MINIMUM_OF_CORPUS
    assert {path.stem for path in INVALID} == {path.stem for path in CORPUS.glob("invalid_*.txt")}


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_specification_gives_the_exact_message(path: Path) -> None:
    with pytest.raises(InputError) as caught:
        check(path.read_text(encoding="utf-8"))
    assert f"{caught.value}\n" == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_every_rule_is_met_by_the_corpus() -> None:
    met = {fault.rule for path in INVALID for fault in faults_of(path.read_text(encoding="utf-8"))}
    # file-name: the name is no part of a file; see below
    assert {*RULES_OF_KEYS, *RULES_BETWEEN_KEYS} - met == {"file-name"}
    assert not met & set(RULES_OF_RUSTC)


@pytest.mark.parametrize("path", ELSEWHERE, ids=lambda path: path.stem)
def test_a_file_written_for_another_release_is_adapted_or_reported(path: Path) -> None:
    try:
        said = "\n".join(["adapted", *check(path.read_text(encoding="utf-8")).notes])
    except InputError as error:
        said = str(error)
    assert f"{said}\n" == path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_target_is_right_and_stays_as_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if json.loads(text)["llvm-target"] in captured()["llvm"]:
        result = check(text, name=path.stem)
        assert (result.keys, result.notes) == (json.loads(text), ())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("riscv32imac-unknown-none-elf", "the name is that of rustc's riscv32imac-unknown-none-elf, whose arch is"),
        ("riscv32imc-acme-none-elf", "the name begins with an architecture, 'riscv32', and arch is 'arm'"),
        ("x86_64-acme-none", "the name begins with an architecture, 'x86_64', and arch is 'arm'"),
        ("aarch64-acme-none", "'aarch64'"),
    ],
)
def test_the_name_of_a_target_of_another_architecture(name: str, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        check(json.dumps(THUMB), name=name, place=f"targets/{name}.json")
    assert caught.value.place == f"targets/{name}.json"


@pytest.mark.parametrize(
    "name",
    ["thumbv7em-none-eabihf", "thumbv7em-acme-none-eabihf", "armv7em-acme-none", "board", "arm-1", "my-x86_64-like"],
)
def test_a_name_that_may_stand(name: str) -> None:
    check(json.dumps(THUMB), name=name)


@pytest.mark.parametrize(
    ("trial", "message"),
    [
        (
            Trial(abi_features=(("d", "enabled"),)),
            "board.json:1: features: for this ABI rustc wants 'd' enabled; expected '+d'",
        ),
        (
            Trial(refusal="`vendor` cannot be empty"),
            "board.json: rustc 1.96 refuses this target: `vendor` cannot be empty",
        ),
        (
            Trial(refusal="invalid `llvm_abiname` combination"),
            "board.json:1: llvm-abiname: rustc 1.96 refuses this target: invalid `llvm_abiname` combination",
        ),
    ],
)
def test_what_only_rustc_knows_is_handed_on(trial: Trial, message: str) -> None:
    with pytest.raises(InputError) as caught:
        check(json.dumps(RISCV), trial=trial)
    assert str(caught.value).startswith(message)


def test_rustc_is_not_asked_where_the_rules_know_better() -> None:
    with pytest.raises(InputError) as caught:
        check(json.dumps({**RISCV, "max-atomic-width": 7}), trial=Trial(refusal="something of that kind"))
    assert caught.value.details == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"atomic-cas": True, "features": "+m,+forced-atomics"},
        {"singlethread": True, "features": "+m"},
        {"max-atomic-width": 0, "features": "+m"},
        {"atomic-cas": False, "features": "+m,+forced-atomics"},
        {"features": "+m,+zalrsc"},
        {"features": "+m", "cpu": "sifive-e31"},
        {"features": "+m", "os": "acme"},
    ],
    ids=str,
)
def test_each_way_without_atomic_instructions_is_open(changes: Mapping[str, Any]) -> None:
    check(json.dumps({**RISCV, **changes}))


def test_rust_takes_names_of_features_of_its_own_where_it_translates_them() -> None:
    check(json.dumps({**X86_64, "features": "-sse,+soft-float,+cmpxchg16b"}))
    with pytest.raises(InputError, match="expected 'cx16', for this is rustc's name"):
        check(
            json.dumps({**X86_64, "features": "-sse,+soft-float,+cmpxchg16b"}),
            trial=Trial(unknown_features=("cmpxchg16b",)),
        )


@pytest.mark.parametrize("release", [(1, 85), (1, 88), (1, 90)])
@pytest.mark.parametrize("keys", [THUMB, RISCV, X86_64], ids=lambda keys: str(keys["arch"]))
def test_a_file_of_today_is_adapted_to_an_older_release(keys: Mapping[str, Any], release: tuple[int, int]) -> None:
    result = adapted(keys, release)
    assert result["target-pointer-width"] == str(keys["target-pointer-width"])
    assert result.get("rustc-abi") == ("x86-softfloat" if keys is X86_64 and release > (1, 85) else None)


def test_the_bits_of_an_int_are_a_string_up_to_1_89() -> None:
    assert adapted({**THUMB, "target-c-int-width": 32}, (1, 89))["target-c-int-width"] == "32"
    assert adapted({**THUMB, "target-c-int-width": "32"}, (1, 90))["target-c-int-width"] == 32


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"max-atomic-width": "32"}, 'max-atomic-width: "32"; expected a whole number'),
        ({"panic-strategy": "immediate-abort"}, 'expected "unwind" or "abort"'),
        ({"default-codegen-backend": "llvm"}, "default-codegen-backend: unknown key"),
        ({"pre-link-args": {"gun": ["-x"]}}, "pre-link-args.gun: unknown linker flavor; did you mean 'gnu'?"),
        ({"atomic_cas": True}, "atomic_cas: unknown key; did you mean 'atomic-cas'?"),
    ],
)
def test_what_an_older_release_passes_over_is_told(changes: Mapping[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        adapted({**THUMB, **changes}, (1, 85))


def test_an_older_name_is_taken_back() -> None:
    assert adapted({**THUMB, "is-like-darwin": False}, (1, 85))["is-like-osx"] is False


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        ("[set]\ncpu = 7\n", "targets/mine.toml:3: cpu: 7; expected a string such as"),
        ('features = ["+warp-drive"]\n', "targets/mine.toml:2: features: LLVM knows no feature 'warp-drive'"),
        ('[set]\nllvm-floatabi = "soft"\n', "targets/mine.toml:3: llvm-floatabi: 'soft' contradicts llvm-target"),
        ('unset = ["arch"]\n', "targets/mine.toml: key 'arch' is missing"),
        ('[set]\nllvm-target = "thumbv6m-none-eabi"\n', "rustc thumb: llvm-floatabi: 'hard' contradicts llvm-target"),
    ],
)
def test_a_fault_of_an_overlay_stands_where_its_value_is_written(overlay: str, message: str) -> None:
    base = TargetSpec(name="thumb", place="rustc thumb", keys=THUMB)
    place = "targets/mine.toml"
    spec = apply_overlay(base, parse_overlay(f'inherits = "thumb"\n{overlay}', place), name="mine", place=place)
    with pytest.raises(InputError) as caught:
        check_spec(spec, None, knowledge_of(spec.keys), lambda _: Trial())
    assert str(caught.value).startswith(message)


def test_the_page_lists_every_rule() -> None:
    page = (CHECKOUT / "docs/target-checks.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| ", page.partition("## Rules")[2], re.MULTILINE)
    assert rows == [*RULES_OF_KEYS, *RULES_BETWEEN_KEYS, *RULES_OF_RUSTC]


def test_the_message_of_the_page_is_the_real_one() -> None:
    page = (CHECKOUT / "docs/target-checks.md").read_text(encoding="utf-8")
    keys = {
        **{key: THUMB[key] for key in ("arch", "llvm-target", "data-layout", "target-pointer-width", "abi")},
        "llvm-floatabi": "hard",
        "features": "+vfp4d16spp",
        "panic_strategy": "abort",
    }
    with pytest.raises(InputError) as caught:
        check(json.dumps(keys, indent=2), place="targets/board.json")
    assert f"```text\n{caught.value}\n```" in page
