"""UnitPlan: a unit graph with all that its commands need to know, and where each unit's files lie.

Every unit has a folder of its own, so that a run of rustc finds exactly the crates that belong to it: no file that an
earlier build left can be taken for one of this build's.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from steelmill.audit.layout.asserted import Assertions
from steelmill.cargo.lto import Lto, decide_lto
from steelmill.cargo.metadata import Metadata, Package
from steelmill.cargo.unit_graph import Unit, UnitGraph, reach
from steelmill.cargo.unit_id import UnitId, unit_ids
from steelmill.cc.compile import TOP
from steelmill.rustc.cfg import Cfg
from steelmill.rustc.documentation import Rustdoc
from steelmill.rustc.library import Library
from steelmill.rustc.linter import Linter
from steelmill.rustc.sysroot import Sysroot
from steelmill.rustc.target import Target
from steelmill.rustc.toolchain import RustToolchain
from steelmill.step import Tool


class Host(NamedTuple):
    """The machine that builds: what proc macros and build scripts are compiled for, with the toolchain's own std."""

    cfg: Cfg
    """Of ``rustc --print cfg`` without a target."""
    linker: str
    """Path of the C compiler that links for it."""
    linker_tool: Tool
    out_dir: str
    """Folder of the units for the host, which all targets share."""


class ProgramLink(NamedTuple):
    """How rustc links a binary for the target."""

    linker: str
    argv: tuple[str, ...] = ()
    """Further options of rustc: ``-Clinker-flavor=..``, ``-Clink-arg=..``."""
    inputs: tuple[str, ...] = ()
    """Paths that the link reads: scripts, objects."""
    tools: tuple[Tool, ...] = ()


class CcTools(NamedTuple):
    """The C toolchain of the target, for build scripts that compile C."""

    cc: str
    cflags: tuple[str, ...]
    ar: str


@dataclass(frozen=True)
class CargoSetting:
    """What all units of one package for one target have in common."""

    toolchain: RustToolchain
    cargo: str
    """Absolute path of cargo: what ``CARGO`` says."""
    top: str
    """Absolute path of the project's top folder, which the unit graph's paths start with."""
    target: Target
    tuple_name: str
    """What build scripts see as TARGET, whatever the user's file is called."""
    sysroot: Sysroot
    panic: str
    """``abort`` or ``immediate-abort``: what the sysroot is built with."""
    host: Host
    link: ProgramLink
    cc: CcTools | None
    """None where an image of Rust alone finds no C toolchain."""
    out_dir: str
    """Folder of the units for the target."""
    profile_root: str
    """What build scripts see as PROFILE: ``release`` or ``debug``, from which the profile inherits in the end."""
    rustflags: tuple[str, ...] = ()
    """RUSTFLAGS, or what the configuration says instead; for the target alone, since ``--target`` is given."""
    env: tuple[tuple[str, str], ...] = ()
    """``[env]`` of the configuration and what else the user gives to all commands."""
    local_env: tuple[tuple[str, str], ...] = ()
    """What the crates of local packages see besides, but for build scripts and proc macros: the paths of bindings."""
    generated: tuple[str, ...] = ()
    """Files that are to be there before those crates are compiled."""
    checksums: Mapping[str, str] = field(default_factory=dict)
    """Of immutable packages, by package id: the one value that stands for all their files."""
    lints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Options of the ``[lints]`` tables, by package id."""
    overrides: Mapping[str, str] = field(default_factory=dict)
    """By ``links``, what the configuration says for the target in the place of a build script, as one prints it."""
    host_overrides: Mapping[str, str] = field(default_factory=dict)
    """The same for the host."""
    asserted: Mapping[str, Assertions] = field(default_factory=dict)
    """What local crates of the target include to compare themselves with C headers, by the crate's name."""
    primary: frozenset[str] = frozenset()
    """Ids of the packages that the image asks for, in this graph and in others: what CARGO_PRIMARY_PACKAGE tells."""
    incremental: bool = False
    """Local crates are compiled incrementally where their profile says so."""
    rustdoc: Rustdoc | None = None
    """What documents crates, where some are documented."""
    linter: Linter | None = None
    """What checks local crates that are checked alone; None leaves it to rustc."""


