"""The Rust of a firmware.toml: its crates, or its Cargo packages."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from rust_firmware.builders.link import add_link
from rust_firmware.builders.rust import add_library, add_staticlib, add_sysroot
from rust_firmware.linked_elf import LinkedElf
from rust_firmware.target_build import TargetBuild
from steelmill.audit.layout.asserted import Assertions
from steelmill.bindings.names import Bindings
from steelmill.cc.suppliers import MemDecision
from steelmill.firmware_toml.model import CratePart, Firmware, RustPart
from steelmill.rustc.crate import Crate, Setting
from steelmill.rustc.library import Library

if TYPE_CHECKING:
    from rust_firmware.cargo_graphs import PackageGraphs


class GivenByC(NamedTuple):
    """What C says to the crates of an image."""

    asserted: Mapping[str, Assertions]
    """By the crate's name."""
    bindings: Bindings


class RustOfImage(NamedTuple):
    """What the link of an image needs of its Rust."""

    link: Callable[..., LinkedElf]
    staticlib: tuple[str, ...]
    mem: MemDecision


def ask_packages(build: TargetBuild, rust: RustPart, base: str) -> PackageGraphs:
    """Ask cargo about the packages of an image."""
    # costly to import, and few projects have both kinds
    from rust_firmware.cargo_graphs import AskedPackage, LibraryWish, resolve_packages

    asked = tuple(
        AskedPackage(part, os.path.normpath(build.session.tree.absolute(os.path.join(base, part.manifest))))
        for part in rust.packages
    )
    return resolve_packages(build, asked, rust.rustflags, LibraryWish(rust.build_std, rust.build_std_features))


def add_rust_part(
    build: TargetBuild,
    fw: Firmware,
    rust: RustPart,
    decide: Callable[[Any], MemDecision],
    given: GivenByC,
    base: str,
    out_dir: str,
) -> RustOfImage:
    """Add the Rust of an image; ``decide`` says who supplies memcpy, by what the firmware says of ``mem``."""
    mem = decide(rust.mem)
    if not rust.packages:
        _add_headers(
            build, fw, {rust.name: rust.crate, **{part.name: part.crate for part in rust.crates}}, base, out_dir
        )
        return RustOfImage(add_link, (_add_rust(build, rust, mem, given, base, out_dir),), mem)
    # costly to import, and few projects have both kinds
    from rust_firmware.builders.cargo import add_packages, add_umbrella
    from rust_firmware.builders.cargo_program import add_program

    graphs = ask_packages(build, rust, base)
    if rust.mem == "auto" and graphs.brings_mem:
        mem = decide("on")
    packages = add_packages(
        build, graphs, rust.env, out_dir, mem=mem.mem, bindings=given.bindings, asserted=given.asserted
    )
    _add_headers(build, fw, packages.crate_roots, base, out_dir)
    if packages.is_program:
        return RustOfImage(partial(add_program, packages=packages), (), mem)
    return RustOfImage(add_link, (add_umbrella(build, packages, rust.name, out_dir),), mem)


def _add_headers(build: TargetBuild, fw: Firmware, roots: Mapping[str, str], base: str, out_dir: str) -> None:
    """Add the C headers of crates; ``roots`` are those by name, the main one first."""
    if fw.cbindgen:
        from rust_firmware.builders.bindings import add_declared_headers

        add_declared_headers(build, fw.cbindgen, roots, base, out_dir)


def _add_rust(
    build: TargetBuild,
    rust: RustPart,
    mem: MemDecision,
    given: GivenByC,
    base: str,
    out_dir: str,
) -> str:
    """Add the crates of an image, those that others need first; give the path of the staticlib."""
    codegen = build.codegen.with_options(
        opt_level=rust.opt_level,
        debug=rust.debug,
        panic=rust.panic,
        debug_assertions=rust.debug_assertions,
        overflow_checks=rust.overflow_checks,
        bitcode=rust.lto,
    )
    sysroot = add_sysroot(build, codegen, rust.build_std or (), mem=mem.mem, features=rust.build_std_features or ())
    setting = Setting(build.rust, build.target, codegen, sysroot, out_dir, build.incremental)
    libraries: dict[str, Library] = {}
    for part in rust.crates:
        dependencies = _named(libraries, part.dependencies)
        libraries[part.name] = add_library(build, setting, _crate(build, part, given, base), dependencies)
    return add_staticlib(build, setting, _crate(build, rust, given, base), _named(libraries, rust.dependencies))


def _named(libraries: dict[str, Library], names: tuple[str, ...]) -> tuple[Library, ...]:
    return tuple(libraries[name] for name in names)


def _crate(build: TargetBuild, part: RustPart | CratePart, given: GivenByC, base: str) -> Crate:
    assertions = given.asserted.get(part.name, Assertions())
    return Crate(
        name=part.name,
        root=build.session.tree.relative(os.path.join(base, part.crate)),
        edition=part.edition,
        features=part.features,
        cfgs=part.cfgs,
        env=tuple(sorted({**dict(part.env), **dict(assertions.env), **dict(given.bindings.env)}.items())),
        rustflags=part.rustflags,
        sources=assertions.sources,
        after=given.bindings.paths,
    )
