"""The cargos on this machine: chosen by themselves, since any newer one resolves for any rustc."""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Iterator

from rust_firmware.install import how_to_install
from rust_firmware.probes import Probes, ask_process, stamp
from steelmill.cargo.toolchain import CargoToolchain, choose_cargo, parse_cargo_version
from steelmill.errors import InputError, ToolchainError

_FORWARDED = ("HOME", "PATH", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "CARGO_HOME", "LD_LIBRARY_PATH")
_SYSTEM = ("/usr/bin/cargo", "/usr/local/bin/cargo", "/opt/homebrew/bin/cargo")


def find_cargo(probes: Probes, explicit: str | None, *, git: bool) -> CargoToolchain:
    """Give ``cargo=``, else the newest on this machine; where packages come from ``git``, one that fetches those."""
    if explicit and not os.path.isfile(explicit):
        raise InputError(f"cargo={explicit} is no file", place="cargo=", remedy="give the path of a cargo")
    programs = [explicit] if explicit else list(dict.fromkeys(map(os.path.realpath, _programs())))
    chosen = choose_cargo(tuple(filter(None, (_describe(probes, program) for program in programs))), git=git)
    if chosen is None:
        raise ToolchainError(
            "no cargo found, and [rust] package needs one to say what to build",
            place="cargo=" if explicit else None,
            details=[("looked at", "cargo=, CARGO, PATH, rustup's toolchains, the system's")],
            remedy=f"{how_to_install(['rustc'])}; or give its path with cargo=PATH",
        )
    return chosen


def cargo_home() -> str:
    """Give the folder in which cargo keeps what it has fetched, and its configuration."""
    return os.path.realpath(os.environ.get("CARGO_HOME") or os.path.expanduser("~/.cargo"))


def cargo_environment() -> dict[str, str]:
    """Give what every cargo needs of the user's environment."""
    return {name: os.environ[name] for name in _FORWARDED if name in os.environ}


def _programs() -> Iterator[str]:
    """List the candidates; rustup's proxy is none, for the toolchains behind it are."""
    named = os.environ.get("CARGO")
    if named:
        yield shutil.which(named) or named
    rustup = os.environ.get("RUSTUP_HOME") or os.path.expanduser("~/.rustup")
    folders = os.environ.get("PATH", "").split(os.pathsep)
    for path in (
        *(os.path.join(folder, "cargo") for folder in folders if folder),
        *sorted(glob.glob(os.path.join(glob.escape(rustup), "toolchains/*/bin/cargo"))),
        *_SYSTEM,
    ):
        if os.path.isfile(path) and not _is_proxy(path):
            yield path


def _is_proxy(path: str) -> bool:
    rustup = os.path.join(os.path.dirname(path), "rustup")
    return os.path.exists(rustup) and os.path.samefile(path, rustup)


def _describe(probes: Probes, program: str) -> CargoToolchain | None:
    def ask() -> str:
        answer = ask_process([program, "-vV"], cargo_environment())
        return answer.stdout if answer.status == 0 else ""

    text = probes.remember("cargo -vV", [program, stamp(program), os.environ.get("LD_LIBRARY_PATH")], ask)
    return parse_cargo_version(program, text) if text else None
