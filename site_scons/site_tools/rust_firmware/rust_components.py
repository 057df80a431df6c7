"""Programs that come with a Rust toolchain or beside it: clippy, rustdoc, rustfmt."""

from __future__ import annotations

import os
import re

from rust_firmware.install import how_to_install
from rust_firmware.probes import Probes, ask_process, stamp
from rust_firmware.target_build import TargetBuild
from rust_firmware.tree import Tree
from steelmill.errors import ToolchainError
from steelmill.rustc.documentation import Rustdoc
from steelmill.rustc.linter import SETTINGS, Linter
from steelmill.rustc.toolchain import RustToolchain, parse_version
from steelmill.step import Tool

_COMPONENTS = {"clippy-driver": "clippy"}
"""What rustup calls that which brings a program, where it is not the program's name."""
_RUSTUP = re.compile(r"/toolchains/(?P<name>[^/]+)$")


def find_component(rust: RustToolchain, program: str) -> str:
    """Give the path of a program of the toolchain; raise ToolchainError where it is not there."""
    for folder in (os.path.join(rust.sysroot, "bin"), os.path.dirname(rust.rustc)):
        path = os.path.join(folder, program)
        if os.path.isfile(path):
            return path
    raise ToolchainError(
        f"rustc {rust.version.release} has no {program} beside it",
        place=os.path.join(rust.sysroot, "bin", program),
        remedy=_how_to_add(rust, program),
    )


def find_linter(probes: Probes, rust: RustToolchain, tree: Tree) -> Linter:
    """Give the clippy of the toolchain; raise ToolchainError where there is none, or one of another rustc."""
    program = find_component(rust, "clippy-driver")

    def ask() -> str:
        return ask_process([program, "--rustc", "-vV"], dict(rust.env)).stdout

    version = parse_version(probes.remember("clippy-driver", [stamp(program), rust.rustc_identity], ask))
    if (version.release, version.commit) != (rust.version.release, rust.version.commit):
        raise ToolchainError(
            f"it is made for rustc {version.release}, and the image's is {rust.version.release}",
            place=program,
            remedy=_how_to_add(rust, "clippy-driver"),
        )

    tool = Tool(f"clippy {version.release}", probes.digest_of_files([program]))
    return Linter(program, tool, lambda folder: find_settings(tree, folder, SETTINGS))


def find_rustdoc(build: TargetBuild) -> Rustdoc:
    """Give the rustdoc of the toolchain; raise ToolchainError where there is none."""
    program, rust = find_component(build.rust, "rustdoc"), build.rust
    return Rustdoc(program, Tool(f"rustdoc {rust.version.release}", build.session.probes.digest_of_files([program])))


def find_settings(tree: Tree, folder: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Give the path of the first file of one of these names, in a folder or above it; none where there is none."""
    absolute = os.path.normpath(tree.absolute(folder))
    while True:
        for name in names:
            if os.path.isfile(os.path.join(absolute, name)):
                return (tree.relative(os.path.join(absolute, name)),)
        if absolute == os.path.dirname(absolute):
            return ()
        absolute = os.path.dirname(absolute)


def _how_to_add(rust: RustToolchain, program: str) -> str:
    rustup = _RUSTUP.search(rust.sysroot)
    if rustup:
        return f"add it: rustup component add {_COMPONENTS.get(program, program)} --toolchain {rustup['name']}"
    return how_to_install([program])
