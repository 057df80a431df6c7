"""Linkers on this machine: the one that a user, a target or the C toolchain names."""

from __future__ import annotations

import os
import re
import shutil
from typing import NamedTuple

from rust_firmware.install import how_to_install
from rust_firmware.target_build import TargetBuild
from steelmill.cc.toolchain import PREFIXES
from steelmill.errors import ToolchainError
from steelmill.linker.flavor import GNU, GNU_CC, GNU_LLD, GNU_LLD_CC, Flavor, parse_flavor
from steelmill.step import Tool

_LLD_NAMES = ("ld.lld", *(f"ld.lld-{version}" for version in range(40, 13, -1)))

_BUNDLED = ("rust-lld", "lld")
"""What rustc calls the LLD that it may bring."""


class Linker(NamedTuple):
    """A linker and how it is spoken to."""

    argv: tuple[str, ...]
    """The program and what must come first."""
    flavor: Flavor
    tool: Tool


def find_linker(build: TargetBuild, choice: str | None, configured: str | None = None) -> Linker:
    """Give ``choice`` (``ld``, ``lld``, ``cc`` or a program), else ``linker=``, else the target's, else GNU ld.

    ``configured`` is what cargo's configuration names, and comes before what the target does.
    """
    choice = choice or build.session.arguments.get("linker")
    if choice is None and configured:
        return (
            _lld(build)
            if configured in _BUNDLED
            else _program(build, configured, _flavor_of(configured), ".cargo/config.toml")
        )
    spec = build.target.spec
    flavor = parse_flavor(spec.get("linker-flavor", "gnu"), place=spec.place)
    if choice is None and spec.get("linker"):
        choice = str(spec.get("linker"))
        if choice in _BUNDLED:
            return _lld(build)
        return _program(build, choice, flavor if spec.get("linker-flavor") else _flavor_of(choice))
    if choice is None:
        choice = "cc" if flavor.cc else "lld" if flavor.lld or build.cc.family == "clang" else "ld"
    if choice == "lld":
        return _lld(build)
    if choice == "cc":
        # clang's own choice would be the host's ld
        flavor = GNU_LLD_CC if build.cc.family == "clang" else GNU_CC
        return Linker((build.cc.programs["cc"],), flavor, build.cc.tool)
    if choice == "ld":
        return _gnu_ld(build)
    return _program(build, choice, _flavor_of(choice))


def _gnu_ld(build: TargetBuild) -> Linker:
    """Find GNU ld: the C toolchain's own; clang has none, so the first one made for the target's architecture."""
    if build.cc.family == "gcc":
        return Linker((build.cc.programs["ld"],), GNU, build.cc.tool)
    names = [f"{prefix}ld" for prefix in PREFIXES[build.target.spec.arch]]
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise ToolchainError(
            f"no GNU ld for {build.target.spec.arch}; expected {', '.join(names)}",
            place="linker=ld",
            remedy="install binutils for the architecture, or link with linker=lld",
        )
    return Linker((path,), GNU, Tool(os.path.basename(path), build.session.probes.digest_of_files([path])))


def _flavor_of(program: str) -> Flavor:
    """Tell by its name how a program is spoken to."""
    name = os.path.basename(program)
    if "lld" in name or name == "flip-link":
        return GNU_LLD
    return GNU_CC if re.search(r"(gcc|g\+\+|clang|clang\+\+|cc)(-[\d.]+)?$", name) else GNU


def _program(build: TargetBuild, name: str, flavor: Flavor, place: str | None = None) -> Linker:
    path = shutil.which(build.session.tree.absolute(name) if "/" in name else name)
    if path is None:
        raise ToolchainError(
            f"the linker {name!r} is not on PATH",
            place=place or build.target.spec.place,
            remedy="install it, or choose another with linker=ld, linker=lld or linker=PATH",
        )
    return Linker((path,), flavor, Tool(os.path.basename(path), build.session.probes.digest_of_files([path])))


def _lld(build: TargetBuild) -> Linker:
    """Find LLD: rustc's own, else a system's."""
    bundled = os.path.join(build.rust.sysroot, "lib/rustlib", build.rust.version.host, "bin/rust-lld")
    rust_lld = bundled if os.path.isfile(bundled) else shutil.which("rust-lld")
    path = rust_lld or next(filter(None, map(shutil.which, _LLD_NAMES)), None)
    if path is None:
        raise ToolchainError(
            "LLD is not installed; the target or linker= asks for it",
            place=build.target.spec.place,
            remedy=f"{how_to_install(['ld.lld'])}; or choose GNU ld with linker=ld",
        )
    # rust-lld is all of LLD's linkers in one program
    argv = (path, "-flavor", "gnu") if path == rust_lld else (path,)
    tool = Tool(os.path.basename(path), build.session.probes.digest_of_files([path]))
    return Linker(argv, GNU_LLD, tool)
