"""HostTest: a program that tests crates on the machine that builds, and what it printed.

Follows rustc's test harness, https://doc.rust-lang.org/rustc/tests/index.html, in its plain format; a program with a
harness of its own is one test, judged by its exit status.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from steelmill.run.junit import Result
from steelmill.run.verdict import Verdict
from steelmill.rustc.dep_info import format_dep_info
from steelmill.step import BUILT_IN, OUT, DepInfo, Step, Tool

TOOL = "host-test"
"""The built-in tool that runs it: ``FOLDER REQUEST``, the latter in JSON."""
RESULT = "tests.json"
DEP_INFO = "tests.d"

_LINE = re.compile(r"^test (?P<name>\S.*?)(?: - should panic)? \.\.\. (?P<word>ok|FAILED|ignored)\b.*$", re.MULTILINE)
_OUTPUT = re.compile(
    r"^---- (?P<name>\S.*?) stdout ----\n(?P<text>.*?)(?=^---- |^failures:$|\Z)", re.MULTILINE | re.DOTALL
)


class HostTest(NamedTuple):
    """A program to run."""

    name: str
    """``app 0.1.0 tests/protocol``."""
    program: str
    """Its path below the top folder."""
    folder: str
    """The folder that it runs in, whose files it may read."""
    env: tuple[tuple[str, str], ...]
    sysroot: str
    """Of the toolchain, whose shared libraries tests of proc macros need."""
    host: str
    """The tuple of the machine."""


class HostTestRun(NamedTuple):
    """What came of one run."""

    name: str
    status: int
    """Exit status; negative: the signal that ended it."""
    seconds: float
    output: str
    """Standard output and standard error as they came."""

    @property
    def passed(self) -> bool:
        """True where the program says that all is well."""
        return self.status == 0

    def results(self) -> tuple[Result, ...]:
        """Give the tests that ran, in the program's order; one result for a program that names none."""
        texts = {match["name"]: match["text"].strip() for match in _OUTPUT.finditer(self.output)}
        rows = [(match["name"], match["word"]) for match in _LINE.finditer(self.output)]
        ran = [(name, word == "ok") for name, word in rows if word != "ignored"]
        results = [self._result(name, texts.get(name, ""), passed=passed) for name, passed in ran]
        if not self.passed and all(passed for _, passed in ran):
            # it ended before it could say of which test
            results.append(self._result("(the program)", self.output, passed=False))
        elif not rows:
            results.append(self._result("(the program)", self.output, passed=True))
        return tuple(results)

    def _result(self, name: str, output: str, *, passed: bool) -> Result:
        lines = [line for line in output.splitlines() if line.strip()]
        ended = f"exit status {self.status}" if self.status > 0 else f"signal {-self.status}"
        reason = "as expected" if passed else next((line for line in lines if "panicked at" in line), ended)
        return Result(name, self.name, Verdict(passed, reason, f"{output}\n" if output else "", 0.0))


def host_test_step(test: HostTest, tools: tuple[Tool, ...]) -> Step:
    """Run a test's program; any file in its folder may be read by it."""
    folder, _, name = test.program.rpartition("/")
    return Step(
        label=("TEST", f"{test.name}  host"),
        argv=(BUILT_IN, TOOL, OUT, json.dumps(test)),
        out_dir=folder,
        outputs=(f"{name}.{RESULT}", f"{name}.{DEP_INFO}"),
        inputs=(test.program,),
        tools=tools,
        dep_info=DepInfo(f"{name}.{DEP_INFO}", "script"),
    )


def parse_test(text: str) -> HostTest:
    """Read a test that a Step's command names."""
    name, program, folder, env, sysroot, host = json.loads(text)
    return HostTest(name, program, folder, tuple((key, value) for key, value in env), sysroot, host)


def run_env(test: HostTest, scratch: str) -> dict[str, str]:
    """Give the environment of the program: ``scratch`` is a folder for its temporary files."""
    libraries = (f"{test.sysroot}/lib", f"{test.sysroot}/lib/rustlib/{test.host}/lib")
    return {
        "LC_ALL": "C.UTF-8",
        "PATH": "/usr/bin:/bin",
        "LD_LIBRARY_PATH": ":".join(libraries),
        "TMPDIR": scratch,
        **dict(test.env),
    }


def run_files(test: HostTest, run: HostTestRun) -> dict[str, str]:
    """Give the text of each file that stands for a run, by name."""
    name = test.program.rpartition("/")[2]
    return {
        f"{name}.{RESULT}": json.dumps(run, indent=1) + "\n",
        f"{name}.{DEP_INFO}": format_dep_info(f"{name}.{RESULT}", (f"{test.folder}/.",), ()),
    }


def parse_run(text: str) -> HostTestRun:
    """Read what ``run_files`` wrote of a run."""
    return HostTestRun(*json.loads(text))
