"""doctor: what this machine has for each target, by asking the same functions that a build asks."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import SCons

import steelmill
from rust_firmware.binding_tools import find_bindgen, find_cbindgen
from rust_firmware.install import how_to_install
from rust_firmware.linkers import find_linker
from rust_firmware.probes import Probes, ask_process, plain_environment
from rust_firmware.rust_toolchains import rust_candidates
from rust_firmware.target_build import TargetBuild
from rust_firmware.target_files import shipped_names
from steelmill.doctor import Row, Section, format_report
from steelmill.errors import SteelmillError
from steelmill.run.qemu import QEMU

if TYPE_CHECKING:
    from rust_firmware.product import Product

_ABILITIES = {
    "--dependency-file": "lists the files it reads",
    "--gc-sections": "drops what nothing uses",
    "--print-memory-usage": "tells how full regions are",
}
"""Option of a linker -> what it is good for; the first one is what a link cannot do without."""

_NO_BUILTINS = "this rust-src holds none; the first build fetches it, or scons fetch"


def print_report(product: Product) -> str | None:
    """Print what was found for the selected targets; give what cannot be built."""
    targets = product.project_targets() or tuple(shipped_names(product.session.tree))
    sections = examine(product, targets)
    product.session.console.block(format_report(sections))
    fit = [section.title for section in sections if section.fits]
    unfit = [name for name in targets if name not in fit]
    return f"cannot build for {', '.join(unfit)}" if unfit else None


def examine(product: Product, targets: Sequence[str]) -> list[Section]:
    """Look at the tools of ``targets``; nothing that is missing is raised."""
    own = Section(
        "Steelmill",
        (
            Row("found", "steelmill", steelmill.__version__),
            Row("found", "SCons", SCons.__version__),
            Row("found", "Python", platform.python_version()),
        ),
    )
    rust = _rust(product)
    # without a rustc, nothing can be said of a target
    return [own, rust, _bindings(product), *(_target(product, name) for name in targets if rust.fits)]


def _rust(product: Product) -> Section:
    arguments, session = product.session.arguments, product.session
    passed: dict[str, Row] = {}
    try:
        for candidate in rust_candidates(session.probes, arguments.get("rustc"), session.tree.top):
            if not candidate.fault:
                break
            passed[candidate.rustc] = Row("note", "passed over", f"{candidate.rustc}: {candidate.fault}")
        rust = product.rust
    except SteelmillError as error:
        return Section("Rust", (_missing("rustc", error),))
    return Section(
        "Rust",
        (
            Row("found", "rustc", f"{rust.version.release}, LLVM {rust.version.llvm}, {rust.rustc}"),
            Row("found", "rust-src", f"of the same release, {rust.library}"),
            *([Row("note", "builtins", f"{rust.builtins} of the registry: {_NO_BUILTINS}")] if rust.builtins else ()),
            *passed.values(),
        ),
    )


def _bindings(product: Product) -> Section:
    """Look at what only firmwares with [[bindgen]] or [[cbindgen]] call."""
    probes = product.session.probes
    return Section("Bindings", (_row("bindgen", lambda: _bindgen(probes)), _row("cbindgen", lambda: _cbindgen(probes))))


def _row(what: str, check: Callable[[], Row]) -> Row:
    try:
        return check()
    except SteelmillError as error:
        return _missing(what, error)._replace(state="note")


def _bindgen(probes: Probes) -> Row:
    bindgen = find_bindgen(probes)
    clang = ".".join(map(str, bindgen.clang))
    version = ".".join(map(str, bindgen.version))
    return Row("found", "bindgen", f"{version}, {bindgen.program}\nreads headers by clang {clang}, {bindgen.libclang}")


def _cbindgen(probes: Probes) -> Row:
    cbindgen = find_cbindgen(probes)
    return Row("found", "cbindgen", f"{cbindgen.tool.name.removeprefix('cbindgen ')}, {cbindgen.program}")


def _target(product: Product, name: str) -> Section:
    try:
        spec = product.spec(name)
        build = product.target_build(name)
    except SteelmillError as error:
        return Section(name, (_missing("target", error),))
    checks: tuple[tuple[str, Callable[[TargetBuild], Row]], ...] = (
        ("C compiler", _c_compiler),
        ("linker", _linker),
        ("emulator", _emulator),
    )
    rows = [Row("found", "target", spec.place)]
    told = ""
    for what, check in checks:
        try:
            rows.append(check(build))
        except SteelmillError as error:
            row = Row("missing", what, "it is that of the C compiler") if str(error) == told else _missing(what, error)
            told = str(error)
            rows.append(row if check is not _c_compiler or product.has_c else row._replace(state="note"))
    return Section(name, tuple(rows))


def _c_compiler(build: TargetBuild) -> Row:
    cc = build.cc
    said = f"{cc.tool.name}, {cc.programs['cc']}\nagrees with the target under {len(build.c_flags)} flags"
    if cc.bare_metal:
        return Row("found", "C compiler", said)
    return Row("note", "C compiler", f"{said}\nmade for {cc.machine}, not for a target without an operating system")


def _linker(build: TargetBuild) -> Row:
    linker = find_linker(build, None)
    program, *words = linker.argv
    asked = ["-Wl,--help"] if linker.flavor.cc else ["--help"]
    answer = ask_process([program, *words, *asked], plain_environment())
    able = [what for option, what in _ABILITIES.items() if option in answer.stdout]
    said = f"{_version(program, words)}, {program}\n{', '.join(able)}"
    needed = next(iter(_ABILITIES))
    if needed not in answer.stdout:
        return Row("missing", "linker", f"{said}\nno {needed}", "install GNU ld 2.37 or newer, or LLD 13 or newer")
    return Row("found", "linker", said)


def _emulator(build: TargetBuild) -> Row:
    arch = build.target.spec.arch
    if arch not in QEMU:
        return Row("note", "emulator", f"none is known for {arch}; images are built, not run")
    program = QEMU[arch].program
    path = shutil.which(program)
    if path is None:
        return Row(
            "note", "emulator", f"{program} is not on PATH; images are built, not run", how_to_install([program])
        )
    return Row("found", "emulator", f"{_version(program, [])}, {path}")


def _version(program: str, words: list[str]) -> str:
    lines = ask_process([program, *words, "--version"], plain_environment()).stdout.splitlines()
    return lines[0] if lines else os.path.basename(program)


def _missing(what: str, error: SteelmillError) -> Row:
    where = f"{error.place}: " if error.place else ""
    details = "".join(f"\n{label}: {text}" for label, text in error.details)
    return Row("missing", what, f"{where}{error.what}{details}", error.remedy)
