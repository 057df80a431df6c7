"""Lock: the packages of a ``Cargo.lock``, with where each comes from and its checksum.

Reads versions 3 and 4 of the format, https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html: from 4 on the
names of git branches and tags are percent-encoded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from steelmill.cargo.package_id import Source, parse_source
from steelmill.errors import InputError, SteelmillError

VERSIONS = (3, 4)
_NOT_ENCODED = 3
_CHECKSUM = re.compile("[0-9a-f]{64}")


class LockedPackage(NamedTuple):
    """A ``[[package]]``."""

    name: str
    version: str
    source: Source | None
    """None for local packages."""
    checksum: str | None
    """SHA-256 of the ``.crate`` file, in hexadecimal; registries alone have one."""
    dependencies: tuple[str, ...]
    """Names; with version, and source too, where the name alone is not enough: ``NAME VERSION (SOURCE)``."""

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Lock(NamedTuple):
    """A ``Cargo.lock``."""

    version: int
    packages: tuple[LockedPackage, ...]

    def find(self, name: str, version: str, source: Source | None) -> LockedPackage | None:
        """Find a package; ``source`` may lack the commit that the lock file names."""
        for package in self.packages:
            if (package.name, package.version) == (name, version) and _same_source(package.source, source):
                return package
        return None

    def named(self, name: str) -> tuple[LockedPackage, ...]:
        """List the packages of a name: several where several versions are in use."""
        return tuple(package for package in self.packages if package.name == name)


def parse_lock(text: str, place: str) -> Lock:
    """Read a ``Cargo.lock`` whose path is ``place``; raise InputError with ``place:line`` where it is none."""
    from steelmill.toml.load import load_toml

    document = load_toml(text, place)
    version = document.get("version")
    if type(version) is not int or version not in VERSIONS:
        raise _wrong_version(version, text, place)
    reader = _Reader(text, place, encoded=version > _NOT_ENCODED)
    packages = document.get("package", [])
    if not isinstance(packages, list):
        raise reader.error(("package",), "an array of tables")
    return Lock(version, tuple(reader.package(table, index) for index, table in enumerate(packages)))


def locked_compiler_builtins(library_lock: Lock) -> LockedPackage | None:
    """Give the compiler_builtins that rust-src's ``library/Cargo.lock`` takes from the registry.

    None where rust-src holds it itself, as it does from about 1.89 on.
    """
    return next((package for package in library_lock.named("compiler_builtins") if package.checksum), None)


class _Reader:
    def __init__(self, text: str, place: str, *, encoded: bool) -> None:
        self.text = text
        self.place = place
        self.encoded = encoded

    def error(self, path: tuple[str | int, ...], expected: str) -> InputError:
        key = ".".join(str(part) for part in path if isinstance(part, str))
        return InputError(
            f"{key}: expected {expected}", place=_line_of(self.text, self.place, path), remedy=_REGENERATE
        )

    def package(self, table: Mapping[str, Any], index: int) -> LockedPackage:
        path = ("package", index)
        if not isinstance(table, dict):
            raise self.error(path, "an array of tables")
        name, version = (self.string(table, path, key) for key in ("name", "version"))
        checksum = self.string(table, path, "checksum") if "checksum" in table else None
        if checksum is not None and not _CHECKSUM.fullmatch(checksum):
            raise self.error((*path, "checksum"), "64 hexadecimal digits")
        dependencies = table.get("dependencies", [])
        if not isinstance(dependencies, list) or not all(isinstance(entry, str) for entry in dependencies):
            raise self.error((*path, "dependencies"), "an array of strings")
        source = self.source(self.string(table, path, "source"), path) if "source" in table else None
        return LockedPackage(name, version, source, checksum, tuple(dependencies))

    def string(self, table: Mapping[str, Any], path: tuple[str | int, ...], key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str):
            raise self.error((*path, key), "a string")
        return value

    def source(self, text: str, path: tuple[str | int, ...]) -> Source:
        try:
            return parse_source(text, encoded=self.encoded)
        except SteelmillError:
            raise self.error((*path, "source"), f"registry+URL, sparse+URL or git+URL, found {text!r}") from None


_REGENERATE = "take Cargo.lock back from version control, or remove it and run `cargo generate-lockfile`"


def _wrong_version(version: object, text: str, place: str) -> InputError:
    if version is None:
        return InputError(
            "lock file without a version, as old releases of cargo wrote it; expected version 3 or 4",
            place=place,
            remedy="run `cargo update --workspace`, which rewrites it and keeps every version",
        )
    return InputError(
        f"lock file of version {version!r}; expected version 3 or 4",
        place=_line_of(text, place, ("version",)),
        remedy="write it with cargo 1.95 or 1.96",
    )


def _line_of(text: str, place: str, path: tuple[str | int, ...]) -> str:
    from steelmill.toml.locate import locate_keys
    from steelmill.toml.place import place_of

    return place_of(place, locate_keys(text), path)


def _same_source(locked: Source | None, asked: Source | None) -> bool:
    if locked is None or asked is None:
        return locked is asked
    commits = {locked.precise, asked.precise} - {None}
    return locked._replace(precise=None) == asked._replace(precise=None) and len(commits) <= 1
