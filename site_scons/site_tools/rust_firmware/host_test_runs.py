"""Running the programs that test crates on this machine."""

from __future__ import annotations

import os
import tempfile
import time

from rust_firmware.program_run import run_program
from steelmill.run.host_test import HostTestRun, parse_test, run_env, run_files


def run_host_test(folder: str, request: str, lock: int) -> None:
    """Run what ``request`` says and leave in ``folder`` what came of it: a failure is for the report to tell."""
    test, top = parse_test(request), os.getcwd()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="steelmill-") as scratch:
        program, cwd = os.path.join(top, test.program), os.path.join(top, test.folder)
        done = run_program([program], run_env(test, scratch), lock, cwd=cwd)
    output = done.stdout.decode(errors="replace").replace(f"{top}/", "")
    run = HostTestRun(test.name, done.returncode, round(time.monotonic() - started, 3), output)
    for name, text in run_files(test, run).items():
        with open(f"{folder}/{name}", "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
