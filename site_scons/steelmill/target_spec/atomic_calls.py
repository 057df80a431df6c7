"""Atomic accesses that become calls: what Rust asks of the image on a core without compare-and-swap.

LLVM calls functions after "Legacy __sync Built-in Functions" of the GCC manual where its feature ``atomics-32`` (Arm)
or ``forced-atomics`` (RISC-V) is on; the size in bytes ends each name.
"""

from __future__ import annotations

from collections.abc import Mapping

from steelmill.target_spec.arches import arm_architecture, has_feature, riscv_is_generic
from steelmill.target_spec.model import TargetSpec

CALLING_FEATURES: Mapping[str, str] = {
    "arm": "atomics-32",
    "riscv32": "forced-atomics",
    "riscv64": "forced-atomics",
}
"""Architecture -> the LLVM feature under which what the core cannot becomes a call of ``__sync_*``."""

OPERATIONS = (
    "val_compare_and_swap",
    "lock_test_and_set",
    "fetch_and_add",
    "fetch_and_sub",
    "fetch_and_and",
    "fetch_and_or",
    "fetch_and_xor",
    "fetch_and_nand",
    "fetch_and_max",
    "fetch_and_min",
    "fetch_and_umax",
    "fetch_and_umin",
)
"""What ``core::sync::atomic`` comes to; loads, stores and fences are instructions."""

_ARM_WITHOUT_CAS = ("v6m", "v4t", "v5te")


def atomic_calls(spec: TargetSpec) -> tuple[str, ...]:
    """Give the functions that Rust code may call for its atomics; none where the core has instructions for them."""
    if not wants_atomics(spec) or not spec.get("atomic-cas", True) or has_atomics(spec):
        return ()
    sizes = [size for size in (1, 2, 4, 8) if 8 * size <= int(spec.get("max-atomic-width", spec.pointer_width))]
    return tuple(f"__sync_{operation}_{size}" for size in sizes for operation in OPERATIONS)


def wants_atomics(spec: TargetSpec) -> bool:
    """Tell whether atomics are asked for that nobody else brings: an operating system has functions for them."""
    bare = spec.get("os", "none") == "none"
    return bare and spec.get("max-atomic-width", spec.pointer_width) > 0 and not spec.get("singlethread", False)


def has_atomics(spec: TargetSpec) -> bool:
    """Tell whether the core has compare-and-swap; true where that is not known."""
    if spec.arch == "arm":
        return arm_architecture(spec) not in _ARM_WITHOUT_CAS
    if spec.arch in ("riscv32", "riscv64"):
        return not riscv_is_generic(spec) or has_feature(spec, "a", "zalrsc", "zacas")
    return True
