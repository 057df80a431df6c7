"""Every bare-metal target that rustc knows, and boards made of them: gcc and clang take its flags and agree with it."""

from __future__ import annotations

import functools
import json
import subprocess
from pathlib import Path
from typing import Any, Literal

import pytest

from conftest import need_clang, need_tool
from rust_examples import SYSTEM_RUSTC
from steelmill.cc.arch import ARCHES
from steelmill.cc.flags import arguments, target_flags
from steelmill.cc.macros import Finding, find_differences, parse_macros
from steelmill.cc.user_flags import Compiler, Given, Predefined, check_user_flags
from steelmill.errors import InputError
from steelmill.rustc.cfg import Cfg, parse_cfg
from steelmill.target_spec.model import TargetSpec

ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "RUSTC_BOOTSTRAP": "1"}

GCC = {
    "aarch64": "aarch64-linux-gnu-gcc",
    "arm": "arm-none-eabi-gcc",
    "riscv32": "riscv64-unknown-elf-gcc",
    "riscv64": "riscv64-unknown-elf-gcc",
    "x86": "gcc",
    "x86_64": "gcc",
}

M4F, X86_64, IMAC, GC64, A64 = (
    "thumbv7em-none-eabihf",
    "x86_64-unknown-none",
    "riscv32imac-unknown-none-elf",
    "riscv64gc-unknown-none-elf",
    "aarch64-unknown-none",
)
I686 = {
    "arch": "x86",
    "llvm-target": "i686-unknown-none-elf",
    "target-pointer-width": 32,
    "data-layout": "e-m:e-p:32:32-p270:32:32-p271:32:32-p272:64:64-i128:128-f64:32:64-f80:32-n8:16:32-S128",
    "cpu": "pentium4",
    "features": "-mmx,-sse,-sse2,+soft-float",
    "rustc-abi": "softfloat",
    "relocation-model": "static",
    "max-atomic-width": 64,
}

BOARDS: dict[str, tuple[str | dict[str, Any], dict[str, Any]]] = {
    # name -> built-in target or keys, what the board changes of them
    "cortex-m0plus": ("thumbv6m-none-eabi", {"cpu": "cortex-m0plus"}),
    "cortex-m4": (M4F, {"cpu": "cortex-m4"}),
    "cortex-m7": (M4F, {"cpu": "cortex-m7", "features": "+fp-armv8d16"}),
    "cortex-m7-single": (M4F, {"cpu": "cortex-m7", "features": "-fp64"}),
    "cortex-m23": ("thumbv8m.base-none-eabi", {"cpu": "cortex-m23"}),
    "cortex-m33": ("thumbv8m.main-none-eabihf", {"cpu": "cortex-m33"}),
    "cortex-m33-soft": ("thumbv8m.main-none-eabi", {"cpu": "cortex-m33", "features": "+soft-float"}),
    "cortex-m55": (M4F, {"llvm-target": "thumbv8.1m.main-none-eabihf", "cpu": "cortex-m55", "features": ""}),
    "softfp": ("thumbv7em-none-eabi", {"features": "+vfp4d16sp"}),
    "long-enums": (M4F, {"c-enum-min-bits": 32}),
    "reserved-r9": (M4F, {"features": "+vfp4d16sp,+reserve-r9,+long-calls"}),
    "execute-only": ("thumbv7m-none-eabi", {"features": "+execute-only"}),
    "cortex-a9": ("armv7a-none-eabihf", {"cpu": "cortex-a9"}),
    "cortex-r5": ("armv7r-none-eabihf", {"cpu": "cortex-r5"}),
    "x86_64-sse": (X86_64, {"rustc-abi": None, "features": "+sse4.2,-avx", "code-model": None}),
    "x86_64-haswell": (X86_64, {"rustc-abi": None, "features": "", "cpu": "haswell", "relocation-model": "static"}),
    "x86_64-kernel": (X86_64, {"relocation-model": "static"}),
    "x86_64-large": (X86_64, {"relocation-model": "static", "code-model": "large", "frame-pointer": "always"}),
    "x86_64-features": (
        X86_64,
        {
            "rustc-abi": None,
            "features": "-mmx,+ssse3,+popcnt,+lzcnt,+bmi,+bmi2,+adx,+movbe,+rdrnd,+rdseed,+cx16,+sahf,+fxsr,+xsave,"
            "+aes,+pclmul,+sha,+f16c,+fma",
        },
    ),
    "i686": (I686, {}),
    "i686-x87": (I686, {"rustc-abi": None, "features": "-sse", "frame-pointer": "non-leaf"}),
    "i686-sse": (I686, {"rustc-abi": None, "features": "", "abi-return-struct-as-int": True}),
    "i386-code16": (I686, {"llvm-target": "i386-unknown-none-code16", "cpu": "i386", "max-atomic-width": 0}),
    "rv32-bits": (IMAC, {"features": "+m,+a,+c,+zba,+zbb,+zbs,+zicond,+zcb"}),
    "rv32-b": (IMAC, {"features": "+m,+a,+c,+b,+zacas,+zimop"}),
    "rv32-crypto": (IMAC, {"features": "+m,+f,+c,+zkn,+zks,+zfh", "llvm-abiname": "ilp32f"}),
    "rv32-norelax": (IMAC, {"features": "+m,+a,+c,-relax,+save-restore,+unaligned-scalar-mem"}),
    "rv32-zfinx": (IMAC, {"features": "+m,+c,+zfinx"}),
    "rv64-vector": (GC64, {"features": "+m,+a,+f,+d,+c,+v"}),
    "cortex-a72": (A64, {"cpu": "cortex-a72"}),
    "v8.2": (A64, {"features": "+v8.2a,+strict-align,+neon,+reserve-x18,+lse,+crc", "frame-pointer": "non-leaf"}),
    "v9": (A64, {"features": "+v9a,+neon,+outline-atomics", "frame-pointer": "always"}),
    "tiny": (A64, {"code-model": "tiny"}),
    "large": (A64, {"code-model": "large"}),
}

