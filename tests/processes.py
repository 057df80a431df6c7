"""Which processes a command starts: watched from outside by strace, or where that is forbidden by Python itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_CALLS = "execve,execveat,fork,vfork,clone,clone3"
# pid, call and arguments; a call that another process interrupts is told in two lines, the first one has the arguments
_CALL = re.compile(r"^\d+ +(\w+)\((.*)", re.MULTILINE)

_AUDIT = """\
import os, sys
_log = os.open(os.environ["PROCESS_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
_EVENTS = {"subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system"}
def _hook(event, arguments):
    if event in _EVENTS:
        os.write(_log, f"{event} {arguments}\\n".encode())
sys.addaudithook(_hook)
"""


def watch(argv: Sequence[str], folder: Path, scratch: Path) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run ``argv`` in ``folder``; give how it ended and the processes that it started, itself left out."""
    return (_watch_by_strace if _may_trace() else watch_by_audit)(argv, folder, scratch)


def watch_by_audit(
    argv: Sequence[str], folder: Path, scratch: Path
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Watch a Python program by an audit hook."""
    (scratch / "hook").mkdir(exist_ok=True)
    (scratch / "hook/sitecustomize.py").write_text(_AUDIT)
    log = scratch / "audit.log"
    log.write_text("")
    done = _run(argv, folder, {"PYTHONPATH": str(scratch / "hook"), "PROCESS_LOG": str(log)})
    return done, log.read_text().splitlines()


def _watch_by_strace(
    argv: Sequence[str], folder: Path, scratch: Path
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    log = scratch / "strace.log"
    done = _run(["strace", "-f", "-e", f"trace={_CALLS}", "-o", str(log), *argv], folder, {})
    calls = _CALL.findall(log.read_text())
    assert calls[0][0] == "execve"
    # a clone that shares the thread group is a thread
    return done, [f"{call}({arguments}" for call, arguments in calls[1:] if "CLONE_THREAD" not in arguments]


@cache
def _may_trace() -> bool:
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0


def _run(argv: Sequence[str], folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv,
        cwd=folder,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
