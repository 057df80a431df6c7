"""The construction variables of SConscripts: their defaults, and what is read of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import SCons.Util
from SCons.Defaults import processDefines

from rust_firmware.builders.cc import PROFILES, CcOptions
from rust_firmware.product import get_product
from rust_firmware.profiles import find_base
from rust_firmware.target_build import TargetBuild
from rust_firmware.variables import check_arguments
from steelmill.bindings.names import Bindings, name_bindings
from steelmill.cc.shell_quotes import unquote
from steelmill.cc.suppliers import decide_mem
from steelmill.choice import choose
from steelmill.errors import InputError
from steelmill.rustc.build_std import check_build_std
from steelmill.rustc.codegen import OPT_LEVELS, PANIC_STRATEGIES, Codegen
from steelmill.rustc.crate import EDITIONS, Crate
from steelmill.rustc.library import Library

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


def find_target_build(env: Any) -> TargetBuild:
    """Give the target that TARGET_SPEC names, or the only one of ``target=``; raise InputError for none or several."""
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


def find_out_dir(env: Any, build: TargetBuild) -> str:
    """Mirror the SConscript's own folder below the build folder."""
    folder = build.session.tree.relative(str(env.Dir(".").srcnode().get_abspath()))
    return build.out_dir if folder in (".", build.session.tree.top) else f"{build.out_dir}/{folder}"


def read_codegen(env: Any, build: TargetBuild) -> Codegen:
    """Give what the profile says, changed by RUST_OPT_LEVEL, RUST_DEBUG and RUST_PANIC."""
    return build.codegen.with_options(
        opt_level=_choice(env, "RUST_OPT_LEVEL", OPT_LEVELS),
        debug=_text(env["RUST_DEBUG"]),
        panic=_choice(env, "RUST_PANIC", PANIC_STRATEGIES),
    )


def read_mem(env: Any) -> bool:
    """Say whether compiler_builtins shall have memcpy and its like, by RUST_MEM."""
    mem: Any = _choice(env, "RUST_MEM", ("auto", "on", "off"))
    return decide_mem(mem, tuple(read_words(env, "TOOLCHAIN_LIBS"))).mem


def read_build_std(env: Any) -> tuple[str, ...]:
    """Give RUST_BUILD_STD; raise InputError for a crate that no target here can have."""
    crates = tuple(read_words(env, "RUST_BUILD_STD"))
    check_build_std(crates, "RUST_BUILD_STD")
    return crates


def read_crate(env: Any, name: str, root: Any) -> Crate:
    """Give a crate from its root, further sources behind it, and the variables for Rust."""
    paths = [path_of(node) for node in env.arg2nodes(env.Flatten([root]), env.File)]
    bindings = read_bindings(env, name)
    if not paths:
        raise InputError("it has no crate root", place=name, remedy="name its lib.rs")
    return Crate(
        name=name.replace("-", "_"),
        root=paths[0],
        edition=choose(str(env["RUST_EDITION"]), EDITIONS, f"RUST_EDITION of {name}"),
        features=tuple(read_words(env, "RUST_FEATURES")),
        cfgs=tuple(read_words(env, "RUST_CFGS")),
        env=tuple(sorted({**dict(read_rust_env(env, name)), **dict(bindings.env)}.items())),
        rustflags=tuple(read_words(env, "RUSTFLAGS")),
        sources=tuple(paths[1:]),
        after=bindings.paths,
    )


def read_rust_env(env: Any, name: str) -> tuple[tuple[str, str], ...]:
    """Give RUST_ENV, sorted; raise InputError where it is no dictionary."""
    if not isinstance(env["RUST_ENV"], Mapping):
        raise InputError(
            f"{env['RUST_ENV']!r} is no dictionary", place=f"RUST_ENV of {name}", remedy='say {"NAME": "value"}'
        )
    return tuple(sorted((key, str(value)) for key, value in env["RUST_ENV"].items()))


def read_bindings(env: Any, name: str) -> Bindings:
    """Give what RUST_BINDINGS names; raise InputError for what Bindgen did not make."""
    known = get_product().bindings
    paths = tuple(path_of(node) for node in env.arg2nodes(env.Flatten([env["RUST_BINDINGS"]]), env.File))
    for path in paths:
        if path not in known:
            raise InputError(
                f"{path} is nothing that Bindgen made",
                place=f"RUST_BINDINGS of {name}",
                remedy="give the node that Bindgen returned",
            )
    return name_bindings({known[path]: path for path in paths})


def read_dependencies(env: Any) -> tuple[Library, ...]:
    """Give those of CRATES that RustLibrary made."""
    known = get_product().libraries
    paths = [path_of(node) for node in env.arg2nodes(env.Flatten(env["CRATES"]), env.File)]
    return tuple(known[path] for path in paths if path in known)


def cc_options(env: Any) -> CcOptions:
    """Read SCons's own variables for C."""
    return PROFILES[find_base(get_product().session, get_product().profile)]._replace(
        include_dirs=read_folders(env, "CPPPATH"),
        defines=_defines(env),
        ccflags=_c_words(env, "CCFLAGS"),
        cflags=_c_words(env, "CFLAGS"),
        cxxflags=_c_words(env, "CXXFLAGS"),
        asflags=_c_words(env, "ASFLAGS"),
    )


def _defines(env: Any) -> tuple[tuple[str, str | None], ...]:
    """Read CPPDEFINES in all of SCons's forms: text, list, pairs, mapping."""
    words = (env.subst(word).partition("=") for word in processDefines(env.get("CPPDEFINES", [])))
    return tuple((name, unquote(text) if separator else None) for name, separator, text in words)


def only_path(env: Any, value: Any, what: str) -> str:
    """Give the path of the one file that ``value`` is; raise InputError for none or several."""
    nodes = env.arg2nodes(env.Flatten([value]), env.File)
    if len(nodes) != 1:
        raise InputError(f"{len(nodes)} files; expected one", place=what, remedy="name one file")
    return path_of(nodes[0])


def read_folders(env: Any, variable: str) -> tuple[str, ...]:
    """Give folders of a search path; of a variant folder the source folder too, as SCons does."""
    relative = get_product().session.tree.relative
    nodes = [env.Dir(folder) for folder in env.Flatten([env.get(variable, [])])]
    return tuple(dict.fromkeys(relative(str(each.get_abspath())) for node in nodes for each in (node, node.srcnode())))


def read_words(env: Any, variable: str) -> list[str]:
    """Give the words of a construction variable, substituted."""
    return [str(word) for line in env.subst_list(f"${variable}") for word in line]


def _c_words(env: Any, variable: str) -> tuple[str, ...]:
    return tuple(unquote(word) for word in read_words(env, variable))


def _choice(env: Any, variable: str, known: tuple[str, ...]) -> str | None:
    value = env[variable]
    return None if value is None else choose(str(value), known, variable)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def path_of(node: Any) -> str:
    """Give the path of a node, relative to the top folder where it lies below it."""
    # in a variant folder, only what is built lies there
    real = node if node.is_derived() else node.srcnode()
    return get_product().session.tree.relative(str(real.get_abspath()))
