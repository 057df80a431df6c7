"""Project: a small firmware project in a temporary folder, and scons run in it as a user runs it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
SCONS = (sys.executable, "-m", "SCons")
_LINE = re.compile(r"^\[ *\d+/\d+\] (.*)$", re.MULTILINE)

SCONSTRUCT = """\
env = Environment(tools=["rust_firmware"], toolpath=[TOOLPATH])
env.Firmware("firmware.toml")
"""


@dataclass(frozen=True)
class Run:
    """One run of scons."""

    status: int
    stdout: str
    stderr: str

    @property
    def steps(self) -> list[str]:
        """Labels of the Steps that ran: ``RUSTC core``, in order, without the target's name."""
        return [line.split("  ")[0] for line in _LINE.findall(self.stdout)]

    @property
    def output(self) -> str:
        return self.stdout + self.stderr


class Project:
    """A project folder; every method that changes it gives it back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, path: str, text: str) -> Project:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return self

    def edit(self, path: str, old: str, new: str) -> Project:
        text = (self.folder / path).read_text(encoding="utf-8")
        assert old in text, f"{path} does not contain {old!r}"
        return self.write(path, text.replace(old, new))

    def read_bytes(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def sconstruct(self, body: str) -> Project:
        """Write a SConstruct in which TOOLPATH is the checkout's tool folder."""
        head = f"import sys; sys.path.insert(0, {str(CHECKOUT / 'site_scons')!r})\nimport steelmill\n"
        return self.write("SConstruct", f"{head}TOOLPATH = steelmill.TOOLPATH\n{body}")

    def start(self, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start scons in a process group of its own."""
        return subprocess.Popen(
            [*SCONS, *arguments],
            cwd=self.folder,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def scons(self, *arguments: str, env: Mapping[str, str] | None = None) -> Run:
        process = self.start(*arguments, env=env)
        try:
            # cores for all targets, on a busy machine
            stdout, stderr = process.communicate(timeout=1800)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return Run(process.returncode, stdout, stderr)

    def build(self, *arguments: str, env: Mapping[str, str] | None = None) -> Run:
        """Run scons and expect it to succeed without a traceback."""
        run = self.scons(*arguments, env=env)
        assert run.status == 0, run.output
        assert "Traceback" not in run.output
        return run

    def fail(self, *arguments: str, env: Mapping[str, str] | None = None) -> Run:
        """Run scons and expect a message, no traceback."""
        run = self.scons(*arguments, env=env)
        assert run.status != 0, run.output
        assert "Traceback" not in run.output, run.output
        return run

    def up_to_date(self, *arguments: str) -> bool:
        return self.build("-Q", *arguments).steps == []
