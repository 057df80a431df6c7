"""Verdict: whether a firmware did in the emulator what it shall do."""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

from steelmill.run.qemu import decode_status

_PANIC = re.compile(r"^.*\bpanicked at .*$", re.MULTILINE)
_EMULATOR_ERROR = re.compile(r"^qemu-system-[\w-]+: (?!warning:|info:).*$", re.MULTILINE)


class Expectation(Protocol):
    """What a firmware shall do: ``steelmill.firmware_toml.model.RunPart``."""

    @property
    def expect(self) -> tuple[str, ...]:
        """Substrings of the output, in order."""

    @property
    def exit_code(self) -> int:
        """How it ends."""

    @property
    def timeout(self) -> float:
        """Seconds."""


class Verdict(NamedTuple):
    """The outcome of one run."""

    passed: bool
    reason: str
    """One line: why it failed, or what it did."""
    output: str
    """What was printed, line ends as ``\\n``."""
    seconds: float


def judge(run: Expectation, arch: str, status: int | None, output: str, seconds: float = 0.0) -> Verdict:
    """Judge a run by its output and its emulator's exit status; ``status`` is None where the timeout ended it."""
    output = output.replace("\r\n", "\n").replace("\r", "\n")
    reason = _failure(run, arch, status, output)
    return Verdict(reason is None, reason or "as expected", output, seconds)


def _failure(run: Expectation, arch: str, status: int | None, output: str) -> str | None:
    # QEMU fails with status 1, which is success where an exit code 0 arrives as 1.
    error = _EMULATOR_ERROR.search(output)
    if error and status != 0:
        return f"the emulator failed: {error[0]}"
    panic = _PANIC.search(output)
    if panic and not any("panicked" in text for text in run.expect):
        return f"the firmware panicked: {panic[0].strip()}"
    missing = _first_missing(run.expect, output)
    awaited = "" if missing is None else f"; {missing}"
    if status is None:
        return f"still running after {run.timeout:g} s{awaited}; {_last_line(output)}"
    code = decode_status(arch, status)
    if code is None:
        ended = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}: reset or shut down"
        return f"the emulator {ended}, without an exit code of the firmware{awaited}"
    if code != run.exit_code:
        return f"exit code {code}; expected {run.exit_code}{awaited}"
    return missing


def _first_missing(expect: tuple[str, ...], output: str) -> str | None:
    """Say which expected text does not come, or not after the ones before it; None where all do."""
    at = 0
    for number, text in enumerate(expect, 1):
        found = output.find(text, at)
        if found < 0:
            late = f", which comes only before {expect[number - 2]!r}" if text in output else ""
            return f"expected output {number} of {len(expect)} is missing: {text!r}{late}"
        at = found + len(text)
    return None


def _last_line(output: str) -> str:
    lines = [line for line in output.splitlines() if line.strip()]
    return f"the last line was {lines[-1]!r}" if lines else "nothing was printed"