SOURCE = """
#include <stddef.h>
#include <stdint.h>
struct frame { uint8_t kind; uint32_t words[12]; };
enum colour { RED, GREEN };
static int counter;
extern int elsewhere;
void copy(struct frame *to, const struct frame *from) { *to = *from; }
int count(enum colour c) { return counter += (int)c + elsewhere; }
"""

Run = subprocess.CompletedProcess[str]


def run(*argv: str, text: str = "") -> Run:
    return subprocess.run(argv, env=ENV, input=text, capture_output=True, text=True, check=False)


@functools.cache
def built_in() -> dict[str, dict[str, Any]]:
    """Give all specifications without operating system that rustc knows."""
    answer = run(SYSTEM_RUSTC, "-Zunstable-options", "--print", "all-target-specs-json")
    specs: dict[str, dict[str, Any]] = json.loads(answer.stdout)
    return {name: spec for name, spec in specs.items() if spec.get("os", "none") == "none"}


def cases(arch: str, folder: Path) -> list[tuple[TargetSpec, Cfg]]:
    """Give the targets of an architecture with what rustc says of them."""
    known = built_in()
    found = {name: (name, keys) for name, keys in known.items()}
    for name, (base, changes) in BOARDS.items():
        keys = {**(known.get(base, {}) if isinstance(base, str) else base), **changes}
        keys = {key: value for key, value in keys.items() if value is not None and key != "metadata"}
        path = folder / f"{name}.json"
        path.write_text(json.dumps(keys), encoding="utf-8")
        found[name] = (str(path), keys)
    return [
        (TargetSpec(name, name, keys), cfg_of(target)) for name, (target, keys) in found.items() if keys["arch"] == arch
    ]


def cfg_of(target: str) -> Cfg:
    answer = run(SYSTEM_RUSTC, "-Zunstable-options", "--print", "cfg", "--target", target)
    assert answer.returncode == 0, answer.stderr
    return parse_cfg(answer.stdout)


def find_compiler(family: str, arch: str) -> tuple[str, tuple[int, int]]:
    program = GCC[arch] if family == "gcc" else need_clang()
    need_tool(program)
    major, minor, *_ = [*run(program, "-dumpfullversion", "-dumpversion").stdout.strip().split("."), "0"]
    return program, (int(major), int(minor))


@pytest.mark.parametrize("family", ["gcc", "clang"])
@pytest.mark.parametrize("arch", ARCHES)
def test_the_compiler_takes_the_flags_and_agrees(arch: str, family: Literal["gcc", "clang"], tmp_path: Path) -> None:
    program, version = find_compiler(family, arch)
    targets = cases(arch, tmp_path)
    assert targets
    wrong = []
    for spec, cfg in targets:
        flags = arguments(target_flags(spec, cfg, family, version))
        asked = run(program, *flags, "-Werror", "-v", "-dM", "-E", "-x", "c", "/dev/null")
        made = run(
            program, *flags, "-Wall", "-Werror", "-Os", "-c", "-x", "c", "-o", str(tmp_path / "x.o"), "-", text=SOURCE
        )
        if asked.returncode or made.returncode:
            wrong.append(f"{spec.name}: {asked.stderr if asked.returncode else made.stderr}")
            continue
        found = find_differences(spec, cfg, parse_macros(asked.stdout), family, version)
        wrong += [f"{spec.name}: {finding} ({' '.join(flags)})" for finding in found if not is_known(finding, spec)]
        if family == "clang" and "\n /usr/include" in asked.stderr:
            wrong.append(f"{spec.name}: the host's headers are searched")
    assert wrong == []


