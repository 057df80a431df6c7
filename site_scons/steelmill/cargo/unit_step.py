"""The Steps of units: rustc for each crate, and the run of each build script."""

from __future__ import annotations

from steelmill.cargo.script_run import format_request, run_request
from steelmill.cargo.unit_argv import (
    early_metadata,
    needs_objects,
    outputs,
    readable,
    sysroot_extern,
    unit_argv,
)
from steelmill.cargo.unit_doc import documented_unit
from steelmill.cargo.unit_env import unit_env
from steelmill.cargo.unit_plan import UnitPlan, is_program
from steelmill.cargo.unit_script import (
    DEP_INFO,
    manifest_paths,
    own_arguments_path,
    own_env_path,
    run_outputs,
    search_paths,
)
from steelmill.rustc.documentation import documentation_step
from steelmill.rustc.library import early_outputs
from steelmill.rustc.linter import TRANSCRIPT
from steelmill.step import BUILT_IN, OUT, DepInfo, Step, Tool

RUN_TOOL = "build-script"
"""The built-in tool that runs a build script: ``FOLDER REQUEST``, the latter in JSON."""


def unit_step(plan: UnitPlan, index: int) -> Step:
    """Give the Step of a unit."""
    if plan.unit(index).runs_build_script:
        return _run_step(plan, index)
    rustdoc, step = plan.setting.rustdoc, _rustc_step(plan, index)
    if rustdoc and plan.unit(index).is_documented:
        return documentation_step(documented_unit(plan, index, rustdoc), step, rustdoc)
    return step


def _rustc_step(plan: UnitPlan, index: int) -> Step:
    setting, unit, package = plan.setting, plan.unit(index), plan.package(index)
    names = tuple(name for _, name in outputs(plan, index))
    script_files = (own_arguments_path(plan, index), own_env_path(plan, index))
    own_env = own_env_path(plan, index)
    links_target = is_program(unit) and unit.platform is not None
    linter = plan.linter(index)
    # what is said of a local crate is told again where nothing changed
    transcript = TRANSCRIPT if unit.is_checked and package.is_local else ""
    return Step(
        label=("CLIPPY" if linter else "CHECK" if unit.is_checked else "RUSTC", _label(plan, index)),
        argv=unit_argv(plan, index),
        out_dir=plan.folder(index),
        outputs=(*names, *((transcript,) if transcript else ())),
        early=_early(plan, index, names),
        inputs=(
            *((plan.place(unit.target.src_path),) if package.is_local else ()),
            *plan.assertions(index).sources,
            *((setting.target.spec_path,) if unit.platform is not None else ()),
            *(path for library in sysroot_extern(plan, index) for path in library.paths),
            *(path for other in plan.linkable(index) for path in readable(plan, index, other, "").paths),
            *(path for path in script_files if path),
            *search_paths(plan, index),
            *manifest_paths(plan, index, linked=needs_objects(unit)),
            *(setting.link.inputs if links_target else ()),
            *(linter.settings(package.folder) if linter else ()),
        ),
        env=unit_env(plan, index),
        env_files=(own_env,) if own_env else (),
        covered=tuple(plan.out_dir(run) for run in plan.linked_runs(index)),
        tools=(
            setting.toolchain.compiler,
            *((linter.tool,) if linter else ()),
            *_link_tools(plan, index),
            *_source(plan, index),
        ),
        # an immutable package is one value: none of its files is looked at again
        dep_info=DepInfo(names[-1], "rustc") if package.is_local else None,
        transcript=transcript,
        order_only=setting.generated if plan.may_include(index) else (),
    )


def _early(plan: UnitPlan, index: int, names: tuple[str, ...]) -> tuple[str, ...]:
    """Pick what is finished early: the metadata, and with it what tells of which files it was made."""
    if not early_metadata(plan, index):
        return ()
    return (*early_outputs(names), *(names[-1:] if plan.package(index).is_local else ()))


def _run_step(plan: UnitPlan, run: int) -> Step:
    request = run_request(plan, run)
    return Step(
        label=("RUN", f"build script of {_label(plan, run)}"),
        argv=(BUILT_IN, RUN_TOOL, OUT, format_request(request)),
        out_dir=plan.folder(run),
        outputs=run_outputs(plan, run),
        inputs=(*((request.program,) if request.program else ()), *(path for _, path in request.dependencies)),
        tools=(plan.setting.toolchain.compiler, *_source(plan, run)),
        dep_info=DepInfo(DEP_INFO, "script"),
        covered=(request.out_dir,),
    )


def _label(plan: UnitPlan, index: int) -> str:
    unit, package = plan.unit(index), plan.package(index)
    if unit.is_test:
        which = f"/{unit.target.name}" if unit.target.kind == ("test",) else ""
        return f"tests{which} of {package.name} {package.version}  host"
    binary = f" bin {unit.target.name}" if unit.target.kind == ("bin",) and unit.target.name != package.name else ""
    return f"{package.name} {package.version}{binary}  {plan.setting.target.name if unit.platform else 'host'}"


def _link_tools(plan: UnitPlan, index: int) -> tuple[Tool, ...]:
    unit = plan.unit(index)
    if unit.platform is None:
        return (plan.setting.host.linker_tool,) if needs_objects(unit) else ()
    return plan.setting.link.tools if is_program(unit) else ()


def _source(plan: UnitPlan, index: int) -> tuple[Tool, ...]:
    """Let the checksum of the lock file stand for the files of an immutable package."""
    package = plan.package(index)
    checksum = plan.setting.checksums.get(package.id)
    return (Tool(f"{package.name} {package.version}", checksum),) if checksum else ()
