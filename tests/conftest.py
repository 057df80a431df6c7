"""What tests of every folder share."""

from __future__ import annotations

import os
import shutil

import pytest

PACKAGES = {
    "arm-none-eabi-gcc": "gcc-arm-none-eabi libnewlib-arm-none-eabi",
    "arm-none-eabi-g++": "gcc-arm-none-eabi",
    "cargo": "cargo-web",
    "ld.lld-22": "lld-22",
    "qemu-system-arm": "qemu-system-arm",
    "qemu-system-riscv32": "qemu-system-misc",
    "qemu-system-x86_64": "qemu-system-x86",
    "riscv64-unknown-elf-gcc": "gcc-riscv64-unknown-elf",
}
"""Program -> the Debian packages that bring it."""


def need_tool(*programs: str) -> None:
    """Skip the test where a program is not on PATH, and say how to install it; in CI that is a failure."""
    for program in programs:
        if shutil.which(program) is None:
            message = f"{program} is missing: apt-get install {PACKAGES.get(program, program)}"
            if os.environ.get("CI") == "true":
                pytest.fail(message)
            pytest.skip(message)
