"""Crates that no package holds, compiled for the machine that builds, with the toolchain's own std: their tests."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from steelmill.rustc.codegen import Codegen
from steelmill.rustc.crate import Crate
from steelmill.rustc.incremental import incremental_argv
from steelmill.rustc.library import Library
from steelmill.rustc.toolchain import RustToolchain
from steelmill.step import OUT, DepInfo, Step, Tool

TEST_CODEGEN = Codegen(opt_level="0", debug="2", debug_assertions=True, overflow_checks=True, panic="unwind")
"""What cargo's ``test`` profile says."""


class HostSetting(NamedTuple):
    """How crates are compiled for the host."""

    toolchain: RustToolchain
    linker: str
    linker_tool: Tool
    out_dir: str
    """Of all that is made for it."""


class HostLibrary(NamedTuple):
    """A crate that others use, compiled for the host."""

    library: Library
    folders: tuple[str, ...]
    """Where it lies, and what it uses itself."""


def host_library_step(
    setting: HostSetting, crate: Crate, dependencies: tuple[HostLibrary, ...]
) -> tuple[Step, HostLibrary]:
    """Compile a crate to an rlib for the tests of those that use it."""
    output = f"lib{crate.name}.rlib"
    step = _step(setting, crate, dependencies, ("--crate-type=rlib", f"-Cmetadata={crate.name}"), output, "")
    library = Library(crate.name, step.target_paths[:1])
    return step, HostLibrary(library, (step.out_dir, *_folders(dependencies)))


def host_program_step(setting: HostSetting, crate: Crate, dependencies: tuple[HostLibrary, ...]) -> Step:
    """Compile a crate to a program that runs its tests."""
    words = ("--test", f"-Cmetadata={crate.name}-tests", f"-Clinker={setting.linker}")
    return _step(setting, crate, dependencies, words, f"{crate.name}-tests", "tests of ")


def _folders(dependencies: tuple[HostLibrary, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(folder for one in dependencies for folder in one.folders))


def _step(
    setting: HostSetting,
    crate: Crate,
    dependencies: tuple[HostLibrary, ...],
    words: tuple[str, ...],
    output: str,
    what: str,
) -> Step:
    toolchain, dep_info, folders = setting.toolchain, f"{output}.d", _folders(dependencies)
    # images for several targets share it where it is the same for them
    digest = hashlib.sha256(repr((crate, folders)).encode()).hexdigest()[:8]
    return Step(
        label=("RUSTC", f"{what}{crate.name}  host"),
        argv=(
            toolchain.rustc,
            f"--crate-name={crate.name}",
            f"--edition={crate.edition}",
            crate.root,
            *words,
            *TEST_CODEGEN.argv(),
            "-Zremap-cwd-prefix=.",
            f"--out-dir={OUT}",
            *incremental_argv(setting.out_dir),
            *(word for cfg in crate.cfg_values() for word in ("--cfg", cfg)),
            *(word for folder in folders for word in ("-L", f"dependency={folder}")),
            *(word for one in dependencies for word in one.library.extern()),
            f"--emit=link={OUT}/{output},dep-info={OUT}/{dep_info}",
        ),
        out_dir=f"{setting.out_dir}/crates/{crate.name}-{digest}",
        outputs=(output, dep_info),
        inputs=(crate.root, *(path for one in dependencies for path in one.library.paths), *crate.sources),
        env=tuple(sorted({**dict(toolchain.env), **dict(crate.env)}.items())),
        tools=(toolchain.compiler, setting.linker_tool),
        dep_info=DepInfo(dep_info, "rustc"),
    )
