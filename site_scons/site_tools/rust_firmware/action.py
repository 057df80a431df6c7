"""StepAction: the one action that runs every Step."""

from __future__ import annotations

from typing import Any

import SCons.Errors
import SCons.Script

from rust_firmware import compat
from rust_firmware.discovery import Discovery
from rust_firmware.record import explain, write_record
from rust_firmware.session import Session
from rust_firmware.step_run import StepRun
from steelmill.errors import InputError, SteelmillError
from steelmill.step import Step


class StepAction(compat.Action):  # type: ignore[misc] # SCons has no type information
    """Bring some or all outputs of a Step up to date: whole or not at all, with the tool's words as one block."""

    def __init__(
        self, session: Session, step: Step, run: StepRun, outputs: tuple[str, ...], discovery: Discovery
    ) -> None:
        super().__init__()
        self._session = session
        self._step = step
        self._run = run
        self._outputs = outputs
        self._discovery = discovery

    def get_presig(self, target: object, source: object, env: object, executor: object = None) -> bytes:
        """Give what SCons signs: the Step, not this class."""
        return self._step.signature().encode(errors="surrogateescape")

    def get_implicit_deps(self, target: object, source: object, env: object, executor: object = None) -> list[Any]:
        """Give no further dependency: tools are nodes of their own."""
        return []

    def strfunction(self, target: object, source: object, env: object, executor: object = None) -> str | None:
        """Give the line of a dry run, one for all outputs; a real one prints its own."""
        if not compat.changes_nothing() or self._run.planned:
            return None
        self._run.planned = True
        return self._session.console.line(self._step)

    def execute(self, target: list[Any], source: object, env: object, executor: Any = None) -> object:
        """Run the Step; give 0, or an error that SCons reports."""
        nodes = executor.get_all_targets() if executor else target
        try:
            self._update(nodes)
        except (SteelmillError, OSError) as error:
            self._run.fail()
            # tools that Ctrl-C ended have not refused anything, and SCons says itself that it was interrupted
            if not self._session.interrupts.arrived():
                self._session.console.block(str(_as_message(error)), error=True)
            return SCons.Errors.BuildError(
                node=nodes, errstr=f"{' '.join(self._step.label)} failed", status=1, action=self
            )
        return 0

    def _update(self, target: list[Any]) -> None:
        if not self._run.started:
            inputs = self._inputs(target[0])
            self._announce(inputs)
            self._run.start(inputs)
        # one job at a time: nothing may run on beside the next Step
        alone = int(SCons.Script.GetOption("num_jobs")) == 1
        self._run.wait_for(self._step.outputs if alone else self._outputs)
        last = self._run.move(self._outputs)
        self._session.built += 1
        for node in target:
            node.clear_memoized_values()
        dependencies = self._discovery.dependencies()
        if dependencies:
            for node in target:
                compat.replace_implicit(node, dependencies)
        if last:
            write_record(self._step, self._inputs(target[0]), self._discovery.scanned)

    def _inputs(self, node: Any) -> dict[str, str]:
        """Give every file it depends on with its content signature; tools stand in the Step itself."""
        others = {tool.name for tool in self._step.tools} | {*self._step.target_paths, self._discovery.listing_name}
        children = ((compat.describe(child), child) for child in node.children())
        return {name: child.get_csig() for name, child in children if name not in others}

    def _announce(self, inputs: dict[str, str]) -> None:
        session, step = self._session, self._step
        lines = [session.console.line(step)]
        if session.console.explain:
            interrupted = not session.journal.unfinished.isdisjoint(step.target_paths)
            reasons = explain(step, inputs, self._discovery.scanned, interrupted=interrupted)
            lines += [f"    because {reason}" for reason in reasons]
        session.console.block("\n".join(lines))


def _as_message(error: SteelmillError | OSError) -> SteelmillError:
    if isinstance(error, SteelmillError):
        return error
    return InputError(
        error.strerror or str(error),
        place=error.filename,
        remedy="make room or give access there, then build again: nothing is half-written",
    )
