"""Running a program for a built-in tool: it holds the lock of the build folder for as long as it runs."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence

from steelmill.errors import StepFailed


def run_program(
    argv: Sequence[str], env: Mapping[str, str], lock: int, *, cwd: str | None = None, stderr: int = subprocess.STDOUT
) -> subprocess.CompletedProcess[bytes]:
    """Run a program, with ``stderr`` joined to its output or apart; raise StepFailed where it cannot start."""
    try:
        return subprocess.run(
            argv,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            check=False,
            pass_fds=(lock,),
        )
    except OSError as error:
        raise StepFailed(
            f"cannot run it: {error.strerror}",
            place=argv[0],
            remedy="look whether it and the folder that it starts in are there, and may be run from",
        ) from None
