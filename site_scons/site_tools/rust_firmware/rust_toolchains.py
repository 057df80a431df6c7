"""Rust toolchains on this machine: the first one that has the rust-src belonging to it."""

from __future__ import annotations

import glob
import hashlib
import os
import shutil
from collections.abc import Iterator
from typing import Any, NamedTuple

from rust_firmware.folder_files import list_files, stat_digest
from rust_firmware.install import how_to_install
from rust_firmware.probes import Probes, ask_process, stamp, toolchain_environment
from steelmill.errors import InputError, ToolchainError
from steelmill.rustc.builtins_source import LockedBuiltins
from steelmill.rustc.sysroot import MANIFESTS
from steelmill.rustc.toolchain import RustToolchain, age_fault, parse_edition, parse_unstable_options, parse_version

_SYSTEM = ("/usr/bin/rustc", "/usr/local/bin/rustc", "/opt/homebrew/bin/rustc")
_LIBRARY_FOLDERS = (
    "core/src",
    "alloc/src",
    "compiler-builtins/compiler-builtins",
    "compiler-builtins/libm/src",
    "stdarch/crates/core_arch/src",
    "portable-simd/crates/core_simd/src",
)


_IDENTITY = (("--print", "sysroot"), ("-vV",))


class Candidate(NamedTuple):
    """A rustc that was looked at."""

    origin: str
    """Where it was found: ``PATH``, ``rustup``."""
    rustc: str
    sysroot: str
    """Empty where it does not say."""
    fault: str
    """Why it is passed over; empty where it will do."""


def find_rust_toolchain(probes: Probes, explicit: str | None, top: str) -> RustToolchain:
    """Give the first toolchain with rust-src, in the order of the reference; raise ToolchainError where none has one.

    ``explicit`` (``rustc=``) is taken or refused, never passed over.
    """
    looked_at: list[tuple[str, str]] = []
    for candidate in rust_candidates(probes, explicit, top):
        if not candidate.fault:
            real = os.path.join(candidate.sysroot, "bin/rustc")
            rustc = real if os.path.exists(real) else candidate.rustc
            return _describe(probes, rustc, candidate.sysroot, os.path.realpath(_library(candidate.sysroot)))
        looked_at.append((candidate.origin, f"{candidate.rustc}: {candidate.fault}"))
    raise ToolchainError(
        "no rustc with its rust-src found that will do" if looked_at else "no rustc with its rust-src found",
        details=looked_at or [("looked at", "rustc=, RUSTC, PATH, rustup's toolchains, the system's")],
        remedy=_how_to_install(),
    )


def rust_candidates(probes: Probes, explicit: str | None, top: str) -> Iterator[Candidate]:
    """Look at every rustc of this machine, or at ``explicit`` alone, in the order of the reference."""
    for origin, rustc in _compilers(explicit):
        answer = _sysroot_and_version(probes, rustc, top)
        if answer is None:
            yield Candidate(origin, rustc, "", "does not answer --print sysroot")
            continue
        sysroot, version = answer
        fault = age_fault(parse_version(version)) if "release: " in version else ""
        if fault:
            yield Candidate(origin, rustc, sysroot, fault)
        elif not os.path.exists(os.path.join(_library(sysroot), "core/src/lib.rs")):
            yield Candidate(origin, rustc, sysroot, f"no rust-src in {_library(sysroot)}")
        else:
            yield Candidate(origin, rustc, sysroot, "")


def _library(sysroot: str) -> str:
    return os.path.join(sysroot, "lib/rustlib/src/rust/library")


def _how_to_install() -> str:
    return f"{how_to_install(['rustc'])}; or: rustup toolchain install nightly --component rust-src"


def _compilers(explicit: str | None) -> Iterator[tuple[str, str]]:
    if explicit:
        if not os.path.isfile(explicit):
            raise InputError(f"rustc={explicit} is no file", place="rustc=", remedy="give the path of a rustc")
        yield "rustc=", explicit
        return
    if os.environ.get("RUSTC"):
        yield "RUSTC", shutil.which(os.environ["RUSTC"]) or os.environ["RUSTC"]
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if os.path.isfile(os.path.join(folder, "rustc")):
            yield "PATH", os.path.join(folder, "rustc")
    rustup = os.environ.get("RUSTUP_HOME") or os.path.expanduser("~/.rustup")
    for path in sorted(glob.glob(os.path.join(glob.escape(rustup), "toolchains/*/bin/rustc"))):
        yield "rustup", path
    for path in _SYSTEM:
        if os.path.isfile(path):
            yield "system", path


def _environment() -> dict[str, str]:
    # rustup would otherwise fetch a toolchain that rust-toolchain.toml names
    return {"RUSTUP_AUTO_INSTALL": "0", **toolchain_environment()}


