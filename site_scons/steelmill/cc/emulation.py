"""The linker's name for an architecture: GNU ld's ``-m``."""

from __future__ import annotations

from steelmill.cc.arch import ARCHES
from steelmill.errors import InputError
from steelmill.suggest import did_you_mean


def emulation_for(arch: str, endian: str = "little", place: str | None = None) -> str:
    """Give ld's ``-m`` for a target; raise InputError where none is known."""
    found = ARCHES[arch].emulations.get((arch, endian)) if arch in ARCHES else None
    if found is None:
        known = sorted(ARCHES)
        raise InputError(
            f"no linker emulation is known for arch {arch!r}, {endian}-endian; known: {', '.join(known)}"
            f"{did_you_mean(arch, known)}",
            place=place,
            remedy="choose one of them, or add the architecture to steelmill/cc/arch",
        )
    return found
