"""RISC-V's arch string."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from steelmill.cc.arch.riscv_isa import SINCE, closure, default_abi, format_arch, gcc_extensions, parse_arch

EXTENSIONS = st.frozensets(st.sampled_from(sorted(set(SINCE) - {"i", "e"})))


@given(st.sampled_from([32, 64]), EXTENSIONS)
def test_what_is_written_is_read_back(xlen: int, extensions: frozenset[str]) -> None:
    assert parse_arch(format_arch(xlen, extensions)) == (xlen, extensions | {"i"})


@given(EXTENSIONS)
def test_gcc_is_never_given_more_than_the_target_has(extensions: frozenset[str]) -> None:
    for major in (10, 12, 15):
        assert gcc_extensions(extensions, major) <= closure(extensions)


@given(EXTENSIONS)
def test_the_closure_is_closed(extensions: frozenset[str]) -> None:
    assert closure(closure(extensions)) == closure(extensions) >= extensions


def test_versions_and_g_are_understood() -> None:
    assert parse_arch("rv32i2p1_m2p0") == (32, frozenset("im"))
    assert parse_arch("rv64gc_zba1p0") == (64, frozenset([*"imafdc", "zba"]))
    assert parse_arch("armv7") == (0, frozenset())


def test_default_abi() -> None:
    assert default_abi(32, ["m"]) == "ilp32"
    assert default_abi(64, ["d"]) == "lp64d"
    assert default_abi(32, ["e"]) == "ilp32e"
