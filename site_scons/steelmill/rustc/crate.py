"""Crate: a crate of the user's, from a crate root to an rlib or to the one staticlib of an image."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace

from steelmill.cc.compile import TOP
from steelmill.rustc.codegen import Codegen
from steelmill.rustc.documentation import PAGES, DocumentedCrate, Rustdoc, documentation_step, target_argv
from steelmill.rustc.incremental import incremental_argv
from steelmill.rustc.library import Library, emit_library
from steelmill.rustc.linter import TRANSCRIPT, Linter
from steelmill.rustc.sysroot import Sysroot
from steelmill.rustc.target import Target, common_argv
from steelmill.rustc.toolchain import RustToolchain
from steelmill.step import OUT, DepInfo, Step

EDITIONS = ("2015", "2018", "2021", "2024")


@dataclass(frozen=True)
class Crate:
    """What is compiled, under cargo's names."""

    name: str
    """The crate's name, with underscores."""
    root: str
    """Path of the crate root."""
    edition: str = "2024"
    features: tuple[str, ...] = ()
    cfgs: tuple[str, ...] = ()
    """Further ``--cfg`` values: ``board``, ``board="devkit"``."""
    env: tuple[tuple[str, str], ...] = ()
    """What ``env!`` and ``option_env!`` see; sorted by name."""
    rustflags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    """Further files it reads, generated ones for instance."""
    after: tuple[str, ...] = ()
    """Generated files that are to be there first; whether the crate reads them, its sources tell."""

    def cfg_values(self) -> tuple[str, ...]:
        """Give every ``--cfg`` value: features first."""
        return (*(f'feature="{feature}"' for feature in self.features), *self.cfgs)


@dataclass(frozen=True)
class Setting:
    """What all crates of one image have in common."""

    toolchain: RustToolchain
    target: Target
    codegen: Codegen
    sysroot: Sysroot
    out_dir: str
    incremental: bool = False
    """Keep what each part of a crate became (``-Cincremental``), so that an edit compiles its own part again alone."""


def library_step(setting: Setting, crate: Crate, dependencies: tuple[Library, ...]) -> Step:
    """Compile a crate to an rlib that other crates of the image use."""
    emit, outputs = emit_library(setting.toolchain, crate.name)
    return _crate_step(setting, crate, dependencies, "rlib", emit, outputs)


def staticlib_step(setting: Setting, crate: Crate, dependencies: tuple[Library, ...]) -> Step:
    """Compile a crate, with all it depends on, to the staticlib that a C linker takes."""
    outputs = (f"lib{crate.name}.a", f"{crate.name}.d")
    emit = f"--emit=link={OUT}/{outputs[0]},dep-info={OUT}/{outputs[1]}"
    return _crate_step(setting, crate, dependencies, "staticlib", emit, outputs)


def check_step(
    setting: Setting, crate: Crate, dependencies: tuple[Library, ...], crate_type: str, linter: Linter | None = None
) -> Step:
    """Check a crate: its metadata is written, for those that use it, and no code; by rustc or by what lints it."""
    outputs = (f"lib{crate.name}.rmeta", f"{crate.name}.d")
    emit = f"--emit=metadata={OUT}/{outputs[0]},dep-info={OUT}/{outputs[1]}"
    step = _crate_step(setting, crate, dependencies, crate_type, emit, outputs)
    transcript = f"{crate.name}.{TRANSCRIPT}"
    step = replace(step, label=("CHECK", step.label[1]), outputs=(*outputs, transcript), transcript=transcript)
    if linter is None:
        return step
    folder = crate.root.rpartition("/")[0]
    return replace(
        step,
        label=("CLIPPY", step.label[1]),
        argv=(linter.program, *step.argv[1:]),
        inputs=(*step.inputs, *linter.settings(folder)),
        env=tuple(sorted((*step.env, ("CLIPPY_CONF_DIR", posixpath.join(TOP, folder))))),
        tools=(*step.tools, linter.tool),
    )


def document_step(
    setting: Setting,
    crate: Crate,
    dependencies: tuple[Library, ...],
    checked: Step,
    linked: tuple[str, ...],
    rustdoc: Rustdoc,
) -> Step:
    """Document a crate, on the metadata of those that it uses; ``checked`` is what checks it, in the same folder.

    ``linked`` are the names of all that it uses, and of what those use.
    """
    argv = (
        rustdoc.program,
        f"--crate-name={crate.name}",
        f"--edition={crate.edition}",
        crate.root,
        *target_argv(setting.target.spec_path),
        *(word for cfg in crate.cfg_values() for word in ("--cfg", cfg)),
        *setting.sysroot.extern(),
        "-L",
        f"dependency={setting.out_dir}",
        *(word for library in dependencies for word in library.extern()),
    )
    folder = f"{setting.out_dir}/{crate.name}/{PAGES}"
    return documentation_step(DocumentedCrate(crate.name, argv, checked.env, (), folder, linked), checked, rustdoc)


def _crate_step(
    setting: Setting,
    crate: Crate,
    dependencies: tuple[Library, ...],
    crate_type: str,
    emit: str,
    outputs: tuple[str, ...],
) -> Step:
    toolchain, target = setting.toolchain, setting.target
    return Step(
        label=("RUSTC", f"{crate.name}  {target.name}"),
        argv=(
            toolchain.rustc,
            f"--crate-name={crate.name}",
            f"--crate-type={crate_type}",
            f"--edition={crate.edition}",
            crate.root,
            *common_argv(toolchain, target, setting.codegen),
            *(("-Zbinary-dep-depinfo=yes",) if "binary-dep-depinfo" in toolchain.unstable else ()),
            *_type_lines(toolchain, setting.codegen),
            f"-Cmetadata={crate.name}",
            *(word for cfg in crate.cfg_values() for word in ("--cfg", cfg)),
            *setting.sysroot.extern(),
            "-L",
            f"dependency={setting.out_dir}",
            *(word for library in dependencies for word in library.extern()),
            *_optimise_together(setting, crate_type),
            *crate.rustflags,
            emit,
        ),
        out_dir=setting.out_dir,
        outputs=outputs,
        inputs=(
            crate.root,
            target.spec_path,
            *setting.sysroot.inputs,
            *(path for library in dependencies for path in library.paths),
            *crate.sources,
        ),
        env=tuple(sorted({**dict(toolchain.env), **dict(crate.env)}.items())),
        tools=(toolchain.compiler,),
        dep_info=DepInfo(outputs[-1], "rustc"),
        order_only=crate.after,
    )


def _optimise_together(setting: Setting, crate_type: str) -> tuple[str, ...]:
    """Optimise over all crates, or keep what an edit leaves alone: rustc refuses both at once."""
    if crate_type == "staticlib" and setting.codegen.bitcode:
        return ("-Clto=fat",)
    return incremental_argv(setting.out_dir) if setting.incremental else ()


def _type_lines(toolchain: RustToolchain, codegen: Codegen) -> tuple[str, ...]:
    """Have the debug information say where a type stands, as gcc's does: what the audit of the layout points at."""
    known = "debug-info-type-line-numbers" in toolchain.unstable
    return ("-Zdebug-info-type-line-numbers=yes",) if known and codegen.debug in ("2", "full") else ()
