"""The cargos on this machine: chosen by themselves, since any newer one resolves for any rustc."""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Iterator

from rust_firmware.install import how_to_install
from rust_firmware.probes import Probes, ask_process, default_cache_dir, stamp, toolchain_environment
from steelmill.cargo.toolchain import (
    CargoToolchain,
    choose_cargo,
    choose_fetcher,
    parse_cargo_version,
    resolve_fault,
)
from steelmill.errors import InputError, ToolchainError

_SYSTEM = ("/usr/bin/cargo", "/usr/local/bin/cargo", "/opt/homebrew/bin/cargo")


def find_cargo(probes: Probes, explicit: str | None, rustc: tuple[int, int], *, git: bool) -> CargoToolchain:
    """Give ``cargo=``, else the newest on this machine that resolves for a release of rustc.

    Where packages come from ``git``, one that fetches those is taken first. Raises ToolchainError where none will do.
    """
    found = _cargos(probes, explicit)
    chosen = choose_cargo(found, rustc=rustc, git=git)
    if chosen is None:
        raise ToolchainError(
            "no cargo found that will do" if found else "no cargo found, and a build with Cargo packages needs one",
            place="cargo=" if explicit else None,
            details=[(f"cargo {one.release}", f"{one.program}: {resolve_fault(one, rustc)}") for one in found]
            or [("looked at", "cargo=, CARGO, PATH, rustup's toolchains, the system's")],
            remedy=f"{how_to_install(['rustc'])}; or give its path with cargo=PATH",
        )
    return chosen


def find_fetcher(probes: Probes, explicit: str | None, cargo: CargoToolchain, *, git: bool) -> CargoToolchain:
    """Give the cargo that fetches: ``cargo`` itself, unless packages come from ``git`` and it cannot fetch those.

    Raises ToolchainError where no other can, or ``cargo=`` names that one.
    """
    if cargo.fetches_git or not git:
        return cargo
    other = choose_fetcher(_cargos(probes, None))
    if other is None or explicit:
        able = f"leave cargo= out: {other.program} can" if other else "install another cargo, rustup's for instance"
        raise ToolchainError(
            f"cargo {cargo.release} cannot fetch from git, where Cargo.lock takes packages from",
            place=cargo.program,
            details=[("because", "it is linked with the system's libgit2, which is too old for it")],
            remedy=f"{able}; what another cargo has fetched, this one finds",
        )
    return other


def _cargos(probes: Probes, explicit: str | None) -> tuple[CargoToolchain, ...]:
    if explicit and not os.path.isfile(explicit):
        raise InputError(f"cargo={explicit} is no file", place="cargo=", remedy="give the path of a cargo")
    programs = [explicit] if explicit else list(dict.fromkeys(map(os.path.realpath, _programs())))
    return tuple(filter(None, (_describe(probes, program) for program in programs)))


def cargo_home() -> str:
    """Give the folder in which cargo keeps what it has fetched, and its configuration."""
    return os.path.realpath(os.environ.get("CARGO_HOME") or os.path.expanduser("~/.cargo"))


def _programs() -> Iterator[str]:
    """List the candidates; rustup's proxy is none, for the toolchains behind it are."""
    named = os.environ.get("CARGO")
    if named:
        yield shutil.which(named) or named
    rustup = os.environ.get("RUSTUP_HOME") or os.path.expanduser("~/.rustup")
    unpacked = os.path.join(glob.escape(default_cache_dir()), "toolchains/*/bin/cargo")
    folders = os.environ.get("PATH", "").split(os.pathsep)
    for path in (
        *(os.path.join(folder, "cargo") for folder in folders if folder),
        *sorted(glob.glob(os.path.join(glob.escape(rustup), "toolchains/*/bin/cargo"))),
        *_SYSTEM,
        *sorted(glob.glob(unpacked)),
    ):
        if os.path.isfile(path) and not _is_proxy(path):
            yield path


def _is_proxy(path: str) -> bool:
    rustup = os.path.join(os.path.dirname(path), "rustup")
    return os.path.exists(rustup) and os.path.samefile(path, rustup)


def _describe(probes: Probes, program: str) -> CargoToolchain | None:
    def ask() -> str:
        answer = ask_process([program, "-vV"], toolchain_environment())
        return answer.stdout if answer.status == 0 else ""

    text = probes.remember("cargo -vV", [program, stamp(program), os.environ.get("LD_LIBRARY_PATH")], ask)
    return parse_cargo_version(program, text) if text else None
