"""The builders for SConscripts: one piece each, configured by construction variables as SCons's own are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rust_firmware.boundary import reports_errors
from rust_firmware.builders.cc import add_object, flag_notes
from rust_firmware.builders.image import add_formats, add_size
from rust_firmware.builders.link import LinkOptions, add_link
from rust_firmware.builders.rust import add_library, add_staticlib, add_sysroot
from rust_firmware.builders.stock import check_stock_flags
from rust_firmware.construction_variables import (
    DEFAULTS,
    cc_options,
    find_out_dir,
    find_target_build,
    only_path,
    path_of,
    read_bindings,
    read_build_std,
    read_codegen,
    read_crate,
    read_dependencies,
    read_folders,
    read_mem,
    read_rust_env,
    read_words,
)
from rust_firmware.product import get_product
from rust_firmware.profiles import learn_base
from rust_firmware.target_build import TargetBuild
from rust_firmware.tree import file_node
from steelmill.audit.allow import read_allows
from steelmill.cc.compile import LANGUAGES
from steelmill.choice import choose
from steelmill.errors import InputError
from steelmill.firmware_toml.model import PackagePart
from steelmill.rustc.crate import Crate, Setting
from steelmill.rustc.library import Library
from steelmill.rustc.sysroot import Sysroot

if TYPE_CHECKING:
    from rust_firmware.cargo_graphs import AskedPackage


@reports_errors
def rust_sysroot(env: Any, **overrides: Any) -> list[Any]:
    """Build core, compiler_builtins and what RUST_BUILD_STD adds; give the nodes of the libraries."""
    chosen = env.Override(overrides)
    build = find_target_build(chosen)
    sysroot = _sysroot(chosen, build)
    return [file_node(path) for path in sysroot.inputs]


@reports_errors
def rust_library(env: Any, name: str, root: Any, **overrides: Any) -> list[Any]:
    """Compile a crate to an rlib for CRATES of another one; give its nodes."""
    build, setting, crate, dependencies = _plan_crate(env, name, root, overrides)
    library = add_library(build, setting, crate, dependencies)
    get_product().libraries[library.paths[0]] = library
    return [file_node(path) for path in library.paths]


@reports_errors
def rust_static_library(env: Any, name: str, root: Any, **overrides: Any) -> list[Any]:
    """Compile a crate, with all that it depends on, to the one staticlib of an image; give its node."""
    build, setting, crate, dependencies = _plan_crate(env, name, root, overrides)
    path = add_staticlib(build, setting, crate, dependencies)
    get_product().staticlibs.add(path)
    return [file_node(path)]


@reports_errors
def cargo_package(env: Any, name: str, manifests: Any, **overrides: Any) -> list[Any]:
    """Compile the libraries of Cargo packages to the one staticlib of an image; give its node.

    ``manifests`` is a Cargo.toml or several; in a dictionary each stands before its features.
    """
    # costly to import, and few projects have both kinds
    from rust_firmware.builders.cargo import add_packages, add_umbrella
    from rust_firmware.cargo_graphs import LibraryWish, resolve_packages

    chosen = env.Override(overrides)
    build = find_target_build(chosen)
    asked = _asked_packages(chosen, build, name, manifests)
    rustflags = tuple(read_words(chosen, "RUSTFLAGS"))
    # the construction variable has a default, which is no word of the user's
    said = tuple(read_words(chosen, "RUST_BUILD_STD")) != tuple(DEFAULTS["RUST_BUILD_STD"])
    library = LibraryWish(crates=read_build_std(chosen) if said else None, features=None)
    graphs = resolve_packages(build, asked, rustflags, library)
    learn_base(build.session, build.profile, graphs.resolved)
    out_dir = find_out_dir(env, build)
    packages = add_packages(
        build,
        graphs,
        read_rust_env(chosen, name),
        f"{out_dir}/{name}",
        mem=(chosen["RUST_MEM"] == "auto" and graphs.brings_mem) or read_mem(chosen),
        bindings=read_bindings(chosen, name),
    )
    path = add_umbrella(build, packages, name.replace("-", "_"), out_dir)
    get_product().staticlibs.add(path)
    return [file_node(path)]


@reports_errors
def bindgen(env: Any, name: str, header: Any, **overrides: Any) -> list[Any]:
    """Make Rust of a C header for RUST_BINDINGS of crates, by the C flags that its sources have; give its node."""
    from rust_firmware.builders.bindings import add_binding
    from steelmill.bindings.bindgen import Bindgen
    from steelmill.firmware_toml.bindings import check_bindgen_flags

    chosen = env.Override(overrides)
    build = find_target_build(chosen)
    flags = tuple(read_words(chosen, "BINDGENFLAGS"))
    check_bindgen_flags(flags, f"BINDGENFLAGS of {name}")
    path = only_path(env, header, f"the header of {name}")
    request = Bindgen(name, path, tuple(read_words(chosen, "BINDGEN_ALLOWLIST")), flags)
    made = add_binding(build, cc_options(chosen), request, f"{find_out_dir(env, build)}/bindings", f"Bindgen {name}")
    get_product().bindings[made] = name
    return [file_node(made)]


@reports_errors
def cbindgen(env: Any, header: str, root: Any, **overrides: Any) -> list[Any]:
    """Make the C header of a crate by CBINDGEN_CONFIG; give its node, whose folder is for CPPPATH."""
    from rust_firmware.builders.bindings import add_c_header
    from steelmill.bindings.names import INCLUDE

    chosen = env.Override(overrides)
    build = find_target_build(chosen)
    config = chosen["CBINDGEN_CONFIG"]
    made = add_c_header(
        build,
        only_path(env, root, f"the crate root of {header}"),
        only_path(env, config, f"CBINDGEN_CONFIG of {header}") if config else None,
        f"{find_out_dir(env, build)}/{INCLUDE}/{header}",
        f"Cbindgen {header}",
    )
    return [file_node(made)]


@reports_errors
def firmware_elf(env: Any, name: str, sources: Any, **overrides: Any) -> list[Any]:
    """Link sources, objects, archives and at most one Rust staticlib by LDSCRIPT; give the node of the ELF."""
    chosen = env.Override(overrides)
    build = find_target_build(chosen)
    if "/" in name:
        raise InputError(
            "a path; expected a name", place=name, remedy="leave the folder out: the ELF lies below build/<target>/"
        )
    folder = f"{find_out_dir(env, build)}/{name}"
    nodes = env.arg2nodes(env.Flatten([sources]), env.File)
    check_stock_flags(build, nodes)
    parts = [path_of(node) for node in nodes]
    linked = add_link(
        build,
        name,
        objects=tuple(_object(chosen, build, path, folder) for path in parts if not path.endswith(".a")),
        archives=_archives(parts, name),
        libraries=build.toolchain_libraries(tuple(read_words(chosen, "TOOLCHAIN_LIBS"))),
        options=LinkOptions(
            script=only_path(env, chosen["LDSCRIPT"], f"LDSCRIPT of {name}") if chosen["LDSCRIPT"] else None,
            linker=chosen["LINKER"],
            flags=tuple(read_words(chosen, "LINKFLAGS")),
            search=read_folders(chosen, "LIBPATH"),
            gc_sections=bool(chosen["GC_SECTIONS"]),
            allow=read_allows(chosen["AUDITALLOW"], f"AUDITALLOW of {name}"),
            layout=() if get_product().staticlibs.intersection(parts) else None,
        ),
        out_dir=folder,
    )
    get_product().linked[linked.elf] = linked
    get_product().audits.add(f"{name}  {build.target.name}", linked.audits)
    return [file_node(linked.elf)]


@reports_errors
def firmware_image(env: Any, name: str, elf: Any, formats: Any = ("bin",), fill: int = 0) -> list[Any]:
    """Make the images of an ELF and its region table; give their nodes."""
    # a project that has no SConscript does not pay for it
    from steelmill.image.formats import FORMATS

    product = get_product()
    build = find_target_build(env)
    path = only_path(env, elf, f"the ELF of {name}")
    linked = product.linked.get(path)
    if linked is None:
        raise InputError(
            f"{path} is no ELF of FirmwareElf", place=name, remedy="give the node that FirmwareElf returned"
        )
    words = tuple(choose(str(word), FORMATS, f"formats of {name}") for word in env.Flatten([formats]))
    if fill not in range(256):
        raise InputError(f"fill {fill!r} is no byte", place=name, remedy="give a number from 0 to 255")
    images = add_formats(build, linked, words, fill)
    table = add_size(build, linked, {})
    product.report(build, linked, images, table, flag_notes(build, cc_options(env)))
    return [file_node(image) for image in (*images, table)]


def _plan_crate(
    env: Any, name: str, root: Any, overrides: dict[str, Any]
) -> tuple[TargetBuild, Setting, Crate, tuple[Library, ...]]:
    chosen = env.Override(overrides)
    build = find_target_build(chosen)
    codegen, sysroot = read_codegen(chosen, build), _sysroot(chosen, build)
    setting = Setting(build.rust, build.target, codegen, sysroot, find_out_dir(env, build), build.incremental)
    return build, setting, read_crate(chosen, name, root), read_dependencies(chosen)


def _asked_packages(env: Any, build: TargetBuild, name: str, manifests: Any) -> tuple[AskedPackage, ...]:
    from rust_firmware.cargo_graphs import AskedPackage

    if isinstance(manifests, Mapping):
        features = [[str(word) for word in env.Flatten([words])] for words in manifests.values()]
    else:
        manifests = env.Flatten([manifests])
        if len(manifests) > 1 and read_words(env, "RUST_FEATURES"):
            raise InputError(
                "RUST_FEATURES does not say of which package",
                place=f"CargoPackage {name}",
                remedy='give a dictionary: CargoPackage(NAME, {"one/Cargo.toml": ["feature"], "two/Cargo.toml": []})',
            )
        features = [read_words(env, "RUST_FEATURES") for _ in manifests]
    asked = []
    for manifest, words in zip(manifests, features, strict=True):
        shown = only_path(env, manifest, f"the Cargo.toml of {name}")
        part = PackagePart(
            manifest=shown,
            features=tuple(words),
            default_features=bool(env["CARGO_DEFAULT_FEATURES"]),
            bin=None,
            lib=True,
            place=f"CargoPackage {name}",
            places={"lib": f"CargoPackage {name}", "features": f"features of {shown} in CargoPackage {name}"},
        )
        asked.append(AskedPackage(part, build.session.tree.absolute(shown)))
    return tuple(asked)


def _object(env: Any, build: TargetBuild, path: str, folder: str) -> str:
    if os.path.splitext(path)[1] not in LANGUAGES:
        return path
    return add_object(build, cc_options(env), path, folder)


def _archives(parts: list[str], name: str) -> tuple[str, ...]:
    archives = [path for path in parts if path.endswith(".a")]
    rust = [path for path in archives if path in get_product().staticlibs]
    if len(rust) > 1:
        raise InputError(
            f"two Rust staticlibs in one image; each brings its own core, and their symbols clash: {', '.join(rust)}",
            place=name,
            remedy="make all but one a RustLibrary and name them in CRATES of the other; of Cargo packages make one "
            "CargoPackage, from the list of their Cargo.toml",
        )
    return (*(path for path in archives if path not in rust), *rust)


def _sysroot(env: Any, build: TargetBuild) -> Sysroot:
    return add_sysroot(build, read_codegen(env, build), read_build_std(env), mem=read_mem(env))
