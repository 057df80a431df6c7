"""C flags from a target specification, and their agreement with predefined macros."""

from __future__ import annotations

from typing import Any

import pytest

from steelmill.cc.arch import ARCHES, riscv_isa
from steelmill.cc.flags import Flag, arguments, format_flags, target_flags
from steelmill.cc.macros import check_macros, find_differences, parse_macros
from steelmill.errors import InputError
from steelmill.rustc.cfg import Cfg
from steelmill.target_spec.model import TargetSpec

X86_64 = {
    "arch": "x86_64",
    "llvm-target": "x86_64-unknown-none-elf",
    "target-pointer-width": 64,
    "cpu": "x86-64",
    "code-model": "kernel",
    "disable-redzone": True,
    "features": "-mmx,-sse,+soft-float",
    "position-independent-executables": True,
    "rustc-abi": "softfloat",
}
M4F = {
    "arch": "arm",
    "llvm-target": "thumbv7em-none-eabihf",
    "target-pointer-width": 32,
    "abi": "eabihf",
    "c-enum-min-bits": 8,
    "features": "+vfp4d16sp",
    "frame-pointer": "always",
    "llvm-floatabi": "hard",
    "relocation-model": "static",
}
IMAC = {
    "arch": "riscv32",
    "llvm-target": "riscv32",
    "target-pointer-width": 32,
    "features": "+m,+a,+c",
    "llvm-abiname": "ilp32",
    "relocation-model": "static",
}
AARCH64 = {
    "arch": "aarch64",
    "llvm-target": "aarch64-unknown-none",
    "target-pointer-width": 64,
    "features": "+v8a,+strict-align,+neon",
    "relocation-model": "static",
}


def spec(keys: dict[str, Any], **changes: Any) -> TargetSpec:
    changed = {**keys, **{key.replace("_", "-"): value for key, value in changes.items()}}
    return TargetSpec("t", "targets/t.json", {key: value for key, value in changed.items() if value is not None})


def flags(keys: dict[str, Any], *, cfg: Cfg | None = None, family: Any = "gcc", **changes: Any) -> tuple[str, ...]:
    return arguments(target_flags(spec(keys, **changes), cfg, family))


def test_every_flag_carries_its_key() -> None:
    found = target_flags(spec(X86_64), None, "gcc")
    assert Flag("-mno-red-zone", "disable-redzone") in found
    assert Flag("-mgeneral-regs-only", "features") in found
    assert Flag("-ffreestanding", "always") in found
    assert "-mno-red-zone " in format_flags(found)


def test_the_default_relocation_model_is_pic_and_means_pie_where_the_target_can() -> None:
    assert "-fPIE" in flags(X86_64)
    assert "-fPIC" in flags(X86_64, position_independent_executables=None)
    assert "-fno-pic" in flags(X86_64, relocation_model="static")


def test_cfg_has_the_last_word_on_the_relocation_model() -> None:
    cfg = Cfg(frozenset({("relocation_model", "static")}))
    assert "-fno-pie" in flags(X86_64, cfg=cfg)


def test_kernel_code_model_is_left_out_where_gcc_refuses_it() -> None:
    assert "-mcmodel=kernel" not in flags(X86_64)
    assert "-mcmodel=kernel" in flags(X86_64, relocation_model="static")
    assert "-mcmodel=kernel" in flags(X86_64, family="clang")


