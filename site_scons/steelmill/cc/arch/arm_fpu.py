"""Which floating-point unit a 32-bit ARM has, in LLVM's words and in gcc's.

LLVM describes it by features that accumulate (ARMFeatures.td), gcc by one name ("ARM Options", -mfpu).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Fpu(NamedTuple):
    """A floating-point unit."""

    generation: int
    """VFP version 2 to 4; 5 for Armv8's."""
    double: bool = False
    """It computes in double precision."""
    d32: bool = False
    """It has 32 double registers, else 16."""
    neon: bool = False


FEATURES: Mapping[str, Fpu] = {
    "vfp2": Fpu(2, double=True),
    "vfp3": Fpu(3, double=True, d32=True),
    "vfp3d16": Fpu(3, double=True),
    "vfp3sp": Fpu(3, d32=True),
    "vfp3d16sp": Fpu(3),
    "vfp4": Fpu(4, double=True, d32=True),
    "vfp4d16": Fpu(4, double=True),
    "vfp4sp": Fpu(4, d32=True),
    "vfp4d16sp": Fpu(4),
    "fp-armv8": Fpu(5, double=True, d32=True),
    "fp-armv8d16": Fpu(5, double=True),
    "fp-armv8sp": Fpu(5, d32=True),
    "fp-armv8d16sp": Fpu(5),
    "neon": Fpu(3, double=True, d32=True, neon=True),
}
"""LLVM's feature -> what it says at least."""

CPUS: Mapping[str, Fpu] = {
    "cortex-m4": Fpu(4),
    "cortex-m7": Fpu(5, double=True),
    "cortex-m33": Fpu(5),
    "cortex-m35p": Fpu(5),
    "cortex-r4f": Fpu(3, double=True),
    "cortex-r5": Fpu(3, double=True),
    "cortex-r7": Fpu(3, double=True),
    "cortex-r8": Fpu(3, double=True),
    "cortex-r52": Fpu(5, double=True, d32=True, neon=True),
    "cortex-a5": Fpu(4, double=True, d32=True, neon=True),
    "cortex-a7": Fpu(4, double=True, d32=True, neon=True),
    "cortex-a8": Fpu(3, double=True, d32=True, neon=True),
    "cortex-a9": Fpu(3, double=True, d32=True, neon=True),
    "cortex-a15": Fpu(4, double=True, d32=True, neon=True),
}
"""What LLVM takes for granted of a processor."""

ARCHITECTURES: Mapping[str, Fpu] = {
    "armv7-a": Fpu(3, double=True, d32=True, neon=True),
    "armv8-a": Fpu(5, double=True, d32=True, neon=True),
    "armv8-r": Fpu(5),
}
"""What LLVM takes for granted of an architecture, by gcc's name of it."""

MVE_CPUS = ("cortex-m52", "cortex-m55", "cortex-m85")
"""Processors with vector extension MVE: -mfpu has no name for it, so gcc takes it from -mcpu."""

_OFF = ("vfp2", "vfp2sp", "fpregs")
"""Switching one of these off takes the whole unit away: all others build on it."""

_GCC_NAMES: Mapping[Fpu, str] = {
    Fpu(2, double=True): "vfpv2",
    Fpu(3): "vfpv3xd",
    Fpu(3, double=True): "vfpv3-d16",
    Fpu(3, double=True, d32=True): "vfpv3",
    Fpu(3, double=True, d32=True, neon=True): "neon",
    Fpu(4): "fpv4-sp-d16",
    Fpu(4, double=True): "vfpv4-d16",
    Fpu(4, double=True, d32=True): "vfpv4",
    Fpu(4, double=True, d32=True, neon=True): "neon-vfpv4",
    Fpu(5): "fpv5-sp-d16",
    Fpu(5, double=True): "fpv5-d16",
    Fpu(5, double=True, d32=True): "fp-armv8",
    Fpu(5, double=True, d32=True, neon=True): "neon-fp-armv8",
}


def find_fpu(features: Sequence[str], cpu: str | None, architecture: str | None) -> Fpu | None:
    """Tell the unit from LLVM's features, else from processor or architecture; None where there is none.

    An architecture's own unit counts only where no feature names one: ``armv7a-none-eabihf`` asks for ``+vfp3d16``
    although LLVM adds 32 registers and NEON. C that uses less than Rust is right on both.
    """
    signs = {word[1:]: word[0] == "+" for word in features}
    if any(signs.get(name) is False for name in _OFF):
        return None
    parts = [FEATURES[name] for name, on in signs.items() if on and name in FEATURES]
    if cpu is not None and cpu in CPUS:
        parts.append(CPUS[cpu])
    if not parts and architecture is not None and architecture in ARCHITECTURES:
        parts.append(ARCHITECTURES[architecture])
    if not parts:
        return None
    double = any(part.double for part in parts) or signs.get("fp64") is True
    # A unit of single precision with 32 registers has no gcc name and no implementation: d32 counts with double.
    double = double and signs.get("fp64") is not False
    d32 = double and (any(part.d32 for part in parts) or signs.get("d32") is True) and signs.get("d32") is not False
    neon = d32 and any(part.neon for part in parts) and signs.get("neon") is not False
    return Fpu(max(part.generation for part in parts), double=double, d32=d32, neon=neon)


def gcc_name(fpu: Fpu) -> str | None:
    """Give the ``-mfpu=`` name, or None where gcc knows no such unit."""
    return _GCC_NAMES.get(fpu)
