"""A new target, made like another one: its name, the text of its file, and what its author decides next."""

from __future__ import annotations

import json
import posixpath
import re
import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple

from steelmill.errors import InputError
from steelmill.target_spec.canonical import target_tuple
from steelmill.target_spec.model import TargetSpec
from steelmill.target_spec.overlay import Overlay

_VENDOR = re.compile(r"[a-z0-9_]+")
_WIDTH = 118
"""Columns of the table."""
_NAMES = 14
"""So many cpus or features are named."""


class Decision(NamedTuple):
    """One key that the author of a target decides."""

    key: str
    now: Any
    """Its value, or None where the specification does not have it."""
    choice: str
    """What else it can be."""


def parse_vendor(name: str, like: TargetSpec) -> str:
    """Give the vendor in the name of a target that is made like another one.

    Raise InputError where the name is not ARCH-VENDOR-SYS-ABI with the ARCH, SYS and ABI of the other one: people read
    the parts, and they must be true.
    """
    arch, *rest = target_tuple(like).split("-")
    system = like.get("os", "none")
    abi = rest[rest.index(system) + 1 :] if system in rest else []
    form = "-".join([arch, "VENDOR", system, *abi])
    vendor = name.removeprefix(f"{arch}-").removesuffix(form.partition("VENDOR")[2])
    if form.replace("VENDOR", vendor) != name or not _VENDOR.fullmatch(vendor) or vendor == system:
        raise InputError(
            f"{name!r} is no name for a target like {like.name}; expected {form}",
            place="name=",
            details=[
                ("form", "ARCH-VENDOR-SYS-ABI, and what is true of the one is true of the other but for the vendor")
            ],
            remedy=f"say name={form.replace('VENDOR', 'acme')} with your own vendor, or take another target for like=",
        )
    return vendor


def overlay_for(like: TargetSpec, inherits: str, vendor: str) -> Overlay:
    """Give the overlay that a new target begins as: its base with another vendor."""
    own = {"vendor": vendor} if like.get("vendor", "unknown") != vendor else {}
    return Overlay(inherits=inherits, features=(), unset=(), set=own, lines={})


def format_overlay(overlay: Overlay) -> str:
    """Write the file of a new overlay."""
    rows = [f"{key} = {json.dumps(value)}" for key, value in overlay.set.items()]
    return "\n".join([f"inherits = {json.dumps(overlay.inherits)}", "", "[set]", *rows, ""])


def inherits_of(like: str, place: str, folder: str) -> str:
    """Give what an overlay in ``folder`` says to inherit from ``like``, a name or a path from the top folder."""
    return posixpath.relpath(place, folder) if like.endswith((".json", ".toml")) else like


def decisions(
    spec: TargetSpec, cpus: Sequence[str], features: Sequence[str], atomic_width: int
) -> tuple[Decision, ...]:
    """Give what is left to decide; ``cpus`` and ``features`` are what this LLVM knows, ``atomic_width`` is in bits."""
    widths = [str(width) for width in (8, 16, 32, 64, 128) if width <= atomic_width]
    mentioned = {word[1:] for word in spec.features}
    usual = [name for name in _usual(spec).features.split() if name in features and name not in mentioned]
    return (
        Decision("cpu", spec.cpu, _some(near_cpus(spec, cpus), cpus)),
        Decision("features", spec.get("features"), _some(usual, features)),
        Decision("panic-strategy", spec.get("panic-strategy"), '"abort", for nothing here unwinds'),
        Decision(
            "max-atomic-width",
            spec.get("max-atomic-width"),
            f"{', '.join(widths)}, or 0 for none; atomic-cas = false where there is no compare-and-swap",
        ),
        Decision("linker", spec.get("linker"), '"rust-lld"; where it is not set, GNU ld of the C toolchain'),
    )


def format_decisions(rows: Sequence[Decision]) -> str:
    """Print a table: key, value now, what else it can be."""
    key_width = max(len(row.key) for row in rows)
    now = [json.dumps(row.now) if row.now is not None else "not set" for row in rows]
    now_width = max(len(text) for text in now if len(text) <= _WIDTH // 4)
    lines: list[str] = []
    for row, text in zip(rows, now, strict=True):
        head = f"  {row.key:<{key_width}}  {text:<{now_width}}  "
        indent = " " * (key_width + now_width + 6)
        if len(text) > now_width:
            lines.append(head.rstrip())
            head = indent
        lines += textwrap.wrap(
            row.choice, _WIDTH, initial_indent=head, subsequent_indent=indent, break_on_hyphens=False
        )
    return "\n".join(lines)


def near_cpus(spec: TargetSpec, cpus: Sequence[str]) -> list[str]:
    """Give the cpus of the family that the specification names, else of the families usual for the target."""
    own = re.sub(r"\d\w*$", "", spec.cpu or "generic")
    family = _usual(spec).cpus if own.startswith("generic") else re.escape(own)
    return [cpu for cpu in cpus if re.match(family, cpu)]


class _Usual(NamedTuple):
    """What is of interest for one architecture, out of the many names that LLVM knows."""

    llvm_target: str
    """Regular expression for its beginning; likewise ``cpus``."""
    cpus: str
    features: str


_USUAL = (
    _Usual(r"thumbv(6m|8m\.base)", r"cortex-m", "strict-align atomics-32 no-movt long-calls execute-only"),
    _Usual(
        r"thumbv(7e?m|8)",
        r"cortex-m",
        "dsp vfp4d16sp vfp4d16 fp-armv8d16sp fp-armv8d16 fp64 mve mve.fp strict-align no-movt long-calls execute-only",
    ),
    _Usual(r"(arm|thumb)(eb)?v\d+r", r"cortex-r", "vfp3d16 vfp3d16sp vfp4 fp-armv8 d32 neon crc strict-align no-movt"),
    _Usual(r"arm|thumb", r"cortex-a", "vfp3 vfp3d16 vfp4 d32 neon crc crypto fp16 strict-align no-movt reserve-r9"),
    _Usual(r"aarch64", r"cortex-a", "neon fp-armv8 strict-align crc lse aes sha2 fullfp16 pauth bti reserve-x18"),
    _Usual(
        r"riscv32",
        r"sifive-e|rocket-rv32|rp2350|syntacore-scr1",
        "m a f d c e b v zba zbb zbs zca zcb zcmp zicsr zifencei zaamo zalrsc zacas relax unaligned-scalar-mem",
    ),
    _Usual(
        r"riscv64",
        r"sifive-[sux]|rocket-rv64|spacemit",
        "m a f d c e b v zba zbb zbs zca zcb zcmp zicsr zifencei zaamo zalrsc zacas relax unaligned-scalar-mem",
    ),
    _Usual(r"x86_64", r"x86-64", "soft-float mmx sse sse2 sse3 ssse3 sse4.1 sse4.2 avx avx2 aes popcnt cx16 rdrnd"),
    _Usual(r"i\d86", r"i\d86|pentium", "soft-float x87 mmx sse sse2 sse3 cx8 cmov popcnt"),
    _Usual("", "", ""),
)


def _usual(spec: TargetSpec) -> _Usual:
    return next(usual for usual in _USUAL if re.match(usual.llvm_target, spec.llvm_target))


def _some(names: Sequence[str], known: Sequence[str]) -> str:
    """List the first names, and say how many LLVM knows besides."""
    shown = names[:_NAMES]
    return f"{', '.join(shown)}{' and ' if shown else ''}{len(known) - len(shown)} more"
