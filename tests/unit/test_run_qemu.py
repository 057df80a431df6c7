"""QEMU's command line and the meaning of its exit status."""

from __future__ import annotations

import pytest

from steelmill.errors import InputError
from steelmill.firmware_toml.model import RunPart
from steelmill.run.qemu import QEMU, decode_status, qemu_argv

COMMON = ("-display", "none", "-serial", "stdio", "-monitor", "none", "-no-reboot", "-machine")


@pytest.mark.parametrize(
    ("arch", "program", "rest"),
    [
        ("x86_64", "qemu-system-x86_64", ("q35", "-device", "isa-debug-exit,iobase=0xf4,iosize=4")),
        ("arm", "qemu-system-arm", ("mps2-an386", "-semihosting-config", "enable=on,target=native")),
        (
            *("aarch64", "qemu-system-aarch64"),
            ("virt", "-cpu", "cortex-a53", "-semihosting-config", "enable=on,target=native"),
        ),
        ("x86", "qemu-system-i386", ("q35", "-device", "isa-debug-exit,iobase=0xf4,iosize=4")),
        ("riscv32", "qemu-system-riscv32", ("virt", "-bios", "none")),
        ("riscv64", "qemu-system-riscv64", ("virt", "-bios", "none")),
    ],
)
def test_the_usual_machine(arch: str, program: str, rest: tuple[str, ...]) -> None:
    assert qemu_argv(RunPart(), arch, "a b.elf") == (program, *COMMON, *rest, "-kernel", "a b.elf")


def test_what_the_user_says_is_taken() -> None:
    run = RunPart(machine="virt,aclint=on", cpu="rv32", memory="64M", args=("-smp", "2"), emulator="/opt/qemu")
    assert qemu_argv(run, "riscv32", "x") == (
        *("/opt/qemu", *COMMON, "virt,aclint=on", "-cpu", "rv32", "-m", "64M", "-bios", "none", "-smp", "2"),
        *("-kernel", "x"),
    )


def test_a_cpu_goes_with_the_machine_it_was_chosen_for() -> None:
    assert "cortex-a53" in qemu_argv(RunPart(), "aarch64", "x")
    assert "-cpu" not in qemu_argv(RunPart(machine="raspi3b"), "aarch64", "x")


def test_an_unknown_architecture() -> None:
    with pytest.raises(InputError, match=r"'riscv46'; did you mean 'riscv64'\?"):
        qemu_argv(RunPart(place="f:1"), "riscv46", "x")


@pytest.mark.parametrize("code", range(128))
def test_x86_exit_codes_arrive_as_odd_statuses(code: int) -> None:
    assert decode_status("x86_64", 2 * code + 1) == code


@pytest.mark.parametrize("arch", QEMU)
def test_a_signal_is_no_exit_code(arch: str) -> None:
    assert decode_status(arch, -9) is None


def test_a_reset_is_no_exit_code_on_x86() -> None:
    assert decode_status("x86_64", 0) is None
    assert decode_status("arm", 0) == 0