def _sysroot_and_version(probes: Probes, rustc: str, top: str) -> tuple[str, str] | None:
    """Ask for the sysroot and for what ``-vV`` prints; a rustup proxy's answer depends on rustup's settings too."""
    rustup = os.environ.get("RUSTUP_HOME") or os.path.expanduser("~/.rustup")
    settings = [
        os.path.join(rustup, "settings.toml"),
        # it changes when a toolchain is installed or removed
        os.path.join(rustup, "toolchains"),
        *(os.path.join(folder, name) for folder in _upwards(top) for name in ("rust-toolchain", "rust-toolchain.toml")),
    ]
    facts = [
        stamp(rustc),
        os.environ.get("RUSTUP_TOOLCHAIN"),
        os.environ.get("LD_LIBRARY_PATH"),
        [stamp(path) for path in settings if os.path.exists(path)],
    ]

    def ask() -> list[str] | None:
        sysroot, version = (ask_process([rustc, *words], _environment(), cwd=top) for words in _IDENTITY)
        return [sysroot.stdout.strip(), version.stdout] if sysroot.status == 0 else None

    answer: list[str] | None = probes.remember("sysroot and version", [rustc, top, *facts], ask)
    return None if answer is None else (answer[0], answer[1])


def _describe(probes: Probes, rustc: str, sysroot: str, library: str) -> RustToolchain:
    places = {name: os.path.join(library, path) for name, path in MANIFESTS.items()}
    manifests = {name: path for name, path in places.items() if os.path.exists(path)}
    lock = os.path.join(library, "Cargo.lock")
    env = {**_environment(), "RUSTC_BOOTSTRAP": "1"}

    def ask() -> dict[str, Any]:
        text = ask_process([rustc, "-vV"], env).stdout
        llvm = parse_version(text).llvm.split(".")[0]
        return {
            "version": text,
            "unstable": sorted(parse_unstable_options(ask_process([rustc, "-Zhelp"], env).stdout)),
            "editions": {name: parse_edition(_read(path)) for name, path in manifests.items()},
            "builtins": None if "compiler_builtins" in manifests else _locked_builtins(lock),
            "binaries": [rustc, *_libraries(sysroot, "librustc_driver*.so"), *_libraries(sysroot, f"libLLVM*{llvm}*")],
        }

    facts = probes.remember(
        "rustc and its library",
        [env.get("LD_LIBRARY_PATH"), *(stamp(path) for path in (rustc, *places.values(), lock))],
        ask,
    )
    version = parse_version(facts["version"])
    _check_same_version(version.release, library)
    return RustToolchain(
        rustc=rustc,
        sysroot=sysroot,
        library=library,
        version=version,
        rustc_identity=probes.digest_of_files(facts["binaries"]),
        library_identity=_library_identity(probes, library),
        unstable=frozenset(facts["unstable"]),
        editions=facts["editions"],
        loader_path=os.environ.get("LD_LIBRARY_PATH", ""),
        builtins=LockedBuiltins(*facts["builtins"]) if facts["builtins"] else None,
    )


def _locked_builtins(lock: str) -> LockedBuiltins:
    """Read which compiler_builtins a library takes from the registry; raise ToolchainError where it names none."""
    from steelmill.cargo.lock import locked_compiler_builtins, parse_lock

    found = locked_compiler_builtins(parse_lock(_read(lock), lock)) if os.path.exists(lock) else None
    if found is None or found.source is None or found.checksum is None:
        raise ToolchainError(
            "this rust-src has no compiler_builtins, and its Cargo.lock names none",
            place=lock,
            remedy=_how_to_install(),
        )
    return LockedBuiltins(found.version, found.checksum, f"{found.source.kind}+{found.source.url}")


def _check_same_version(release: str, library: str) -> None:
    """Refuse a rust-src of another release, where the sources carry their version."""
    path = os.path.join(library, "../src/version")
    if not os.path.exists(path):
        return
    source = _read(path).strip()
    if source.split("-")[0] != release.split("-")[0]:
        raise ToolchainError(
            f"rust-src is of {source}, rustc of {release}; both must be of one release",
            place=library,
            remedy=_how_to_install(),
        )


def _library_identity(probes: Probes, library: str) -> str:
    """Digest the sources that the sysroot is made from; they are read only when a stat changed."""
    files = sorted(path for folder in _LIBRARY_FOLDERS for path in list_files(os.path.join(library, folder)))

    def read_all() -> str:
        total = hashlib.sha256()
        for path, _, _ in files:
            with open(path, "rb") as file:
                total.update(os.path.relpath(path, library).encode(errors="surrogateescape"))
                total.update(hashlib.file_digest(file, "sha256").digest())
        return total.hexdigest()

    return str(probes.remember("library", [stat_digest(files)], read_all))


def _libraries(sysroot: str, pattern: str) -> list[str]:
    """Find a shared library of the toolchain: rustup keeps them in lib, Debian in lib/<multiarch>."""
    lib = glob.escape(os.path.join(sysroot, "lib"))
    return sorted({os.path.realpath(path) for middle in ("", "*/") for path in glob.glob(f"{lib}/{middle}{pattern}")})


def _upwards(folder: str) -> Iterator[str]:
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()