@dataclass(frozen=True)
class UnitPlan:
    """The units of one graph, by their indexes."""

    setting: CargoSetting
    graph: UnitGraph
    packages: Mapping[str, Package]
    lto: tuple[Lto, ...]
    ids: tuple[UnitId, ...]

    def unit(self, index: int) -> Unit:
        """Give a unit."""
        return self.graph.units[index]

    def package(self, index: int) -> Package:
        """Give the package of a unit."""
        return self.packages[self.unit(index).pkg_id]

    def crate_name(self, index: int) -> str:
        """Give the name of a unit's crate."""
        return self.unit(index).crate_name

    def folder(self, index: int) -> str:
        """Give the folder of a unit's files."""
        unit, package = self.unit(index), self.package(index)
        base = self.setting.host.out_dir if unit.platform is None else self.setting.out_dir
        return f"{base}/crates/{package.name}-{self.ids[index].files}"

    def out_dir(self, run: int) -> str:
        """Give the OUT_DIR of a unit that runs a build script."""
        return f"{self.folder(run)}/out"

    def library(self, index: int, name: str) -> Library:
        """Give what a consumer names: the rlib and the metadata, or a proc macro's shared object."""
        unit, folder, stem = self.unit(index), self.folder(index), self.file_stem(index)
        if unit.is_proc_macro:
            return Library(name, (f"{folder}/lib{stem}{shared_suffix(self.setting.toolchain.version.host)}",))
        if unit.is_checked:
            return Library(name, (f"{folder}/lib{stem}.rmeta",))
        files = [f"{folder}/lib{stem}.rlib"]
        if "embed-metadata" in self.setting.toolchain.unstable:
            files.append(f"{folder}/lib{stem}.rmeta")
        return Library(name, tuple(files))

    def file_stem(self, index: int) -> str:
        """Give the name of a unit's files without prefix and suffix."""
        return f"{self.crate_name(index)}-{self.ids[index].files}"

    def linter(self, index: int) -> Linter | None:
        """Give what checks a unit in the place of rustc; None where nothing does."""
        return self.setting.linter if self.unit(index).is_checked and self.package(index).is_local else None

    def linkable(self, index: int) -> tuple[int, ...]:
        """List the library crates that rustc may read when it compiles a unit: its own and theirs, each once.

        What a proc macro was made of is in it.
        """
        return reach([index], lambda one: () if one != index and self.unit(one).is_proc_macro else self._libraries[one])

    def assertions(self, index: int) -> Assertions:
        """Give what a unit includes to compare itself with C headers."""
        known = self.setting.asserted if self.may_assert(index) else {}
        return known.get(self.crate_name(index), Assertions())

    def may_assert(self, index: int) -> bool:
        """Say whether a unit is a crate of the image whose sources may be edited."""
        unit = self.unit(index)
        return unit.platform is not None and not unit.runs_build_script and self.package(index).is_local

    def may_include(self, index: int) -> bool:
        """Say whether a unit sees generated bindings; of crates for the host, tests and what they test do."""
        return self.package(index).is_local and _is_crate(self.unit(index))

    def own_run(self, index: int) -> int | None:
        """Find the unit that runs the build script of a unit's package; None where there is none."""
        return self._own_runs[index]

    def override(self, run: int) -> str | None:
        """Give what the configuration says in the place of a build script; None where the script runs."""
        setting = self.setting
        overrides = setting.host_overrides if self.unit(run).platform is None else setting.overrides
        return overrides.get(self.package(run).links or "")

    def linked_runs(self, index: int) -> tuple[int, ...]:
        """List the build script runs whose libraries a unit may link: its own first, then those of its libraries."""
        if index not in self._linked_runs:
            found: dict[int, None] = {}
            seen: set[int] = set()

            def visit(unit: int) -> None:
                if unit in seen:
                    return
                seen.add(unit)
                run = self.own_run(unit)
                if run is not None:
                    found[run] = None
                for edge in sorted(self._libraries[unit], key=lambda one: self.package(one)[1:3]):
                    if not self.unit(edge).is_proc_macro:
                        visit(edge)

            visit(index)
            self._linked_runs[index] = tuple(found)
        return self._linked_runs[index]

    @cached_property
    def _libraries(self) -> tuple[tuple[int, ...], ...]:
        """List, for each unit, those that it depends on and whose crates others can use."""
        usable = [is_linkable(unit) for unit in self.graph.units]
        return tuple(tuple(one.index for one in unit.dependencies if usable[one.index]) for unit in self.graph.units)

    @cached_property
    def _own_runs(self) -> tuple[int | None, ...]:
        runs = [unit.runs_build_script for unit in self.graph.units]
        return tuple(
            None if runs[index] else next((one.index for one in unit.dependencies if runs[one.index]), None)
            for index, unit in enumerate(self.graph.units)
        )

    @cached_property
    def _linked_runs(self) -> dict[int, tuple[int, ...]]:
        """What ``linked_runs`` has found."""
        return {}

    def place(self, path: str) -> str:
        """Spell a path as the build does: relative to the top folder, or absolute outside it."""
        return posixpath.relpath(path, self.setting.top) if self._is_below_top(path) else path

    def seen_place(self, path: str) -> str:
        """Spell a path for a crate, which joins it to others and must find it absolute."""
        return posixpath.join(TOP, self.place(path))

    def _is_below_top(self, path: str) -> bool:
        return f"{path}/".startswith(f"{self.setting.top}/")


