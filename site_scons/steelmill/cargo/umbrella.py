"""The umbrella: the crate in which the packages of an image meet, to be the one staticlib that a C linker takes.

Two staticlibs in one link clash, each with its own copy of core (https://github.com/rust-lang/rust/issues/44322).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from steelmill.cargo.lto import program_lto
from steelmill.cargo.unit_argv import profile_argv, unit_codegen
from steelmill.cargo.unit_plan import UnitPlan, is_linkable, unit_rustflags
from steelmill.cargo.unit_script import manifest_paths, search_paths
from steelmill.cc.compile import TOP
from steelmill.errors import InputError
from steelmill.rustc.target import common_argv
from steelmill.step import OUT, DepInfo, Step

_EDITION = "2021"


class _Root(NamedTuple):
    """A library that was asked for."""

    plan: UnitPlan
    unit: int
    name: str
    """What the umbrella calls it."""


def umbrella_text(plans: Sequence[UnitPlan]) -> str:
    """Write the crate root: it names the libraries that were asked for, and nothing else."""
    return "#![no_std]\n" + "".join(f"extern crate {root.name};\n" for root in _roots(plans))


def umbrella_step(plans: Sequence[UnitPlan], name: str, source: str, out_dir: str) -> Step:
    """Compile the crate root at ``source`` to ``out_dir/libNAME.a``, in the profile of the first library.

    Raises InputError where several libraries meet and one is none that another crate can name.
    """
    roots = _roots(plans)
    setting, first = plans[0].setting, plans[0].unit(roots[0].unit)
    linked = {
        plan.folder(index): plan.library(index, plan.crate_name(index))
        for plan, root, _ in roots
        for index in (root, *plan.linkable(root))
    }
    searches = tuple(dict.fromkeys(path for plan, root, _ in roots for path in search_paths(plan, root)))
    outputs = (f"lib{name}.a", f"{name}.d")
    return Step(
        label=("RUSTC", f"{name}  {setting.target.name}"),
        argv=(
            setting.toolchain.rustc,
            f"--crate-name={name}",
            f"--edition={_EDITION}",
            source,
            "--crate-type=staticlib",
            *common_argv(setting.toolchain, setting.target, unit_codegen(plans[0], roots[0].unit)),
            f"--remap-path-prefix={TOP}=.",
            *(("-Zbinary-dep-depinfo=yes",) if "binary-dep-depinfo" in setting.toolchain.unstable else ()),
            *program_lto(first).argv(),
            *profile_argv(first),
            f"-Cmetadata={name}",
            *setting.sysroot.extern(),
            *(word for folder in linked for word in ("-L", f"dependency={folder}")),
            *(word for plan, root, own in roots for word in plan.library(root, own).extern()),
            *unit_rustflags(setting, first),
            *(f"@{path}" for path in searches),
            f"--emit=link={OUT}/{outputs[0]},dep-info={OUT}/{outputs[1]}",
        ),
        out_dir=out_dir,
        outputs=outputs,
        inputs=(
            source,
            setting.target.spec_path,
            *setting.sysroot.inputs,
            *(path for library in linked.values() for path in library.paths),
            *searches,
            *dict.fromkeys(path for plan, root, _ in roots for path in manifest_paths(plan, root, linked=True)),
        ),
        env=setting.toolchain.env,
        tools=(setting.toolchain.compiler,),
        dep_info=DepInfo(outputs[1], "rustc"),
        covered=tuple(dict.fromkeys(plan.out_dir(run) for plan, root, _ in roots for run in plan.linked_runs(root))),
    )


def _roots(plans: Sequence[UnitPlan]) -> tuple[_Root, ...]:
    """List the libraries, each under a name of its own: two packages may call theirs the same."""
    found: dict[str, _Root] = {}
    for plan in plans:
        for index in plan.graph.roots:
            name = plan.crate_name(index)
            if name in found:
                name = f"{name}_{plan.ids[index].files}"
            found[name] = _Root(plan, index, name)
    for plan, index, name in found.values():
        types = plan.unit(index).target.crate_types
        if len(found) > 1 and not is_linkable(plan.unit(index)):
            raise InputError(
                f"{name} makes a {' and a '.join(types)}, and several packages meet in one image as rlibs",
                place=plan.place(plan.package(index).manifest_path),
                remedy='add "lib" to crate-type',
            )
    return tuple(found.values())
