"""Placement: what the project says of an image, and its ELF does not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from steelmill.cc.arch.arm_architecture import ARM_ARCHITECTURES
from steelmill.linker.region import Region
from steelmill.target_spec.arches import arm_sub_architecture

_LENIENT = re.compile(r"-(unresolved-symbols[= ]ignore|warn-unresolved-symbols|noinhibit-exec)|-z ?undefs\b")


class Placement(NamedTuple):
    """What the project says of an image and its ELF does not."""

    regions: tuple[Region, ...] = ()
    """Of MEMORY; none where the script has none, or none that is known before the link."""
    entry: str | None = None
    """The symbol that the script or the command line names."""
    vectors: bool = False
    """True for processors that begin at a table of vectors: see ``starts_at_vectors``."""
    lenient: bool = False
    """True where the linker was told to let undefined symbols pass: see ``lets_undefined_pass``. Else it has refused
    them, and those in the ELF are of sections that the script discards."""


def starts_at_vectors(llvm_target: str) -> bool:
    """Tell the M profile of Arm's architectures, which begins at a table of addresses, from all else."""
    architecture = ARM_ARCHITECTURES.get(arm_sub_architecture(llvm_target))
    return architecture is not None and architecture.is_microcontroller


def lets_undefined_pass(ld_args: Sequence[str]) -> bool:
    """Tell whether these options of a linker make an image of what has undefined symbols."""
    return bool(_LENIENT.search(" ".join(ld_args)))
