"""Running build scripts: in their package's folder, with a complete environment and an OUT_DIR that starts empty."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping

from rust_firmware.discovery import WHOLE_PACKAGE
from rust_firmware.folder_files import file_digest
from rust_firmware.program_run import run_program
from steelmill.cargo.build_script import BuildScriptOutput, parse_build_script
from steelmill.cargo.out_dir import FolderFile, format_manifest
from steelmill.cargo.script_run import (
    Rerun,
    ScriptRun,
    hide_top,
    parse_pairs,
    parse_request,
    rerun_of,
    run_env,
    run_files,
)
from steelmill.cargo.unit_env import dependency_env
from steelmill.cargo.unit_script import DEP_INFO, MANIFEST
from steelmill.errors import StepFailed
from steelmill.rustc.dep_info import format_dep_info

_RUNS = 3
"""Names of variables may come up only after others were given."""


def run_script(folder: str, request: str, lock: int) -> str:
    """Run what ``request`` says and leave in ``folder`` the files that stand for it; give the script's warnings.

    The script sees those of the user's variables that it has named by rerun-if-env-changed. Which those are is known
    when it has run; where one of them is set, it runs once more. Raises StepFailed where the script fails.
    """
    run = parse_request(request)
    given: dict[str, str] = {}
    for _ in range(_RUNS):
        output = _run(run, given, lock)
        rerun = rerun_of(run, output)
        wanted = _wanted(run, rerun)
        if wanted == given:
            break
        given = wanted
    for name, text in run_files(run, output).items():
        _write(f"{folder}/{name}", text)
    _write(f"{folder}/{MANIFEST}", format_manifest(folder_files(run.out_dir)))
    paths = (*rerun.paths, *((f"{run.folder}{WHOLE_PACKAGE}",) if rerun.whole_package else ()))
    _write(f"{folder}/{DEP_INFO}", format_dep_info(MANIFEST, paths, rerun.variables))
    return "".join(f"warning: {run.package.name}: {text}\n" for text in output.warnings if not run.immutable)


def _wanted(run: ScriptRun, rerun: Rerun) -> dict[str, str]:
    """Pick the user's variables that the script has named; what the build itself says holds more."""
    own = {name for name, _ in run.env}
    return {name: os.environ[name] for name in rerun.variables if name in os.environ and name not in own}


def _run(run: ScriptRun, given: Mapping[str, str], lock: int) -> BuildScriptOutput:
    top = os.getcwd()
    shutil.rmtree(run.out_dir, ignore_errors=True)
    os.makedirs(run.out_dir)
    if run.override is not None:
        return parse_build_script(hide_top(run.override.encode(), top), run.package)
    seen = [pair for links, path in run.dependencies for pair in dependency_env(links, _pairs(path))]
    env = {**given, **run_env(run, seen, top=top, jobs=os.cpu_count() or 1)}
    done = run_program([os.path.join(top, run.program)], env, lock, cwd=run.folder, stderr=subprocess.PIPE)
    if done.returncode:
        raise _failure(run, done)
    return parse_build_script(hide_top(done.stdout, top), run.package)


def _failure(run: ScriptRun, done: subprocess.CompletedProcess[bytes]) -> StepFailed:
    ended = f"exit status {done.returncode}" if done.returncode > 0 else f"signal {-done.returncode}"
    rows = [
        (name, line)
        for name, data in (("stdout", done.stdout), ("stderr", done.stderr))
        for line in data.decode(errors="replace").splitlines()
        # what it had to tell the build is not why it failed
        if not (name == "stdout" and line.startswith("cargo:"))
    ]
    return StepFailed(
        f"the build script of {run.package.name} failed: {ended}",
        place=run.package.script,
        details=rows,
        remedy="mend what it names",
    )


def _pairs(path: str) -> tuple[tuple[str, str], ...]:
    with open(path, encoding="utf-8") as file:
        return parse_pairs(file.read(), path)


def folder_files(folder: str) -> Iterator[FolderFile]:
    """List all files below a folder with their digests."""
    for parent, folders, names in os.walk(folder):
        links = [name for name in folders if os.path.islink(f"{parent}/{name}")]
        for name in (*names, *links):
            path = f"{parent}/{name}"
            yield FolderFile(os.path.relpath(path, folder), _digest(path))


def _digest(path: str) -> str:
    if os.path.islink(path):
        return hashlib.sha256(os.fsencode(os.readlink(path))).hexdigest()
    return file_digest(path)


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        file.write(text)
