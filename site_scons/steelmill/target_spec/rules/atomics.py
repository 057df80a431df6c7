"""Atomics: ``max-atomic-width``, ``min-atomic-width``, ``atomic-cas``, ``singlethread``, against what the core can.

There are four ways on a core without atomic instructions: ``singlethread`` (plain accesses), loads and stores alone
(``atomic-cas`` false), none (``max-atomic-width`` 0), and functions ``__sync_*`` that the image brings, which the LLVM
feature ``forced-atomics`` (RISC-V) or ``atomics-32`` (Arm) asks for.
"""

from __future__ import annotations

from collections.abc import Iterator

from steelmill.target_spec.arches import ARCHES, arm_architecture, has_feature
from steelmill.target_spec.atomic_calls import CALLING_FEATURES, has_atomics, wants_atomics
from steelmill.target_spec.fault import Fault
from steelmill.target_spec.knowledge import Knowledge
from steelmill.target_spec.model import TargetSpec

WIDTHS = (0, 8, 16, 32, 64, 128)
_ARM_32 = ("v4t", "v5te", "v6m", "v7m", "v7em", "v8m.base", "v8m.main", "v8.1m.main")
"""Arm architectures without an exclusive access of 64 bits."""


def widths_are_possible(spec: TargetSpec, _knowledge: Knowledge) -> Iterator[Fault]:
    """Check both widths, and the wider one against the architecture."""
    least, most = spec.get("min-atomic-width"), spec.get("max-atomic-width")
    for key, width in (("min-atomic-width", least), ("max-atomic-width", most)):
        if width is not None and width not in WIDTHS:
            yield Fault((key,), f"{width}; expected 0, 8, 16, 32, 64 or 128 (bits)", "correct it")
    if least and most and least > most:
        yield Fault(
            ("min-atomic-width",), f"{least}, more than max-atomic-width {most}; expected at most {most}", "lower it"
        )
    limit = atomic_limit(spec)
    if most in WIDTHS and limit is not None and most > limit and spec.get("os", "none") == "none":
        yield Fault(
            ("max-atomic-width",),
            f"{most}, but {_core(spec)} has no atomic access wider than {limit} bits; expected at most {limit}",
            f"write {limit}",
        )


def compare_and_swap_exists(spec: TargetSpec, _knowledge: Knowledge) -> Iterator[Fault]:
    """Ask for ``atomic-cas`` false where the core has no compare-and-swap and nothing stands in for it."""
    if not wants_atomics(spec) or not spec.get("atomic-cas", True) or has_atomics(spec):
        return
    called = CALLING_FEATURES[spec.arch]
    if not has_feature(spec, called):
        yield Fault(
            ("atomic-cas",),
            f"true{'' if 'atomic-cas' in spec.keys else ' by default'}, but {_core(spec)} has no compare-and-swap; "
            "expected false",
            f"write false, or \"singlethread\": true, or bring functions __sync_* of your own and say '+{called}'",
        )


def load_and_store_exist(spec: TargetSpec, _knowledge: Knowledge) -> Iterator[Fault]:
    """Ask for the feature without which even a load of an atomic is a call of ``__atomic_*``, which nobody defines."""
    if not wants_atomics(spec) or spec.get("atomic-cas", True) or has_atomics(spec):
        return
    called = CALLING_FEATURES[spec.arch]
    if not has_feature(spec, called):
        yield Fault(
            ("features",),
            f"{_core(spec)} makes calls of atomic loads and stores; expected '+{called}', or max-atomic-width 0",
            f"add +{called}: loads and stores of up to {spec.pointer_width} bits are then plain instructions",
        )


def atomic_limit(spec: TargetSpec) -> int | None:
    """Give the bits of the widest atomic access that a core of this kind can have; None where that is not known."""
    if spec.arch == "arm":
        return 32 if arm_architecture(spec) in _ARM_32 else 64
    if spec.arch in ("riscv32", "riscv64"):
        return spec.pointer_width * (2 if has_feature(spec, "zacas") else 1)
    return ARCHES[spec.arch].atomic_width if spec.arch in ARCHES else None


def _core(spec: TargetSpec) -> str:
    if spec.arch == "arm":
        return f"ARM{arm_architecture(spec)}"
    without = " without the a extension" if spec.arch.startswith("riscv") and not has_atomics(spec) else ""
    return f"{spec.arch}{without}"