def test_hard_sse_target_spells_its_features() -> None:
    found = flags(X86_64, rustc_abi=None, features="+sse4.1,-avx")
    assert "-mgeneral-regs-only" not in found
    assert {"-msse4.1", "-mno-avx"} <= set(found)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"-mthumb", "-march=armv7e-m", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16", "-fshort-enums"}),
        ({"cpu": "cortex-m4"}, {"-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16"}),
        ({"features": "+vfp4d16sp,+fp64"}, {"-mfpu=vfpv4-d16"}),
        ({"features": "+fp-armv8d16"}, {"-mfpu=fpv5-d16"}),
        ({"cpu": "cortex-m7", "features": "-fp64"}, {"-mfpu=fpv5-sp-d16"}),
        ({"cpu": "cortex-m55"}, {"-mcpu=cortex-m55", "-mfpu=auto"}),
        ({"llvm-floatabi": "soft", "features": ""}, {"-mfloat-abi=soft"}),
        ({"llvm-floatabi": "soft"}, {"-mfloat-abi=softfp", "-mfpu=fpv4-sp-d16"}),
        ({"llvm-floatabi": "soft", "features": "+vfp4d16sp,+soft-float"}, {"-mfloat-abi=soft"}),
        ({"llvm-floatabi": None}, {"-mfloat-abi=hard"}),
        ({"c-enum-min-bits": None}, {"-fno-short-enums"}),
        ({"features": "+vfp4d16sp,+strict-align"}, {"-mno-unaligned-access"}),
        ({"llvm-target": "armebv7r-none-eabihf", "target-endian": "big", "features": "+vfp3d16"},
         {"-marm", "-march=armv7-r", "-mbig-endian", "-mfpu=vfpv3-d16"}),
        ({"llvm-target": "armv7a-none-eabihf", "features": "+neon"}, {"-mfpu=neon", "-march=armv7-a"}),
        ({"llvm-target": "armv7a-none-eabihf", "features": "+vfp3d16,-neon"}, {"-mfpu=vfpv3-d16"}),
        ({"llvm-target": "armv7a-none-eabihf", "features": "-neon"}, {"-mfpu=vfpv3"}),
        ({"llvm-target": "armv6-none-eabi", "features": "+v6k,+soft-float", "llvm-floatabi": "soft"},
         {"-march=armv6k"}),
    ],
)  # fmt: skip
def test_arm(changes: dict[str, Any], expected: set[str]) -> None:
    found = flags(M4F, **changes)
    assert expected <= set(found)
    assert ("-mfloat-abi=soft" in found) == (not any(flag.startswith("-mfpu=") for flag in found))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"-march=rv32imac_zicsr_zifencei", "-mabi=ilp32", "-mcmodel=medlow", "-mstrict-align"}),
        ({"features": "+m,+a,+c,+f", "llvm-abiname": "ilp32f"}, {"-march=rv32imafc_zicsr_zifencei", "-mabi=ilp32f"}),
        ({"features": "+e,+m", "llvm-abiname": None}, {"-march=rv32em_zicsr_zifencei", "-mabi=ilp32e"}),
        ({"features": "+m,+zbb,+zba,+zknd"}, {"-march=rv32im_zicsr_zifencei_zba_zbb_zknd"}),
        ({"features": "+m,+b"}, {"-march=rv32im_zicsr_zifencei_zba_zbb_zbs"}),
        ({"features": "+a,+zaamo,+zalrsc,+relax,+forced-atomics"}, {"-march=rv32ia_zicsr_zifencei"}),
        ({"features": "+m,-m,-relax"}, {"-march=rv32i_zicsr_zifencei", "-mno-relax"}),
        ({"code-model": "medium"}, {"-mcmodel=medany"}),
        ({"arch": "riscv64", "features": "+m,+a,+f,+d,+c", "llvm-abiname": None}, {"-mabi=lp64d"}),
    ],
)
def test_riscv(changes: dict[str, Any], expected: set[str]) -> None:
    assert expected <= set(flags(IMAC, **changes))


def test_extensions_that_only_the_processor_brings_come_from_cfg() -> None:
    cfg = Cfg(frozenset({("target_feature", "zba"), ("target_feature", "zaamo")}))
    assert "-march=rv32imac_zicsr_zifencei_zba" in flags(IMAC, cfg=cfg)


def test_extensions_newer_than_the_compiler_are_left_out() -> None:
    target = spec(IMAC, features="+m,+zicond")
    assert "-march=rv32im_zicsr_zifencei" in arguments(target_flags(target, None, "gcc", (12, 2)))
    assert "-march=rv32im_zicond_zicsr_zifencei" in arguments(target_flags(target, None, "gcc", (14, 1)))
    assert "-march=rv32im" in arguments(target_flags(target, None, "gcc", (10, 2)))


def test_clang_takes_what_gcc_12_does_not_know() -> None:
    target = spec(IMAC, features="+m,+zicond,+zacas")
    assert "-march=rv32im_zicond_zicsr_zifencei" in arguments(target_flags(target, None, "clang", (19, 1)))
    assert "-march=rv32im_zicond_zicsr_zifencei_zacas" in arguments(target_flags(target, None, "clang", (22, 1)))


def test_what_only_the_sum_of_extensions_brings_is_no_contradiction() -> None:
    assert "b" in riscv_isa.closure({"zba", "zbb", "zbs"})
    assert "b" not in riscv_isa.closure({"zba", "zbb"})


def test_what_c_compilers_count_in_is_switched_off_where_rust_has_it_not() -> None:
    cfg = Cfg(frozenset({("target_feature", "sse4.2")}))
    assert "-mno-popcnt" in flags(X86_64, cfg=cfg, rustc_abi=None, features="+sse4.2")
    assert "-march=armv8-r+nodotprod+nordma+nofp16" in flags(AARCH64, features="+v8r,+strict-align")
    cfg = Cfg(frozenset({("target_feature", "dotprod")}))
    assert "-march=armv8-r+nordma+nofp16" in flags(AARCH64, cfg=cfg, features="+v8r,+strict-align")


