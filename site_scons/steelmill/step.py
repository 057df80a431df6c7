"""Step: one command of the build, complete enough to run anywhere.

A Step names everything its command reads and everything it writes, so it is at the same time a SCons action and a
remote-execution Action (Remote Execution API v2, ``build.bazel.remote.execution.v2.Action``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal, NamedTuple

OUT = "\0out"
"""Stands in ``argv`` and ``env`` for the folder the outputs are written to; no argument of a user can hold a NUL."""

BUILT_IN = "steelmill"
"""As ``argv[0]``: the command is one of Steelmill's own tools and runs in this process."""

_SCHEMA = 1


class Tool(NamedTuple):
    """A program, or what stands behind it, that shapes the outputs of a Step."""

    name: str
    """How people call it, with its version: ``rustc 1.96.0``."""
    identity: str
    """Digest of all that can change its output: version, binaries, libraries."""


class DepInfo(NamedTuple):
    """The file in which the command itself lists what it read."""

    output: str
    """Its name in the Step's ``outputs``."""
    form: Literal["rustc", "make", "script"]
    """``rustc``: rustc's ``.d`` with ``# env-dep`` lines. ``make``: gcc ``-MD``, ld ``--dependency-file``. ``script``:
    as rustc's, of a build script, whose folders stand for all in them and whose variables are the user's."""


@dataclass(frozen=True)
class Step:
    """One command: what it runs, with what environment, from which inputs to which outputs.

    Paths are relative to the project's top folder, which is the working directory, or absolute for files outside it.
    """

    label: tuple[str, str]
    """What is shown while it runs: the tool in capitals and its subject, ``("RUSTC", "core")``."""
    argv: tuple[str, ...]
    """Program and arguments; no shell. ``OUT`` stands for ``out_dir``."""
    out_dir: str
    """The folder of all outputs."""
    outputs: tuple[str, ...]
    """File names in ``out_dir``; the first one names the Step."""
    inputs: tuple[str, ...] = ()
    """Paths of declared input files."""
    env: tuple[tuple[str, str], ...] = ()
    """The complete environment of the command, sorted by name."""
    env_files: tuple[str, ...] = ()
    """Paths, among ``inputs``, of JSON objects whose variables join ``env`` when the command runs."""
    tools: tuple[Tool, ...] = ()
    dep_info: DepInfo | None = None
    unsigned_argv: tuple[str, ...] = ()
    """Arguments put after ``argv[0]`` that are known not to change a byte of the outputs (thread counts)."""
    early: tuple[str, ...] = ()
    """Outputs that the command announces, in rustc's JSON, before it ends; what reads only these can start then."""
    covered: tuple[str, ...] = ()
    """Folders for whose files an input stands (OUT_DIR and its manifest): none of them is a dependency of its own."""
    folders: tuple[str, ...] = ()
    """Folders that the command fills besides its outputs, one of which stands for what is in them."""
    transcript: str = ""
    """Name, among ``outputs``, of the file that keeps what the command said; empty where it is only shown."""
    order_only: tuple[str, ...] = ()
    """Paths of files that must be up to date first but are not read."""
    finish: tuple[str, ...] = ()
    """One of Steelmill's own tools with its arguments: it makes the last outputs of what a command left in ``OUT``."""
    refuse: tuple[str, ...] = ()
    """Words on standard error that make the Step fail although the command's exit status is 0."""
    shared: bool = False
    """True where inputs, argv and tools are the whole truth, so that the outputs may be kept in the shared cache."""
    quiet: bool = False
    """True where its line says nothing that people wait for: it is shown by ``verbose=1`` and ``why=1`` alone."""

    @property
    def target_paths(self) -> tuple[str, ...]:
        """The outputs as paths, in the order of ``outputs``."""
        return tuple(f"{self.out_dir}/{name}" for name in self.outputs)

    def signature(self) -> str:
        """Serialise what, besides the inputs and tools, decides the bytes of the outputs."""
        return json.dumps(
            {
                "schema": _SCHEMA,
                "argv": self.argv,
                "env": self.env,
                "outputs": self.outputs,
                **({"env_files": self.env_files} if self.env_files else {}),
                **({"finish": self.finish} if self.finish else {}),
            },
            ensure_ascii=True,
        )


def write_step(text: str, path: str, label: tuple[str, str]) -> Step:
    """Write ``text``, known when the SConscripts are read, to ``path``."""
    folder, _, name = path.rpartition("/")
    return Step(label=label, argv=(BUILT_IN, "write", f"{OUT}/{name}", text), out_dir=folder or ".", outputs=(name,))
