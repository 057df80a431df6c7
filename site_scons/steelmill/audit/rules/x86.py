"""Rules for x86 and x86-64, mostly by what the machine code does: no attribute tells how it was compiled."""

from __future__ import annotations

from collections.abc import Iterator

from steelmill.audit.facts import MemberFacts
from steelmill.audit.rules.remark import Remark, flags
from steelmill.audit.target import AuditTarget
from steelmill.audit.x86_code import FunctionFacts

_UNIT_NAMES = {"x87": "x87", "mmx": "MMX", "sse": "SSE", "avx": "AVX", "avx512": "AVX-512"}

_INTRINSICS = "compiler_builtins."
"""Members of compiler_builtins compute with x87 by hand where 32-bit x86 has it, and pass no value in it."""

_STACK_ALIGN = 16

_R_X86_64_PC32, _R_X86_64_PLT32, _R_X86_64_32, _R_X86_64_32S = 2, 4, 10, 11

_NARROW = {
    "kernel": {_R_X86_64_32: "R_X86_64_32"},
    "large": {
        _R_X86_64_PC32: "R_X86_64_PC32",
        _R_X86_64_PLT32: "R_X86_64_PLT32",
        _R_X86_64_32: "R_X86_64_32",
        _R_X86_64_32S: "R_X86_64_32S",
    },
}
"""Code model -> relocations of 32 bits that do not reach all of its addresses."""

_CODE_MODELS = {
    "": "all within 2 GiB",
    "small": "all within 2 GiB (code-model small)",
    "kernel": "the highest 2 GiB of memory (code-model kernel)",
    "medium": "large data anywhere (code-model medium)",
    "large": "code and data anywhere (code-model large)",
}


def check(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    """Hold an object against the target; one remark for each rule, with the first function."""
    yield from _registers(target, member)
    yield from _red_zone(target, member)
    yield from _stack(target, member)
    if target.arch == "x86_64":
        yield from _code_model(target, member)


def _more(functions: list[FunctionFacts]) -> str:
    count = len(functions) - 1
    return f", and {count} more function{'s' * (count > 1)}" if count else ""


def _registers(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    allowed = set(target.extensions)
    functions = [function for function in member.functions if set(function.registers) - allowed]
    if not functions or member.name.startswith(_INTRINSICS):
        return
    first = functions[0]
    if target.float_abi == "soft":
        found = f"{_names(first, allowed)} registers: {first.example}{_more(functions)}"
        wanted = "general registers alone (rustc-abi, features)"
        if member.producer:
            yield Remark("sse", first.name, found, wanted, "compile it with -mgeneral-regs-only")
        else:
            remedy = "allow it where assembly saves a task's registers"
            yield Remark("sse", first.name, found, wanted, remedy, "warning")
    elif target.extensions_known:
        yield Remark(
            "isa-extensions",
            first.name,
            f"{_names(first, allowed)} registers{_more(functions)}",
            f"no {_names(first, allowed)} (features, cpu)",
            f"compile it with {flags(target, '-march=', '-mno-')}",
        )


def _names(function: FunctionFacts, allowed: set[str]) -> str:
    return " and ".join(_UNIT_NAMES[unit] for unit in function.registers if unit not in allowed)


def _red_zone(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    functions = [function for function in member.functions if function.red_zone]
    if functions and not target.red_zone:
        yield Remark(
            "red-zone",
            functions[0].name,
            f"a store below the stack pointer: {functions[0].red_zone}{_more(functions)}",
            "no red zone, for an interrupt would overwrite it (disable-redzone)",
            "compile it with -mno-red-zone" if member.producer else "lower the stack pointer before the store",
        )


def _stack(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    functions = [function for function in member.functions if function.unaligned_call]
    if functions and target.stack_align == _STACK_ALIGN:
        yield Remark(
            "stack-align",
            functions[0].name,
            f"a call of {functions[0].unaligned_call} with the stack at an odd multiple of 8{_more(functions)}",
            "multiples of 16 at every call (System V ABI)",
            "compile it without -mpreferred-stack-boundary",
            # Without SSE no instruction asks for it: only code that aligns data by hand goes wrong.
            "error" if "sse" in target.extensions else "warning",
        )


def _code_model(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    wanted = _CODE_MODELS.get(target.code_model, target.code_model)
    if member.large_sections and target.code_model in ("", "small", "kernel"):
        yield Remark(
            "code-model",
            member.large_sections[0],
            "data for anywhere in memory, which most linker scripts give no place (-mcmodel=medium or large)",
            wanted,
            f"compile it with {flags(target, '-mcmodel=')}",
            "warning",
        )
    narrow = _NARROW.get(target.code_model, {})
    # Code of the boot is where 32 bits reach, and knows it.
    name = next((narrow[kind] for kind in member.relocations if kind in narrow), "") if member.producer else ""
    if name:
        yield Remark(
            "code-model",
            name,
            "addresses of 32 bits",
            wanted,
            f"compile it with {flags(target, '-mcmodel=')}",
        )
