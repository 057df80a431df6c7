"""run and check: booting images in QEMU, by the verbs of that name."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

from rust_firmware.session import BUILD_DIR, Session
from rust_firmware.target_build import TargetBuild
from rust_firmware.tree import file_node
from rust_firmware.verb_action import VerbAction
from rust_firmware.whole_file import write_whole
from steelmill.firmware_toml.model import RunPart
from steelmill.run.verdict import Verdict

JUNIT = f"{BUILD_DIR}/check/junit.xml"


class _Boot(NamedTuple):
    """One image and how it is booted."""

    firmware: str
    target: str
    run: RunPart
    arch: str
    elf: str

    @property
    def name(self) -> str:
        """As it is reported: ``hello  x86_64-unknown-none``."""
        return f"{self.firmware}  {self.target}"


class Checks:
    """The images that can be booted, and what came of it."""

    def __init__(self, session: Session, env: Any) -> None:
        self._session = session
        self._env = env
        self._verdicts: dict[_Boot, Verdict | None] = {}

    def add(self, firmware: str, run: RunPart, build: TargetBuild, elf: str) -> None:
        """Put an image under ``run`` and ``check``."""
        env = self._env
        boot = _Boot(firmware, build.target.name, run, build.target.spec.arch, elf)
        node = file_node(elf)
        env.Alias("run", node, VerbAction(self._session, lambda: self._show(boot)))
        one = f"check {firmware} {build.target.name}"
        env.Alias(one, node, VerbAction(self._session, lambda: self._check(boot)))
        if not self._verdicts:
            env.Alias("check", [], VerbAction(self._session, self._report))
        env.Alias("check", one)
        # a verb is a request, not a product: it runs whenever it is given
        env.AlwaysBuild(env.Alias("run"), env.Alias("check"), env.Alias(one))
        self._verdicts[boot] = None

    def _show(self, boot: _Boot) -> str | None:
        """Boot with the output on the terminal; give what failed."""
        from rust_firmware.emulator import run_emulator
        from steelmill.run.qemu import qemu_argv
        from steelmill.run.verdict import judge

        argv = qemu_argv(boot.run, boot.arch, boot.elf)
        self._session.console.block(f"RUN {boot.name}")

        def echo(output: bytes) -> None:
            sys.stdout.buffer.write(output)
            sys.stdout.buffer.flush()

        status, output, seconds = run_emulator(argv, boot.run.timeout, echo, stop=self._session.interrupts.arrived)
        verdict = judge(boot.run, boot.arch, status, output.decode(errors="replace"), seconds)
        return None if verdict.passed else f"{boot.name}: {verdict.reason}"

    def _check(self, boot: _Boot) -> str | None:
        """Boot and judge; what came of it is told by the report."""
        from rust_firmware.emulator import run_emulator
        from steelmill.run.qemu import qemu_argv
        from steelmill.run.verdict import judge

        argv = qemu_argv(boot.run, boot.arch, boot.elf)
        self._session.console.block(f"CHECK {boot.name}")
        status, output, seconds = run_emulator(argv, boot.run.timeout, stop=self._session.interrupts.arrived)
        self._verdicts[boot] = judge(boot.run, boot.arch, status, output.decode(errors="replace"), seconds)
        return None

    def _report(self) -> str | None:
        """Write JUnit XML and print one line an image; give what failed."""
        from steelmill.run.junit import Result, format_junit

        done = {boot: verdict for boot, verdict in self._verdicts.items() if verdict is not None}
        results = [Result(boot.firmware, boot.target, verdict) for boot, verdict in done.items()]
        write_whole(JUNIT, format_junit(results))
        failed = {boot: verdict for boot, verdict in done.items() if not verdict.passed}
        for boot, verdict in done.items():
            word = "pass" if verdict.passed else "FAIL"
            self._session.console.block(f"{word}  {boot.name}  {verdict.seconds:.1f} s")
        for boot, verdict in failed.items():
            self._session.console.block(f"{boot.name}: {verdict.reason}\n{verdict.output}", error=True)
        self._session.console.block(f"{len(done) - len(failed)} passed, {len(failed)} failed; {JUNIT}")
        return (
            f"{len(failed)} of {len(done)} images failed: {', '.join(boot.name for boot in failed)}" if failed else None
        )
