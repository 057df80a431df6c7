"""Specifications before the real rustc: its own ones are right, broken ones give the messages, adapted ones compile."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from board import TARGET
from captured_rustc import RELEASE
from project import CHECKOUT, Project
from rust_examples import SYSTEM_RUSTC, ask_rustc
from rust_firmware.probes import Probes
from rust_firmware.rust_toolchains import find_rust_toolchain
from rust_firmware.spec_knowledge import find_knowledge, try_rustc
from steelmill.errors import InputError
from steelmill.linker.flavor import FLAVORS, parse_flavor
from steelmill.rustc.toolchain import RustToolchain
from steelmill.target_spec.adapt import Adapted
from steelmill.target_spec.canonical import canonical_text
from steelmill.target_spec.check import check_spec
from steelmill.target_spec.parse import parse_target_spec

CORPUS = CHECKOUT / "tests/data/target_specs"
SHIPPED: Mapping[str, Any] = json.loads((CHECKOUT / f"targets/{TARGET}.json").read_text())
NOT_AS_THEY_ARE = {
    "amdgcn-amd-amdhsa": "need-explicit-cpu",
    "avr-none": "need-explicit-cpu",
    "xtensa-esp32-none-elf": "data-layout",
    "xtensa-esp32s2-none-elf": "data-layout",
    "xtensa-esp32s3-none-elf": "data-layout",
}
"""Built-in targets that rustc itself cannot compile for without more: those that want -Ctarget-cpu, and those of an
LLVM with changes of its own; a rustc with that LLVM finds nothing in them."""


@pytest.fixture(scope="module")
def probes(tmp_path_factory: pytest.TempPathFactory) -> Probes:
    return Probes(str(tmp_path_factory.mktemp("cache")))


@cache
def toolchain(probes: Probes) -> RustToolchain:
    ask_rustc("-vV")
    return find_rust_toolchain(probes, SYSTEM_RUSTC, "/")


def check(probes: Probes, text: str, name: str, place: str) -> Adapted:
    rust = toolchain(probes)
    spec = parse_target_spec(text, name=name, place=place)
    return check_spec(spec, text, find_knowledge(probes, rust, spec), lambda keys: try_rustc(rust, keys))


def outcome(probes: Probes, text: str, name: str, place: str) -> str:
    """Give the message, or what was adapted."""
    try:
        return "\n".join(["adapted", *check(probes, text, name, place).notes])
    except InputError as error:
        return str(error)


def in_parallel(probes: Probes, texts: Mapping[str, str]) -> dict[str, str]:
    toolchain(probes)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        said = pool.map(lambda name: outcome(probes, texts[name], name, f"{name}.json"), texts)
        return dict(zip(texts, said, strict=True))


def of_files(paths: list[Path]) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in paths}


def test_every_built_in_bare_metal_target_is_right(probes: Probes) -> None:
    specs = json.loads(ask_rustc("-Zunstable-options", "--print", "all-target-specs-json"))
    bare = {
        name: json.dumps(keys)
        for name, keys in specs.items()
        if keys.get("os", "none") == "none" or (keys.get("metadata", {}).get("std") is False)
    }
    assert len(bare) > 50
    found = {name: words for name, words in in_parallel(probes, bare).items() if not words.startswith("adapted")}
    assert {name: words.split(": ")[1] for name, words in found.items()} == {
        name: key for name, key in NOT_AS_THEY_ARE.items() if name in found
    }


def test_the_corpus_gives_the_same_messages(probes: Probes) -> None:
    if toolchain(probes).version.numbers != RELEASE:
        pytest.skip(f"the messages quote rustc {RELEASE}")
    paths = sorted(CORPUS.glob("invalid_*.json"))
    texts = {path.stem: path.read_text(encoding="utf-8") for path in paths if _is_object(path)}
    said = {name: words.replace(f"{name}.json", "board.json") for name, words in in_parallel(probes, texts).items()}
    assert said == {name: (CORPUS / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n") for name in texts}


def test_files_written_for_other_releases_compile_or_are_reported(probes: Probes) -> None:
    folder = CORPUS / "written_elsewhere"
    texts = of_files(sorted(folder.glob("*.json")))
    said = in_parallel(probes, texts)
    adapted = {name for name, words in said.items() if words.startswith("adapted")}
    if toolchain(probes).version.numbers == RELEASE:
        told = {name: words.replace(f"{name}.json", "board.json") for name, words in said.items()}
        assert told == {name: (folder / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n") for name in texts}
    # an adapted one has compiled: a refusal would be a fault
    assert len(adapted) > len(texts) / 2


FUNCTION = """\
#![feature(no_core, lang_items)]
#![no_core]
#![allow(internal_features)]
#[lang = "pointee_sized"] pub trait PointeeSized {}
#[lang = "meta_sized"] pub trait MetaSized: PointeeSized {}
#[lang = "sized"] pub trait Sized: MetaSized {}
#[lang = "copy"] pub trait Copy {}
impl Copy for u32 {}
#[unsafe(no_mangle)] pub extern "C" fn same(number: u32) -> u32 { number }
"""


def test_the_flavor_of_the_linker_changes_no_code(tmp_path: Path) -> None:
    """Core is shared between targets of different flavors; rustc is told the flavor of a link on its command line."""
    (tmp_path / "same.rs").write_text(FUNCTION, encoding="utf-8")
    (tmp_path / "target.json").write_text(canonical_text(parse_target_spec(json.dumps(SHIPPED), name="a", place="a")))
    (tmp_path / "whole").mkdir()
    made = {}
    for flavor in FLAVORS:
        (tmp_path / "whole/target.json").write_text(json.dumps({**SHIPPED, "linker-flavor": flavor}))
        for spec in ("target.json", "whole/target.json"):
            subprocess.run(
                [SYSTEM_RUSTC, "--crate-type=rlib", "--edition=2024", "same.rs", "-Zunstable-options", "--target", spec,
                 "-Copt-level=s", f"-Clinker-flavor={parse_flavor(flavor).name}", "--emit=obj,llvm-ir"],
                cwd=tmp_path, env={**os.environ, "RUSTC_BOOTSTRAP": "1"}, check=True,
            )  # fmt: skip
            made[flavor, spec] = [(tmp_path / name).read_bytes() for name in ("same.o", "same.ll")]
    first, *others = made.values()
    assert b"@same(i32" in first[1]
    assert all(other == first for other in others), made.keys()


def _is_object(path: Path) -> bool:
    try:
        return isinstance(json.loads(path.read_text(encoding="utf-8")), dict)
    except ValueError:
        return False


def test_all_faults_are_told_by_scons_before_anything_is_built(board: Project) -> None:
    keys = {**SHIPPED, "cpu": "cortex-m44", "panic_strategy": "abort", "max-atomic-width": 7}
    board.write("targets/mine.json", json.dumps(keys, indent=2))
    lines = (board.folder / "targets/mine.json").read_text().splitlines()
    run = board.edit("firmware.toml", f'targets = ["{TARGET}"]\n', "").fail("target=mine")
    line = {key: next(index for index, text in enumerate(lines, 1) if f'"{key}"' in text) for key in keys}
    assert f"targets/mine.json:{line['cpu']}: cpu: LLVM knows no processor 'cortex-m44'" in run.stderr
    assert f"targets/mine.json:{line['panic_strategy']}: panic_strategy: unknown key" in run.stderr
    assert not run.steps


def test_an_adapted_file_builds_and_verbose_says_what_was_adapted(board: Project) -> None:
    old = {**SHIPPED, "target-pointer-width": "32", "is-builtin": True}
    board.write("targets/old.json", json.dumps(old))
    board.edit("firmware.toml", f'targets = ["{TARGET}"]\n', "")
    run = board.build("target=old", "verbose=1", "-n")
    assert "targets/old.json: adapted to rustc" in run.stdout
    assert "  target-pointer-width is 32, not '32'\n" in run.stdout
    assert "adapted" not in board.build("target=old").stdout
    assert board.up_to_date("target=old")


def test_a_fault_of_an_overlay_is_placed_in_it(board: Project) -> None:
    board.write("targets/mine.toml", f'inherits = "{TARGET}"\n\n[set]\ncpu = "cortex-m44"\n')
    run = board.edit("firmware.toml", f'targets = ["{TARGET}"]\n', "").fail("target=mine")
    assert "targets/mine.toml:4: cpu: LLVM knows no processor 'cortex-m44'" in run.stderr
