"""ScriptRun: the run of one build script, from what it is given to the files that stand for what it said.

The edge starts the program; what goes in and what comes out is decided here.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from steelmill.cargo.build_script import BuildScriptOutput, LinkArg, ScriptPackage
from steelmill.cargo.unit_env import script_env
from steelmill.cargo.unit_plan import UnitPlan
from steelmill.cargo.unit_script import ENV, METADATA, PROGRAM_KINDS, SEARCH, SEARCH_OUTSIDE, arguments_name, consumers
from steelmill.cc.compile import TOP
from steelmill.errors import ToolchainError

_SEARCH_KINDS = ("native", "crate", "dependency", "framework", "all")
"""What may stand before ``=`` in rustc's ``-L``."""


class Consumer(NamedTuple):
    """A target of the script's package, compiled after the run."""

    kind: str
    name: str
    links: bool
    """True where it takes the script's libraries: a library, or a program of a package that has no library."""


class ScriptRun(NamedTuple):
    """A run, complete but for what other runs say. Paths are relative to the top folder, or absolute outside it."""

    package: ScriptPackage
    program: str
    """Empty where the configuration says what it would print."""
    folder: str
    """The package's folder, in which the script runs."""
    out_dir: str
    """OUT_DIR; empty when the script starts."""
    env: tuple[tuple[str, str], ...]
    dependencies: tuple[tuple[str, str], ...]
    """``links`` and metadata file of each run whose metadata the script sees."""
    consumers: tuple[Consumer, ...]
    immutable: bool
    """True where a checksum stands for the package's files."""
    override: str | None
    """What the configuration says in the place of the script, which then does not run."""


class Rerun(NamedTuple):
    """What, when it changes, lets the script run again."""

    whole_package: bool
    """True where the script named no file: any file of the package counts."""
    paths: tuple[str, ...]
    """Files, and folders with all below them."""
    variables: tuple[str, ...]


def run_request(plan: UnitPlan, run: int) -> ScriptRun:
    """Give the run that a unit stands for."""
    unit, package = plan.unit(run), plan.package(run)
    targets = tuple((kind, target.name) for target in package.targets for kind in target.kind)
    has_library = any(kind not in PROGRAM_KINDS for kind, _ in targets)
    others = [edge.index for edge in unit.dependencies if plan.unit(edge.index).runs_build_script]
    # cargo leaves the script out of the graph where the configuration speaks for it
    programs = [edge.index for edge in unit.dependencies if plan.unit(edge.index).is_build_script]
    dependencies = {plan.package(other).links or "": f"{plan.folder(other)}/{METADATA}" for other in others}
    return ScriptRun(
        package=ScriptPackage(
            name=f"{package.name} {package.version}",
            script=plan.place(unit.target.src_path),
            targets=targets,
            rust_version=package.rust_version or "",
        ),
        program=f"{plan.folder(programs[0])}/{unit.target.name}" if programs else "",
        folder=plan.place(package.folder),
        out_dir=plan.out_dir(run),
        env=script_env(plan, run),
        dependencies=tuple((links, path) for links, path in sorted(dependencies.items()) if links),
        consumers=tuple(
            Consumer(target.kind[0], target.name, links=target.kind[0] not in PROGRAM_KINDS or not has_library)
            for target in consumers(package)
        ),
        immutable=not package.is_local,
        override=None if programs else plan.override(run),
    )


def format_request(request: ScriptRun) -> str:
    """Write a run as JSON, for the command of a Step."""
    return json.dumps(request, ensure_ascii=True)


def parse_request(text: str) -> ScriptRun:
    """Read what ``format_request`` wrote."""
    package, program, folder, out_dir, env, dependencies, users, immutable, override = json.loads(text)
    name, script, targets, rust_version = package
    return ScriptRun(
        ScriptPackage(name, script, _pairs(targets), rust_version),
        program,
        folder,
        out_dir,
        _pairs(env),
        _pairs(dependencies),
        tuple(Consumer(*user) for user in users),
        immutable,
        override,
    )


def run_env(request: ScriptRun, dependency_env: Iterable[tuple[str, str]], *, top: str, jobs: int) -> dict[str, str]:
    """Give the environment for the process: with real paths, since what a script starts may run in another folder."""
    pairs = {**dict(request.env), **dict(dependency_env), "NUM_JOBS": str(jobs)}
    return {name: value.replace(TOP, top) for name, value in pairs.items()}


