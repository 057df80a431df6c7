"""StepRun: one run of a Step, into a folder of its own, from which finished outputs move to their place.

A command may announce outputs while it still runs (``Step.early``): they move at once, so that what reads only them
starts early, and the rest follows.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rust_firmware import built_in
from rust_firmware.console import format_command, run_argv
from rust_firmware.program_run import program_environment
from rust_firmware.session import Session
from rust_firmware.shared_cache import SharedCache
from steelmill.errors import StepFailed
from steelmill.rustc.dep_info import relocatable_dep_info
from steelmill.step import BUILT_IN, OUT, Step

if TYPE_CHECKING:
    from steelmill.hints.facts import Facts

FindFacts = Callable[[str], "Facts"]
"""Takes the folder of what a failed command wrote; gives what explanations may ask for."""


class StepRun:
    """The run of one Step in one session; it starts when its first output is asked for."""

    def __init__(self, session: Session, step: Step, find_facts: FindFacts | None = None) -> None:
        self._session = session
        self._step = step
        self._part = f"{step.out_dir}/.{step.outputs[0]}.part"
        self._cache = SharedCache(session.cache_dir) if step.shared else None
        self._find_facts = find_facts
        self._key = self._claim = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._output: list[str] = []
        self._ready: set[str] = set()
        self._moved: set[str] = set()
        self.started = False
        self.planned = False
        """A dry run has shown it."""

    def start(self, inputs: Mapping[str, str]) -> None:
        """Fetch the outputs from the shared cache or start the command; ``inputs`` maps paths to their digests."""
        step = self._step
        lock = self._session.tools_lock()
        self.started = True
        self._session.journal.note(step.target_paths)
        shutil.rmtree(self._part, ignore_errors=True)
        os.makedirs(self._part)
        if step.early:
            # nobody may ask for the other outputs
            self._session.running.add(self)
        if self._cache:
            self._key = self._cache.key(step, {path: inputs[path] for path in step.inputs})
            if self._fetch(self._cache):
                self._cache = None
                self._ready.update(step.outputs)
                return
        if step.argv[0] == BUILT_IN:
            _, tool, *words = step.argv
            words = [word.replace(OUT, self._part) for word in words]
            if tool in built_in.STARTERS:
                self._output.append(built_in.STARTERS[tool](words, lock))
            else:
                built_in.TOOLS[tool](words)
            self._keep_words()
            self._ready.update(step.outputs)
        else:
            self._process = self._start_process([word.replace(OUT, self._part) for word in run_argv(step)], lock)

    def _fetch(self, cache: SharedCache) -> bool:
        """Fetch the outputs, those that another build makes now too; False where they are to be made here."""
        if cache.fetch(self._key, self._step, self._part):
            return True
        session, claim, name = self._session, cache.claim_path(self._key), " ".join(self._step.label)

        def say(process: str) -> None:
            session.console.block(f"{name}: waiting for another build{process}, which makes the same")

        if session.claims.take(claim, say, session.interrupts.arrived):
            self._claim = claim
        elif session.interrupts.arrived():
            raise StepFailed(f"{name}: interrupted", remedy="build again")
        if not cache.fetch(self._key, self._step, self._part):
            return False
        self._release()
        return True

    def wait_for(self, outputs: tuple[str, ...]) -> None:
        """Wait until these outputs are whole; raise StepFailed where the command failed or did not write one."""
        while self._process and not self._ready.issuperset(outputs):
            line = self._process.stdout.readline() if self._process.stdout else b""
            if line:
                self._read(line.decode(errors="replace"))
            else:
                self._end_process(self._process)
        for name in outputs:
            if name not in self._moved and not os.path.exists(f"{self._part}/{name}"):
                raise StepFailed(
                    f"{' '.join(self._step.label)}: the command ended well but did not write {name}",
                    details=[("command", format_command(self._step))],
                    remedy="look at the command's options; scons verbose=1 shows all commands",
                )

    def fail(self) -> None:
        """Leave nothing of a run that failed: SCons still knows the signatures of the outputs before it."""
        self.clean_up()
        for name in self._moved:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(f"{self._step.out_dir}/{name}")

    def move(self, outputs: tuple[str, ...]) -> bool:
        """Move outputs to their place; True when they were the last ones."""
        for name in outputs:
            source = f"{self._part}/{name}"
            if self._step.dep_info and name == self._step.dep_info.output:
                _make_relative(source, self._session.tree.top)
            if self._process:
                # rustc reads its metadata again when it makes the rlib
                source = _second_name(source)
            os.replace(source, f"{self._step.out_dir}/{name}")
            self._moved.add(name)
        if self._process or not self._moved.issuperset(set(self._step.outputs) - set(self._step.early)):
            return False
        if self._cache and self._moved.issuperset(self._step.outputs):
            self._cache.store(self._key, self._step, self._step.out_dir)
        self.clean_up()
        self._session.console.block(self._words())
        return True

    def clean_up(self) -> None:
        """End a command that still runs and remove what it was writing."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
        self._session.running.discard(self)
        self._release()
        shutil.rmtree(self._part, ignore_errors=True)

    def _release(self) -> None:
        if self._claim:
            self._session.claims.release(self._claim)
            self._claim = ""

    def _start_process(self, argv: list[str], lock: int) -> subprocess.Popen[bytes]:
        try:
            process = subprocess.Popen(
                argv,
                env=program_environment(self._step.env, self._step.env_files, self._part),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(lock,),
            )
        except OSError as error:
            raise StepFailed(
                f"cannot run it: {error.strerror}", place=argv[0], remedy="install it, or name another one"
            ) from None
        except ValueError:
            raise StepFailed(
                f"{' '.join(self._step.label)}: an argument or a variable of the command holds a NUL character",
                remedy="take it out of the flags, the defines or the environment",
            ) from None
        return process

    def _end_process(self, process: subprocess.Popen[bytes]) -> None:
        status = process.wait()
        if process.stdout:
            process.stdout.close()
        self._process = None
        output = "".join(self._output)
        if status or any(words in output for words in self._step.refuse):
            # a null build does not pay for the tables
            from steelmill.hints.explain import explain_output

            raise explain_output(self._step, format_command(self._step), status, output, *self._facts())
        self._keep_words()
        if self._step.finish:
            tool, *words = self._step.finish
            built_in.TOOLS[tool]([word.replace(OUT, self._part) for word in words])
        self._ready.update(self._step.outputs)

    def _keep_words(self) -> None:
        if self._step.transcript:
            with open(f"{self._part}/{self._step.transcript}", "w", encoding="utf-8", newline="\n") as file:
                file.write("".join(self._output))

    def _words(self) -> str:
        """Give what a command said that ended well, with what is known about it."""
        output = "".join(self._output)
        if not output:
            return ""
        from steelmill.hints.explain import explain_warnings

        return output + explain_warnings(self._step, output, *self._facts())

    def _facts(self) -> tuple[Facts, ...]:
        return (self._find_facts(self._part),) if self._find_facts else ()

    def _read(self, line: str) -> None:
        """Take a line of the command's output; with early outputs it is JSON (``rustc --error-format=json``)."""
        text = line.replace(f"{self._part}/", f"{self._step.out_dir}/")
        if not self._step.early:
            self._output.append(text)
            return
        try:
            message = json.loads(line)
        except ValueError:
            self._output.append(text)
            return
        name = os.path.basename(message.get("artifact", ""))
        if name in self._step.early:
            self._ready.add(name)
        elif message.get("rendered"):
            self._output.append(message["rendered"].replace(f"{self._part}/", f"{self._step.out_dir}/"))


def _second_name(path: str) -> str:
    other = f"{path}.early"
    try:
        os.link(path, other)
    except OSError:
        # a file system without hard links
        shutil.copyfile(path, other)
    return other


def _make_relative(path: str, top: str) -> None:
    """Let a list of what was read hold where the tree moves to."""
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(relocatable_dep_info(text, top))
