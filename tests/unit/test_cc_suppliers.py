"""Who supplies memcpy."""

from __future__ import annotations

from steelmill.cc.suppliers import MEM_FUNCTIONS, decide_mem, describe_intrinsics

ALL = {"vendor/libc.a": [*MEM_FUNCTIONS, "puts"]}
PART = {"vendor/fast.o": ["memcpy"]}


def test_auto_is_on_where_nobody_else_defines_them() -> None:
    decision = decide_mem("auto", ["gcc", "m"])
    assert (decision.mem, decision.supplier) == (True, "compiler_builtins")


def test_auto_is_off_with_a_c_library_or_a_prebuilt_one() -> None:
    assert decide_mem("auto", ["c_nano"]).supplier == "libc_nano"
    assert not decide_mem("auto", ["c_nano"]).mem
    decision = decide_mem("auto", [], ALL)
    assert (decision.mem, decision.supplier) == (False, "vendor/libc.a")


def test_auto_stays_on_where_a_prebuilt_one_defines_a_part() -> None:
    decision = decide_mem("auto", [], PART)
    assert decision.mem
    assert decision.said == (
        "mem auto: on, vendor/fast.o defines only a part; memmove, memset, memcmp from compiler_builtins"
    )


def test_the_users_word_counts() -> None:
    assert decide_mem("on", ["c"]).mem
    assert "wins" in decide_mem("on", ["c"]).said
    off = decide_mem("off")
    assert not off.mem
    assert "memcpy, memmove, memset, memcmp must come from the sources" in off.said


def test_intrinsics() -> None:
    assert "libgcc" in describe_intrinsics(["gcc"])
    assert "libgcc" not in describe_intrinsics()
