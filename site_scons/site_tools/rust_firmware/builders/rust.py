"""Rust crates and the sysroot under them."""

from __future__ import annotations

import os
from typing import Any

from rust_firmware.discovery import Found
from rust_firmware.product import get_product
from rust_firmware.target_build import TargetBuild
from steelmill.rustc.builtins_source import BuiltinsSource
from steelmill.rustc.cfg import Cfg, parse_cfg
from steelmill.rustc.codegen import Codegen
from steelmill.rustc.crate import Crate, Setting, library_step, staticlib_step
from steelmill.rustc.library import Library, library_paths
from steelmill.rustc.source_scan import resolve
from steelmill.rustc.sysroot import Sysroot, make_sysroot
from steelmill.step import Step


def add_sysroot(
    build: TargetBuild,
    codegen: Codegen,
    crates: tuple[str, ...],
    *,
    mem: bool,
    features: tuple[str, ...] = (),
    cfg: Cfg | None = None,
) -> Sysroot:
    """Add the library crates; equal arguments share one sysroot.

    ``cfg`` is what ``rustc --print cfg`` says of the target under the user's flags; None where there are none.
    """
    sysroot = make_sysroot(
        build.rust,
        build.target if cfg is None else build.target._replace(cfg=cfg),
        codegen,
        crates=crates,
        mem=mem,
        threads=_processors_for_core(),
        out_dir=build.out_dir,
        builtins=_builtins(build),
        features=features,
    )
    for step in sysroot.steps:
        build.graph.add(step)
    return sysroot


def _processors_for_core() -> int:
    """Count the processors that the cores of other targets leave to one: more threads than that only take turns."""
    return max(1, (os.cpu_count() or 1) // max(1, len(get_product().project_targets())))


def _builtins(build: TargetBuild) -> BuiltinsSource | None:
    """Give the compiler_builtins that does not come with rust-src; None where it does."""
    if build.rust.builtins is None:
        return None
    # many modules, which only an old Rust needs
    from rust_firmware.rust_builtins import find_builtins

    source = find_builtins(build.session, build.rust)
    get_product().add_fetched(str(build.rust.builtins), "is here, as rust-src's Cargo.lock names it")
    return source


def add_library(build: TargetBuild, setting: Setting, crate: Crate, dependencies: tuple[Library, ...]) -> Library:
    """Add a crate that other crates use."""
    step = library_step(setting, crate, dependencies)
    _add(build, setting, step, crate, dependencies)
    return Library(crate.name, library_paths(step))


def add_staticlib(build: TargetBuild, setting: Setting, crate: Crate, dependencies: tuple[Library, ...]) -> str:
    """Add the crate that an image links; give the path of its staticlib."""
    step = staticlib_step(setting, crate, dependencies)
    _add(build, setting, step, crate, dependencies)
    return step.target_paths[0]


def _add(build: TargetBuild, setting: Setting, step: Step, crate: Crate, dependencies: tuple[Library, ...]) -> None:
    add_crate_step(build, step, crate)
    verbs = get_product().rust_verbs
    if verbs:
        verbs.add_crate(build, setting, crate, step, dependencies)


def add_crate_step(build: TargetBuild, step: Step, crate: Crate) -> list[Any]:
    """Add a Step that reads the sources of a crate."""
    session = build.session
    cfg = build.target.cfg.with_options(_given(crate))

    def scan() -> Found:
        found = resolve(crate.root, session.scans.rust, cfg, dict(crate.env), exists=session.tree.exists)
        return Found(found.files, found.unlisted)

    return build.graph.add(step, scan)


def _given(crate: Crate) -> Cfg:
    return parse_cfg("\n".join(crate.cfg_values()))
