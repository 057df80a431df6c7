"""The builders for SConscripts: one piece each, configured by construction variables as SCons's own are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import SCons.Util
from SCons.Defaults import processDefines

from rust_firmware.boundary import reports_errors
from rust_firmware.builders.cc import PROFILES, CcOptions, add_object, flag_notes
from rust_firmware.builders.image import add_formats, add_size
from rust_firmware.builders.link import LinkOptions, add_link
from rust_firmware.builders.rust import add_library, add_staticlib, add_sysroot
from rust_firmware.builders.stock import check_stock_flags
from rust_firmware.product import get_product
from rust_firmware.profiles import find_base, learn_base
from rust_firmware.target_build import TargetBuild
from rust_firmware.tree import file_node
from rust_firmware.variables import check_arguments
from steelmill.audit.allow import read_allows
from steelmill.bindings.names import Bindings, name_bindings
from steelmill.cc.compile import LANGUAGES
from steelmill.cc.shell_quotes import unquote
from steelmill.cc.suppliers import decide_mem
from steelmill.choice import choose
from steelmill.errors import InputError
from steelmill.firmware_toml.model import PackagePart
from steelmill.rustc.build_std import check_build_std
from steelmill.rustc.codegen import OPT_LEVELS, PANIC_STRATEGIES, Codegen
from steelmill.rustc.crate import EDITIONS, Crate, Setting
from steelmill.rustc.library import Library
from steelmill.rustc.sysroot import Sysroot

if TYPE_CHECKING:
    from rust_firmware.cargo_graphs import AskedPackage

DEFAULTS: dict[str, Any] = {
    "TARGET_SPEC": None,
    "RUST_EDITION": "2024",
    "RUST_FEATURES": [],
    "RUST_CFGS": [],
    "RUST_ENV": {},
    "RUST_PANIC": None,
    "RUST_OPT_LEVEL": None,
    "RUST_DEBUG": None,
    "RUST_MEM": "auto",
    "RUST_BUILD_STD": ["core"],
    "CARGO_DEFAULT_FEATURES": True,
    "RUSTFLAGS": SCons.Util.CLVar(""),
    "CRATES": [],
    "RUST_BINDINGS": [],
    "BINDGEN_ALLOWLIST": [],
    "BINDGENFLAGS": SCons.Util.CLVar(""),
    "CBINDGEN_CONFIG": None,
    "LDSCRIPT": None,
    "LINKER": None,
    "TOOLCHAIN_LIBS": [],
    "GC_SECTIONS": True,
    "AUDITALLOW": [],
}
"""The construction variables of this tool with their defaults; docs/reference.md says what each does."""

FLAGS = ("CCFLAGS", "CFLAGS", "CXXFLAGS", "ASFLAGS", "LINKFLAGS")
"""SCons's own ones that hold words: where its tools are not loaded, text that is appended is still split at blanks."""


@reports_errors
def rust_sysroot(env: Any, **overrides: Any) -> list[Any]:
    """Build core, compiler_builtins and what RUST_BUILD_STD adds; give the nodes of the libraries."""
    chosen = env.Override(overrides)
    build = _target_build(chosen)
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
    from rust_firmware.builders.cargo import add_umbrella, plan_packages, prepare_packages
    from rust_firmware.cargo_graphs import LibraryWish, resolve_packages
    from steelmill.cargo.unit_plan import ProgramLink

    chosen = env.Override(overrides)
    build = _target_build(chosen)
    asked = _asked_packages(chosen, build, name, manifests)
    rustflags = tuple(_words(chosen, "RUSTFLAGS"))
    # the construction variable has a default, which is no word of the user's
    said = tuple(_words(chosen, "RUST_BUILD_STD")) != tuple(DEFAULTS["RUST_BUILD_STD"])
    library = LibraryWish(crates=_build_std(chosen) if said else None, features=None)
    graphs = resolve_packages(build, asked, rustflags, library)
    learn_base(build.session, build.profile, graphs.resolved)
    by_config = chosen["RUST_MEM"] == "auto" and any(resolved.library.mem for resolved in graphs.resolved)
    packages = prepare_packages(
        build,
        graphs,
        library,
        _rust_env(chosen, name),
        mem=by_config or _mem(chosen),
        bindings=_bindings(chosen, name),
    )
    verbs = get_product().rust_verbs
    if verbs:
        verbs.add_packages(build, asked, rustflags, packages, f"{_out_dir(env, build)}/{name}")
    for resolved in graphs.resolved:
        lock = build.session.tree.relative(f"{resolved.workspace_root}/Cargo.lock")
        get_product().add_lock(lock, len(resolved.pins))
    plans = plan_packages(build, packages, ProgramLink(""))
    path = add_umbrella(build, plans, name.replace("-", "_"), _out_dir(env, build))
    get_product().staticlibs.add(path)
    return [file_node(path)]


