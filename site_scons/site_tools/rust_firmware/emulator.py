"""The emulator as a process: its output as it comes, its end in time, nothing left behind."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import IO, NamedTuple

from rust_firmware.install import how_to_install
from steelmill.errors import ToolchainError

_GLANCE = 0.1
"""Seconds between two looks at the clock and at ``stop``."""


class EmulatorRun(NamedTuple):
    """What became of one run."""

    status: int | None
    """Exit status, negative for a signal; None where the timeout ended it."""
    output: bytes
    """Standard output and standard error, as they came."""
    seconds: float


def run_emulator(
    argv: Sequence[str],
    timeout: float,
    echo: Callable[[bytes], None] | None = None,
    *,
    stop: Callable[[], bool] | None = None,
) -> EmulatorRun:
    """Run a program for at most ``timeout`` seconds and give what it printed.

    Its standard input is closed, and it leads a session of its own, which is killed as a whole at the end: on a
    timeout, on Ctrl-C, and where it left children. ``echo`` gets the output while it comes. ``stop`` is asked ten times
    a second, for SCons turns Ctrl-C into a flag and the terminal's signal does not reach another session; where it
    says True, KeyboardInterrupt is raised. A program that cannot be started is a ToolchainError.
    """
    started = time.monotonic()
    process = _start(argv)
    assert process.stdout is not None
    output: list[bytes] = []
    status: int | None = None
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            os.set_blocking(process.stdout.fileno(), False)
            while (left := started + timeout - time.monotonic()) > 0:
                if stop and stop():
                    raise KeyboardInterrupt
                if selector.select(min(left, _GLANCE)) and not _take(process.stdout, output, echo):
                    # It closed its output, which is not yet its end.
                    selector.unregister(process.stdout)
                    status = _wait(process, started + timeout, stop)
                    break
                status = process.poll()
                if status is not None:
                    break
        # A child of it may hold the pipe open for ever: take what is there.
        while _take(process.stdout, output, echo):
            pass
        return EmulatorRun(status, b"".join(output), time.monotonic() - started)
    finally:
        _kill(process)
        process.stdout.close()


def _start(argv: Sequence[str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        program = argv[0]
        raise ToolchainError(
            f"cannot run the emulator: {error.strerror}",
            place=program,
            remedy=f"{how_to_install([program])}, or correct [run] emulator",
        ) from None


def _take(stream: IO[bytes], output: list[bytes], echo: Callable[[bytes], None] | None) -> bool:
    """Take what is there to read; False at the end of the stream and where nothing is there."""
    try:
        data = os.read(stream.fileno(), 1 << 16)
    except BlockingIOError:
        return False
    if data:
        output.append(data)
        if echo:
            echo(data)
    return bool(data)


def _wait(process: subprocess.Popen[bytes], deadline: float, stop: Callable[[], bool] | None) -> int | None:
    while (left := deadline - time.monotonic()) > 0:
        if stop and stop():
            raise KeyboardInterrupt
        try:
            return process.wait(min(left, _GLANCE))
        except subprocess.TimeoutExpired:
            continue
    return None


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the whole group; where the leader is gone already, what it left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
