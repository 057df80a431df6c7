"""One command, timed: by the clock, by the processor, and the memory of its largest process."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Sample(NamedTuple):
    """What one run took."""

    seconds: float
    """Wall clock."""
    cpu: float
    """Seconds of processor time, of the command and all that it waited for."""
    peak: int
    """Bytes: the largest resident set among the command and all that it waited for."""


class CommandFailed(Exception):
    """A command ended badly; its whole output is the message."""


def measure(argv: Sequence[str], folder: Path, env: Mapping[str, str]) -> Sample:
    """Run a command in ``folder`` and wait for it; raise CommandFailed where its status is not 0."""
    log = folder / ".benchmark.log"
    with open(log, "wb") as output:
        begin = time.monotonic()
        process = subprocess.Popen(
            argv, cwd=folder, env=dict(env), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        # wait4 counts this command and its descendants, unlike getrusage, which sums up all commands before it
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise CommandFailed(f"{' '.join(argv)}\n{log.read_text(errors='replace')}")
    return Sample(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)
