"""A user's flags: which are looked at, what they switch, and which of them is to blame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from steelmill.cc.switches import find_switched
from steelmill.cc.user_flags import Compiler, Given, Predefined, check_user_flags, check_whole_command, deciding_flags
from steelmill.errors import InputError
from steelmill.target_spec.model import TargetSpec

M4F = {
    "arch": "arm",
    "llvm-target": "thumbv7em-none-eabihf",
    "target-pointer-width": 32,
    "c-enum-min-bits": 8,
    "features": "+vfp4d16sp",
    "llvm-floatabi": "hard",
}
X86_64 = {
    "arch": "x86_64",
    "llvm-target": "x86_64-unknown-none-elf",
    "target-pointer-width": 64,
    "data-layout": "e-m:e-i64:64-n8:16:32:64-S128",
    "disable-redzone": True,
    "rustc-abi": "softfloat",
}
I686 = {**X86_64, "arch": "x86", "llvm-target": "i686-unknown-none-elf", "target-pointer-width": 32}
IMAC = {"arch": "riscv32", "llvm-target": "riscv32", "features": "+m,+a,+c", "llvm-abiname": "ilp32"}
AARCH64 = {"arch": "aarch64", "llvm-target": "aarch64-unknown-none", "features": "+v8a,+strict-align,+neon"}


def spec(keys: dict[str, Any]) -> TargetSpec:
    return TargetSpec("t", "targets/t.json", keys)


def flags(words: str, files: dict[str, str] | None = None) -> list[str]:
    found = deciding_flags(words.split(), lambda index: f"p:{index}", (files or {}).get)
    return [f"{flag.place} {flag}" for flag in found]


def test_flags_that_can_decide_are_kept_with_their_place() -> None:
    assert flags("-Wall -I -mthumb -D X -O2 -mthumb -Xclang -fpack-struct -g -std=c11 -c") == [
        "p:6 -mthumb",
        "p:7 -Xclang -fpack-struct",
    ]


@pytest.mark.parametrize(
    "flag", ["-fplugin=x.so", "-fprofile-use=x", "-ffile-prefix-map=a=b", "-fdump-tree-all", "-MD", "-flto", "-mfile"]
)
def test_flags_that_name_files_are_left_out(flag: str) -> None:
    assert bool(flags(flag)) == (flag == "-mfile")


def test_argument_files_are_opened_and_may_name_themselves() -> None:
    files = {"a": "-mthumb '@b' @a", "b": "-Dx='y z' -fpack-struct", "c": "it's -mthumb"}
    assert flags("@a -marm @c @none", files) == ["a -mthumb", "b -fpack-struct", "p:1 -marm"]


@pytest.mark.parametrize(
    ("keys", "words", "key"),
    [
        (M4F, "-fshort-enums -fno-short-enums", "c-enum-min-bits"),
        (M4F, "-fpack-struct=2", "data-layout"),
        (X86_64, "-mno-red-zone -mred-zone", "disable-redzone"),
        (X86_64, "-mabi=ms", "llvm-target"),
        (X86_64, "-mpreferred-stack-boundary=3", "data-layout"),
        (X86_64, "-mstack-alignment=8", "data-layout"),
        (X86_64, "-fno-stack-protector -fstack-protector-strong", "has-thread-local"),
        (I686, "-mregparm=3", "llvm-target"),
        (I686, "-mrtd", "llvm-target"),
        (I686, "-m16", "llvm-target"),
        (I686, "-freg-struct-return", "abi-return-struct-as-int"),
        (I686, "-malign-double", "data-layout"),
        (IMAC, "-mno-strict-align", "features"),
        (AARCH64, "-mstrict-align -munaligned-access", "features"),
    ],
)
def test_what_no_macro_shows_is_read_from_the_flags(keys: dict[str, Any], words: str, key: str) -> None:
    (finding,) = find_switched(spec(keys), None, words.split())
    assert (finding.level, finding.key) == ("error", key)
    assert finding.wanted != finding.found


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (M4F, "-fno-short-enums -fshort-enums -fpack-struct -fno-pack-struct"),
        (X86_64, "-mred-zone -mno-red-zone -mpreferred-stack-boundary=4 -malign-double -freg-struct-return -m64"),
        (X86_64, "-fstack-protector -mstack-protector-guard=global"),
        ({**X86_64, "has-thread-local": True}, "-fstack-protector"),
        ({**X86_64, "disable-redzone": False}, "-mred-zone"),
        ({**I686, "llvm-target": "i386-unknown-none-code16"}, "-m16"),
        ({**I686, "abi-return-struct-as-int": True}, "-freg-struct-return"),
        ({**IMAC, "features": "+m,+unaligned-scalar-mem"}, "-mno-strict-align"),
        ({**AARCH64, "features": "+v8a"}, "-mno-strict-align"),
    ],
)
def test_what_the_target_allows_is_no_finding(keys: dict[str, Any], words: str) -> None:
    assert find_switched(spec(keys), None, words.split()) == ()


BASE = {
    "__arm__": "1",
    "__ELF__": "1",
    "__SIZEOF_POINTER__": "4",
    "__SIZEOF_SIZE_T__": "4",
    "__SIZEOF_LONG__": "4",
    "__SIZEOF_INT__": "4",
    "__SIZEOF_WCHAR_T__": "4",
    "__BYTE_ORDER__": "__ORDER_LITTLE_ENDIAN__",
    "__ARM_EABI__": "1",
    "__ARM_PCS_VFP": "1",
    "__ARM_FP": "4",
    "__thumb__": "1",
    "__ARM_ARCH_7EM__": "1",
    "__ARM_SIZEOF_MINIMAL_ENUM": "1",
    "__CHAR_UNSIGNED__": "1",
}


def gcc(words: tuple[str, ...]) -> Predefined:
    """Answer as arm-none-eabi-gcc does, for a few flags."""
    if "-mno-such" in words:
        return Predefined({}, "unrecognized command-line option '-mno-such'")
    macros = dict(BASE)
    if "-mfloat-abi=soft" in words:
        del macros["__ARM_PCS_VFP"]
    if "-msplit" in words and "-mjoin" in words:
        macros["__SIZEOF_LONG__"] = "8"
    if "-fshort-wchar" in words:
        macros["__SIZEOF_WCHAR_T__"] = "2"
    if "-mcpu=cortex-m55" in words:
        macros["__ARM_FEATURE_MVE"] = "1"
    return Predefined(macros)


def compiler(ask: Callable[[tuple[str, ...]], Predefined] = gcc) -> Compiler:
    return Compiler("arm-none-eabi-gcc", "gcc", (12, 2), spec(M4F), None, ("-mthumb", "-mfloat-abi=hard"), ask)


def check(words: str) -> tuple[str, ...]:
    given = [Given((word,), f"f.toml:{line}") for line, word in enumerate(words.split(), 1)]
    return tuple(map(str, check_user_flags(compiler(), given)))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("-mthumb -mfloat-abi=soft", "f.toml:2: '-mfloat-abi=soft' does not fit the target: llvm-floatabi means hard"),
        ("-mfloat-abi=soft -O -mfloat-abi=soft", "f.toml:1: '-mfloat-abi=soft' does not fit"),
        ("-msplit -O -mjoin", "f.toml:1: '-msplit' and '-mjoin' do not fit the target: target-pointer-width means"),
        ("-O -mno-such", "f.toml:2: arm-none-eabi-gcc refuses '-mno-such': unrecognized"),
        ("-mcpu=cortex-m55", "f.toml:1: '-mcpu=cortex-m55' does not fit the target: features means no vector"),
        ("-fpack-struct -fno-pack-struct -fpack-struct=1", "f.toml:3: '-fpack-struct=1' does not fit the target"),
    ],
)
def test_the_flag_to_blame_is_found(words: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        check(words)
    assert str(caught.value).startswith(message)


def test_no_flags_ask_nothing() -> None:
    def ask(_words: tuple[str, ...]) -> Predefined:
        pytest.fail("asked")

    assert check_user_flags(compiler(ask), ()) == ()


def test_notes_are_given_back() -> None:
    (note,) = check("-fshort-wchar")
    assert note == ("the toolchain's C library means wchar_t of 32 bits, the C compiler makes wchar_t of 16 bits")


def test_a_command_without_the_targets_flags_is_told_which_are_missing() -> None:
    with pytest.raises(InputError) as caught:
        check_whole_command(compiler(), [Given(("-mfloat-abi=soft",), "p")], "CCFLAGS of a.o")
    assert str(caught.value) == (
        "CCFLAGS of a.o: the flags of arm-none-eabi-gcc do not fit the target: "
        "llvm-floatabi means hard-float calls, the C compiler makes soft-float calls\n"
        "  target   targets/t.json\n"
        "  remedy   compile it with -mthumb -mfloat-abi=hard"
    )
    check_whole_command(compiler(), [Given(("-mfloat-abi=hard",), "p")], "CCFLAGS of a.o")
    check_whole_command(compiler(), [Given(("-mno-such",), "p")], "CCFLAGS of a.o")
