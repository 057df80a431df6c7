"""bindgen, with the libclang that it loads, and cbindgen on this machine."""

from __future__ import annotations

import glob
import os
import shutil

from rust_firmware.install import how_to_install
from rust_firmware.probes import Probes, ask_process, stamp
from steelmill.bindings.bindgen import PRETTY
from steelmill.bindings.bindgen_tool import (
    LIBRARY_FOLDERS,
    LIBRARY_PATTERNS,
    BindgenTool,
    Libclang,
    choose_libclang,
    missing_libclang,
    parse_clang,
    parse_options,
    parse_version,
)
from steelmill.bindings.cbindgen import CbindgenTool
from steelmill.cc.toolchain import parse_loaded_libraries
from steelmill.errors import ToolchainError
from steelmill.step import Tool

_ENV = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "RUST_BACKTRACE": "0"}


def find_bindgen(probes: Probes, asked_at: str | None = None) -> BindgenTool:
    """Identify the bindgen on PATH down to the libraries that it loads; raise ToolchainError where one is missing.

    ``asked_at`` says what needs it, for messages.
    """
    program = _find("bindgen", "cargo install --locked bindgen-cli", asked_at)
    said = probes.remember(
        "version, options and layout of bindgen",
        [stamp(program)],
        lambda: {
            **{word: ask_process([program, f"--{word}"], _ENV).stdout for word in ("version", "help")},
            "pretty": ask_process([program, PRETTY, "--version"], _ENV).status == 0,
        },
    )
    version = parse_version(program, said["version"])
    found = _libraries()
    library = choose_libclang(found, version)
    if library is None:
        said_where = os.environ.get("LIBCLANG_PATH")
        looked = f"{said_where}, which LIBCLANG_PATH names" if said_where else ", ".join(LIBRARY_FOLDERS)
        raise missing_libclang(found, version, looked, _libclang_remedy())

    def ask() -> dict[str, str]:
        env = {**_ENV, "LIBCLANG_PATH": library.path}
        answer = ask_process([program, "--version", "--verbose"], env)
        return {
            "clang": answer.stdout,
            "error": answer.stderr,
            "libraries": ask_process(["ldd", library.real], _ENV).stdout,
        }

    loaded = probes.remember("libclang of bindgen", [stamp(program), library.path, stamp(library.real)], ask)
    clang = parse_clang(loaded["clang"])
    if clang is None:
        raise ToolchainError(
            "bindgen cannot load this libclang",
            place=library.path,
            details=[("it says", line) for line in loaded["error"].strip().splitlines()[-2:]],
            remedy=_libclang_remedy(),
        )
    files = {program, library.real, *parse_loaded_libraries(loaded["libraries"])}
    identity = probes.digest_of_files(sorted(os.path.realpath(path) for path in files))
    return BindgenTool(program, version, parse_options(said["help"]), said["pretty"], library.path, clang, identity)


def find_cbindgen(probes: Probes, asked_at: str | None = None) -> CbindgenTool:
    """Identify the cbindgen on PATH; raise ToolchainError where there is none."""
    program = _find("cbindgen", "cargo install --locked cbindgen", asked_at)
    said = probes.remember(
        "version and options of cbindgen",
        [stamp(program)],
        lambda: {word: ask_process([program, f"--{word}"], _ENV).stdout for word in ("version", "help")},
    )
    return CbindgenTool(
        program,
        Tool(said["version"].strip() or "cbindgen", probes.digest_of_files([os.path.realpath(program)])),
        lists_reads="--depfile" in said["help"],
    )


def _find(name: str, newest: str, asked_at: str | None) -> str:
    program = shutil.which(name)
    if program is None:
        raise ToolchainError(
            f"no {name} on PATH",
            place=asked_at,
            remedy=f"{how_to_install([name])}, or the newest one by {newest}",
        )
    return os.path.abspath(program)


def _libclang_remedy() -> str:
    return f"{how_to_install(['bindgen'])}; LIBCLANG_PATH names one that lies elsewhere"


def _libraries() -> list[Libclang]:
    """List each libclang once: that of LIBCLANG_PATH alone where it is set, else those of the usual folders."""
    said = os.environ.get("LIBCLANG_PATH")
    if said and not os.path.isdir(said):
        return [Libclang(os.path.abspath(said), os.path.realpath(said))] if os.path.isfile(said) else []
    folders = (glob.escape(os.path.abspath(said)),) if said else LIBRARY_FOLDERS
    paths = [path for folder in folders for name in LIBRARY_PATTERNS for path in sorted(glob.glob(f"{folder}/{name}"))]
    found: dict[str, Libclang] = {}
    for path in paths:
        real = os.path.realpath(path)
        if os.path.isfile(real):
            found.setdefault(real, Libclang(path, real))
    return list(found.values())