def is_known(finding: Finding, spec: TargetSpec) -> bool:
    """Tell of notes that are true: C calls a function for what Rust has an instruction, or has none to call."""
    by_word = spec.arch.startswith("riscv")
    without = spec.llvm_target in ("thumbv6-none-eabi", "i386-unknown-none-code16") or "a" not in str(spec.features)
    return finding.level == "note" and finding.key == "max-atomic-width" and (by_word or without)


def test_every_architecture_of_the_list_is_there() -> None:
    assert {spec["arch"] for spec in built_in().values()} >= set(ARCHES) - {"x86"}
    assert set(GCC) == set(ARCHES)


@pytest.mark.parametrize(
    ("name", "family", "flag", "key"),
    [
        (M4F, "gcc", "-mfloat-abi=soft", "llvm-floatabi"),
        (M4F, "clang", "-mfloat-abi=soft", "llvm-floatabi"),
        (M4F, "gcc", "-fleading-underscore", "data-layout"),
        (M4F, "gcc", "-mbig-endian", "target-endian"),
        ("armv7a-none-eabi", "gcc", "-munaligned-access", "features"),
        ("thumbv6m-none-eabi", "gcc", "-march=armv7-m", "llvm-target"),
        ("cortex-m4", "gcc", "-mcpu=cortex-m33", "cpu"),
        ("thumbv8m.main-none-eabi", "gcc", "-march=armv8-m.main+dsp", "features"),
        (A64, "gcc", "-march=armv8-a+crc", "features"),
        (A64, "clang", "-march=armv8-a+lse", "features"),
        (A64, "gcc", "-mno-strict-align", "features"),
        (A64, "gcc", "-mcmodel=tiny", "code-model"),
        (A64, "gcc", "-mabi=ilp32", "target-pointer-width"),
        (IMAC, "gcc", "-march=rv32imafc", "features"),
        (IMAC, "clang", "-march=rv32imac_zba", "features"),
        (GC64, "gcc", "-mcmodel=medlow", "code-model"),
        (GC64, "gcc", "-mabi=lp64f", "llvm-abiname"),
        (X86_64, "gcc", "-msse2", "features"),
        (X86_64, "clang", "-msse2", "features"),
        (X86_64, "gcc", "-mx32", "target-pointer-width"),
        (X86_64, "clang", "-mcmodel=small", "code-model"),
        (X86_64, "gcc", "-mpopcnt", "features"),
    ],
)
def test_a_flag_of_the_user_that_contradicts_is_named(
    name: str, family: Literal["gcc", "clang"], flag: str, key: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        check_user_flags(compiler(name, family, tmp_path), [Given(("-O2",), "a"), Given((flag,), "b")])
    assert f"'{flag}' does not fit the target: {key} means " in caught.value.what
    assert caught.value.place == "b"


@pytest.mark.parametrize(
    ("name", "family", "flag"),
    [
        ("armv7a-none-eabi", "gcc", "-mthumb"),
        ("armv7a-none-eabi", "clang", "-mthumb"),
        ("thumbv7a-none-eabi", "gcc", "-marm"),
        (M4F, "gcc", "-mcpu=cortex-m4"),
        (M4F, "gcc", "-mslow-flash-data"),
        (IMAC, "gcc", "-msmall-data-limit=0"),
        (X86_64, "gcc", "-mcmodel=large"),
        (X86_64, "gcc", "-mno-sse"),
        (A64, "gcc", "-mgeneral-regs-only"),
        (A64, "clang", "-mbranch-protection=standard"),
    ],
)
def test_a_flag_that_the_target_allows_is_taken(
    name: str, family: Literal["gcc", "clang"], flag: str, tmp_path: Path
) -> None:
    assert check_user_flags(compiler(name, family, tmp_path), [Given((flag,), "a")]) == ()


def compiler(name: str, family: Literal["gcc", "clang"], folder: Path) -> Compiler:
    keys = built_in()[name] if name in built_in() else {**built_in()[str(BOARDS[name][0])], **BOARDS[name][1]}
    spec = TargetSpec(name, name, keys)
    path = folder / f"{name}.json"
    path.write_text(json.dumps({key: value for key, value in keys.items() if key != "metadata"}), encoding="utf-8")
    program, version = find_compiler(family, spec.arch)

    def ask(words: tuple[str, ...]) -> Predefined:
        answer = run(program, *words, "-dM", "-E", "-x", "c", "/dev/null")
        return Predefined(parse_macros(answer.stdout), answer.stderr if answer.returncode else "")

    cfg = cfg_of(str(path))
    flags = arguments(target_flags(spec, cfg, family, version))
    return Compiler(program, family, version, spec, cfg, flags, ask)
