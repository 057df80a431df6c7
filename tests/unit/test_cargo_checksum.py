"""Whether a package on disk is what the lock file names."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping

import pytest

from steelmill.cargo.checksum import (
    Checksums,
    check_unpacked,
    check_vendored,
    crate_file_path,
    parse_checksums,
    read_crate_file,
)
from steelmill.cargo.lock import LockedPackage
from steelmill.cargo.package_id import Source
from steelmill.errors import InputError

FILES = {"Cargo.toml": b"[package]\n", "src/lib.rs": b"#![no_std]\n"}
FOLDER = "/home/user/.cargo/registry/src/crates-io/hal-1.0.0"
CRATE_PATH = "/home/user/.cargo/registry/cache/crates-io/hal-1.0.0.crate"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def crate(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(f"hal-1.0.0/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(buffer.getvalue(), mtime=0)


CRATE = crate(FILES)
HAL = LockedPackage("hal", "1.0.0", Source("registry", "https://example.org"), digest(CRATE), ())
DIGESTS = {name: digest(data) for name, data in FILES.items()}


def test_the_crate_file_of_an_unpacked_folder() -> None:
    assert crate_file_path(FOLDER) == CRATE_PATH
    read = read_crate_file(CRATE, HAL, CRATE_PATH)
    assert (read.digest, read.files) == (HAL.checksum, DIGESTS)


def test_a_crate_file_of_other_bytes() -> None:
    other = crate({**FILES, "src/lib.rs": b""})
    with pytest.raises(InputError) as caught:
        read_crate_file(other, HAL, CRATE_PATH)
    assert str(caught.value) == (
        f"{CRATE_PATH}: not the hal 1.0.0 of Cargo.lock\n"
        f"  expected   {HAL.checksum}\n"
        f"  found      {digest(other)}\n"
        "  remedy     remove the file and run `cargo fetch --locked`"
    )


def test_files_that_are_no_part_of_the_crate_are_told() -> None:
    read = read_crate_file(CRATE, HAL, CRATE_PATH)
    assert check_unpacked(HAL, read, {**DIGESTS, ".cargo-ok": digest(b"{}")}, FOLDER) == ()
    assert check_unpacked(HAL, read, {**DIGESTS, "src/z.rs": "1", "a.rs": "2"}, FOLDER) == ("a.rs", "src/z.rs")


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ("0" * 64, f"{FOLDER}/src/lib.rs: edited; expected the file of hal 1.0.0"),
        (None, f"{FOLDER}/src/lib.rs: missing from hal 1.0.0"),
    ],
)
def test_an_edited_or_missing_file(found: str | None, message: str) -> None:
    digests = {"Cargo.toml": DIGESTS["Cargo.toml"], **({"src/lib.rs": found} if found else {})}
    with pytest.raises(InputError) as caught:
        check_unpacked(HAL, read_crate_file(CRATE, HAL, CRATE_PATH), digests, FOLDER)
    assert str(caught.value) == (
        f"{message}\n"
        f"  expected   {DIGESTS['src/lib.rs']}\n"
        f"  found      {found or 'nothing'}\n"
        f"  remedy     remove {FOLDER} and run `cargo fetch --locked`; "
        "to change the package, use [patch] with a copy of it"
    )


def test_a_vendored_folder() -> None:
    checksums = parse_checksums(json.dumps({"files": DIGESTS, "package": HAL.checksum}), "vendor/hal")
    assert checksums == Checksums(HAL.checksum, DIGESTS)
    digests = {**DIGESTS, ".cargo-checksum.json": "0"}
    assert check_vendored(HAL, checksums, digests, "vendor/hal") == ()
    with pytest.raises(InputError, match="edited; expected the file of hal") as caught:
        check_vendored(HAL, checksums, {**digests, "Cargo.toml": "0"}, "vendor/hal")
    assert caught.value.place == "vendor/hal/Cargo.toml"


def test_a_folder_that_was_vendored_from_git_has_no_checksum() -> None:
    git = HAL._replace(checksum=None, source=Source("git", "https://example.org/hal"))
    assert check_vendored(git, Checksums(None, DIGESTS), DIGESTS, "vendor/hal") == ()


def test_a_vendored_folder_whose_files_nobody_vouches_for() -> None:
    assert check_vendored(HAL, Checksums(HAL.checksum, {}), DIGESTS, "vendor/hal") == ("Cargo.toml", "src/lib.rs")


@pytest.mark.parametrize(("package", "found"), [(None, "nothing"), ("1" * 64, "1" * 64)])
def test_a_vendored_folder_of_another_package(package: str | None, found: str) -> None:
    with pytest.raises(InputError) as caught:
        check_vendored(HAL, Checksums(package, DIGESTS), DIGESTS, "vendor/hal")
    assert str(caught.value) == (
        "vendor/hal/.cargo-checksum.json: not the hal 1.0.0 of Cargo.lock\n"
        f"  expected   {HAL.checksum}\n"
        f"  found      {found}\n"
        "  remedy     vendor the packages again: `cargo vendor`"
    )
