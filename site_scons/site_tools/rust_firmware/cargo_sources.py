"""The sources of packages from registries and git: fetched where they are missing, and what Cargo.lock names."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable

from rust_firmware.folder_files import file_digest, list_files, stat_digest
from rust_firmware.probes import Answer, ask_process, stamp
from rust_firmware.session import Session
from steelmill.cargo.lock import LockedPackage
from steelmill.cargo.metadata import Package
from steelmill.cargo.toolchain import CargoToolchain
from steelmill.errors import InputError, ToolchainError


def fetch(
    session: Session,
    cargo: CargoToolchain,
    rustc: str,
    manifest: str,
    place: str,
    *,
    what: str | None = None,
    folder: str | None = None,
) -> None:
    """Fetch what the lock file of a package names, and say so; raise InputError where cargo cannot.

    ``what`` is fetched in other words, ``folder`` the one whose configuration holds; else they are the package's own.
    """
    shown = session.tree.relative(manifest)
    named = what or f"what {shown} needs"
    session.console.block(f"FETCH {named} into cargo's own folder, by {cargo.program} {cargo.release}")
    # it reaches registries as the user's own cargo does: with proxies, certificates and credentials
    env = {**os.environ, "RUSTC": rustc, "LC_ALL": "C.UTF-8"}
    argv = [cargo.program, "fetch", "--locked", f"--manifest-path={manifest}"]
    answer = ask_process(argv, env, cwd=folder or os.path.dirname(manifest))
    if answer.status:
        from steelmill.cargo.refusal import explain_refusal

        raise explain_refusal(answer.stderr or f"ended by signal {-answer.status}: SIGSEGV", shown, place)


def ask_with_sources(
    session: Session,
    ask: Callable[[], Answer],
    fetch_them: Callable[[], None],
    absent: Callable[[str], InputError],
    shown: str,
    place: str,
) -> str:
    """Give what cargo printed; where it lacks sources, fetch them and ask again. Raise InputError where it refuses.

    ``absent`` makes the error for ``offline=1`` of what cargo said; ``shown`` is what it was asked about.
    """
    from steelmill.cargo.refusal import explain_refusal, lacks_sources

    answer = ask()
    if answer.status and lacks_sources(answer.stderr):
        if session.arguments.get("offline") == "1":
            raise absent(answer.stderr)
        fetch_them()
        answer = ask()
    if answer.status:
        raise explain_refusal(answer.stderr, shown, place)
    return answer.stdout


def verify_sources(session: Session, packages: Iterable[tuple[Package, str]]) -> dict[str, str]:
    """Give by package id what stands for the files of immutable packages, each given with its pin.

    A package is read when the stat of a file in it changed. Raises InputError where a file is not what was locked.
    """
    verified = session.verified_sources
    found = {}
    for package, pin in packages:
        key = (package.id, package.folder, pin)
        if key not in verified:
            verified[key] = _verify(session, package, pin)
        found[package.id] = verified[key]
    return found


def _verify(session: Session, package: Package, pin: str) -> str:
    files = sorted(list_files(package.folder))
    facts = [package.id, package.folder, pin, stat_digest(files), stamp(_crate_path(package.folder))]
    return str(
        session.probes.remember("cargo source", facts, lambda: _identify(package, pin, [row[0] for row in files]))
    )


def _identify(package: Package, pin: str, paths: list[str]) -> str:
    """Check a package and give its identity: the pin, and whatever in the folder the pin says nothing of."""
    from steelmill.cargo.checksum import (
        CHECKSUM_FILE,
        check_unpacked,
        check_vendored,
        parse_checksums,
        read_crate_file,
    )

    folder = package.folder
    digests = {os.path.relpath(path, folder): file_digest(path) for path in paths}
    source = package.source
    is_git = source is not None and source.kind == "git"
    locked = LockedPackage(package.name, package.version, source, None if is_git else pin, ())
    if CHECKSUM_FILE in digests:
        place = f"{folder}/{CHECKSUM_FILE}"
        with open(place, encoding="utf-8") as file:
            checksums = parse_checksums(file.read(), place)
        others = check_vendored(locked, checksums, digests, folder)
    elif is_git:
        from rust_firmware.git_checkouts import check_checkout

        others = check_checkout(f"{package.name} {package.version}", folder, pin, digests)
    else:
        place = _crate_path(folder)
        if not os.path.exists(place):
            raise ToolchainError(
                f"{locked} cannot be verified: the file that it was unpacked from is missing",
                place=place,
                remedy="run `cargo fetch --locked`",
            )
        with open(place, "rb") as data:
            crate = read_crate_file(data.read(), locked, place)
        others = check_unpacked(locked, crate, digests, folder)
    rest = "".join(f" {name}={digests[name]}" for name in others)
    return hashlib.sha256(f"{pin}{rest}".encode(errors="surrogateescape")).hexdigest() if rest else pin


def _crate_path(folder: str) -> str:
    from steelmill.cargo.checksum import crate_file_path

    return crate_file_path(folder)