def test_aarch64() -> None:
    assert {"-march=armv8-a", "-mstrict-align", "-mno-outline-atomics"} <= set(flags(AARCH64))
    assert "-mgeneral-regs-only" not in flags(AARCH64)
    assert "-mgeneral-regs-only" in flags(AARCH64, features="+v8a,-neon")
    assert {"-march=armv8.1-a+crc", "-ffixed-x18"} <= set(flags(AARCH64, features="+v8.1a,+crc,+reserve-x18"))


def test_clang_takes_the_target_itself() -> None:
    assert flags(M4F, family="clang")[0] == "--target=thumbv7em-none-eabihf"


@pytest.mark.parametrize(
    ("keys", "changes", "message"),
    [
        (M4F, {"relocation-model": "ropi"}, "relocation-model 'ropi' has no gcc flag for arm"),
        (X86_64, {"code-model": "kernal"}, "did you mean 'kernel'"),
        (M4F, {"features": ""}, "no FPU is named by cpu and features"),
        (M4F, {"c-enum-min-bits": 16}, "c-enum-min-bits '16' has no gcc flag"),
        (M4F, {"llvm-target": "thumbv9m-none-eabi"}, "llvm-target architecture 'v9m'"),
        (IMAC, {"llvm-abiname": "ilp33"}, "did you mean 'ilp32'"),
        (IMAC, {"arch": "riscv128"}, "C for arch 'riscv128' is unknown"),
    ],
)
def test_what_c_cannot_follow_is_an_error_at_the_specification(
    keys: dict[str, Any], changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        flags(keys, **changes)
    assert message in caught.value.what
    assert caught.value.place == "targets/t.json"


def test_parse_macros() -> None:
    text = "#define __arm__ 1\nnoise\n#define EMPTY\n#define F(x) ((x) + 1)\n#define T long unsigned int\n"
    assert parse_macros(text) == {"__arm__": "1", "EMPTY": "", "F(x)": "((x) + 1)", "T": "long unsigned int"}


M4F_MACROS = {
    "__arm__": "1",
    "__ELF__": "1",
    "__SIZEOF_POINTER__": "4",
    "__SIZEOF_SIZE_T__": "4",
    "__SIZEOF_LONG__": "4",
    "__SIZEOF_INT__": "4",
    "__BYTE_ORDER__": "__ORDER_LITTLE_ENDIAN__",
    "__ARM_PCS_VFP": "1",
    "__ARM_FP": "4",
    "__thumb__": "1",
    "__ARM_ARCH_7EM__": "1",
    "__ARM_SIZEOF_MINIMAL_ENUM": "1",
    "__CHAR_UNSIGNED__": "1",
}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"__SIZEOF_POINTER__": "8"}, "target-pointer-width"),
        ({"__SIZEOF_LONG__": "8"}, "target-pointer-width"),
        ({"__SIZEOF_SIZE_T__": "8"}, "target-pointer-width"),
        ({"__USER_LABEL_PREFIX__": "_"}, "data-layout"),
        ({"__BYTE_ORDER__": "__ORDER_BIG_ENDIAN__"}, "target-endian"),
        ({"__ELF__": None}, "binary-format"),
        ({"__ARM_PCS_VFP": None}, "llvm-floatabi"),
        ({"__ARM_FP": "12"}, "features"),
        ({"__thumb__": None}, "llvm-target"),
        ({"__ARM_SIZEOF_MINIMAL_ENUM": "4"}, "c-enum-min-bits"),
        ({"__arm__": None}, "arch"),
    ],
)
def test_each_contradiction_names_its_key(changes: dict[str, str | None], key: str) -> None:
    macros = {name: value for name, value in {**M4F_MACROS, **changes}.items() if value is not None}
    (finding,) = find_differences(spec(M4F), None, macros)
    assert (finding.level, finding.key) == ("error", key)
    with pytest.raises(InputError, match=key):
        check_macros(spec(M4F), None, macros, "targets/t.json")


def test_signedness_of_char_is_a_note() -> None:
    assert check_macros(spec(M4F), None, M4F_MACROS, "p") == ()
    signed = {name: value for name, value in M4F_MACROS.items() if name != "__CHAR_UNSIGNED__"}
    (note,) = check_macros(spec(M4F), None, signed, "p")
    assert note.level == "note"
    assert "signed char" in note.found


def test_all_contradictions_stand_in_one_message() -> None:
    macros = {**M4F_MACROS, "__ARM_FP": "12", "__SIZEOF_INT__": "2"}
    with pytest.raises(InputError) as caught:
        check_macros(spec(M4F), None, macros, "targets/t.json")
    assert str(caught.value) == (
        "targets/t.json: the C compiler does not fit the target: target-c-int-width means int of 32 bits, "
        "the C compiler makes int of 16 bits\n"
        "  features   single-precision FPU; the C compiler makes double-precision FPU\n"
        "  remedy     correct the key, or give another compiler with cc=PATH"
    )


def test_every_architecture_has_prefixes() -> None:
    assert all(arch.prefixes for arch in ARCHES.values())
