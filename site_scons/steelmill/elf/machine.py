"""Numbers of machines in ELF files (e_machine)."""

from __future__ import annotations

X86 = 3
ARM = 40
X86_64 = 62
AARCH64 = 183
RISCV = 243

NAMES = {
    2: "SPARC",
    X86: "x86",
    4: "m68k",
    8: "MIPS",
    20: "PowerPC",
    21: "PowerPC64",
    22: "S/390",
    ARM: "ARM",
    42: "SuperH",
    X86_64: "x86-64",
    83: "AVR",
    94: "Xtensa",
    105: "MSP430",
    AARCH64: "AArch64",
    RISCV: "RISC-V",
    258: "LoongArch",
}
"""For messages."""


def machine_name(number: int, bits: int) -> str:
    """Name a machine with its word size, as ``32-bit ARM``."""
    return f"{bits}-bit {NAMES.get(number, f'machine {number}')}"
