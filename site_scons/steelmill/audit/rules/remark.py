"""Remark: what a rule says of an object; with the object's place it is a Finding."""

from __future__ import annotations

from typing import Literal, NamedTuple

from steelmill.audit.target import AuditTarget


class Remark(NamedTuple):
    """A Finding without its object, under the same names."""

    rule: str
    subject: str
    found: str
    wanted: str
    remedy: str
    level: Literal["error", "warning"] = "error"


def flags(target: AuditTarget, *prefixes: str) -> str:
    """Give the target's own C flags that begin so, to be put behind "compile it with"; words where there are none."""
    named = [flag for flag in target.flags if flag.startswith(prefixes)]
    return " ".join(named) or "the target's C flags"
