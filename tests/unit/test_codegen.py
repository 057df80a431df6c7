from __future__ import annotations

from typing import Any

import pytest

from rust_examples import ask_rustc
from steelmill.errors import InputError
from steelmill.rustc.codegen import OPT_LEVELS, PANIC_STRATEGIES, PROFILES, Codegen, find_profile


def test_the_options_stand_in_a_fixed_order() -> None:
    assert find_profile("release").argv() == (
        "-Cpanic=abort",
        "-Copt-level=s",
        "-Cdebuginfo=0",
        "-Cdebug-assertions=no",
        "-Coverflow-checks=no",
        "-Cembed-bitcode=no",
    )
    assert find_profile("dev").argv() == (
        "-Cpanic=abort",
        "-Copt-level=1",
        "-Cdebuginfo=2",
        "-Cdebug-assertions=yes",
        "-Coverflow-checks=yes",
        "-Cembed-bitcode=no",
    )


@pytest.mark.parametrize(
    "options",
    [
        {"opt_level": "z"},
        {"debug": "line-tables-only"},
        {"debug_assertions": True},
        {"overflow_checks": True},
        {"panic": "immediate-abort"},
        {"bitcode": True},
    ],
)
def test_every_option_reaches_the_command(options: dict[str, Any]) -> None:
    release = find_profile("release")
    changed = release.with_options(**options)
    assert len(set(changed.argv()) - set(release.argv())) == 1
    assert changed.with_options(**{name: getattr(release, name) for name in options}) == release


def test_options_that_are_none_keep_the_profiles() -> None:
    release = find_profile("release")
    assert release.with_options(opt_level=None, panic=None) == release
    assert release.with_options(debug_assertions=False) == release


def test_an_unknown_profile_is_named_with_its_neighbour() -> None:
    with pytest.raises(InputError) as caught:
        find_profile("relase")
    assert str(caught.value) == (
        "profile=: unknown profile 'relase'; did you mean 'release'?\n  remedy   choose one of release, dev"
    )


def test_rustc_takes_every_value() -> None:
    for level in OPT_LEVELS:
        for panic in PANIC_STRATEGIES:
            codegen = Codegen(opt_level=level, debug="0", debug_assertions=False, overflow_checks=False, panic=panic)
            ask_rustc(*codegen.argv(), "-Zunstable-options", "--print", "cfg")
    for profile in PROFILES.values():
        ask_rustc(*profile.argv(), "--print", "cfg")
