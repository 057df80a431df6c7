"""Tests that run on the machine that builds: the programs of a Cargo package's tests, and those of other crates."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import replace

from rust_firmware.builders.cargo import (
    CargoPackages,
    add_units,
    find_host,
    plan_request,
    source_scan,
)
from rust_firmware.discovery import Found
from rust_firmware.target_build import TargetBuild
from steelmill.cargo.host_tests import host_test, needed_units, tests_for_host
from steelmill.cargo.request import request_tests
from steelmill.cargo.unit_plan import CargoSetting, UnitPlan
from steelmill.run.host_test import HostTest, host_test_step
from steelmill.rustc.cfg import parse_cfg
from steelmill.rustc.crate import Crate
from steelmill.rustc.host_crate import HostLibrary, HostSetting, host_library_step, host_program_step
from steelmill.rustc.library import Library
from steelmill.rustc.source_scan import resolve
from steelmill.rustc.test_scan import mentions_tests
from steelmill.step import Step

_FOLDER = "test"
"""Of all host tests, below the folder of what is made for the host."""


def add_package_tests(build: TargetBuild, packages: CargoPackages) -> tuple[Step, ...]:
    """Add the tests of the local packages that an image is made from; give the Steps that run them."""
    used = (unit.pkg_id for workspace in packages.workspaces for unit in workspace.graph.units)
    local = {one.id for workspace in packages.workspaces for one in workspace.metadata.packages if one.is_local}
    request = request_tests(tuple(dict.fromkeys(one for one in used if one in local)))

    def adapt(setting: CargoSetting) -> CargoSetting:
        return replace(setting, host=find_host(build, _FOLDER), profile_root="debug", incremental=True)

    plans = plan_request(build, packages, request, adapt, lambda graph: tests_for_host(graph, build.rust.version.host))
    return tuple(step for plan in plans for step in _add_tests(build, plan))


def _add_tests(build: TargetBuild, plan: UnitPlan) -> tuple[Step, ...]:
    wanted = [root for root in plan.graph.roots if _has_tests(build, plan, root)]
    needed = needed_units(plan.graph, wanted)
    add_units(build, plan, without=frozenset(range(len(plan.graph.units))) - needed)
    return tuple(_add_run(build, host_test(plan, index)) for index in wanted)


def _has_tests(build: TargetBuild, plan: UnitPlan, index: int) -> bool:
    if plan.unit(index).target.kind == ("test",):
        return True
    scan = source_scan(build, plan, index)
    return scan is not None and _mention_tests(build, scan().files)


def _mention_tests(build: TargetBuild, paths: Iterable[str]) -> bool:
    return any(mentions_tests(build.session.tree.read(path) or "") for path in paths if path.endswith(".rs"))


def _add_run(build: TargetBuild, test: HostTest) -> Step:
    step = host_test_step(test, (build.rust.compiler,))
    build.graph.add(step)
    return step


class HostCrates:
    """The crates of an image that no package holds, as this machine compiles them."""

    def __init__(self) -> None:
        self._libraries: dict[str, HostLibrary] = {}
        """By the path of what the crate is for the target."""

    def add(self, build: TargetBuild, crate: Crate, made: str, dependencies: tuple[Library, ...]) -> tuple[Step, ...]:
        """Add a crate, which ``made`` is for the target; give the Step that runs its tests, if it has some."""
        host = find_host(build, _FOLDER)
        setting = HostSetting(build.rust, host.linker, host.linker_tool, host.out_dir)
        cfg = host.cfg.with_options(parse_cfg("\n".join((*crate.cfg_values(), "test"))))
        used = tuple(self._libraries[library.paths[0]] for library in dependencies)

        def scan() -> Found:
            session = build.session
            found = resolve(crate.root, session.scans.rust, cfg, dict(crate.env), exists=session.tree.exists)
            return Found(found.files, found.unlisted)

        if made.endswith(".rlib"):
            step, self._libraries[made] = host_library_step(setting, crate, used)
            build.graph.add(step, scan)
        if not _mention_tests(build, scan().files):
            return ()
        program = host_program_step(setting, crate, used)
        build.graph.add(program, scan)
        folder = posixpath.dirname(crate.root)
        return (
            _add_run(
                build,
                HostTest(
                    name=crate.name,
                    program=program.target_paths[0],
                    folder=posixpath.dirname(folder) if posixpath.basename(folder) == "src" else folder,
                    env=(),
                    sysroot=build.rust.sysroot,
                    host=build.rust.version.host,
                ),
            ),
        )
