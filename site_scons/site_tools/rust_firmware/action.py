"""StepAction: the one action that runs every Step."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Any

import SCons.Errors

from rust_firmware import built_in, compat
from rust_firmware.console import format_command, run_argv
from rust_firmware.discovery import Discovery
from rust_firmware.record import explain, write_record
from rust_firmware.session import Session
from rust_firmware.shared_cache import SharedCache
from steelmill.errors import SteelmillError, StepFailed
from steelmill.hints import explain_output
from steelmill.step import BUILT_IN, OUT, Step


class StepAction:
    """Run a Step: no shell, outputs whole or not at all, the tool's words as one block where it fails."""

    def __init__(self, session: Session, step: Step, discovery: Discovery) -> None:
        self._session = session
        self._step = step
        self._discovery = discovery
        self._cache = SharedCache(session.cache_dir) if step.shared else None

    def get_contents(self, _target: object, _source: object, _env: object) -> bytes:
        """Give what SCons signs: the Step, not this class."""
        return self._step.signature().encode(errors="surrogateescape")

    def strfunction(self, _target: object, _source: object, _env: object) -> str | None:
        """Give the line of a dry run; a real one prints its own."""
        return self._session.console.line(self._step) if compat.changes_nothing() else None

    def __call__(self, target: list[Any], source: list[Any], env: Any) -> object:  # noqa: ARG002 - SCons's call
        """Run the Step; give 0, or an error that SCons reports."""
        try:
            self._run(target)
        except SteelmillError as error:
            self._session.console.block(str(error), error=True)
            return SCons.Errors.BuildError(node=target, errstr=f"{' '.join(self._step.label)} failed", status=1)
        except OSError as error:
            self._session.console.block(_describe(error), error=True)
            return SCons.Errors.BuildError(node=target, errstr=f"{' '.join(self._step.label)} failed", status=1)
        return 0

    def _run(self, target: list[Any]) -> None:
        step, session = self._step, self._session
        lock = session.tools_lock()
        inputs = self._inputs(target[0])
        self._announce(inputs)
        session.journal.note(step.target_paths)
        part = f"{step.out_dir}/.part/{step.outputs[0]}"
        shutil.rmtree(part, ignore_errors=True)
        os.makedirs(part)
        try:
            key = self._cache.key(step, {path: inputs[path] for path in step.inputs}) if self._cache else ""
            if not (self._cache and self._cache.fetch(key, step, part)):
                self._execute(part, lock)
                if self._cache:
                    self._cache.store(key, step, part)
            for name in step.outputs:
                os.replace(f"{part}/{name}", f"{step.out_dir}/{name}")
        finally:
            shutil.rmtree(part, ignore_errors=True)
            _remove_if_empty(os.path.dirname(part))
        session.built += 1
        for node in target:
            node.clear_memoized_values()
        dependencies = self._discovery.dependencies_after_build()
        if dependencies is not None:
            for node in target:
                compat.replace_implicit(node, dependencies)
            inputs = self._inputs(target[0])
        write_record(step, inputs)

    def _inputs(self, node: Any) -> dict[str, str]:
        """Give every dependency with its content signature; tools stand in the Step itself."""
        tools = {tool.name for tool in self._step.tools}
        children = ((compat.describe(child), child) for child in node.children())
        return {name: child.get_csig() for name, child in children if name not in tools}

    def _announce(self, inputs: dict[str, str]) -> None:
        session, step = self._session, self._step
        lines = [session.console.line(step)]
        if session.console.explain:
            interrupted = not session.journal.unfinished.isdisjoint(step.target_paths)
            lines += [f"    because {reason}" for reason in explain(step, inputs, interrupted=interrupted)]
        session.console.block("\n".join(lines))

    def _execute(self, part: str, lock: int) -> None:
        step = self._step
        argv = [word.replace(OUT, part) for word in run_argv(step)]
        if argv[0] == BUILT_IN:
            built_in.TOOLS[argv[1]](argv[2:])
            output = ""
        else:
            output = self._execute_process(argv, part, lock)
        for name in step.outputs:
            if not os.path.exists(f"{part}/{name}"):
                raise StepFailed(
                    f"{' '.join(step.label)}: the command ended well but did not write {name}",
                    details=[("command", format_command(step))],
                    remedy="look at the command's options; scons verbose=1 shows all commands",
                )
        self._session.console.block(output)

    def _execute_process(self, argv: list[str], part: str, lock: int) -> str:
        step = self._step
        try:
            done = subprocess.run(
                argv,
                env={name: value.replace(OUT, part) for name, value in step.env},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(lock,),
                check=False,
            )
        except OSError as error:
            raise StepFailed(
                f"cannot run it: {error.strerror}", place=argv[0], remedy="install it, or name another one"
            ) from None
        output = done.stdout.decode(errors="replace").replace(f"{part}/", f"{step.out_dir}/")
        refused = next((words for words in step.refuse if words in output), None)
        if done.returncode or refused:
            raise explain_output(step, format_command(step), done.returncode, output)
        return output


def _remove_if_empty(folder: str) -> None:
    try:
        os.rmdir(folder)
    except OSError:
        pass


def _describe(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror}\n  remedy   make room or give access there, then build again: nothing is half-written"
