"""The flags that make C fit a target, each with the key of the specification it comes from.

Follows facts measured on gcc 12 and the GCC manual, "Machine-Dependent Options" and "Code Generation Options". What
differs by architecture stands in arch/; here is what all have in common.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from steelmill.cc.arch import ARCHES
from steelmill.cc.arch.model import Arch, Family, Request, Row
from steelmill.cc.view import CfgView, TargetView
from steelmill.errors import InputError
from steelmill.suggest import did_you_mean

DEFAULT_VERSION = (12, 0)


class Flag(NamedTuple):
    """One argument of the compiler and what asks for it."""

    argument: str
    key: str
    """A key of the specification, or ``always``."""


CXX_FLAGS = tuple(
    Flag(argument, "always")
    for argument in ("-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics", "-fno-use-cxa-atexit")
)
"""For C++ besides the target's flags: there is no runtime library to lean on. A user's flag, later, switches back."""

_RELOCATION_MODELS = {
    "static": ("-fno-pic", "-fno-pie"),
    "pic": ("-fPIC",),
    "pie": ("-fPIE",),
}

_CLANG_ARM_RELOCATION_MODELS = {
    **_RELOCATION_MODELS,
    "ropi": ("-fropi",),
    "rwpi": ("-frwpi",),
    "ropi-rwpi": ("-fropi", "-frwpi"),
}

_FRAME_POINTERS: dict[str, tuple[str, ...]] = {
    "always": ("-fno-omit-frame-pointer",),
    "non-leaf": ("-fno-omit-frame-pointer",),
    "may-omit": (),
}


def _relocation(request: Request) -> Iterable[str]:
    model = request.relocation_model
    # rustc's `pic` makes position-independent executables where the target can: nothing is loaded beside a firmware
    # that could take a symbol's place, so the code of a PIE (no GOT for own data) is what links with it.
    if model == "pic" and request.spec.get("position-independent-executables"):
        model = "pie"
    has_ropi = request.family == "clang" and request.spec.arch == "arm"
    table = _CLANG_ARM_RELOCATION_MODELS if has_ropi else _RELOCATION_MODELS
    return request.choose("relocation-model", model, table)


_ENUM_BITS = {"8": ("-fshort-enums",), "32": ("-fno-short-enums",)}

_COMMON = (
    Row("relocation-model", _relocation),
    Row(
        "c-enum-min-bits",
        lambda request: request.choose("c-enum-min-bits", str(request.spec.get("c-enum-min-bits", 32)), _ENUM_BITS),
    ),
    Row(
        "frame-pointer",
        lambda request: request.choose("frame-pointer", request.spec.get("frame-pointer", "may-omit"), _FRAME_POINTERS),
    ),
    Row(
        "function-sections",
        lambda request: ("-ffunction-sections", "-fdata-sections") * bool(request.spec.get("function-sections", True)),
    ),
    Row(
        "always",
        lambda _request: (
            "-ffreestanding",
            "-fno-stack-protector",
            "-fno-asynchronous-unwind-tables",
            "-fno-unwind-tables",
        ),
    ),
)

_HAS_OWN_HEADERS = re.compile("arm|thumb|riscv|aarch64.*-elf$")
"""Targets for which clang looks for headers below its own folder alone; for the others it takes the host's /usr/include
(clang::driver::toolchains::BareMetal)."""

_CLANG = (
    Row("llvm-target", lambda request: (f"--target={request.spec.llvm_target}",)),
    Row("always", lambda request: () if _HAS_OWN_HEADERS.match(request.spec.llvm_target) else ("-nostdlibinc",)),
    Row("singlethread", lambda request: ("-mthread-model", "single") * bool(request.spec.get("singlethread"))),
)


def find_arch(spec: TargetView) -> Arch:
    """Look up the architecture's table; raise InputError where C for it is unknown."""
    if spec.arch in ARCHES:
        return ARCHES[spec.arch]
    raise InputError(
        f"C for arch {spec.arch!r} is unknown; known: {', '.join(ARCHES)}{did_you_mean(spec.arch, ARCHES)}",
        place=spec.place,
        remedy="build only Rust for this target, or add the architecture to steelmill/cc/arch",
    )


def target_flags(
    spec: TargetView, cfg: CfgView | None, family: Family, version: tuple[int, int] = DEFAULT_VERSION
) -> tuple[Flag, ...]:
    """Derive the compiler's flags from a target; raise InputError where C cannot agree with it.

    ``cfg`` may be None before rustc was asked; then features that only ``cpu`` brings are unknown, so that C uses less.
    """
    request = Request(spec, cfg, family, version)
    rows = (*(_CLANG if family == "clang" else ()), *find_arch(spec).rows, *_COMMON)
    return tuple(Flag(argument, row.key) for row in rows for argument in row.arguments(request))


def arguments(flags: Iterable[Flag]) -> tuple[str, ...]:
    """Give the bare arguments."""
    return tuple(flag.argument for flag in flags)


def format_flags(flags: Sequence[Flag], notes: Iterable[object] = ()) -> str:
    """Write one line per flag with the key it comes from, then the notes, for ``verbose=1``."""
    width = max((len(flag.argument) for flag in flags), default=0)
    rows = [f"  {flag.argument:<{width}}  {flag.key}" for flag in flags]
    return "\n".join([*rows, *(f"  {note}" for note in notes)])
