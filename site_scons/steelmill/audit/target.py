"""AuditTarget: what a target asks of every object linked for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from steelmill.cc.flags import Flag
from steelmill.cc.view import CfgView, TargetView


class AuditTarget(NamedTuple):
    """The target's side of every rule; numbers and words alone, so that it goes into JSON as it is."""

    arch: str
    """rustc's ``target_arch``"""


def audit_target(spec: TargetView, cfg: CfgView | None, c_flags: Sequence[Flag]) -> AuditTarget:
    """Tell from the specification, rustc's cfg and the C flags derived from both what objects must be like."""
    raise NotImplementedError


def dump_target(target: AuditTarget) -> str:
    """Write JSON, the same text for the same target."""
    raise NotImplementedError


def load_target(text: str) -> AuditTarget:
    """Read what ``dump_target`` wrote."""
    raise NotImplementedError