@reports_errors
def bindgen(env: Any, name: str, header: Any, **overrides: Any) -> list[Any]:
    """Make Rust of a C header for RUST_BINDINGS of crates, by the C flags that its sources have; give its node."""
    from rust_firmware.builders.bindings import add_binding
    from steelmill.bindings.bindgen import Bindgen
    from steelmill.firmware_toml.bindings import check_bindgen_flags

    chosen = env.Override(overrides)
    build = _target_build(chosen)
    flags = tuple(_words(chosen, "BINDGENFLAGS"))
    check_bindgen_flags(flags, f"BINDGENFLAGS of {name}")
    path = _only_path(env, header, f"the header of {name}")
    request = Bindgen(name, path, tuple(_words(chosen, "BINDGEN_ALLOWLIST")), flags)
    made = add_binding(build, cc_options(chosen), request, f"{_out_dir(env, build)}/bindings", f"Bindgen {name}")
    get_product().bindings[made] = name
    return [file_node(made)]


@reports_errors
def cbindgen(env: Any, header: str, root: Any, **overrides: Any) -> list[Any]:
    """Make the C header of a crate by CBINDGEN_CONFIG; give its node, whose folder is for CPPPATH."""
    from rust_firmware.builders.bindings import add_c_header
    from steelmill.bindings.names import INCLUDE

    chosen = env.Override(overrides)
    build = _target_build(chosen)
    config = chosen["CBINDGEN_CONFIG"]
    made = add_c_header(
        build,
        _only_path(env, root, f"the crate root of {header}"),
        _only_path(env, config, f"CBINDGEN_CONFIG of {header}") if config else None,
        f"{_out_dir(env, build)}/{INCLUDE}/{header}",
        f"Cbindgen {header}",
    )
    return [file_node(made)]


