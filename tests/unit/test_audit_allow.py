"""What an entry of allow covers, and what a SConscript may say."""

from __future__ import annotations

from typing import Any

import pytest

from steelmill.audit.allow import Allow, judge, read_allows, unused_allows
from steelmill.audit.finding import Finding
from steelmill.errors import InputError

FINDING = Finding("fpu", "error", "vendor/v2/libphy.a(phy.o)", "Tag_FP_arch", "double", "single", "mend it")


@pytest.mark.parametrize(
    "pattern",
    [
        "vendor/v2/libphy.a(phy.o)",
        "vendor/v2/libphy.a",
        "v2/libphy.a",
        "libphy.a",
        "libphy.a(phy.o)",
        "libphy.a(*.o)",
        "libphy.?",
        "vendor/*",
        "libphy.a: Tag_FP_arch",
        "libphy.a(phy.o): Tag_*",
        "*/libphy.a",
        "*",
    ],
)
def test_covered(pattern: str) -> None:
    allow = Allow("fpu", pattern, "tested")
    assert judge([FINDING], [allow])[0].allowed == "tested"
    assert not judge([FINDING], [allow])[0].is_error
    assert unused_allows([FINDING], [allow], ["fpu"]) == ()


@pytest.mark.parametrize(
    "pattern", ["phy.a", "phy.o", "libphy.a(", "vendor", "v2", "libphy.a(other.o)", "LIBPHY.A", "libphy.a: Tag"]
)
def test_not_covered(pattern: str) -> None:
    allow = Allow("fpu", pattern, "tested")
    assert judge([FINDING], [allow])[0].is_error
    assert unused_allows([FINDING], [allow], ["fpu"]) == (allow,)


def test_another_rule_is_not_covered() -> None:
    allow = Allow("rvc", "*", "tested")
    assert judge([FINDING], [allow])[0].is_error
    # whether it is used is for the audit with that rule to say
    assert unused_allows([FINDING], [allow], ["fpu"]) == ()


def test_the_first_reason_counts() -> None:
    allows = [Allow("fpu", "other.o", "no"), Allow("fpu", "libphy.a", "first"), Allow("fpu", "*", "second")]
    assert judge([FINDING], allows)[0].allowed == "first"


def test_an_object_with_parentheses_in_its_name() -> None:
    finding = FINDING._replace(object="build/a (1)/x.o")
    assert finding.path == "build/a (1)/x.o"
    assert judge([finding], [Allow("fpu", "x.o", "tested")])[0].allowed


ENTRY = {"rule": "fpu", "object": "libphy.a", "reason": "tested"}
EXAMPLE = (
    '\n  remedy   say AUDITALLOW=[{"rule": "fpu", "object": "libphy.a", "reason": "only called where there is an FPU"}]'
)


@pytest.mark.parametrize("value", [[ENTRY], (ENTRY,), ENTRY])
def test_a_sconscript_may_give_one_or_several(value: object) -> None:
    assert read_allows(value, "AUDITALLOW of app") == (Allow("fpu", "libphy.a", "tested", "AUDITALLOW of app"),)


def test_nothing_allowed() -> None:
    assert read_allows([], "AUDITALLOW of app") == read_allows(None, "AUDITALLOW of app") == ()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("fpu", f"AUDITALLOW of app: 'fpu' is no list{EXAMPLE}"),
        (["fpu"], f"AUDITALLOW of app: 'fpu' is no dictionary{EXAMPLE}"),
        (
            [{**ENTRY, "resaon": "x"}],
            f"AUDITALLOW of app: unknown key 'resaon'; did you mean 'reason'?{EXAMPLE}",
        ),
        (
            [{**ENTRY, "reason": " "}],
            "AUDITALLOW of app: key 'reason' is missing or empty in "
            f"{{'rule': 'fpu', 'object': 'libphy.a', 'reason': ' '}}{EXAMPLE}",
        ),
        (
            [{"rule": "fpu", "reason": "x"}],
            f"AUDITALLOW of app: key 'object' is missing or empty in {{'rule': 'fpu', 'reason': 'x'}}{EXAMPLE}",
        ),
    ],
)
def test_wrong_values(value: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_allows(value, "AUDITALLOW of app")
    assert str(caught.value) == message


def test_an_unknown_rule() -> None:
    with pytest.raises(InputError, match=r"no rule is called 'float_abi'; did you mean 'float-abi'\?"):
        read_allows([{**ENTRY, "rule": "float_abi"}], "AUDITALLOW of app")
