"""Rules that hold on every architecture."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from steelmill.audit.facts import MemberFacts
from steelmill.audit.rules.remark import Remark
from steelmill.audit.target import AuditTarget
from steelmill.elf import machine
from steelmill.elf.machine import machine_name

_OS_ABIS = {2: "NetBSD", 6: "Solaris", 7: "AIX", 9: "FreeBSD", 12: "OpenBSD"}
"""EI_OSABI of systems with an ABI of their own. 0, 3 (GNU), 97 (ARM) and 255 (standalone) are at home in firmware."""

_RUNTIME = ("__cxa_", "_ITM_", "_ZGTt")
"""The C++ runtime's: libgcc calls them where an exception is thrown, and then they are there."""

_EABI = 5
"""ARM: the version in e_flags of "ELF for the Arm Architecture", since 2005."""


def check_machine(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    """Compare what the ELF header says; where it differs, no other rule has a meaning."""
    remedy = f"compile it for {target.arch}"
    if target.machine and (member.machine, member.bits) != (target.machine, target.bits):
        found = f"{machine_name(member.machine, member.bits)} code"
        yield Remark("machine", "", found, f"{machine_name(target.machine, target.bits)} code (arch)", remedy)
    elif member.big_endian != target.big_endian:
        words = ("little-endian", "big-endian")
        order = "-mbig-endian" if target.big_endian else "-mlittle-endian"
        yield Remark(
            "endianness",
            "",
            f"{words[member.big_endian]} code",
            f"{words[target.big_endian]} code (target-endian)",
            f"compile it with {order}",
        )
    elif member.os_abi in _OS_ABIS:
        yield Remark("machine", "EI_OSABI", f"code for {_OS_ABIS[member.os_abi]}", "code for no system", remedy)
    elif member.machine == machine.ARM and member.flags >> 24 != _EABI and (member.defined or member.undefined):
        # Without symbols it is no code: rustc's metadata in an rlib.
        yield Remark(
            "machine",
            "e_flags",
            f"the ABI of before 2005 (EABI version {member.flags >> 24})",
            f"EABI version {_EABI}",
            "compile it with -mabi=aapcs",
        )


def check_content(target: AuditTarget, member: MemberFacts) -> Iterator[Remark]:
    """Look at what any compiler may put into an object."""
    if member.slim_lto:
        yield Remark(
            "lto-opaque",
            "",
            "gcc's intermediate code alone (-flto)",
            "machine code, which can be audited",
            "compile it without -flto, or with -ffat-lto-objects",
        )
    if member.executable_stack:
        yield Remark(
            "executable-stack",
            ".note.GNU-stack",
            "the stack must be executable: the code makes trampolines for nested functions",
            "a stack that holds data alone",
            'take the address of no nested function; assembly says `.section .note.GNU-stack,"",%progbits`',
            "warning",
        )
    words = member.producer.split()
    if member.machine != machine.ARM:
        # ARM's build attributes say both, whatever the debug information.
        if target.enum_bits == 32 and "-fshort-enums" in words:
            yield Remark(
                "enum-size",
                "DW_AT_producer",
                "enums as small as their values (-fshort-enums)",
                "enums of at least 32 bits (c-enum-min-bits)",
                "compile it with -fno-short-enums",
            )
        if "-fshort-wchar" in words:
            yield Remark(
                "wchar",
                "DW_AT_producer",
                "wchar_t of 2 bytes (-fshort-wchar)",
                "wchar_t of 4 bytes",
                "compile it with -fno-short-wchar",
                "warning",
            )


BITCODE = Remark(
    "lto-opaque",
    "",
    "LLVM bitcode",
    "machine code, which can be audited",
    "compile it without -flto (clang) or -Clinker-plugin-lto (rustc)",
)


def check_weak(member: MemberFacts, defined: Collection[str]) -> Iterator[Remark]:
    """Look for calls of weak functions that nothing in the link defines."""
    for name in member.weak_calls:
        if name not in defined and not name.startswith(_RUNTIME):
            yield Remark(
                "weak-undefined",
                name,
                "a call of a weak function that nothing defines",
                "a definition, or a test of its address before the call",
                f"define {name}, or link what does",
                "warning",
            )
