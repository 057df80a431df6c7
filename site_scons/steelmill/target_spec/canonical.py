"""The canonical form: what rustc reads, whatever the user's file looks like.

rustc takes a custom target's identity from the file's stem and raw bytes (white space included), so that a re-indented
or renamed file would make every crate incompatible (E0461). The canonical file has a fixed form and a stem that
depends on the contents alone.
"""

from __future__ import annotations

import json
from collections.abc import Container

from steelmill.linker.flavor import FLAVORS
from steelmill.target_spec.model import TargetSpec

DESCRIPTIVE = ("metadata", "is-builtin")
"""Keys that describe the target to people and change no code. rustc's schema refuses the second one in a file."""

LINKING = (
    "linker",
    "link-script",
    "pre-link-args",
    "late-link-args",
    "late-link-args-dynamic",
    "late-link-args-static",
    "post-link-args",
    "crt-objects-fallback",
    "exe-suffix",
)
"""Keys that only the link reads. Where rustc links it is told on its command line, so no edit of theirs shall build
core again, and targets that differ in nothing else share one."""

_RISCV_LETTERS = "mafdqcbvh"
_RISCV_GENERAL = "imafd"
"""What rustc's tuples call ``g``."""


def canonical_text(spec: TargetSpec) -> str:
    """Serialise with sorted keys, one key a line, without the keys that change no code."""
    # rustc's default is one of these, and all of them are compatible; what knows another format keeps its flavor
    flavor = ("linker-flavor",) if spec.get("linker-flavor") in FLAVORS else ()
    return _serialise(spec, (*DESCRIPTIVE, *LINKING, *flavor))


def complete_text(spec: TargetSpec) -> str:
    """Serialise likewise with the keys for the link, so that rustc checks them too."""
    return _serialise(spec, DESCRIPTIVE)


def readable_text(spec: TargetSpec) -> str:
    """Serialise for people, in the order written, without the keys that only rustc's own targets have."""
    keys = {key: value for key, value in spec.keys.items() if key not in DESCRIPTIVE}
    return json.dumps(keys, indent=4, ensure_ascii=False) + "\n"


def _serialise(spec: TargetSpec, without: Container[str]) -> str:
    keys = {key: value for key, value in spec.keys.items() if key not in without}
    return json.dumps(keys, sort_keys=True, indent=1, ensure_ascii=True) + "\n"


def target_tuple(spec: TargetSpec) -> str:
    """Name the target after its contents, in the form of rustc's own tuples.

    It is the stem of the canonical file and the ``TARGET`` that build scripts see: those of embedded crates look for
    ``thumbv7em`` or ``riscv32imac`` in it.
    """
    head = spec.llvm_target.split("-")[0]
    if spec.arch.startswith("riscv"):
        return f"{spec.arch}{_riscv_letters(spec)}-unknown-none-elf"
    if spec.arch == "arm":
        return f"{head}-none-{'eabihf' if spec.get('llvm-floatabi') == 'hard' else 'eabi'}"
    vendor = spec.get("vendor", "unknown")
    system = spec.get("os", "none")
    env = spec.get("env", "")
    softfloat = "softfloat" if spec.get("abi") == "softfloat" else ""
    return "-".join([head, vendor, system, *filter(None, (env, softfloat))])


def _riscv_letters(spec: TargetSpec) -> str:
    """Write the base and the one-letter extensions as rustc's tuples do: ``imac``, ``emc``, ``gc``."""
    on = {feature[1:] for feature in spec.features if feature.startswith("+")}
    base = "e" if "e" in on else "i"
    letters = base + "".join(letter for letter in _RISCV_LETTERS if letter in on)
    return letters.replace(_RISCV_GENERAL, "g")
