"""What rustc itself says of the whole specification, where no other rule has found anything."""

from __future__ import annotations

from collections.abc import Iterator

from steelmill.target_spec.fault import Fault
from steelmill.target_spec.knowledge import Knowledge
from steelmill.target_spec.model import TargetSpec

_SIGNS = {"enabled": "+", "disabled": "-"}


def abi_has_its_features(_spec: TargetSpec, knowledge: Knowledge) -> Iterator[Fault]:
    """Take rustc's warning for an error: code with another ABI than the one it says is what would come out."""
    for feature, state in knowledge.trial.abi_features:
        word = f"{_SIGNS[state]}{feature}"
        yield Fault(
            ("features",),
            f"for this ABI rustc wants {feature!r} {state}; expected {word!r}",
            f"add {word}, or choose another ABI: llvm-floatabi, llvm-abiname or rustc-abi",
        )


def rustc_accepts_it(spec: TargetSpec, knowledge: Knowledge) -> Iterator[Fault]:
    """Hand on the refusal, at the key that it speaks of."""
    words = knowledge.trial.refusal
    if words:
        said = words.replace("_", "-")
        keys = [key for key in spec.keys if f"`{key}`" in said or said.startswith(f"{key}:")]
        release = ".".join(map(str, knowledge.release))
        yield Fault(
            tuple(keys[:1]),
            f"rustc {release} refuses this target: {words}",
            "compare it with `rustc -Zunstable-options --print target-spec-json` of a target like it",
        )
