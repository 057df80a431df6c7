"""The command line of rustc for a unit: what cargo would pass, for the target with the sysroot that Steelmill builds.

Follows cargo's ``core/compiler/mod.rs`` (``build_base_args``, ``build_deps_args``, ``add_native_deps``). Where options
differ on purpose, tests/images/test_cargo_agrees.py says so, with the reason.
"""

from __future__ import annotations

from steelmill.cargo.unit_graph import Unit, UnitDependency
from steelmill.cargo.unit_plan import UnitPlan, is_linkable, is_program, shared_suffix, unit_rustflags
from steelmill.cargo.unit_script import script_arguments
from steelmill.cc.compile import TOP
from steelmill.errors import InputError
from steelmill.rustc.codegen import Codegen
from steelmill.rustc.documentation import MANIFEST
from steelmill.rustc.incremental import incremental_argv
from steelmill.rustc.library import ANNOUNCE, Library
from steelmill.rustc.target import common_argv
from steelmill.step import OUT

_LIBRARY_TYPES = ("lib", "rlib")


def unit_argv(plan: UnitPlan, index: int) -> tuple[str, ...]:
    """Give program and arguments for a unit that compiles a crate."""
    setting, unit, linter = plan.setting, plan.unit(index), plan.linter(index)
    return (
        linter.program if linter else setting.toolchain.rustc,
        f"--crate-name={plan.crate_name(index)}",
        f"--edition={unit.target.edition}",
        plan.place(unit.target.src_path),
        *(("--test",) if unit.is_test else (f"--crate-type={kind}" for kind in unit.target.crate_types)),
        *(_host_argv(plan, index) if unit.platform is None else _target_argv(plan, index)),
        f"--remap-path-prefix={TOP}=.",
        *_package_remap(plan, index),
        *(("-Zbinary-dep-depinfo=yes",) if "binary-dep-depinfo" in setting.toolchain.unstable else ()),
        *(ANNOUNCE if early_metadata(plan, index) else ()),
        *plan.lto[index].argv(),
        *profile_argv(unit),
        *_incremental_argv(plan, index),
        *setting.lints.get(unit.pkg_id, ()),
        *unit.profile.rustflags,
        *feature_argv(plan, index),
        f"-Cmetadata={plan.ids[index].metadata}",
        f"-Cextra-filename=-{plan.ids[index].files}",
        *_link_argv(plan, index),
        *extern_argv(plan, index),
        *(("--cap-lints=allow",) if not plan.package(index).is_local else ()),
        *unit_rustflags(setting, unit),
        *_script_argv(plan, index),
        emit(plan, index),
    )


def needs_objects(unit: Unit) -> bool:
    """Say whether the unit takes the code of other crates in, and not their metadata alone."""
    if unit.mode != "build":
        return unit.is_test
    return not all(kind in _LIBRARY_TYPES for kind in unit.target.crate_types)


def early_metadata(plan: UnitPlan, index: int) -> bool:
    """Say whether others can start when the unit's metadata is written."""
    return "embed-metadata" in plan.setting.toolchain.unstable and _has_metadata(plan.unit(index))


def readable(plan: UnitPlan, index: int, dependency: int, name: str) -> Library:
    """Give what a unit reads of another: the metadata where that is enough, else all."""
    library = plan.library(dependency, name)
    return library if needs_objects(plan.unit(index)) else Library(name, library.paths[-1:])


def sysroot_extern(plan: UnitPlan, index: int) -> tuple[Library, ...]:
    """Give what a unit for the target reads of the sysroot; a unit for the host has the toolchain's own std."""
    if plan.unit(index).platform is None:
        return ()
    libraries = plan.setting.sysroot.libraries
    if needs_objects(plan.unit(index)):
        return libraries
    return tuple(Library(library.name, library.paths[-1:]) for library in libraries)


def outputs(plan: UnitPlan, index: int) -> tuple[tuple[str, str], ...]:
    """List the unit's files with rustc's kind of output: what ``--emit`` asks for; the dep-info comes last.

    Raises InputError where the package makes nothing that a target without an operating system can have.
    """
    unit, package, stem = plan.unit(index), plan.package(index), plan.file_stem(index)
    if unit.is_checked:
        return (("metadata", f"lib{stem}.rmeta"), ("dep-info", f"{stem}.d"))
    if unit.is_documented:
        return (("doc", MANIFEST),)
    if unit.is_test:
        return (("link", stem), ("dep-info", f"{stem}.d"))
    linked = dict.fromkeys(_linked_name(plan, index, kind) for kind in unit.target.crate_types)
    files = [("link", name) for name in linked if name]
    if not files:
        raise InputError(
            f"{package.name} makes a {' and a '.join(unit.target.crate_types)}; a firmware takes a lib or a staticlib",
            place=plan.place(package.manifest_path),
            remedy="add one of them to crate-type",
        )
    if early_metadata(plan, index):
        files.append(("metadata", f"lib{stem}.rmeta"))
    return (*files, ("dep-info", f"{unit.target.name if is_program(unit) else stem}.d"))


def emit(plan: UnitPlan, index: int) -> str:
    """Give ``--emit``: with the names, or without where several crate types share the kind ``link``."""
    files = outputs(plan, index)
    if len(plan.unit(index).target.crate_types) > 1 and plan.unit(index).mode == "build":
        return "--emit=" + ",".join(dict(files))
    return "--emit=" + ",".join(f"{kind}={OUT}/{name}" for kind, name in files)


