"""The rules of the audit: one file per family of architectures, one table of all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from steelmill.audit.facts import MemberFacts
from steelmill.audit.finding import Finding
from steelmill.audit.pull import LinkedMember
from steelmill.audit.rules import aarch64, any_machine, arm, riscv, x86
from steelmill.audit.rules.atomics import check_atomics
from steelmill.audit.rules.remark import Remark
from steelmill.audit.target import AuditTarget
from steelmill.elf import machine


class Rule(NamedTuple):
    """A rule as people and ``allow`` know it."""

    id: str
    catches: str
    """One sentence without a full stop."""


RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule("machine", "an object for another architecture, word size or operating system"),
        Rule("endianness", "an object of the other byte order"),
        Rule("float-abi", "floats passed in other registers than Rust does"),
        Rule("fpu", "code for a floating-point unit that the processor has not"),
        Rule("instruction-set", "ARM-state code for a core with Thumb alone, or code of another profile (A, R, M)"),
        Rule("cpu", "code for a later architecture than the processor's"),
        Rule("isa-extensions", "code for an instruction set extension that the processor has not"),
        Rule("rvc", "compressed instructions for a RISC-V core without them"),
        Rule("enum-size", "enums of another size than repr(C) has"),
        Rule("wchar", "wchar_t of another size"),
        Rule("stack-align", "calls with a stack that is aligned less than the callee may rely on"),
        Rule("sse", "x87, MMX, SSE or AVX registers where the target passes floats in integer registers"),
        Rule("red-zone", "stores below the stack pointer, which an interrupt overwrites"),
        Rule("code-model", "addresses formed in a way that may not reach where the target puts code and data"),
        Rule("lto-opaque", "an object without machine code (LLVM bitcode, gcc's slim LTO), which nothing can audit"),
        Rule("executable-stack", "code that writes code onto the stack and jumps there"),
        Rule("weak-undefined", "a call of a weak function that nothing defines, which jumps to address 0"),
        Rule("atomics", "functions missing from the set that stands in for atomic instructions"),
    )
}


_FAMILIES: Mapping[int, Callable[[AuditTarget, MemberFacts], Iterator[Remark]]] = {
    machine.X86: x86.check,
    machine.X86_64: x86.check,
    machine.ARM: arm.check,
    machine.AARCH64: aarch64.check,
    machine.RISCV: riscv.check,
}


def check_members(
    target: AuditTarget, members: Sequence[LinkedMember], provided: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Hold everything that is linked against the target; findings in the order of ``members``.

    provided  symbols that the linker script or the command line defines
    """
    defined = {name for member in members for name in (*member.facts.defined, *member.facts.common)}
    defined.update(provided)
    of_members = (
        Finding(remark.rule, remark.level, member.place, *remark[1:5])
        for member in members
        for remark in _check(target, member.facts, defined)
    )
    return (*of_members, *check_atomics(target, members, defined))


def _check(target: AuditTarget, member: MemberFacts, defined: Collection[str]) -> Iterator[Remark]:
    if member.kind == "bitcode":
        yield any_machine.BITCODE
    if member.kind != "elf":
        return
    foreign = tuple(any_machine.check_machine(target, member))
    yield from foreign
    if not foreign:
        yield from any_machine.check_content(target, member)
        if target.machine:
            yield from _FAMILIES[target.machine](target, member)
        yield from any_machine.check_weak(member, defined)
