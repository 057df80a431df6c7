"""32-bit ARM's architectures, by LLVM's name, by Arm's own, by gcc's and by ACLE's (Arm C Language Extensions)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class ArmArchitecture(NamedTuple):
    """A version of the architecture, with its profile."""

    name: str
    """Arm's: ``v7E-M``."""
    march: str
    """gcc's."""
    macro: str

    @property
    def is_microcontroller(self) -> bool:
        """True for the M profile, which runs Thumb code alone and begins at a table of vectors."""
        return "-M" in self.name


ARM_ARCHITECTURES: Mapping[str, ArmArchitecture] = {
    "v4t": ArmArchitecture("v4T", "armv4t", "__ARM_ARCH_4T__"),
    "v5te": ArmArchitecture("v5TE", "armv5te", "__ARM_ARCH_5TE__"),
    "v6": ArmArchitecture("v6", "armv6", "__ARM_ARCH_6__"),
    "v6k": ArmArchitecture("v6K", "armv6k", "__ARM_ARCH_6K__"),
    "v6t2": ArmArchitecture("v6T2", "armv6t2", "__ARM_ARCH_6T2__"),
    # v6-M with SVC, which LLVM always allows
    "v6m": ArmArchitecture("v6S-M", "armv6s-m", "__ARM_ARCH_6M__"),
    "v7": ArmArchitecture("v7-A", "armv7-a", "__ARM_ARCH_7A__"),
    "v7a": ArmArchitecture("v7-A", "armv7-a", "__ARM_ARCH_7A__"),
    "v7r": ArmArchitecture("v7-R", "armv7-r", "__ARM_ARCH_7R__"),
    "v7m": ArmArchitecture("v7-M", "armv7-m", "__ARM_ARCH_7M__"),
    "v7em": ArmArchitecture("v7E-M", "armv7e-m", "__ARM_ARCH_7EM__"),
    "v8m.base": ArmArchitecture("v8-M.base", "armv8-m.base", "__ARM_ARCH_8M_BASE__"),
    "v8m.main": ArmArchitecture("v8-M.main", "armv8-m.main", "__ARM_ARCH_8M_MAIN__"),
    "v8.1m.main": ArmArchitecture("v8.1-M.main", "armv8.1-m.main", "__ARM_ARCH_8M_MAIN__"),
    "v8a": ArmArchitecture("v8-A", "armv8-a", "__ARM_ARCH_8A__"),
    "v8r": ArmArchitecture("v8-R", "armv8-r", "__ARM_ARCH_8R__"),
}
"""LLVM's sub-architecture -> the architecture."""