def plan_units(setting: CargoSetting, graph: UnitGraph, metadata: Metadata) -> UnitPlan:
    """Prepare the units of a graph."""
    lto = decide_lto(graph)
    version = setting.toolchain.version
    compiler = f"{version.release} {version.commit}"

    def platform(unit: Unit) -> str:
        return f"{compiler} {setting.target.name if unit.platform else version.host}"

    packages = {unit.pkg_id: metadata.package(unit.pkg_id) for unit in graph.units}

    def build(unit: Unit) -> tuple[str, ...]:
        seen = (setting.cargo, *(f"{name}={value}" for name, value in setting.env), str(unit.pkg_id in setting.primary))
        if setting.linter and unit.is_checked and packages[unit.pkg_id].is_local:
            seen = (*seen, setting.linter.program)
        if packages[unit.pkg_id].is_local and _is_crate(unit):
            seen = (*seen, *(f"{name}={value}" for name, value in setting.local_env))
        if unit.platform is None:
            return seen
        libraries = (library.name for library in setting.sysroot.libraries)
        link = setting.link
        if unit.runs_build_script:
            # all that it is told of the link: else what two images share would be built for each of them
            linked: tuple[str, ...] = (link.linker,)
        else:
            linked = (*link.argv, *link.inputs) if is_program(unit) else ()
        asserted = setting.asserted.get(unit.crate_name, Assertions())
        seen = (*seen, *(f"{name}={value}" for name, value in asserted.env))
        return (*seen, *unit_rustflags(setting, unit), setting.panic, setting.sysroot.folder, *libraries, *linked)

    ids = unit_ids(graph, lto, top=setting.top, platform=platform, build=build)
    return UnitPlan(setting, graph, packages, lto, ids)


def _is_crate(unit: Unit) -> bool:
    """Say whether a unit is neither a build script nor the run of one nor a proc macro."""
    return not (unit.runs_build_script or unit.is_build_script or unit.is_proc_macro)


def unit_rustflags(setting: CargoSetting, unit: Unit) -> tuple[str, ...]:
    """Give the user's flags for a unit: with ``--target`` they do not reach the host."""
    return setting.rustflags if unit.platform is not None else ()


def is_program(unit: Unit) -> bool:
    """Say whether rustc links the unit itself: a binary or a build script."""
    return unit.target.crate_types == ("bin",) and unit.mode in _COMPILED


def is_linkable(unit: Unit) -> bool:
    """Say whether other crates can use the unit's."""
    return not (unit.runs_build_script or unit.is_documented) and any(kind in _LINKABLE for kind in unit.target.kind)


_COMPILED = ("build", "run-custom-build")
_LINKABLE = ("lib", "rlib", "dylib", "proc-macro")


def shared_suffix(host: str) -> str:
    """Give the suffix of a shared object on a host."""
    return ".dylib" if "apple" in host else ".dll" if "windows" in host else ".so"
