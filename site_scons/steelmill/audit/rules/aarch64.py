"""Rules for AArch64: "ELF for the Arm 64-bit Architecture". It has no build attributes to compare."""

from __future__ import annotations

from collections.abc import Iterator

from steelmill.audit.facts import MemberFacts
from steelmill.audit.rules.remark import Remark, flags
from steelmill.audit.target import AuditTarget

_TINY = {273: "R_AARCH64_LD_PREL_LO19", 274: "R_AARCH64_ADR_PREL_LO21"}
"""Reach 1 MiB around the instruction."""


def check(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    """Hold an object against the target."""
    name = next((_TINY[kind] for kind in member.relocations if kind in _TINY), "") if member.producer else ""
    if name and target.code_model != "tiny":
        yield Remark(
            "code-model",
            name,
            "addresses that reach 1 MiB (-mcmodel=tiny)",
            f"addresses that reach 4 GiB (code-model {target.code_model or 'small'})",
            f"compile it with {flags(target, '-mcmodel=')}",
        )
