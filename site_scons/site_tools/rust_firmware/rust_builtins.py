"""The compiler_builtins of a Rust whose rust-src holds none: fetched by cargo, and what the library's lock names."""

from __future__ import annotations

import os

from rust_firmware.cargo_sources import ask_with_sources, fetch, verify_sources
from rust_firmware.cargo_toolchains import cargo_home, find_cargo
from rust_firmware.folder_files import read_text
from rust_firmware.probes import ask_process, keep, stamp, toolchain_environment
from rust_firmware.session import Session
from steelmill.cargo.metadata import Package, parse_metadata
from steelmill.cargo.settings import cargo_variables
from steelmill.cargo.toolchain import CargoToolchain
from steelmill.errors import InputError
from steelmill.rustc.builtins_source import (
    PACKAGE,
    BuiltinsSource,
    LockedBuiltins,
    format_builtins_lock,
    format_builtins_manifest,
)
from steelmill.rustc.toolchain import RustToolchain


def find_builtins(session: Session, rust: RustToolchain) -> BuiltinsSource | None:
    """Give the sources that the library's lock file names; None where rust-src holds them.

    What is missing is fetched, with a line that says so. Raises InputError where it cannot, and where a file is not
    what was locked.
    """
    locked = rust.builtins
    if locked is None:
        return None
    cargo = find_cargo(session.probes, session.arguments.get("cargo"), rust.version.numbers, git=False)
    facts = [[*locked], stamp(cargo.program), cargo_home(), cargo_variables(os.environ), session.tree.top]

    def ask() -> tuple[str, tuple[str, ...]]:
        text = _resolve(session, cargo, rust, locked)
        # one that was removed is fetched again, and source replacement may name another place
        return text, (_package(text).manifest_path, *_config_files(session))

    package = _package(session.probes.remember_with_files(f"the locked {PACKAGE}", facts, ask))
    identity = verify_sources(session, [(package, locked.checksum)])[package.id]
    return BuiltinsSource(locked, package.folder, package.edition, identity)


def _package(text: str) -> Package:
    return next(package for package in parse_metadata(text).packages if package.name == PACKAGE)


def _resolve(session: Session, cargo: CargoToolchain, rust: RustToolchain, locked: LockedBuiltins) -> str:
    """Give what cargo says of a package that depends on nothing else, in the configuration of the project."""
    folder = os.path.join(session.cache_dir, "library", f"{locked.version}-{locked.checksum[:8]}")
    manifest = f"{folder}/Cargo.toml"
    keep(f"{folder}/lib.rs", "")
    keep(manifest, format_builtins_manifest(locked))
    keep(f"{folder}/Cargo.lock", format_builtins_lock(locked))
    words = ["metadata", "--locked", "--offline", "--format-version=1", f"--manifest-path={manifest}"]
    env = {**toolchain_environment(), **dict(cargo_variables(os.environ)), "LC_ALL": "C.UTF-8", "RUSTC": rust.rustc}
    place, top = f"{rust.library}/Cargo.lock", session.tree.top
    what = f"{locked}, which Rust {rust.version.release} takes from the registry,"
    return ask_with_sources(
        session,
        lambda: ask_process([cargo.program, *words], env, cwd=top),
        lambda: fetch(session, cargo, rust.rustc, manifest, place, what=what, folder=top),
        lambda _: InputError(
            f"{locked}, which this rust-src takes from the registry, is not on this machine, and offline=1 fetches "
            "nothing",
            place=place,
            remedy="run `scons fetch` once without offline=1, or take Rust 1.90 or newer, whose rust-src holds it",
        ),
        str(locked),
        place,
    )


def _config_files(session: Session) -> tuple[str, ...]:
    """List the files of cargo's configuration that hold for the project, there or not."""
    from steelmill.cargo.config_files import read_config_files

    return tuple(lookup.path for lookup in read_config_files(session.tree.top, cargo_home(), read_text).lookups)
