"""A user's C flags against the target: what contradicts it is named before anything is compiled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from board import MAIN_C, MEMORY, SECTIONS, START_S, add_targets
from conftest import need_tool
from project import Project
from tiny import TARGET, write_tiny

SPEC = f"rustc {TARGET}"

WHERE = 'include = ["c"]\n'


def with_flags(project: Project, text: str) -> Project:
    return project.edit("firmware.toml", WHERE, f"{WHERE}{text}\n")


def message(output: str) -> str:
    """Give the message without the lines of SCons around it."""
    return output.partition("scons: *** ")[2].partition("\nFile ")[0]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (
            'cflags = [\n  "-Wall",\n  "-mfloat-abi=soft",\n]',
            "firmware.toml:14: '-mfloat-abi=soft' does not fit the target: "
            "llvm-floatabi means hard-float calls, the C compiler makes soft-float calls",
        ),
        (
            'cflags = ["-fno-short-enums"]',
            "firmware.toml:12: '-fno-short-enums' does not fit the target: "
            "c-enum-min-bits means enums of at least 8 bits, the C compiler makes enums of at least 32 bits",
        ),
        (
            'cflags = ["-fpack-struct"]',
            "firmware.toml:12: '-fpack-struct' does not fit the target: "
            "data-layout means structs laid out as by repr(C), the C compiler makes packed structs",
        ),
        (
            'cflags = ["-march=armv8-m.main"]',
            "firmware.toml:12: '-march=armv8-m.main' does not fit the target: llvm-target means "
            "architecture __ARM_ARCH_7EM__, the C compiler makes architecture __ARM_ARCH_8M_MAIN__",
        ),
        ('cflags = ["-mno-such"]', "firmware.toml:12: arm-none-eabi-gcc refuses '-mno-such': unrecognized"),
        (
            'cflags = ["@flags.txt"]',
            "flags.txt: '-mfpu=fpv5-d16' does not fit the target: "
            "features means single-precision FPU, the C compiler makes double-precision FPU",
        ),
    ],
)
def test_a_flag_of_firmware_toml_is_named_with_its_line(tmp_path: Path, flags: str, expected: str) -> None:
    need_tool("arm-none-eabi-gcc")
    project = with_flags(write_tiny(tmp_path), flags).write("flags.txt", "-O2 -mfpu=fpv5-d16\n")
    assert message(project.fail("-n").output).startswith(expected)


def test_a_message_names_the_target_and_what_else_is_wrong(tmp_path: Path) -> None:
    need_tool("arm-none-eabi-gcc")
    project = with_flags(write_tiny(tmp_path), 'cflags = ["-mfloat-abi=soft", "-fpack-struct=1"]')
    assert message(project.fail("-n").output) == (
        "firmware.toml:12: '-mfloat-abi=soft' does not fit the target: llvm-floatabi means hard-float calls, "
        "the C compiler makes soft-float calls\n"
        "  '-mfloat-abi=soft'   features means single-precision FPU, the C compiler makes no FPU\n"
        "  '-fpack-struct=1'    data-layout means structs laid out as by repr(C), the C compiler makes packed structs\n"
        f"  target               {SPEC}\n"
        "  remedy               take the flag out, or change llvm-floatabi of the target"
    )


def test_flags_that_change_nothing_between_c_and_rust_build(tiny: Project) -> None:
    flags = '"-mthumb", "-O1", "-fno-builtin", "-mcpu=cortex-m4", "-fsigned-char", "-fshort-wchar"'
    with_flags(tiny, f"cflags = [{flags}]")
    run = tiny.build()
    assert "core::ffi::c_char means plain char as unsigned char, the C compiler makes plain char as signed char" in (
        run.stdout
    )
    assert "wchar_t of 16 bits" in run.stdout
    assert tiny.up_to_date()


def test_verbose_shows_each_flag_with_its_key(tiny: Project) -> None:
    shown = tiny.build("verbose=1").stdout
    assert re.search(rf"^C for {TARGET} by arm-none-eabi-gcc [\d.]+$", shown, re.MULTILINE)
    assert re.search(r"^  -mfloat-abi=hard +llvm-floatabi$", shown, re.MULTILINE)
    assert re.search(r"^  -fshort-enums +c-enum-min-bits$", shown, re.MULTILINE)


SCONSTRUCT = f"""\
env = Environment(tools=["rust_firmware"], toolpath=[TOOLPATH], TARGET_SPEC="{TARGET}")
env.FirmwareElf("app", ["c/main.c", "c/start.s"], LDSCRIPT="link.ld", EXTRA)
"""

STOCK = f"""\
env = Environment(
    tools=["gcc", "gas", "ar", "rust_firmware"], toolpath=[TOOLPATH], TARGET_SPEC="{TARGET}", CC="arm-none-eabi-gcc",
    CCFLAGS="-mcpu=cortex-m4 -mthumb EXTRA",
)
env.FirmwareElf("app", PARTS, LDSCRIPT="link.ld")
"""


def write_sconscript(folder: Path, text: str) -> Project:
    need_tool("arm-none-eabi-gcc")
    project = add_targets(Project(folder).sconstruct(text))
    project.write("c/main.c", MAIN_C).write("c/start.s", START_S).write("link.ld", MEMORY + SECTIONS)
    return project


@pytest.mark.parametrize("variable", ["CCFLAGS", "CFLAGS", "ASFLAGS"])
def test_a_flag_of_a_sconscript_is_named_with_its_variable(tmp_path: Path, variable: str) -> None:
    project = write_sconscript(tmp_path, SCONSTRUCT.replace("EXTRA", f'{variable}="-g -mfloat-abi=soft"'))
    assert message(project.fail("-n").output).startswith(
        f"{variable}: '-mfloat-abi=soft' does not fit the target: llvm-floatabi means hard-float calls"
    )


@pytest.mark.parametrize(
    ("parts", "object_name"),
    [('env.Object("c/main.c")', "c/main.o"), ('env.StaticLibrary("main", "c/main.c")', "c/main.o")],
)
def test_an_object_of_scons_without_the_targets_flags_is_named(tmp_path: Path, parts: str, object_name: str) -> None:
    project = write_sconscript(tmp_path, STOCK.replace("PARTS", parts).replace("EXTRA", "-mfloat-abi=soft"))
    said = message(project.fail("-n").output)
    assert said.startswith(
        f"CCFLAGS of {object_name}: the flags of arm-none-eabi-gcc do not fit the target: "
        "llvm-floatabi means hard-float calls, the C compiler makes soft-float calls\n"
    )
    assert re.search(r"remedy +compile it with .*-mfloat-abi=hard -mfpu=fpv4-sp-d16", said)


def test_an_object_of_scons_with_the_targets_flags_is_taken(tmp_path: Path) -> None:
    project = write_sconscript(
        tmp_path,
        STOCK.replace("PARTS", 'env.Object("c/main.c")').replace("EXTRA", "-mfloat-abi=hard -mfpu=fpv4-sp-d16"),
    )
    project.build("-n")
