"""Verdicts: when a run passes, and the line that says why it did not."""

from __future__ import annotations

import pytest

from steelmill.firmware_toml.model import RunPart
from steelmill.run.verdict import judge

RUN = RunPart(expect=("one", "two"), timeout=10)


@pytest.mark.parametrize(
    ("arch", "status", "output"),
    [
        ("arm", 0, "zero\r\none\r\nand\r\ntwo\r\n"),
        ("x86_64", 1, "one two"),
        ("x86_64", 1, "qemu-system-x86_64: warning: TCG doesn't support it\none\ntwo\n"),
    ],
)
def test_it_passes(arch: str, status: int, output: str) -> None:
    verdict = judge(RUN, arch, status, output, 1.5)
    assert verdict.passed, verdict.reason
    assert verdict.seconds == 1.5
    assert "\r" not in verdict.output


@pytest.mark.parametrize(
    ("arch", "status", "output", "reason"),
    [
        ("arm", 0, "one\n", "expected output 2 of 2 is missing: 'two'"),
        ("arm", 0, "two\none\n", "expected output 2 of 2 is missing: 'two', which comes only before 'one'"),
        ("arm", 3, "one\ntwo\n", "exit code 3; expected 0"),
        ("arm", 3, "one\n", "exit code 3; expected 0; expected output 2 of 2 is missing: 'two'"),
        ("x86_64", 7, "one\ntwo\n", "exit code 3; expected 0"),
        (
            "x86_64",
            0,
            "one\ntwo\n",
            "the emulator ended with status 0: reset or shut down, without an exit code of the firmware",
        ),
        ("arm", -11, "one\ntwo\n", "the emulator was killed by signal 11, without an exit code of the firmware"),
        ("arm", None, "one\ntwo\n\n", "still running after 10 s; the last line was 'two'"),
        (
            "arm",
            None,
            "",
            "still running after 10 s; expected output 1 of 2 is missing: 'one'; nothing was printed",
        ),
        (
            "arm",
            1,
            "one\npanicked at src/lib.rs:3:5:\nindex out of bounds\n",
            "the firmware panicked: panicked at src/lib.rs:3:5:",
        ),
        # status 1 is exit code 0 on x86: a QEMU that did not start must not pass
        (
            "x86_64",
            1,
            "qemu-system-x86_64: unsupported machine type\none two",
            "the emulator failed: qemu-system-x86_64: unsupported machine type",
        ),
    ],
)
def test_it_fails(arch: str, status: int | None, output: str, reason: str) -> None:
    verdict = judge(RUN, arch, status, output)
    assert not verdict.passed
    assert verdict.reason == reason


def test_a_panic_may_be_what_is_expected() -> None:
    run = RunPart(expect=("panicked at src/lib.rs",), exit_code=1)
    assert judge(run, "riscv32", 1, "panicked at src/lib.rs:1:1:\nboom\n").passed
