"""The umbrella: the crate in which the packages of an image meet, to be the one staticlib that a C linker takes.

Two staticlibs in one link clash, each with its own copy of core (https://github.com/rust-lang/rust/issues/44322).
"""

from __future__ import annotations

from steelmill.cargo.lto import program_lto
from steelmill.cargo.unit_argv import profile_argv, unit_codegen
from steelmill.cargo.unit_plan import UnitPlan, unit_rustflags
from steelmill.cargo.unit_script import manifest_paths, search_paths
from steelmill.cc.compile import TOP
from steelmill.rustc.target import common_argv
from steelmill.step import OUT, DepInfo, Step

_EDITION = "2021"


def umbrella_text(plan: UnitPlan) -> str:
    """Write the crate root: it names the libraries that were asked for, and nothing else."""
    return "#![no_std]\n" + "".join(f"extern crate {plan.crate_name(root)};\n" for root in plan.graph.roots)


def umbrella_step(plan: UnitPlan, name: str, source: str, out_dir: str) -> Step:
    """Compile the crate root at ``source`` to ``out_dir/libNAME.a``, in the profile of the first library."""
    setting, roots = plan.setting, plan.graph.roots
    first = plan.unit(roots[0])
    linked = tuple(dict.fromkeys(index for root in roots for index in (root, *plan.linkable(root))))
    libraries = {index: plan.library(index, plan.crate_name(index)) for index in linked}
    searches = tuple(dict.fromkeys(path for root in roots for path in search_paths(plan, root)))
    outputs = (f"lib{name}.a", f"{name}.d")
    return Step(
        label=("RUSTC", f"{name}  {setting.target.name}"),
        argv=(
            setting.toolchain.rustc,
            f"--crate-name={name}",
            f"--edition={_EDITION}",
            source,
            "--crate-type=staticlib",
            *common_argv(setting.toolchain, setting.target, unit_codegen(plan, roots[0])),
            f"--remap-path-prefix={TOP}=.",
            *(("-Zbinary-dep-depinfo=yes",) if "binary-dep-depinfo" in setting.toolchain.unstable else ()),
            *program_lto(first).argv(),
            *profile_argv(first),
            f"-Cmetadata={name}",
            *setting.sysroot.extern(),
            *(word for index in linked for word in ("-L", f"dependency={plan.folder(index)}")),
            *(word for root in roots for word in libraries[root].extern()),
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
            *(path for library in libraries.values() for path in library.paths),
            *searches,
            *dict.fromkeys(path for root in roots for path in manifest_paths(plan, root, linked=True)),
        ),
        env=setting.toolchain.env,
        tools=(setting.toolchain.compiler,),
        dep_info=DepInfo(outputs[1], "rustc"),
        covered=tuple(plan.out_dir(run) for root in roots for run in plan.linked_runs(root)),
    )
