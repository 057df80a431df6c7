"""QEMU: which program and machine for which architecture, its command line, and what its exit status means.

Follows "Invocation" of the QEMU manual, https://www.qemu.org/docs/master/system/invocation.html. How a firmware ends
the run: x86 writes to isa-debug-exit, Arm makes the semihosting call SYS_EXIT_EXTENDED, RISC-V writes to virt's test
finisher.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from steelmill.errors import InputError
from steelmill.suggest import did_you_mean

_CONSOLE = ("-display", "none", "-serial", "stdio", "-monitor", "none", "-no-reboot")
_DEBUG_EXIT = ("-device", "isa-debug-exit,iobase=0xf4,iosize=4")
_SEMIHOSTING = ("-semihosting-config", "enable=on,target=native")


class Qemu(NamedTuple):
    """How one architecture is emulated."""

    program: str
    machine: str
    """What ``[run] machine`` is unless said."""
    cpu: str | None = None
    """What ``[run] cpu`` is unless said or the machine was chosen; None for the machine's own."""
    options: tuple[str, ...] = ()
    debug_exit: bool = False
    """True where an exit code v arrives as status 2v + 1 (isa-debug-exit)."""


QEMU: Mapping[str, Qemu] = {
    "x86_64": Qemu("qemu-system-x86_64", "q35", options=_DEBUG_EXIT, debug_exit=True),
    "x86": Qemu("qemu-system-i386", "q35", options=_DEBUG_EXIT, debug_exit=True),
    "arm": Qemu("qemu-system-arm", "mps2-an386", options=_SEMIHOSTING),
    # virt's own processor is a Cortex-A15, which has no 64-bit state
    "aarch64": Qemu("qemu-system-aarch64", "virt", cpu="cortex-a53", options=_SEMIHOSTING),
    "riscv32": Qemu("qemu-system-riscv32", "virt", options=("-bios", "none")),
    "riscv64": Qemu("qemu-system-riscv64", "virt", options=("-bios", "none")),
}
"""rustc's ``target_arch`` -> how it is emulated."""


class Run(Protocol):
    """What a run asks for: ``steelmill.firmware_toml.model.RunPart``."""

    @property
    def machine(self) -> str | None:
        """-machine, or None."""

    @property
    def cpu(self) -> str | None:
        """-cpu, or None."""

    @property
    def memory(self) -> str | None:
        """-m with its unit, or None."""

    @property
    def args(self) -> tuple[str, ...]:
        """Further options."""

    @property
    def emulator(self) -> str | None:
        """The program, or None."""

    @property
    def place(self) -> str:
        """``path:line`` of the [run] table."""


def find_qemu(arch: str, place: str | None = None) -> Qemu:
    """Give the entry for rustc's ``target_arch``; raise InputError at ``place`` where there is none."""
    if arch not in QEMU:
        raise InputError(
            f"no emulator known for the architecture {arch!r}{did_you_mean(arch, QEMU)}",
            place=place,
            remedy=f"run it on hardware, or add {arch} to QEMU in steelmill/run/qemu.py; known: {', '.join(QEMU)}",
        )
    return QEMU[arch]


def qemu_argv(run: Run, arch: str, elf: str) -> tuple[str, ...]:
    """Give the command that boots ``elf``, its path, and connects the first serial port to standard output."""
    qemu = find_qemu(arch, run.place or None)
    cpu = run.cpu or (None if run.machine else qemu.cpu)
    return (
        run.emulator or qemu.program,
        *_CONSOLE,
        "-machine",
        run.machine or qemu.machine,
        *(("-cpu", cpu) if cpu else ()),
        *(("-m", run.memory) if run.memory else ()),
        *qemu.options,
        *run.args,
        "-kernel",
        elf,
    )


def decode_status(arch: str, status: int) -> int | None:
    """Give the firmware's exit code; None where it ended without one (reset, shutdown, killed)."""
    if status < 0:
        return None
    if not find_qemu(arch).debug_exit:
        return status
    return status >> 1 if status & 1 else None
