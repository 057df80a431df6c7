"""Rules for RISC-V: e_flags and build attributes of the RISC-V ELF psABI."""

from __future__ import annotations

import re
from collections.abc import Iterator

from steelmill.audit.facts import MemberFacts
from steelmill.audit.rules.remark import Remark, flags
from steelmill.audit.target import AuditTarget
from steelmill.cc.arch import riscv_isa

_EF_RVC = 0x1
_EF_FLOAT_ABI = 0x6
_EF_RVE = 0x8

_FLOAT_ABIS = {0: "soft", 2: "single", 4: "double", 6: "quad"}

_FLOAT_WORDS = {
    "soft": "floats passed in integer registers",
    "single": "floats of single precision passed in FPU registers",
    "double": "floats of double precision passed in FPU registers",
    "quad": "floats of quad precision passed in FPU registers",
}

_COMPRESSED = ("c", "zca", "zcf", "zcd", "zcb", "zcmp", "zcmt", "zce")

_BASES = ("i", "e")

_EXTENSION = re.compile(r"[a-z]|[zsx][a-z0-9]+")
"""Against ``relax`` and ``forced-atomics``."""

_R_RISCV_HI20 = 26


def check(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    """Hold an object against the target."""
    yield from _abi(target, member)
    yield from _extensions(target, member)
    yield from _stack(target, member)
    yield from _code_model(target, member)


def _abi(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    found = _FLOAT_ABIS[member.flags & _EF_FLOAT_ABI]
    if found != target.float_abi:
        yield Remark(
            "float-abi",
            "e_flags",
            _FLOAT_WORDS[found],
            f"{_FLOAT_WORDS[target.float_abi]} (llvm-abiname)",
            f"compile it with {flags(target, '-mabi=')}",
        )


def _extensions(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    few = "e" in target.extensions
    if bool(member.flags & _EF_RVE) != few:
        words = ("code and calls with 32 registers", "code and calls with 16 registers (RVE)")
        yield Remark(
            "isa-extensions",
            "e_flags",
            words[not few],
            f"{words[few]} (features)",
            f"compile it with {flags(target, '-march=', '-mabi=')}",
        )
    arch = str(member.attributes.get("arch", ""))
    more = riscv_isa.closure(riscv_isa.parse_arch(arch)[1]) - set(target.extensions) - set(_BASES)
    more -= {*riscv_isa.ALWAYS}
    compressed = {name for name in more if name in _COMPRESSED}
    if "c" in target.extensions:
        # What C brings along where there is an FPU; older tools do not name it.
        compressed -= {"zca", "zcf", "zcd"}
    elif member.flags & _EF_RVC:
        compressed.add("c")
    if compressed:
        yield Remark(
            "rvc",
            "Tag_RISCV_arch" if arch else "e_flags",
            f"compressed instructions ({arch or 'EF_RISCV_RVC'})",
            "no compressed instructions (features)" if "c" not in target.extensions else "those of C alone (features)",
            f"compile it with {flags(target, '-march=')}",
        )
    more -= compressed | {*_COMPRESSED}
    if more and target.extensions_known:
        names = ", ".join(sorted(name for name in more if not _is_implied(name, more)))
        yield Remark(
            "isa-extensions",
            "Tag_RISCV_arch",
            f"extension{'s' * (',' in names)} {names} ({arch})",
            f"{riscv_isa.format_arch(target.bits, _plain(target.extensions))} (features)",
            f"compile it with {flags(target, '-march=')}",
        )


def _is_implied(name: str, names: frozenset[str]) -> bool:
    return any(name in riscv_isa.closure([other]) for other in names if other != name)


def _plain(extensions: tuple[str, ...]) -> set[str]:
    """Leave out what the others bring along, what every assembler may use, and features that are no extensions."""
    names = frozenset(name for name in extensions if _EXTENSION.fullmatch(name)) - {*riscv_isa.ALWAYS}
    return {name for name in names if len(name) == 1 or not _is_implied(name, names)}


def _stack(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    align = member.attributes.get("stack_align")
    # The ABI with 16 registers aligns to 4, and has a finding of its own.
    if isinstance(align, int) and align < target.stack_align and not member.flags & _EF_RVE:
        yield Remark(
            "stack-align",
            "Tag_RISCV_stack_align",
            f"calls with the stack at a multiple of {align}",
            f"multiples of {target.stack_align} (llvm-abiname)",
            "compile it without -mpreferred-stack-boundary",
        )


def _code_model(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    # On 32 bits `lui` reaches everything.
    if target.bits == 64 and target.code_model == "medium" and member.producer and _R_RISCV_HI20 in member.relocations:
        yield Remark(
            "code-model",
            "R_RISCV_HI20",
            "addresses that reach the lowest and highest 2 GiB of memory (-mcmodel=medlow)",
            "addresses relative to the code (code-model medium)",
            f"compile it with {flags(target, '-mcmodel=')}",
        )
