"""The documentation of a unit: what ``cargo doc`` would have rustdoc do."""

from __future__ import annotations

from collections.abc import Iterable

from steelmill.cargo.unit_argv import extern_argv, feature_argv
from steelmill.cargo.unit_env import unit_env
from steelmill.cargo.unit_graph import reach
from steelmill.cargo.unit_plan import UnitPlan
from steelmill.cargo.unit_script import own_env_path, script_arguments
from steelmill.rustc.documentation import PAGES, DocumentedCrate, Rustdoc, target_argv


def documented_unit(plan: UnitPlan, index: int, rustdoc: Rustdoc) -> DocumentedCrate:
    """Say how rustdoc is run for a unit."""
    setting, unit, package = plan.setting, plan.unit(index), plan.package(index)
    own_env = own_env_path(plan, index)
    argv = (
        rustdoc.program,
        f"--crate-name={plan.crate_name(index)}",
        f"--edition={unit.target.edition}",
        plan.place(unit.target.src_path),
        *(f"--crate-type={kind}" for kind in unit.target.crate_types),
        *(target_argv(setting.target.spec_path) if unit.platform is not None else ()),
        f"--crate-version={package.version}",
        *setting.lints.get(unit.pkg_id, ()),
        *feature_argv(plan, index),
        f"-Cmetadata={plan.ids[index].metadata}",
        *extern_argv(plan, index),
        *(("--cap-lints=allow",) if not package.is_local else ()),
        *(f"@{path}" for path in script_arguments(plan, index)),
    )
    return DocumentedCrate(
        name=plan.crate_name(index),
        argv=argv,
        env=unit_env(plan, index),
        env_files=(own_env,) if own_env else (),
        folder=f"{plan.folder(index)}/{PAGES}",
        linked=tuple(sorted(_documented_below(plan, index))),
    )


def _documented_below(plan: UnitPlan, index: int) -> set[str]:
    def documented(one: int) -> Iterable[int]:
        return (edge.index for edge in plan.unit(one).dependencies if plan.unit(edge.index).is_documented)

    return {plan.crate_name(one) for one in reach([index], documented)}
