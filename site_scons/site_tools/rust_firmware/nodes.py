"""Nodes: how Steps enter SCons's graph."""

from __future__ import annotations

import dataclasses
from typing import Any

import SCons.Environment
import SCons.Script

from rust_firmware.action import StepAction
from rust_firmware.discovery import Discovery, Scan
from rust_firmware.session import Session
from rust_firmware.step_run import FindFacts, StepRun
from rust_firmware.tree import file_node
from steelmill.errors import InputError
from steelmill.step import Step


class Graph:
    """The Steps of this run; a Step that several images share is added once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._env = SCons.Environment.Environment(tools=[], SCANNERS=[], BUILDERS={})
        self._steps: dict[str, tuple[Step, list[Any]]] = {}

    def add(self, step: Step, scan: Scan | None = None, facts: FindFacts | None = None) -> list[Any]:
        """Add a Step; give the nodes of its outputs.

        ``scan`` finds what its sources name; ``facts`` gives what explanations of a failure may ask for.
        """
        first = step.target_paths[0]
        if first in self._steps:
            known, nodes = self._steps[first]
            # what changes no byte may differ
            if dataclasses.replace(known, unsigned_argv=step.unsigned_argv) != step:
                raise InputError(
                    "two different commands would write it", place=first, remedy="give one of the two another name"
                )
            return nodes
        discovery = Discovery(self._session, self._env, step, scan)
        run = StepRun(self._session, step, facts)
        late = tuple(name for name in step.outputs if name not in step.early)
        early_nodes, late_nodes = (
            self._add_outputs(step, StepAction(self._session, step, run, names, discovery), names, discovery)
            for names in (step.early, late)
        )
        self._env.Depends(late_nodes, early_nodes)
        nodes = [*early_nodes, *late_nodes]
        for tool in step.tools:
            self._env.Depends(nodes, self._env.Value(tool.identity, name=tool.name))
        if step.order_only:
            self._env.Requires(nodes, [file_node(path) for path in step.order_only])
        self._session.console.register(nodes[0], step)
        self._steps[first] = (step, nodes)
        return nodes

    def _add_outputs(self, step: Step, action: StepAction, names: tuple[str, ...], discovery: Discovery) -> list[Any]:
        if not names:
            return []
        return list(
            self._env.Command(
                [file_node(f"{step.out_dir}/{name}") for name in names],
                [file_node(path) for path in step.inputs],
                action,
                target_scanner=discovery.scanner(),
            )
        )
