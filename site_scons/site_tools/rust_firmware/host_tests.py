"""test-host: what came of the tests that run on this machine."""

from __future__ import annotations

import os
from typing import Any

from rust_firmware.session import BUILD_DIR, Session
from rust_firmware.tree import file_node
from rust_firmware.verb_action import VerbAction
from rust_firmware.whole_file import write_whole
from steelmill.step import Step

VERB = "test-host"
JUNIT = f"{BUILD_DIR}/test-host/junit.xml"


class HostTests:
    """The programs that test crates, each run where something that it reads has changed or it failed."""

    def __init__(self, session: Session, env: Any) -> None:
        self._session = session
        self._env = env
        self._results: dict[str, None] = {}

    def add(self, steps: tuple[Step, ...]) -> None:
        """Put runs under the verb."""
        if not steps:
            return
        if not self._results:
            self._env.Alias(VERB, [], VerbAction(self._session, self._report))
        paths = [step.target_paths[0] for step in steps]
        self._results.update(dict.fromkeys(paths))
        self._env.AlwaysBuild(self._env.Alias(VERB, [file_node(path) for path in paths]))

    def _report(self) -> str | None:
        """Write JUnit XML, print what failed and one line; give what failed."""
        from steelmill.run.host_test import parse_run
        from steelmill.run.junit import format_junit

        runs = {path: parse_run(_read(path)) for path in self._results}
        results = [result for run in runs.values() for result in run.results()]
        write_whole(JUNIT, format_junit(results, VERB))
        for path, run in runs.items():
            if not run.passed:
                self._session.console.block(f"{run.name}\n{run.output}", error=True)
                # it is run again, also where nothing changed
                os.unlink(path)
        failed = [result for result in results if not result.verdict.passed]
        self._session.console.block(f"{len(results) - len(failed)} passed, {len(failed)} failed; {JUNIT}")
        if not failed:
            return None
        names = ", ".join(f"{result.target} {result.firmware}" for result in failed)
        return f"{len(failed)} of {len(results)} tests failed: {names}"


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()
