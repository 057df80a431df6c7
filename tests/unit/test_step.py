from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelmill.step import BUILT_IN, OUT, DepInfo, Step, Tool, write_step

STEP = Step(
    label=("CC", "main.c"),
    argv=("gcc", "-c", "main.c", "-o", f"{OUT}/main.o"),
    out_dir="build/board/release/c",
    outputs=("main.o", "main.d"),
    inputs=("main.c",),
    env=(("LC_ALL", "C"), ("PATH", "/usr/bin")),
    tools=(Tool("gcc 12.2", "digest"),),
)


def test_outputs_lie_in_the_steps_folder() -> None:
    assert STEP.target_paths == ("build/board/release/c/main.o", "build/board/release/c/main.d")


@pytest.mark.parametrize(
    "change",
    [
        {"argv": ("gcc", "-c", "main.c", "-O2", "-o", f"{OUT}/main.o")},
        {"env": (("LC_ALL", "C"),)},
        {"outputs": ("main.o",)},
        {"env_files": ("decided.json",)},
    ],
)
def test_the_signature_covers_the_command_its_environment_and_its_outputs(change: dict[str, Any]) -> None:
    assert replace(STEP, **change).signature() != STEP.signature()


@pytest.mark.parametrize(
    "change",
    [
        {"label": ("CC", "other words")},
        {"out_dir": "/elsewhere"},
        {"unsigned_argv": ("-Zthreads=8",)},
        {"order_only": ("probe.o",)},
        {"early": ("main.d",)},
        {"dep_info": DepInfo("main.d", "make")},
        {"refuse": ("is not a recognized feature",)},
        {"shared": True},
        # these are nodes of their own
        {"inputs": ("main.c", "main.h")},
        {"tools": (Tool("gcc 13.1", "other digest"),)},
    ],
)
def test_what_cannot_change_a_byte_or_is_a_node_is_not_signed(change: dict[str, Any]) -> None:
    assert replace(STEP, **change).signature() == STEP.signature()


def test_words_are_not_joined_before_they_are_signed() -> None:
    assert replace(STEP, argv=("gcc", "a b")).signature() != replace(STEP, argv=("gcc", "a", "b")).signature()


@given(st.lists(st.text()))
def test_any_argument_can_be_signed(words: list[str]) -> None:
    signature = replace(STEP, argv=tuple(words)).signature()
    assert signature.isascii()
    assert json.loads(signature)["argv"] == words


def test_a_file_name_in_no_encoding_can_be_signed() -> None:
    assert replace(STEP, argv=("cc", b"caf\xe9.c".decode(errors="surrogateescape"))).signature().isascii()


def test_a_text_known_beforehand_is_written_by_a_step() -> None:
    step = write_step("#![no_core]\n", "build/board/target/probe.rs", ("WRITE", "probe.rs"))
    assert step.argv == (BUILT_IN, "write", f"{OUT}/probe.rs", "#![no_core]\n")
    assert step.target_paths == ("build/board/target/probe.rs",)
    assert step.inputs == ()


def test_a_text_can_be_written_beside_the_sconstruct() -> None:
    assert write_step("", "note.txt", ("WRITE", "note.txt")).target_paths == ("./note.txt",)
