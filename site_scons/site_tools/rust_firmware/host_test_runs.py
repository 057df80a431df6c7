"""Running the programs that test crates on this machine."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time

from steelmill.errors import StepFailed
from steelmill.run.host_test import HostTestRun, parse_test, run_env, run_files


def run_host_test(folder: str, request: str, lock: int) -> None:
    """Run what ``request`` says and leave in ``folder`` what came of it: a failure is for the report to tell."""
    test, top = parse_test(request), os.getcwd()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="steelmill-") as scratch:
        try:
            done = subprocess.run(
                [os.path.join(top, test.program)],
                cwd=os.path.join(top, test.folder),
                env=run_env(test, scratch),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
                pass_fds=(lock,),
            )
        except OSError as error:
            raise StepFailed(
                f"cannot run it: {error.strerror}",
                place=test.program,
                remedy="look whether the folder of the package and the build folder are there and may be run from",
            ) from None
    output = done.stdout.decode(errors="replace").replace(f"{top}/", "")
    run = HostTestRun(test.name, done.returncode, round(time.monotonic() - started, 3), output)
    for name, text in run_files(test, run).items():
        with open(f"{folder}/{name}", "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
