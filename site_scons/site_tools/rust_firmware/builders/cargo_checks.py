"""Checking the crates of Cargo packages: the units of ``cargo check``, in a graph of their own."""

from __future__ import annotations

from dataclasses import replace

from rust_firmware.builders.cargo import CargoPackages, add_units, plan_packages, read_workspaces
from rust_firmware.cargo_graphs import AskedPackage, resolve_packages
from rust_firmware.target_build import TargetBuild
from steelmill.cargo.request import CHECK
from steelmill.cargo.unit_plan import CargoSetting, ProgramLink
from steelmill.cargo.unit_step import unit_step
from steelmill.rustc.linter import Linter
from steelmill.step import Step


def add_package_checks(
    build: TargetBuild,
    asked: tuple[AskedPackage, ...],
    rustflags: tuple[str, ...],
    packages: CargoPackages,
    linter: Linter | None,
) -> tuple[Step, ...]:
    """Add the check of an image's packages, on the sysroot of the image; give the Steps of their local crates."""
    graphs = resolve_packages(build, asked, rustflags, packages.library, CHECK)

    def adapt(setting: CargoSetting) -> CargoSetting:
        # metadata that no code was generated for is of no use to the crates of an image
        return replace(setting, out_dir=f"{build.out_dir}/check", linter=linter)

    plans = plan_packages(build, packages._replace(workspaces=read_workspaces(graphs)), ProgramLink(""), adapt)
    for plan in plans:
        add_units(build, plan)
    steps = (unit_step(plan, index) for plan in plans for index in range(len(plan.graph.units)))
    return tuple(step for step in steps if step.transcript)
