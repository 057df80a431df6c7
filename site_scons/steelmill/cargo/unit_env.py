"""The environment of a unit: what cargo gives to rustc and to build scripts, and nothing of the user's own.

Follows The Cargo Book, "Environment Variables",
https://doc.rust-lang.org/cargo/reference/environment-variables.html. A crate sees its folder below ``/proc/self/cwd``,
so that no path of the machine gets into an image; a build script, whose children change folders, gets real paths when
it runs.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping

from steelmill.cargo.metadata import Package
from steelmill.cargo.unit_plan import UnitPlan, unit_rustflags

_MANIFEST_FIELDS = ("description", "homepage", "repository", "license", "license_file", "readme", "rust_version")
"""Fields of the manifest that become ``CARGO_PKG_*``, empty where the manifest has none."""
_NOT_FOR_SCRIPTS = ("RUSTC_BOOTSTRAP", "TMPDIR")
"""What rustc needs and a script must not see: it would take the compiler for a nightly one; its folder is OUT_DIR."""
_SEPARATOR = "\x1f"


def unit_env(plan: UnitPlan, index: int) -> tuple[tuple[str, str], ...]:
    """Give the complete environment of rustc for a unit, sorted; what its build script says comes on top of it."""
    unit, package = plan.unit(index), plan.package(index)
    env = {**dict(plan.setting.toolchain.env), **dict(plan.setting.env), **_package_env(plan, package)}
    env |= {"CARGO_CRATE_NAME": plan.crate_name(index), **dict(plan.assertions(index).env)}
    if plan.may_include(index):
        env |= dict(plan.setting.local_env)
    if unit.target.kind in (("bin",), ("example",)) and unit.target.crate_types == ("bin",):
        env["CARGO_BIN_NAME"] = unit.target.name
    if unit.pkg_id in plan.setting.primary:
        env["CARGO_PRIMARY_PACKAGE"] = "1"
    if unit.is_test:
        # it runs in the package's folder, and what it was told of that folder shall hold there
        env["CARGO_MANIFEST_DIR"] = package.folder
        env["CARGO_MANIFEST_PATH"] = package.manifest_path
    run = plan.own_run(index)
    if run is not None:
        env["OUT_DIR"] = plan.seen_place(plan.out_dir(run))
    return tuple(sorted(env.items()))


def script_env(plan: UnitPlan, run: int) -> tuple[tuple[str, str], ...]:
    """Give the environment of a build script, sorted, but for what only the build knows.

    That is NUM_JOBS, which must change no output, and ``DEP_*`` from the runs it depends on.
    """
    setting, unit, package = plan.setting, plan.unit(run), plan.package(run)
    toolchain, profile = setting.toolchain, unit.profile
    rustc_folder = toolchain.rustc.rpartition("/")[0]
    for_target = unit.platform is not None
    env = {
        **{name: value for name, value in toolchain.env if name not in _NOT_FOR_SCRIPTS},
        **_cc_env(plan, for_target=for_target),
        **dict(setting.env),
        **_package_env(plan, package),
        **_cfg_env(plan, run),
        **{f"CARGO_FEATURE_{env_name(feature)}": "1" for feature in unit.features},
        "OUT_DIR": plan.seen_place(plan.out_dir(run)),
        "TARGET": setting.tuple_name if for_target else toolchain.version.host,
        "HOST": toolchain.version.host,
        "DEBUG": "false" if profile.debuginfo == "0" else "true",
        "OPT_LEVEL": profile.opt_level,
        "PROFILE": setting.profile_root,
        "RUSTC": toolchain.rustc,
        "RUSTDOC": f"{rustc_folder}/rustdoc",
        "CARGO_ENCODED_RUSTFLAGS": _SEPARATOR.join(unit_rustflags(setting, unit)),
    }
    if for_target and setting.link.linker:
        env["RUSTC_LINKER"] = setting.link.linker
    if package.links:
        env["CARGO_MANIFEST_LINKS"] = package.links
    return tuple(sorted(env.items()))


def dependency_env(links: str, metadata: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Give what a build script sees of the metadata of a dependency with ``links``; of two with one key the later."""
    pairs = {f"DEP_{env_name(links)}_{env_name(key)}": value for key, value in metadata}
    return tuple(sorted(pairs.items()))


def env_name(word: str) -> str:
    """Spell a feature, cfg or key as a part of a variable's name."""
    return word.upper().replace("-", "_")


def _package_env(plan: UnitPlan, package: Package) -> Mapping[str, str]:
    release, _, _ = package.version.partition("+")
    numbers, _, pre = release.partition("-")
    major, minor, patch = numbers.split(".")
    fields = {f"CARGO_PKG_{name.upper()}": getattr(package, name) or "" for name in _MANIFEST_FIELDS}
    return {
        **fields,
        "CARGO": plan.setting.cargo,
        "CARGO_MANIFEST_DIR": plan.seen_place(package.folder),
        "CARGO_MANIFEST_PATH": plan.seen_place(package.manifest_path),
        "CARGO_PKG_NAME": package.name,
        "CARGO_PKG_VERSION": package.version,
        "CARGO_PKG_VERSION_MAJOR": major,
        "CARGO_PKG_VERSION_MINOR": minor,
        "CARGO_PKG_VERSION_PATCH": patch,
        "CARGO_PKG_VERSION_PRE": pre,
        "CARGO_PKG_AUTHORS": ":".join(package.authors),
    }


def _cfg_env(plan: UnitPlan, run: int) -> Mapping[str, str]:
    """Give ``CARGO_CFG_*``: a name alone is empty, values are joined by commas in rustc's order."""
    unit = plan.unit(run)
    cfg = plan.setting.host.cfg if unit.platform is None else plan.setting.target.cfg
    names = {name for name, _ in cfg.options if name != "debug_assertions"}
    values = {name: ",".join(cfg.values(name)) for name in names}
    values["feature"] = ",".join((*unit.features, *cfg.values("feature")))
    if unit.profile.debug_assertions:
        # rustc was asked without a profile
        values["debug_assertions"] = ""
    return {f"CARGO_CFG_{env_name(name)}": text for name, text in values.items()}


def _cc_env(plan: UnitPlan, *, for_target: bool) -> Mapping[str, str]:
    """Hand the C toolchains to the ``cc`` crate, under the names it looks for first."""
    setting = plan.setting
    env = {f"CC_{_tuple_name(setting.toolchain.version.host)}": setting.host.linker}
    if for_target and setting.cc:
        name = _tuple_name(setting.tuple_name)
        env |= {
            f"CC_{name}": setting.cc.cc,
            f"AR_{name}": setting.cc.ar,
            f"CFLAGS_{name}": shlex.join(setting.cc.cflags),
        }
        if any(shlex.quote(flag) != flag for flag in setting.cc.cflags):
            env["CC_SHELL_ESCAPED_FLAGS"] = "1"
    return env


def _tuple_name(name: str) -> str:
    return name.replace("-", "_").replace(".", "_")
