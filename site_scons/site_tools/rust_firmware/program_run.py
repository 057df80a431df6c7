"""Running a program for a Step: its environment, and how a built-in tool starts one.

It holds the lock of the build folder for as long as it runs.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence

from steelmill.errors import StepFailed
from steelmill.step import OUT


def program_environment(env: Iterable[tuple[str, str]], env_files: Iterable[str], part: str) -> dict[str, str]:
    """Give the environment of a Step's command, with what other commands have decided of it.

    ``env_files`` are paths of JSON objects; ``part`` is the folder that the outputs are written into.
    """
    variables = dict(env)
    for path in env_files:
        with open(path, encoding="utf-8") as file:
            variables.update(json.load(file))
    return {name: value.replace(OUT, part) for name, value in variables.items()}


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
