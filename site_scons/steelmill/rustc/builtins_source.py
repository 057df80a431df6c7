"""BuiltinsSource: where the sources of compiler_builtins lie.

rust-src holds them itself since 1.90. Before, its ``library/Cargo.lock`` names a version in the registry with the
checksum of the package, and whoever builds the library fetches that one.
"""

from __future__ import annotations

from typing import NamedTuple

PACKAGE = "compiler_builtins"


class LockedBuiltins(NamedTuple):
    """What ``library/Cargo.lock`` says of it."""

    version: str
    checksum: str
    """SHA-256 of the ``.crate`` file, in hexadecimal."""
    source: str
    """``registry+URL``."""

    def __str__(self) -> str:
        return f"{PACKAGE} {self.version}"


class BuiltinsSource(NamedTuple):
    """The sources of a compiler_builtins from the registry, which are there and sound."""

    locked: LockedBuiltins
    folder: str
    """Absolute path of the package."""
    edition: str
    identity: str
    """What stands for every file in it."""

    @property
    def remap(self) -> str:
        """The option that names the package by what it is and not by where this machine keeps it."""
        return f"--remap-path-prefix={self.folder}=/rust/deps/{PACKAGE}-{self.locked.version}"


def format_builtins_manifest(locked: LockedBuiltins) -> str:
    """Write the Cargo.toml of a package that depends on the locked compiler_builtins and on nothing else."""
    return (
        '[workspace]\n[package]\nname = "library"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n'
        f'[dependencies]\n{PACKAGE} = "={locked.version}"\n'
    )


def format_builtins_lock(locked: LockedBuiltins) -> str:
    """Write the Cargo.lock of that package, which pins what rust-src's own lock file pins."""
    return (
        f'version = 3\n\n[[package]]\nname = "{PACKAGE}"\nversion = "{locked.version}"\nsource = "{locked.source}"\n'
        f'checksum = "{locked.checksum}"\n\n[[package]]\nname = "library"\nversion = "0.0.0"\n'
        f'dependencies = [\n "{PACKAGE}",\n]\n'
    )
