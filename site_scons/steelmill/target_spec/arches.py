"""What a specification can say for each of rustc's architectures.

Follows ``check_consistency`` of rustc_target and the psABI of each architecture; measured on rustc 1.85, 1.95, 1.96.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from steelmill.target_spec.model import TargetSpec


class Arch(NamedTuple):
    """One value of ``arch``."""

    heads: str
    """Regular expression for the first part of ``llvm-target``."""
    widths: tuple[int, ...]
    """Bits of a pointer, the usual ones first."""
    atomic_width: int
    """Bits of the widest atomic access that any of its processors has."""
    abi_keys: tuple[str, ...] = ()
    """Which of ``llvm-abiname``, ``llvm-floatabi`` and ``rustc-abi`` have a meaning."""
    abi_names: tuple[str, ...] = ()
    """Values of ``llvm-abiname``, where they are known."""
    code_models: tuple[str, ...] = ("small", "medium", "large")


ARCHES: Mapping[str, Arch] = {
    "aarch64": Arch(r"(aarch64|arm64(?!ec))\w*", (64, 32), 128, ("rustc-abi",), code_models=("tiny", "small", "large")),
    "amdgpu": Arch(r"amdgcn", (64,), 64),
    "arm": Arch(r"(arm|thumb)(?!64).*", (32,), 64, ("llvm-floatabi",)),
    "arm64ec": Arch(r"arm64ec", (64,), 128, code_models=("tiny", "small", "large")),
    "avr": Arch(r"avr", (16,), 16),
    "bpf": Arch(r"bpf\w*", (64,), 64),
    "csky": Arch(r"csky", (32,), 32),
    "hexagon": Arch(r"hexagon", (32,), 64),
    "loongarch32": Arch(r"loongarch32", (32,), 32, ("llvm-abiname",), ("ilp32s", "ilp32f", "ilp32d")),
    "loongarch64": Arch(r"loongarch64", (64,), 128, ("llvm-abiname",), ("lp64s", "lp64f", "lp64d")),
    "m68k": Arch(r"m68k", (32,), 32),
    "mips": Arch(r"mips(?!64|isa64|isa32r6)\w*", (32,), 32, ("llvm-abiname",), ("o32",)),
    "mips32r6": Arch(r"mipsisa32r6\w*", (32,), 32, ("llvm-abiname",), ("o32",)),
    "mips64": Arch(r"mips64\w*", (64, 32), 64, ("llvm-abiname",), ("n64", "n32")),
    "mips64r6": Arch(r"mipsisa64r6\w*", (64, 32), 64, ("llvm-abiname",), ("n64", "n32")),
    "msp430": Arch(r"msp430", (16,), 16),
    "nvptx64": Arch(r"nvptx64", (64,), 128),
    "powerpc": Arch(r"powerpc(?!64)\w*|ppc32", (32,), 32, ("llvm-abiname", "rustc-abi")),
    "powerpc64": Arch(r"(powerpc64|ppc64)\w*", (64,), 128, ("llvm-abiname",)),
    "riscv32": Arch(r"riscv32(be)?", (32,), 32, ("llvm-abiname",), ("ilp32", "ilp32f", "ilp32d", "ilp32e")),
    "riscv64": Arch(r"riscv64(be)?", (64,), 128, ("llvm-abiname",), ("lp64", "lp64f", "lp64d", "lp64e")),
    "s390x": Arch(r"s390x|systemz", (64,), 128, ("rustc-abi",)),
    "sparc": Arch(r"sparc(?!v9|64)\w*", (32,), 64),
    "sparc64": Arch(r"sparcv9|sparc64", (64,), 64),
    "wasm32": Arch(r"wasm32", (32,), 64),
    "wasm64": Arch(r"wasm64", (64,), 64),
    "x86": Arch(r"i[3-9]86", (32,), 64, ("rustc-abi",), code_models=("small", "kernel", "medium", "large")),
    "x86_64": Arch(
        r"x86_64h?|amd64", (64, 32), 128, ("rustc-abi",), code_models=("small", "kernel", "medium", "large")
    ),
    "xtensa": Arch(r"xtensa", (32,), 32),
}


def arch_of_head(llvm_target: str) -> str | None:
    """Give the architecture that an ``llvm-target``, or a tuple of rustc's, begins with; None for none of these."""
    head = llvm_target.split("-")[0]
    return next((name for name, arch in ARCHES.items() if re.fullmatch(arch.heads, head)), None)


def arm_architecture(spec: TargetSpec) -> str:
    """Give the version and profile that ``llvm-target`` names: ``v6m``, ``v8m.main``; empty for arch other than arm."""
    return arm_sub_architecture(spec.llvm_target) if spec.arch == "arm" else ""


def arm_sub_architecture(llvm_target: str) -> str:
    """Give what stands behind ``arm`` or ``thumb``, without the endianness; empty where nothing does."""
    found = re.match(r"(?:arm|thumb)(?:eb)?(v\d[\w.]*)", llvm_target.split("-")[0])
    return found[1].removesuffix("eb") if found else ""


def riscv_is_generic(spec: TargetSpec) -> bool:
    """Tell whether ``features`` names every extension: no processor and no profile (``rva23u64``) brings others."""
    profile = any(re.match(r"\+rv[abim]\d\d", word) for word in spec.features)
    return not profile and (spec.cpu or "generic").startswith("generic")


def has_feature(spec: TargetSpec, *names: str) -> bool:
    """Tell whether the specification switches one of these LLVM features on, and not off again."""
    state = {feature[1:]: feature[0] for feature in spec.features}
    return any(state.get(name) == "+" for name in names)
