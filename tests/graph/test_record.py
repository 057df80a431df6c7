from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rust_firmware.record import explain, record_path, write_record
from steelmill.step import OUT, Step, Tool

INPUTS = {"main.c": "s1", "main.h": "s2"}


@pytest.fixture
def step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Step:
    """A Step that has run in the working directory, with its record beside its outputs."""
    monkeypatch.chdir(tmp_path)
    step = Step(
        label=("CC", "main.c"),
        argv=("gcc", "-O2", "-c", "main.c", "-o", f"{OUT}/main.o"),
        out_dir="build",
        outputs=("main.o", "main.d"),
        inputs=("main.c",),
        env=(("LC_ALL", "C"), ("PATH", "/usr/bin")),
        tools=(Tool("gcc 12.2", "digest"),),
    )
    write_record(step, INPUTS)
    for path in step.target_paths:
        (tmp_path / path).write_text("", encoding="utf-8")
    return step


def why(step: Step, inputs: dict[str, str] | None = None) -> list[str]:
    return explain(step, INPUTS if inputs is None else inputs, interrupted=False)


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        (
            {"argv": ("gcc", "-Os", "-c", "main.c", "-o", f"{OUT}/main.o")},
            ["the command no longer has -O2", "the command now has -Os"],
        ),
        (
            {"argv": ("gcc", "-O2", "-O2", "-c", "main.c", "-o", f"{OUT}/main.o")},
            ["the command now has -O2"],
        ),
        (
            {"argv": ("gcc", "-c", "-O2", "main.c", "-o", f"{OUT}/main.o")},
            ["the order of the command's arguments changed"],
        ),
        ({"env": (("LC_ALL", "de"), ("PATH", "/usr/bin"))}, ["environment LC_ALL changed"]),
        ({"env": (("LC_ALL", "C"),)}, ["environment PATH is gone"]),
        ({"env": (("LC_ALL", "C"), ("PATH", "/usr/bin"), ("TZ", "UTC"))}, ["environment TZ is new"]),
        ({"tools": (Tool("gcc 12.2", "another digest"),)}, ["tool gcc 12.2 changed"]),
        ({"tools": (Tool("gcc 13.1", "digest"),)}, ["tool gcc 13.1 is new", "tool gcc 12.2 is gone"]),
    ],
)
def test_a_changed_step_is_explained_in_words(step: Step, change: dict[str, Any], reasons: list[str]) -> None:
    assert why(replace(step, **change)) == reasons


@pytest.mark.parametrize(
    ("inputs", "reasons"),
    [
        ({"main.c": "new", "main.h": "s2"}, ["main.c changed"]),
        ({"main.c": "s1"}, ["main.h is gone"]),
        ({**INPUTS, "board.h": "s3"}, ["board.h is new"]),
        ({"main.c": "new", "board.h": "s3"}, ["main.c changed", "board.h is new", "main.h is gone"]),
    ],
)
def test_a_changed_file_is_named(step: Step, inputs: dict[str, str], reasons: list[str]) -> None:
    assert why(step, inputs) == reasons


def test_every_kind_of_change_is_told_at_once(step: Step) -> None:
    changed = replace(step, argv=(*step.argv, "-g"), tools=(Tool("gcc 12.2", "another"),))
    assert why(changed, {**INPUTS, "main.c": "new"}) == [
        "the command now has -g",
        "tool gcc 12.2 changed",
        "main.c changed",
    ]


def test_a_missing_output_is_named(step: Step, tmp_path: Path) -> None:
    (tmp_path / "build" / "main.d").unlink()
    assert why(step) == ["build/main.d is missing"]


def test_a_step_without_a_record_was_not_built(step: Step, tmp_path: Path) -> None:
    (tmp_path / record_path(step)).unlink()
    assert why(step) == ["it was not built before"]


def test_an_interrupted_build_comes_first(step: Step) -> None:
    assert explain(step, {"main.c": "new"}, interrupted=True) == ["the last build ended while it was under way"]


@pytest.mark.parametrize("text", ["", "{", '{"argv": [', "\x00"])
def test_a_damaged_record_is_none(step: Step, tmp_path: Path, text: str) -> None:
    (tmp_path / record_path(step)).write_text(text, encoding="utf-8")
    assert why(step) == ["it was not built before"]


@pytest.mark.parametrize("text", ["[]", "null", "{}", '{"argv": [], "surplus": 1}'])
def test_a_record_of_another_version_is_said_to_be_one(step: Step, tmp_path: Path, text: str) -> None:
    (tmp_path / record_path(step)).write_text(text, encoding="utf-8")
    assert why(step) == ["another version of Steelmill built it"]


def test_names_in_no_encoding_are_recorded(step: Step) -> None:
    name = b"caf\xe9.h".decode(errors="surrogateescape")
    write_record(step, {name: "s"})
    assert why(step, {}) == [f"{name} is gone"]


def test_thread_counts_are_no_reason(step: Step) -> None:
    write_record(replace(step, unsigned_argv=("-Zthreads=2",)), INPUTS)
    assert why(replace(step, unsigned_argv=("-Zthreads=8",))) == ["an output is missing"]
