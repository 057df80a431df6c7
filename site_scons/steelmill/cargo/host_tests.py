"""The tests of packages as units for the host: what ``cargo test`` would compile, and how each program is run."""

from __future__ import annotations

from collections.abc import Iterable

from steelmill.cargo.unit_env import unit_env
from steelmill.cargo.unit_graph import Unit, UnitDependency, UnitGraph, reach
from steelmill.cargo.unit_plan import UnitPlan
from steelmill.cc.compile import TOP
from steelmill.run.host_test import HostTest
from steelmill.step import OUT

_RUN_VARIABLES = ("CARGO", "CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH")
"""What a test sees, besides ``CARGO_PKG_*``, of the variables that its compiler saw."""


def tests_for_host(graph: UnitGraph, host: str) -> UnitGraph:
    """Make of the graph of ``cargo test --target HOST`` one for the host alone.

    The binaries that integration tests may start are left out: those of a firmware are none for the host.
    """

    def edges(unit: Unit) -> tuple[UnitDependency, ...]:
        programs = [edge for edge in unit.dependencies if graph.units[edge.index].target.kind == ("bin",)]
        return tuple(edge for edge in unit.dependencies if edge not in programs)

    return graph._replace(
        units=tuple(
            unit._replace(
                platform=None if unit.platform == host else unit.platform,
                dependencies=edges(unit) if unit.is_test else unit.dependencies,
            )
            for unit in graph.units
        )
    )


def needed_units(graph: UnitGraph, wanted: Iterable[int]) -> frozenset[int]:
    """Give the units that these are made from, and them."""
    roots = tuple(wanted)
    return frozenset((*roots, *reach(roots, lambda index: (edge.index for edge in graph.units[index].dependencies))))


def host_test(plan: UnitPlan, index: int) -> HostTest:
    """Say how the program of a test is run."""
    unit, package = plan.unit(index), plan.package(index)
    env = unit_env(plan, index)
    which = f" tests/{unit.target.name}" if unit.target.kind == ("test",) else ""
    return HostTest(
        name=f"{package.name} {package.version}{which}",
        program=f"{plan.folder(index)}/{plan.file_stem(index)}",
        folder=plan.place(package.folder),
        env=tuple(
            (name, value)
            for name, value in env
            if (name in _RUN_VARIABLES or name.startswith("CARGO_PKG_")) and OUT not in value and TOP not in value
        ),
        sysroot=plan.setting.toolchain.sysroot,
        host=plan.setting.toolchain.version.host,
    )