def hide_top(stdout: bytes, top: str) -> bytes:
    """Name the top folder in what a script printed as crates see it, so that no path of the machine is kept."""
    return re.sub(re.escape(top.encode()) + rb"(?![\w.-])", TOP.encode(), stdout)


def run_files(request: ScriptRun, output: BuildScriptOutput) -> Mapping[str, str]:
    """Give the text of each file that says what the script said, by name; of printed text with the top folder hidden.

    Beside them the run leaves the manifest of OUT_DIR and the dep-info.
    """
    inside, outside = _search(request, output)
    return {
        ENV: _format_pairs(dict(output.env)),
        METADATA: _format_pairs(dict(output.metadata)),
        SEARCH: _format_arguments(inside),
        SEARCH_OUTSIDE: _format_arguments(outside),
        **{arguments_name(one.kind, one.name): _format_arguments(_own(one, output)) for one in request.consumers},
    }


def parse_pairs(text: str, place: str) -> tuple[tuple[str, str], ...]:
    """Read the file of variables or metadata that a run left at ``place``."""
    try:
        return tuple((str(name), str(value)) for name, value in json.loads(text).items())
    except (ValueError, AttributeError):
        raise ToolchainError("not what the build wrote", place=place, remedy="remove it; it is built again") from None


def rerun_of(request: ScriptRun, output: BuildScriptOutput) -> Rerun:
    """Tell what the script wants to run again for, and never for what it wrote itself.

    Unlike under cargo, a script that names variables alone still runs again for any file of its package.
    """
    named = [_from_package(request, path) for path in output.rerun_if_changed]
    kept = (
        path
        for path in named
        if not _is_below(path, request.out_dir) and not (request.immutable and _is_below(path, request.folder))
    )
    return Rerun(
        # the cc crate names variables alone, and cargo then misses the headers
        whole_package=not output.rerun_if_changed and not request.immutable and request.override is None,
        paths=tuple(dict.fromkeys(kept)),
        variables=tuple(dict.fromkeys(output.rerun_if_env_changed)),
    )


def _search(request: ScriptRun, output: BuildScriptOutput) -> tuple[list[str], list[str]]:
    """Split the ``-L`` options: what the script made is found before what the machine has."""
    sides: tuple[list[str], list[str]] = ([], [])
    for path in map(_for_rustc, output.link_search):
        kind, separator, rest = path.partition("=")
        folder = rest if separator and kind in _SEARCH_KINDS else path
        sides[not _is_below(folder, request.out_dir)].extend(("-L", path))
    return sides


def _own(consumer: Consumer, output: BuildScriptOutput) -> list[str]:
    """Give what rustc is told for one target of the package, in cargo's order."""
    words = [word for name in output.link_libs if consumer.links for word in ("-l", name)]
    words += [f"-Clink-arg={arg.argument}" for arg in output.link_args if _applies(arg, consumer)]
    words += [word for cfg in output.cfgs for word in ("--cfg", cfg)]
    words += [word for check in output.check_cfgs for word in ("--check-cfg", check)]
    return [_for_rustc(word) for word in words]


def _applies(arg: LinkArg, consumer: Consumer) -> bool:
    return arg.applies_to in ("all", consumer.kind) and arg.target in ("", consumer.name)


def _for_rustc(word: str) -> str:
    """Spell paths below the top folder relative to it: there rustc and the linker run."""
    return re.sub(rf"{TOP}(/|$)", lambda match: "" if match[1] else ".", word)


def _from_package(request: ScriptRun, path: str) -> str:
    below_top = f"{path}/".startswith(f"{TOP}/")
    return posixpath.normpath(_for_rustc(path) if below_top else posixpath.join(request.folder, path))


def _is_below(path: str, folder: str) -> bool:
    return f"{path}/".startswith(f"{folder}/")


def _format_arguments(words: Iterable[str]) -> str:
    """Write an argument file of rustc: one argument a line, nothing quoted."""
    return "".join(f"{word}\n" for word in words)


def _format_pairs(pairs: Mapping[str, str]) -> str:
    return json.dumps(pairs, indent=1, sort_keys=True) + "\n"


def _pairs(rows: Iterable[Iterable[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in rows)
