"""Which functions an image must bring for its atomics, and what the audit says of a set with gaps."""

from __future__ import annotations

from typing import Any

import pytest

from steelmill.audit.facts import MemberFacts
from steelmill.audit.pull import LinkedMember
from steelmill.audit.rules.atomics import check_atomics
from steelmill.audit.target import AuditTarget
from steelmill.target_spec.atomic_calls import OPERATIONS, atomic_calls
from steelmill.target_spec.model import TargetSpec

M0 = {"arch": "arm", "llvm-target": "thumbv6m-none-eabi", "target-pointer-width": 32, "max-atomic-width": 32}
RISCV = {"arch": "riscv64", "llvm-target": "riscv64", "cpu": "generic-rv64", "target-pointer-width": 64}


def calls(keys: dict[str, Any]) -> tuple[str, ...]:
    return atomic_calls(TargetSpec("board", "board.json", keys))


@pytest.mark.parametrize(
    ("keys", "sizes"),
    [
        (M0, [1, 2, 4]),
        ({**M0, "max-atomic-width": 16}, [1, 2]),
        ({**M0, "max-atomic-width": 0}, []),
        ({**M0, "atomic-cas": False}, []),
        ({**M0, "singlethread": True}, []),
        ({**M0, "os": "linux"}, []),
        ({**M0, "llvm-target": "thumbv7m-none-eabi"}, []),
        ({**RISCV, "features": "+m,+c,+forced-atomics"}, [1, 2, 4, 8]),
        ({**RISCV, "features": "+m,+a,+c"}, []),
    ],
)
def test_the_set_follows_from_width_and_core(keys: dict[str, Any], sizes: list[int]) -> None:
    assert list(calls(keys)) == [f"__sync_{operation}_{size}" for size in sizes for operation in OPERATIONS]


TARGET = AuditTarget("arm", atomic_calls=("__sync_a_4", "__sync_b_4"))


def findings(*members: MemberFacts) -> list[tuple[str, str, str]]:
    linked = [LinkedMember(f"{number}.o", facts) for number, facts in enumerate(members)]
    defined = {name for facts in members for name in facts.defined}
    return [(found.level, found.object, found.subject) for found in check_atomics(TARGET, linked, defined)]


def test_what_is_called_and_defined_nowhere_is_an_error() -> None:
    members = (MemberFacts(defined=("__sync_a_4",)), MemberFacts(undefined=("__sync_a_4", "__sync_b_4", "other")))
    assert findings(*members) == [("error", "1.o", "__sync_b_4")]


def test_a_gap_that_nobody_calls_is_a_warning_where_the_others_are() -> None:
    assert findings(MemberFacts(), MemberFacts(defined=("__sync_b_4",))) == [("warning", "1.o", "__sync_a_4")]


def test_without_atomics_or_with_the_whole_set_nothing_is_said() -> None:
    assert findings(MemberFacts(undefined=("other",))) == []
    assert findings(MemberFacts(defined=TARGET.atomic_calls), MemberFacts(undefined=TARGET.atomic_calls)) == []
