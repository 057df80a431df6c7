from __future__ import annotations

import pytest

from steelmill.errors import InputError, SteelmillError, StepFailed, ToolchainError
from steelmill.hints.explain import explain_output
from steelmill.step import Step


def test_the_message_says_what_where_and_what_to_do() -> None:
    error = InputError(
        "unknown key 'lvm-target'; did you mean 'llvm-target'?", place="targets/board.json:3", remedy="rename the key"
    )
    assert str(error) == (
        "targets/board.json:3: unknown key 'lvm-target'; did you mean 'llvm-target'?\n  remedy   rename the key"
    )


def test_without_a_place_the_message_comes_first() -> None:
    assert str(ToolchainError("no rustc found", remedy="install one")) == "no rustc found\n  remedy   install one"


def test_details_stand_in_a_column_before_the_remedy() -> None:
    error = SteelmillError(
        "region FLASH overflows by 16 bytes",
        details=[("image", "build/hello.elf"), ("largest section", ".text 60112")],
        remedy="shrink the image",
    )
    assert str(error).splitlines() == [
        "region FLASH overflows by 16 bytes",
        "  image             build/hello.elf",
        "  largest section   .text 60112",
        "  remedy            shrink the image",
    ]


def test_where_more_is_written_stands_last() -> None:
    error = InputError("it broke", remedy="mend it", see="docs/errors.md#broken")
    assert str(error).splitlines() == ["it broke", "  remedy   mend it", "  see      docs/errors.md#broken"]


@pytest.mark.parametrize("kind", [InputError, ToolchainError, StepFailed])
def test_every_kind_is_caught_as_one(kind: type[SteelmillError]) -> None:
    error = kind("it broke", remedy="mend it")
    assert isinstance(error, SteelmillError)
    assert error.args == ("it broke",)


def test_a_failed_step_shows_its_command_and_the_whole_output() -> None:
    step = Step(label=("RUSTC", "app"), argv=("rustc",), out_dir="build", outputs=("libapp.a",))
    error = explain_output(step, "rustc --crate-name=app", 101, "error: first\n  --> a.rs:1\nerror: last\n\n")
    assert str(error).splitlines()[:5] == [
        "RUSTC app: exit status 101",
        "rustc --crate-name=app",
        "error: first",
        "  --> a.rs:1",
        "error: last",
    ]
    assert error.remedy
