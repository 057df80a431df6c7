"""Whether a package on disk is what the lock file names: digests in, verdict out.

Two kinds of folder hold packages of registries. Below cargo's home, ``registry/src/REGISTRY/NAME-VERSION`` was unpacked
from ``registry/cache/REGISTRY/NAME-VERSION.crate``, whose SHA-256 is the lock file's checksum; cargo never looks at the
folder again. A vendored folder (``cargo vendor``) has no crate file but a ``.cargo-checksum.json`` with the checksum of
the package and one for every file, https://doc.rust-lang.org/cargo/reference/source-replacement.html#directory-sources.

Digests are SHA-256 in hexadecimal; files are named by their path in the package, with ``/``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from steelmill.cargo.fields import parse_fields
from steelmill.cargo.lock import LockedPackage
from steelmill.errors import InputError

CHECKSUM_FILE = ".cargo-checksum.json"
UNPACKED = ".cargo-ok"
"""What cargo leaves in a folder that it has unpacked wholly."""
_OF_CARGO = (CHECKSUM_FILE, UNPACKED)


class Checksums(NamedTuple):
    """A ``.cargo-checksum.json``."""

    package: str | None
    """None for what was vendored from git."""
    files: Mapping[str, str]
    """Digest by file; empty where somebody keeps a changed copy and says so."""


class CrateFile(NamedTuple):
    """A ``.crate`` file: a gzipped tar archive of one folder, ``NAME-VERSION``."""

    digest: str
    files: Mapping[str, str]
    """Digest of each file in it."""


def parse_checksums(text: str, place: str) -> Checksums:
    """Read a ``.cargo-checksum.json`` whose path is ``place``; raise InputError where it is none."""
    fields = parse_fields(
        text, lambda problem: InputError(problem, place=place, remedy="vendor the package again: `cargo vendor`")
    )
    files = fields.object("files")
    return Checksums(fields.optional_string("package"), {name: files.string(name) for name in files})


def read_crate_file(data: bytes, package: LockedPackage, place: str) -> CrateFile:
    """Digest a ``.crate`` file and all that is in it; raise InputError where it is not the package's."""
    import hashlib

    digest = hashlib.sha256(data).hexdigest()
    if digest != package.checksum:
        raise InputError(
            f"not the {package} of Cargo.lock",
            place=place,
            details=_digests(package.checksum, digest),
            remedy="remove the file and run `cargo fetch --locked`",
        )
    return CrateFile(digest, _members(data, f"{package.name}-{package.version}/"))


def crate_file_path(folder: str) -> str:
    """Give the crate file that a folder below ``registry/src`` was unpacked from."""
    root, _, name = folder.rstrip("/").rpartition("/")
    home, _, registry = root.rpartition("/src/")
    return f"{home}/cache/{registry}/{name}.crate"


def check_unpacked(
    package: LockedPackage, crate: CrateFile, digests: Mapping[str, str], folder: str
) -> tuple[str, ...]:
    """Compare a folder below ``registry/src`` with its crate file.

    ``digests`` has every file in the folder. Returns the files that are no part of the crate, sorted: the lock file
    says nothing of those. Raises InputError where a file was edited or is missing.
    """
    return _check(
        package,
        crate.files,
        digests,
        folder,
        f"remove {folder} and run `cargo fetch --locked`; to change the package, use [patch] with a copy of it",
    )


def check_vendored(
    package: LockedPackage, checksums: Checksums, digests: Mapping[str, str], folder: str
) -> tuple[str, ...]:
    """Compare a vendored folder with its ``.cargo-checksum.json``, and that with the lock file.

    ``digests`` has every file in the folder. Returns the files that no checksum is given of, sorted. Raises InputError
    where a file was edited or is missing, or where the folder is of another package.
    """
    if package.checksum != checksums.package:
        raise InputError(
            f"not the {package} of Cargo.lock",
            place=f"{folder}/{CHECKSUM_FILE}",
            details=_digests(package.checksum, checksums.package),
            remedy="vendor the packages again: `cargo vendor`",
        )
    remedy = "vendor the package again: `cargo vendor`; to change it, use [patch] with a copy of it"
    return _check(package, checksums.files, digests, folder, remedy)


def _check(
    package: LockedPackage, listed: Mapping[str, str], digests: Mapping[str, str], folder: str, remedy: str
) -> tuple[str, ...]:
    for name, expected in sorted(listed.items()):
        found = digests.get(name)
        if found != expected:
            raise InputError(
                f"{'missing from' if found is None else 'edited; expected the file of'} {package}",
                place=f"{folder}/{name}",
                details=_digests(expected, found),
                remedy=remedy,
            )
    return tuple(sorted(digests.keys() - listed.keys() - {*_OF_CARGO}))


def _digests(expected: str | None, found: str | None) -> tuple[tuple[str, str], ...]:
    return (("expected", expected or "no checksum"), ("found", found or "nothing"))


def _members(data: bytes, prefix: str) -> Mapping[str, str]:
    """Digest each file of the archive. It is the lock file's own, so it is what cargo has unpacked."""
    import hashlib
    import io
    import tarfile

    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        files = {
            member.name.removeprefix(prefix): file.read()
            for member in archive
            if (file := archive.extractfile(member)) is not None
        }
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
