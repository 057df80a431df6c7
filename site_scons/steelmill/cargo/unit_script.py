"""What the run of a build script leaves in its folder, and which of its files each unit reads.

The names are known when the SConscripts are read; what is in the files only the script knows. So the graph is static,
and a run that says what it said before rebuilds nothing.
"""

from __future__ import annotations

from steelmill.cargo.metadata import Package
from steelmill.cargo.unit_graph import Target
from steelmill.cargo.unit_plan import UnitPlan

MANIFEST = "out.sha256"
"""Stands for OUT_DIR."""
ENV = "env.json"
"""``rustc-env``: what joins the environment of rustc."""
METADATA = "metadata.json"
"""What the build scripts of dependents see as ``DEP_*``."""
SEARCH = "search.args"
"""``-L`` of folders in OUT_DIR, for the package's units and all that link them."""
SEARCH_OUTSIDE = "search-outside.args"
"""``-L`` of other folders: they come after those of every script."""
PROGRAM_KINDS = ("bin", "example", "test", "bench", "custom-build")
"""Kinds of targets that are no library."""
DEP_INFO = "run.d"
"""Which files, when they change, let the script run again."""


def arguments_name(kind: str, target: str) -> str:
    """Name the argument file for one target of the script's package: cfgs, libraries, linker arguments."""
    return f"{kind}-{target}.args"


def consumers(package: Package) -> tuple[Target, ...]:
    """List the targets that may be compiled after the script of their package has run, by this image or by another.

    Of a package from elsewhere that is the library alone.
    """
    return tuple(
        target
        for target in package.targets
        if "custom-build" not in target.kind and (package.is_local or target.kind[0] not in PROGRAM_KINDS)
    )


def run_outputs(plan: UnitPlan, run: int) -> tuple[str, ...]:
    """List the files of a run, the one that names it first."""
    names = (arguments_name(target.kind[0], target.name) for target in consumers(plan.package(run)))
    return (MANIFEST, ENV, METADATA, SEARCH, SEARCH_OUTSIDE, *dict.fromkeys(names), DEP_INFO)


def own_arguments_path(plan: UnitPlan, index: int) -> str | None:
    """Give the argument file that the script of a unit's own package writes for it."""
    run = plan.own_run(index)
    target = plan.unit(index).target
    return None if run is None else f"{plan.folder(run)}/{arguments_name(target.kind[0], target.name)}"


def own_env_path(plan: UnitPlan, index: int) -> str | None:
    """Give the file of variables that the script of a unit's own package writes."""
    run = plan.own_run(index)
    return None if run is None else f"{plan.folder(run)}/{ENV}"


def search_paths(plan: UnitPlan, index: int) -> tuple[str, ...]:
    """Give the argument files with ``-L`` of all scripts that a unit links: OUT_DIRs before what lies outside."""
    runs = plan.linked_runs(index)
    return tuple(f"{plan.folder(run)}/{name}" for name in (SEARCH, SEARCH_OUTSIDE) for run in runs)


def script_arguments(plan: UnitPlan, index: int) -> tuple[str, ...]:
    """Give all argument files that build scripts write for a unit, in the order in which rustc takes them."""
    own = own_arguments_path(plan, index)
    return (*search_paths(plan, index), *((own,) if own else ()))


def manifest_paths(plan: UnitPlan, index: int, *, linked: bool) -> tuple[str, ...]:
    """Give what stands for the OUT_DIRs that a unit may read: its own; where it links, those of its libraries too."""
    own = plan.own_run(index)
    runs = plan.linked_runs(index) if linked else () if own is None else (own,)
    return tuple(f"{plan.folder(run)}/{MANIFEST}" for run in runs)