def _linked_name(plan: UnitPlan, index: int, crate_type: str) -> str | None:
    """Name what rustc makes of a unit as one crate type; None for shared objects, but of the host."""
    unit, stem = plan.unit(index), plan.file_stem(index)
    if crate_type == "bin":
        return unit.target.name
    if crate_type == "staticlib":
        return f"lib{stem}.a"
    if crate_type in _LIBRARY_TYPES:
        return f"lib{stem}.rlib"
    return f"lib{stem}{shared_suffix(plan.setting.toolchain.version.host)}" if unit.platform is None else None


def _has_metadata(unit: Unit) -> bool:
    return unit.mode == "build" and any(kind in _LIBRARY_TYPES for kind in unit.target.crate_types)


def unit_codegen(plan: UnitPlan, index: int) -> Codegen:
    """Give the options that the profile of a unit asks for."""
    unit = plan.unit(index)
    profile = unit.profile
    return Codegen(
        opt_level=profile.opt_level,
        debug=profile.debuginfo,
        debug_assertions=profile.debug_assertions,
        overflow_checks=profile.overflow_checks,
        panic=profile.panic if unit.platform is None else plan.setting.panic,
        bitcode=plan.lto[index].bitcode,
    )


def _target_argv(plan: UnitPlan, index: int) -> tuple[str, ...]:
    return common_argv(plan.setting.toolchain, plan.setting.target, unit_codegen(plan, index))


def _host_argv(plan: UnitPlan, index: int) -> tuple[str, ...]:
    unit = plan.unit(index)
    return (
        *unit_codegen(plan, index).argv(),
        "-Zremap-cwd-prefix=.",
        *(("-Zembed-metadata=no",) if early_metadata(plan, index) else ()),
        *(("-Cprefer-dynamic",) if unit.is_proc_macro else ()),
        f"--out-dir={OUT}",
    )


def _package_remap(plan: UnitPlan, index: int) -> tuple[str, ...]:
    """Name a package outside the project by what it is and not by where this machine keeps it."""
    package = plan.package(index)
    if not plan.place(package.folder).startswith("/"):
        return ()
    return (f"--remap-path-prefix={package.folder}={package.name}-{package.version}",)


def profile_argv(unit: Unit) -> tuple[str, ...]:
    """Give the options of a unit's profile that no Codegen has."""
    profile = unit.profile
    return (
        *((f"-Ccodegen-units={profile.codegen_units}",) if profile.codegen_units is not None else ()),
        *((f"-Zcodegen-backend={profile.codegen_backend}",) if profile.codegen_backend else ()),
        *(("-Crpath=yes",) if profile.rpath else ()),
        *((f"-Cstrip={profile.strip}",) if profile.strip != "none" else ()),
    )


def _incremental_argv(plan: UnitPlan, index: int) -> tuple[str, ...]:
    """Keep what an edit of a local crate leaves alone; with link-time optimisation rustc refuses to."""
    setting, unit = plan.setting, plan.unit(index)
    if not (setting.incremental and unit.profile.incremental and plan.package(index).is_local):
        return ()
    if plan.lto[index].kind == "run":
        return ()
    return incremental_argv(setting.out_dir if unit.platform is not None else setting.host.out_dir)


def feature_argv(plan: UnitPlan, index: int) -> tuple[str, ...]:
    """Give the features that are on, and those that there are."""
    declared = ", ".join(f'"{feature}"' for feature in plan.package(index).features)
    features = (word for feature in plan.unit(index).features for word in ("--cfg", f'feature="{feature}"'))
    return (*features, "--check-cfg", "cfg(docsrs,test)", "--check-cfg", f"cfg(feature, values({declared}))")


def _link_argv(plan: UnitPlan, index: int) -> tuple[str, ...]:
    unit, setting = plan.unit(index), plan.setting
    if unit.platform is None:
        return (f"-Clinker={setting.host.linker}",) if needs_objects(unit) else ()
    return (f"-Clinker={setting.link.linker}", *setting.link.argv) if is_program(unit) else ()


def extern_argv(plan: UnitPlan, index: int) -> tuple[str, ...]:
    """Name the crates of the library, the unit's own dependencies, and the folders of what those depend on."""
    unit, sysroot = plan.unit(index), sysroot_extern(plan, index)
    folders = (*((plan.setting.sysroot.folder,) if sysroot else ()), *map(plan.folder, plan.linkable(index)))
    return (
        *(word for library in sysroot for word in library.extern("noprelude,nounused:")),
        *(word for folder in folders for word in ("-L", f"dependency={folder}")),
        *(
            word
            for edge in unit.dependencies
            if is_linkable(plan.unit(edge.index))
            for word in readable(plan, index, edge.index, edge.extern_crate_name).extern(_modifiers(edge))
        ),
        *(("--extern", "proc_macro") if unit.is_proc_macro else ()),
    )


def _modifiers(edge: UnitDependency) -> str:
    words = [name for name, is_set in (("noprelude", edge.noprelude), ("nounused", edge.nounused)) if is_set]
    return f"{','.join(words)}:" if words else ""


def _script_argv(plan: UnitPlan, index: int) -> tuple[str, ...]:
    """Name the argument files in which build scripts say what rustc shall be told."""
    return tuple(f"@{path}" for path in script_arguments(plan, index))
