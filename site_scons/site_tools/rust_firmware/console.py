"""The console: one line a step, whole blocks for what failed, a summary at the end."""

from __future__ import annotations

import os
import shlex
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

import SCons.Node
import SCons.Node.FS
import SCons.Script

from rust_firmware import compat
from steelmill.step import OUT, Step


class Console:
    """What a build shows; safe to call from SCons's worker threads."""

    def __init__(self, *, verbose: bool, explain: bool) -> None:
        self.explain = explain
        self.before_build: list[Callable[[], None]] = []
        """Called once when all SConscripts are read and the first node is looked at."""
        self._verbose = verbose
        self._writing = threading.Lock()
        self._counting = threading.Lock()
        self._steps: dict[Any, Step] = {}
        self._reachable: set[Any] | None = None
        self._seen: set[Any] = set()
        self._started = 0
        if getattr(sys.stdout, "errors", "") == "strict":
            # a path may have letters that the terminal has not
            sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # SCons wraps it
        SCons.Script.Progress(self._visit)

    def register(self, node: Any, step: Step) -> None:
        """Count ``node``, the first output of ``step``, unless the Step is not shown."""
        if self._shows(step):
            self._steps[node] = step

    def line(self, step: Step) -> str:
        """Format the line of a Step that starts now, ``[ 7/31] RUSTC core  x86_64-unknown-none``; empty if quiet."""
        if not self._shows(step):
            return ""
        with self._counting:
            if self._reachable is None:
                # with nothing asked for and no Default(), SCons builds all below the top folder
                roots = SCons.Script.BUILD_TARGETS or [SCons.Node.FS.get_default_fs().Top]
                self._reachable = _reachable_from(roots, self._steps)
            self._started += 1
            started, total, seen = self._started, len(self._reachable), tuple(self._seen)
        current = sum(node.get_state() == SCons.Node.up_to_date for node in seen)
        position = min(started + current, total)
        text = f"[{position:>{len(str(total))}}/{total}] {' '.join(step.label)}"
        return f"{text}\n{format_command(step, environment=True)}" if self._verbose else text

    def detail(self, text: Callable[[], str]) -> None:
        """Print under ``verbose=1``, before the first step, what was decided."""
        if self._verbose:
            self.before_build.append(lambda: self.block(text()))

    def block(self, text: str, *, error: bool = False) -> None:
        """Print lines that stay together; nothing but errors under ``-s``."""
        if not text or (compat.is_quiet() and not error):
            return
        with self._writing:
            stream = sys.stderr if error else sys.stdout
            try:
                sys.stdout.flush()
                stream.write(text if text.endswith("\n") else f"{text}\n")
                stream.flush()
            except BrokenPipeError:
                # the reader has gone, as in `scons | head`: the build goes on without it
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

    def _shows(self, step: Step) -> bool:
        return not step.quiet or self._verbose or self.explain

    def _visit(self, node: Any) -> None:
        while self.before_build:
            self.before_build.pop()()
        if node in self._steps:
            with self._counting:
                self._seen.add(node)


def format_command(step: Step, *, environment: bool = False) -> str:
    """Format the command so that a shell takes it, with its environment or without."""
    variables = [f"{name}={value}" for name, value in step.env] if environment else []
    return shlex.join(word.replace(OUT, step.out_dir) for word in (*variables, *run_argv(step)))


def run_argv(step: Step) -> tuple[str, ...]:
    """Give the command as it runs, with the arguments that are no part of the signature."""
    return (step.argv[0], *step.unsigned_argv, *step.argv[1:])


def _reachable_from(roots: Iterable[Any], steps: dict[Any, Step]) -> set[Any]:
    nodes: list[Any] = []
    for root in roots:
        found: Any = root if not isinstance(root, str) else _lookup(root)
        nodes.extend(found if isinstance(found, list) else [found])
    return _closure(nodes, compat.direct_children) & steps.keys()


def _lookup(name: str) -> list[Any]:
    env = SCons.Script.DefaultEnvironment()
    return list(env.arg2nodes(name, env.fs.Entry, lookup_list=env.lookup_list))


def _closure(nodes: list[Any], children: Callable[[Any], list[Any]]) -> set[Any]:
    seen: set[Any] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting.extend(children(node))
    return seen