@reports_errors
def firmware_elf(env: Any, name: str, sources: Any, **overrides: Any) -> list[Any]:
    """Link sources, objects, archives and at most one Rust staticlib by LDSCRIPT; give the node of the ELF."""
    chosen = env.Override(overrides)
    build = _target_build(chosen)
    if "/" in name:
        raise InputError(
            "a path; expected a name", place=name, remedy="leave the folder out: the ELF lies below build/<target>/"
        )
    folder = f"{_out_dir(env, build)}/{name}"
    nodes = env.arg2nodes(env.Flatten([sources]), env.File)
    check_stock_flags(build, nodes)
    parts = [_path(node) for node in nodes]
    linked = add_link(
        build,
        name,
        objects=tuple(_object(chosen, build, path, folder) for path in parts if not path.endswith(".a")),
        archives=_archives(parts, name),
        libraries=build.toolchain_libraries(tuple(_words(chosen, "TOOLCHAIN_LIBS"))),
        options=LinkOptions(
            script=_only_path(env, chosen["LDSCRIPT"], f"LDSCRIPT of {name}") if chosen["LDSCRIPT"] else None,
            linker=chosen["LINKER"],
            flags=tuple(_words(chosen, "LINKFLAGS")),
            search=_folders(chosen, "LIBPATH"),
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
    build = _target_build(env)
    path = _only_path(env, elf, f"the ELF of {name}")
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
    build = _target_build(chosen)
    codegen, sysroot = _codegen(chosen, build), _sysroot(chosen, build)
    setting = Setting(build.rust, build.target, codegen, sysroot, _out_dir(env, build), build.incremental)
    return build, setting, _crate(chosen, name, root), _dependencies(chosen)


def _asked_packages(env: Any, build: TargetBuild, name: str, manifests: Any) -> tuple[AskedPackage, ...]:
    from rust_firmware.cargo_graphs import AskedPackage

    if isinstance(manifests, Mapping):
        features = [[str(word) for word in env.Flatten([words])] for words in manifests.values()]
    else:
        manifests = env.Flatten([manifests])
        if len(manifests) > 1 and _words(env, "RUST_FEATURES"):
            raise InputError(
                "RUST_FEATURES does not say of which package",
                place=f"CargoPackage {name}",
                remedy='give a dictionary: CargoPackage(NAME, {"one/Cargo.toml": ["feature"], "two/Cargo.toml": []})',
            )
        features = [_words(env, "RUST_FEATURES") for _ in manifests]
    asked = []
    for manifest, words in zip(manifests, features, strict=True):
        shown = _only_path(env, manifest, f"the Cargo.toml of {name}")
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


def _target_build(env: Any) -> TargetBuild:
    product = get_product()
    check_arguments(product.session.arguments, env.get("STEELMILL_ARGUMENTS", ()), product.session.words)
    names = (env["TARGET_SPEC"],) if env.get("TARGET_SPEC") else product.selected_targets()
    if not names or len(names) != 1:
        raise InputError(
            "no target is chosen"
            if not names
            else f"target= names {len(names)} targets; this SConscript builds for one",
            place="target=",
            remedy="say scons target=NAME, or set TARGET_SPEC in the environment",
        )
    return product.target_build(str(names[0]), "TARGET_SPEC" if env.get("TARGET_SPEC") else "target=")


def _out_dir(env: Any, build: TargetBuild) -> str:
    """Mirror the SConscript's own folder below the build folder."""
    folder = build.session.tree.relative(str(env.Dir(".").srcnode().get_abspath()))
    return build.out_dir if folder in (".", build.session.tree.top) else f"{build.out_dir}/{folder}"


def _codegen(env: Any, build: TargetBuild) -> Codegen:
    return build.codegen.with_options(
        opt_level=_choice(env, "RUST_OPT_LEVEL", OPT_LEVELS),
        debug=_text(env["RUST_DEBUG"]),
        panic=_choice(env, "RUST_PANIC", PANIC_STRATEGIES),
    )


def _sysroot(env: Any, build: TargetBuild) -> Sysroot:
    return add_sysroot(build, _codegen(env, build), _build_std(env), mem=_mem(env))


def _mem(env: Any) -> bool:
    mem: Any = _choice(env, "RUST_MEM", ("auto", "on", "off"))
    return decide_mem(mem, tuple(_words(env, "TOOLCHAIN_LIBS"))).mem


def _build_std(env: Any) -> tuple[str, ...]:
    crates = tuple(_words(env, "RUST_BUILD_STD"))
    check_build_std(crates, "RUST_BUILD_STD")
    return crates


def _crate(env: Any, name: str, root: Any) -> Crate:
    paths = [_path(node) for node in env.arg2nodes(env.Flatten([root]), env.File)]
    bindings = _bindings(env, name)
    if not paths:
        raise InputError("it has no crate root", place=name, remedy="name its lib.rs")
    return Crate(
        name=name.replace("-", "_"),
        root=paths[0],
        edition=choose(str(env["RUST_EDITION"]), EDITIONS, f"RUST_EDITION of {name}"),
        features=tuple(_words(env, "RUST_FEATURES")),
        cfgs=tuple(_words(env, "RUST_CFGS")),
        env=tuple(sorted({**dict(_rust_env(env, name)), **dict(bindings.env)}.items())),
        rustflags=tuple(_words(env, "RUSTFLAGS")),
        sources=tuple(paths[1:]),
        after=bindings.paths,
    )


def _rust_env(env: Any, name: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(env["RUST_ENV"], Mapping):
        raise InputError(
            f"{env['RUST_ENV']!r} is no dictionary", place=f"RUST_ENV of {name}", remedy='say {"NAME": "value"}'
        )
    return tuple(sorted((key, str(value)) for key, value in env["RUST_ENV"].items()))


def _bindings(env: Any, name: str) -> Bindings:
    known = get_product().bindings
    paths = tuple(_path(node) for node in env.arg2nodes(env.Flatten([env["RUST_BINDINGS"]]), env.File))
    for path in paths:
        if path not in known:
            raise InputError(
                f"{path} is nothing that Bindgen made",
                place=f"RUST_BINDINGS of {name}",
                remedy="give the node that Bindgen returned",
            )
    return name_bindings({known[path]: path for path in paths})


def _dependencies(env: Any) -> tuple[Library, ...]:
    known = get_product().libraries
    paths = [_path(node) for node in env.arg2nodes(env.Flatten(env["CRATES"]), env.File)]
    return tuple(known[path] for path in paths if path in known)


def _object(env: Any, build: TargetBuild, path: str, folder: str) -> str:
    if os.path.splitext(path)[1] not in LANGUAGES:
        return path
    return add_object(build, cc_options(env), path, folder)


def cc_options(env: Any) -> CcOptions:
    """Read SCons's own variables for C."""
    return PROFILES[find_base(get_product().session, get_product().profile)]._replace(
        include_dirs=_folders(env, "CPPPATH"),
        defines=_defines(env),
        ccflags=_c_words(env, "CCFLAGS"),
        cflags=_c_words(env, "CFLAGS"),
        cxxflags=_c_words(env, "CXXFLAGS"),
        asflags=_c_words(env, "ASFLAGS"),
    )


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


def _defines(env: Any) -> tuple[tuple[str, str | None], ...]:
    """Read CPPDEFINES in all of SCons's forms: text, list, pairs, mapping."""
    words = (env.subst(word).partition("=") for word in processDefines(env.get("CPPDEFINES", [])))
    return tuple((name, unquote(text) if separator else None) for name, separator, text in words)


def _only_path(env: Any, value: Any, what: str) -> str:
    nodes = env.arg2nodes(env.Flatten([value]), env.File)
    if len(nodes) != 1:
        raise InputError(f"{len(nodes)} files; expected one", place=what, remedy="name one file")
    return _path(nodes[0])


def _folders(env: Any, variable: str) -> tuple[str, ...]:
    """Give folders of a search path; of a variant folder the source folder too, as SCons does."""
    relative = get_product().session.tree.relative
    nodes = [env.Dir(folder) for folder in env.Flatten([env.get(variable, [])])]
    return tuple(dict.fromkeys(relative(str(each.get_abspath())) for node in nodes for each in (node, node.srcnode())))


def _words(env: Any, variable: str) -> list[str]:
    return [str(word) for line in env.subst_list(f"${variable}") for word in line]


def _c_words(env: Any, variable: str) -> tuple[str, ...]:
    return tuple(unquote(word) for word in _words(env, variable))


def _choice(env: Any, variable: str, known: tuple[str, ...]) -> str | None:
    value = env[variable]
    return None if value is None else choose(str(value), known, variable)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _path(node: Any) -> str:
    # in a variant folder, only what is built lies there
    real = node if node.is_derived() else node.srcnode()
    return get_product().session.tree.relative(str(real.get_abspath()))
