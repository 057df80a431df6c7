"""The sysroot: core, compiler_builtins and alloc, built from the rust-src of the compiler at hand.

The recipe follows what ``cargo build -Zbuild-std`` runs, with compiler_builtins split into one object an intrinsic, so
that it clashes with no libgcc or libc, and with the metadata kept out of the rlibs, so that an edit of a comment stops
there.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from steelmill.errors import InputError
from steelmill.rustc.builtins import builtins_cfgs
from steelmill.rustc.builtins_source import BuiltinsSource
from steelmill.rustc.codegen import Codegen
from steelmill.rustc.library import ANNOUNCE, Library, early_outputs, emit_library, library_paths
from steelmill.rustc.target import Target, common_argv
from steelmill.rustc.toolchain import RustToolchain
from steelmill.step import Step, Tool
from steelmill.suggest import did_you_mean

CRATES = ("core", "compiler_builtins", "alloc")

ROOTS = {
    "core": "core/src/lib.rs",
    "compiler_builtins": "compiler-builtins/compiler-builtins/src/lib.rs",
    "alloc": "alloc/src/lib.rs",
}
"""Crate roots below rust-src's ``library`` folder."""

MANIFESTS = {
    "core": "core/Cargo.toml",
    "compiler_builtins": "compiler-builtins/compiler-builtins/Cargo.toml",
    "alloc": "alloc/Cargo.toml",
}

_PANIC_FEATURE = 'feature="panic_immediate_abort"'
"""Of core and alloc, where rustc has no panic strategy for it."""
_THREADED_CRATES = ("core", "alloc")
_THREADS_PROVEN = ("1.96.0",)
"""Releases whose parallel front end gives the serial one's bytes here (tests/images/test_reproducible.py)."""


class Sysroot(NamedTuple):
    """The library crates for one target and one set of code generation options."""

    folder: str
    libraries: tuple[Library, ...]
    steps: tuple[Step, ...]

    def extern(self) -> tuple[str, ...]:
        """Give the options by which a crate finds the libraries."""
        named = tuple(word for library in self.libraries for word in library.extern("noprelude,nounused:"))
        return ("-L", f"dependency={self.folder}", *named)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Every file of the sysroot that a crate may read."""
        return tuple(path for library in self.libraries for path in library.paths)


def make_sysroot(
    toolchain: RustToolchain,
    target: Target,
    codegen: Codegen,
    *,
    crates: tuple[str, ...],
    mem: bool,
    threads: int,
    out_dir: str,
    builtins: BuiltinsSource | None = None,
    features: tuple[str, ...] = (),
) -> Sysroot:
    """Plan the library crates below ``out_dir``; equal options give the same folder, whatever the crates.

    ``crates`` is what the user asked for (``build-std``); ``threads`` is how many threads one rustc may use.
    ``builtins`` is where compiler_builtins comes from, None where rust-src holds it; ``features`` are those of core and
    alloc.
    """
    for name in crates:
        if name not in CRATES:
            raise InputError(
                f"build-std names {name!r}, which cannot be built for a target without std{did_you_mean(name, CRATES)}",
                remedy=f"choose among {', '.join(CRATES)}",
            )
    # core and compiler_builtins belong to every no_std crate; rustc looks for the latter by itself (E0463)
    wanted = CRATES if "alloc" in crates else CRATES[:2]
    key = hashlib.sha256(repr((codegen.argv(), mem, *features)).encode()).hexdigest()[:8]
    folder = f"{out_dir}/sysroot-{key}"
    libraries: list[Library] = []
    steps: list[Step] = []
    for name in wanted:
        step = _library_step(
            toolchain, target, codegen, name, tuple(libraries), mem=mem, threads=threads, folder=folder,
            builtins=builtins if name == "compiler_builtins" else None, features=features,
        )  # fmt: skip
        steps.append(step)
        libraries.append(Library(name, library_paths(step)))
    return Sysroot(folder, tuple(libraries), tuple(steps))


def _library_step(
    toolchain: RustToolchain,
    target: Target,
    codegen: Codegen,
    name: str,
    built: tuple[Library, ...],
    *,
    mem: bool,
    threads: int,
    folder: str,
    builtins: BuiltinsSource | None,
    features: tuple[str, ...],
) -> Step:
    emit, outputs = emit_library(toolchain, name)
    # only the metadata of what was built before is read: an rlib holds nothing that a library crate needs
    dependencies = tuple(Library(library.name, library.paths[-1:]) for library in built)
    cfgs: tuple[str, ...] = ()
    if name == "compiler_builtins":
        release = builtins.locked.version if builtins else None
        cfgs = builtins_cfgs(target.spec, target.cfg, codegen.opt_level, mem, release)
    else:
        panics = codegen.panic == "immediate-abort" and not toolchain.knows_immediate_abort
        cfgs = (*((_PANIC_FEATURE,) if panics else ()), *(f'feature="{feature}"' for feature in features))
    proven = name in _THREADED_CRATES and toolchain.version.release in _THREADS_PROVEN and threads > 1
    return Step(
        label=("RUSTC", f"{name}  {target.name}"),
        argv=(
            toolchain.rustc,
            f"--crate-name={name}",
            "--crate-type=rlib",
            f"--edition={builtins.edition if builtins else toolchain.editions[name]}",
            f"{builtins.folder}/src/lib.rs" if builtins else f"{toolchain.library}/{ROOTS[name]}",
            *common_argv(toolchain, target, codegen),
            *((builtins.remap,) if builtins else ()),
            "-Zforce-unstable-if-unmarked",
            "--cap-lints=allow",
            *(ANNOUNCE if early_outputs(outputs) else ()),
            *(("-Ccodegen-units=10000",) if name == "compiler_builtins" else ()),
            *(word for cfg in cfgs for word in ("--cfg", cfg)),
            *(
                word
                for library in dependencies
                for word in library.extern("priv:" if library.name == "compiler_builtins" else "")
            ),
            emit,
        ),
        out_dir=folder,
        outputs=outputs,
        early=early_outputs(outputs),
        inputs=(target.spec_path, *(path for library in dependencies for path in library.paths)),
        env=toolchain.env,
        tools=(
            toolchain.compiler,
            toolchain.library_sources,
            *((Tool(str(builtins.locked), builtins.identity),) if builtins else ()),
        ),
        order_only=(target.probe_path,),
        unsigned_argv=(f"-Zthreads={threads}",) if proven else (),
        shared=True,
    )
