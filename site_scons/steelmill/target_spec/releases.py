"""What a key means, and to which rustc: where the rules, the adaptations and C have to agree on it."""

from __future__ import annotations

INTEGER_WIDTH = (1, 91)
"""From this release on ``target-pointer-width`` is an integer."""

HAS_RUSTC_ABI = (1, 86)
"""From this release on there is ``rustc-abi``; before, ``+soft-float`` alone chose the ABI."""

CHECKS_ABI = (1, 96)
"""From this release on rustc wants ``abi`` and ``rustc-abi`` to say what the other keys say."""

SOFT_FLOAT_ABIS = ("softfloat", "x86-softfloat")
"""Values of ``rustc-abi`` for floats in integer registers: the first since rustc 1.95, the second before."""
