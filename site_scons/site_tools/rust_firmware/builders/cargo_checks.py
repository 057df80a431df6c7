"""Checking the crates of Cargo packages: the units of ``cargo check``, in a graph of their own."""

from __future__ import annotations

from dataclasses import replace

from rust_firmware.builders.cargo import CargoPackages, add_units, plan_request
from rust_firmware.target_build import TargetBuild
from steelmill.cargo.request import CHECK
from steelmill.cargo.unit_plan import CargoSetting
from steelmill.rustc.linter import Linter
from steelmill.step import Step


def add_package_checks(build: TargetBuild, packages: CargoPackages, linter: Linter | None) -> tuple[Step, ...]:
    """Add the check of an image's packages, on the sysroot of the image; give the Steps of their local crates."""

    def adapt(setting: CargoSetting) -> CargoSetting:
        # metadata that no code was generated for is of no use to the crates of an image
        return replace(setting, out_dir=f"{build.out_dir}/check", linter=linter)

    plans = plan_request(build, packages, CHECK, adapt)
    return tuple(step for plan in plans for step in add_units(build, plan) if step.transcript)
