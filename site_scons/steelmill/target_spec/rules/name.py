"""The name: what people and build scripts read out of it must be what the keys say."""

from __future__ import annotations

from collections.abc import Iterator

from steelmill.target_spec.arches import arch_of_head
from steelmill.target_spec.fault import Fault
from steelmill.target_spec.knowledge import Knowledge
from steelmill.target_spec.model import TargetSpec

_PARTS = 3
"""Parts that a name needs to be read as ARCH-VENDOR-SYS, and not as words of somebody's own."""


def file_name_fits_arch(spec: TargetSpec, knowledge: Knowledge) -> Iterator[Fault]:
    """Refuse the name of a target of another architecture, built in or in its form."""
    built_in = knowledge.built_in.get(spec.name)
    if built_in:
        if built_in.arch != spec.arch:
            yield Fault(
                (),
                f"the name is that of rustc's {spec.name}, whose arch is {built_in.arch!r}; here it is {spec.arch!r}",
                "rename the file, or correct arch and llvm-target",
            )
        return
    named = arch_of_head(spec.name.replace("riscv32", "riscv32-").replace("riscv64", "riscv64-"))
    if named and named != spec.arch and len(spec.name.split("-")) >= _PARTS:
        yield Fault(
            (),
            f"the name begins with an architecture, {named!r}, and arch is {spec.arch!r}; expected the same",
            "rename the file, or correct arch and llvm-target",
        )
