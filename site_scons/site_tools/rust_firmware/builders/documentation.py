"""Documentation of an image's crates, and of what they use: one site for each image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rust_firmware.builders.rust import add_crate_step
from rust_firmware.rust_components import find_rustdoc
from rust_firmware.target_build import TargetBuild
from steelmill.rustc.crate import Crate, Setting, check_step, document_step
from steelmill.rustc.documentation import Rustdoc, Site, site_step
from steelmill.rustc.library import Library
from steelmill.step import Step

if TYPE_CHECKING:
    from rust_firmware.builders.cargo import CargoPackages


def add_site(build: TargetBuild, steps: Sequence[Step], out_dir: str, rustdoc: Rustdoc) -> Step:
    """Join what was made of crates into ``out_dir/doc``."""
    pages = tuple(step.folders[0] for step in steps)
    site = Site(rustdoc.program, build.rust.env, pages, f"{out_dir}/doc")
    step = site_step(site, f"{out_dir}/doc", tuple(step.target_paths[0] for step in steps), rustdoc)
    build.graph.add(step)
    return step


def add_package_documentation(build: TargetBuild, packages: CargoPackages, rustdoc: Rustdoc) -> tuple[Step, ...]:
    """Add the documentation of packages and of all that they use; give its Steps."""
    from rust_firmware.builders.cargo import add_units, plan_request
    from steelmill.cargo.request import DOC
    from steelmill.cargo.unit_plan import CargoSetting

    def adapt(setting: CargoSetting) -> CargoSetting:
        return replace(setting, out_dir=f"{build.out_dir}/check", rustdoc=rustdoc)

    plans = plan_request(build, packages, DOC, adapt)
    # a documented crate is the folder of its pages
    return tuple(step for plan in plans for step in add_units(build, plan) if step.folders)


class DocumentedCrates:
    """The crates of images that no package holds."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[Library, dict[str, Step]]] = {}
        """By the path of what a crate is for the target: its metadata, and the documentation of it and what it uses."""

    def add(
        self, build: TargetBuild, setting: Setting, crate: Crate, made: str, dependencies: tuple[Library, ...]
    ) -> tuple[Step, ...]:
        """Add a crate, which ``made`` is for the target; give the Steps of its documentation and what it uses."""
        own = replace(setting, out_dir=f"{setting.out_dir}/check")
        used = [self._made[library.paths[0]] for library in dependencies]
        libraries = tuple(library for library, _ in used)
        below = {name: step for _, steps in used for name, step in steps.items()}
        checked = check_step(own, crate, libraries, "rlib" if made.endswith(".rlib") else "staticlib")
        add_crate_step(build, checked, crate)
        step = document_step(own, crate, libraries, checked, tuple(sorted(below)), find_rustdoc(build))
        add_crate_step(build, step, crate)
        below[crate.name] = step
        self._made[made] = Library(crate.name, checked.target_paths[:1]), below
        return tuple(below.values())
