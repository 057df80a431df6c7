"""docs/c-flags.md against the code: every flag that a target can ask for stands there under its key, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

from project import CHECKOUT
from steelmill.cc.flags import Flag, target_flags
from steelmill.errors import InputError
from steelmill.rustc.cfg import Cfg
from steelmill.target_spec.model import TargetSpec

PAGE = (CHECKOUT / "docs/c-flags.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([\w-]+)` \| (\w[\w-]*)(, clang)? \| ((?:`[^`]+` ?)+)\|", re.MULTILINE)
COLUMN = {"x86": "x86", "x86_64": "x86", "arm": "ARM", "aarch64": "AArch64", "riscv32": "RISC-V", "riscv64": "RISC-V"}

BASES: tuple[dict[str, Any], ...] = (
    {"arch": "x86_64", "llvm-target": "x86_64-unknown-none-elf", "features": "+sse4.2,-avx"},
    {"arch": "x86_64", "llvm-target": "x86_64-unknown-none-elf", "rustc-abi": "softfloat", "cpu": "x86-64"},
    {"arch": "x86", "llvm-target": "i686-unknown-none-elf"},
    {"arch": "x86", "llvm-target": "i386-unknown-none-code16", "relocation-model": "static"},
    {"arch": "arm", "llvm-target": "thumbv7em-none-eabihf", "features": "+vfp4d16sp", "llvm-floatabi": "hard"},
    {"arch": "arm", "llvm-target": "armebv7r-none-eabi", "features": "+vfp3d16", "target-endian": "big"},
    {"arch": "arm", "llvm-target": "thumbv6m-none-eabi", "features": "+strict-align", "cpu": "cortex-m0"},
    {"arch": "arm", "llvm-target": "thumbv7m-none-eabi", "features": "+execute-only,+reserve-r9,+long-calls"},
    {"arch": "aarch64", "llvm-target": "aarch64_be-unknown-none", "features": "+v8a,-neon", "target-endian": "big"},
    {"arch": "aarch64", "llvm-target": "aarch64-unknown-none-elf", "features": "+strict-align,+reserve-x18"},
    {"arch": "aarch64", "llvm-target": "aarch64-unknown-none", "features": "+outline-atomics", "cpu": "cortex-a72"},
    {"arch": "riscv32", "llvm-target": "riscv32", "features": "+m,-relax,+save-restore"},
    {"arch": "riscv64", "llvm-target": "riscv64", "features": "+m,+a,+f,+d"},
)
CHANGES: tuple[dict[str, Any], ...] = (
    {},
    *({"code-model": model} for model in ("tiny", "small", "kernel", "medium", "large")),
    *({"relocation-model": model} for model in ("static", "pic", "ropi-rwpi")),
    {"relocation-model": "pic", "position-independent-executables": True},
    *({"frame-pointer": value} for value in ("always", "non-leaf")),
    {"c-enum-min-bits": 8},
    {"disable-redzone": True},
    {"singlethread": True},
    {"abi-return-struct-as-int": True},
    {"function-sections": False},
)
CFG = Cfg(frozenset({("target_feature", "sse4.2")}))


def made() -> Iterator[tuple[str, str, bool, Flag]]:
    """Give flags of many targets: column, what asks, whether clang's, the flag."""
    families: tuple[Literal["gcc", "clang"], ...] = ("gcc", "clang")
    for keys in BASES:
        for changes in CHANGES:
            for family in families:
                spec = TargetSpec("t", "t.json", {**keys, **changes})
                try:
                    flags = target_flags(spec, CFG if "sse4.2" in str(keys) else None, family)
                except InputError:
                    continue  # the architecture has no such code model
                yield from ((COLUMN[spec.arch], flag.key, family == "clang", flag) for flag in flags)


def rows() -> list[tuple[str, str, bool, list[str]]]:
    return [
        (key, column, bool(clang), re.findall(r"`([^`]+)`", flags)) for key, column, clang, flags in ROW.findall(PAGE)
    ]


def fits(word: str, argument: str) -> bool:
    return argument.startswith(word) if word.endswith("=") else argument == word


def test_every_flag_stands_under_its_key() -> None:
    written = rows()
    lacking = {
        f"{column} {key} {flag.argument}"
        for column, key, is_clang, flag in made()
        if not any(
            row_key == key
            and where in ("all", column)
            and clang <= is_clang
            and any(fits(w, flag.argument) for w in words)
            for row_key, where, clang, words in written
        )
    }
    assert lacking == set()


def test_every_flag_of_the_page_is_asked_for() -> None:
    known = set(made())
    stale = [
        f"{key} {where} {word}"
        for key, where, clang, words in rows()
        for word in words
        if not any(
            found_key == key and where in ("all", column) and clang <= is_clang and fits(word, flag.argument)
            for column, found_key, is_clang, flag in known
        )
    ]
    assert stale == []
    assert len(rows()) > 25
