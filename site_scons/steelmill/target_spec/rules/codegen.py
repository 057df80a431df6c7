"""How code is made: ``relocation-model``, ``code-model``, the sizes of C's integers."""

from __future__ import annotations

from collections.abc import Iterator

from steelmill.target_spec.arches import ARCHES
from steelmill.target_spec.fault import Fault
from steelmill.target_spec.knowledge import Knowledge
from steelmill.target_spec.model import TargetSpec
from steelmill.wording import either

_ARM_ONLY = ("ropi", "rwpi", "ropi-rwpi")


def relocation_model_is_supported(spec: TargetSpec, _knowledge: Knowledge) -> Iterator[Fault]:
    """Refuse the models that LLVM has for other architectures or systems only."""
    model = spec.get("relocation-model")
    if model in _ARM_ONLY and spec.arch != "arm":
        yield Fault(
            ("relocation-model",), f"{model!r} is for arch 'arm' alone; expected 'static' or 'pic'", "correct it"
        )
    if model == "dynamic-no-pic":
        yield Fault(
            ("relocation-model",), f"{model!r} is for Apple's systems alone; expected 'static' or 'pic'", "correct it"
        )


def code_model_is_supported(spec: TargetSpec, _knowledge: Knowledge) -> Iterator[Fault]:
    """Refuse the models that end LLVM with a fatal error."""
    model, arch = spec.get("code-model"), ARCHES.get(spec.arch)
    if model and arch and model not in arch.code_models:
        yield Fault(
            ("code-model",),
            f"LLVM has no {model!r} for {spec.arch}; expected {either(map(repr, arch.code_models))}",
            "correct it",
        )


def cpu_is_named(spec: TargetSpec, _knowledge: Knowledge) -> Iterator[Fault]:
    """Refuse the key that makes rustc ask for ``-Ctarget-cpu`` whatever ``cpu`` says."""
    if spec.get("need-explicit-cpu"):
        yield Fault(
            ("need-explicit-cpu",),
            "true makes rustc ask for -Ctarget-cpu; expected the processor in cpu",
            "name the processor in cpu, and remove this key",
        )


def c_integers_are_possible(spec: TargetSpec, _knowledge: Knowledge) -> Iterator[Fault]:
    """Check the bits of C's int and of its smallest enum."""
    for key, widths in (("target-c-int-width", (16, 32)), ("c-enum-min-bits", (8, 16, 32, 64))):
        value = spec.get(key)
        if value is not None and str(value) not in map(str, widths):
            yield Fault((key,), f"{value}; expected {either(map(str, widths))} (bits)", "correct it")
