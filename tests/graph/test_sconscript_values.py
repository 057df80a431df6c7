"""Wrong values in a SConscript end in one message that names the variable and what it takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import need_tool
from project import Project
from tiny import LIB_RS, MAIN_C, MAIN_H

SCONSTRUCT = """\
env = Environment(tools=["rust_firmware"], toolpath=[TOOLPATH], TARGET_SPEC="thumbv7em-none-eabihf")
rust = env.RustStaticLibrary("app", "src/lib.rs", RUST_EDITION="2024")
elf = env.FirmwareElf("app", [rust, "c/main.c"], LDSCRIPT="link.ld")
env.FirmwareImage("app", elf, formats=["bin"])
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    need_tool("arm-none-eabi-gcc")
    return (
        Project(tmp_path)
        .sconstruct(SCONSTRUCT)
        .write("src/lib.rs", LIB_RS)
        .write("c/main.c", MAIN_C)
        .write("c/main.h", MAIN_H)
        .write("link.ld", "SECTIONS { .text : { *(.text*) } }\n")
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'RUST_EDITION="2024"',
            'RUST_EDITION="2023"',
            "RUST_EDITION of app: '2023' is unknown; did you mean '2024'?\n"
            "  remedy   choose one of 2015, 2018, 2021, 2024",
        ),
        (
            'RUST_EDITION="2024"',
            'RUST_MEM="of"',
            "RUST_MEM: 'of' is unknown; did you mean 'off'?\n  remedy   choose one of auto, on, off",
        ),
        (
            'RUST_EDITION="2024"',
            'RUST_PANIC="unwind"',
            "RUST_PANIC: 'unwind' is unknown\n  remedy   choose one of abort, immediate-abort",
        ),
        (
            'RUST_EDITION="2024"',
            'RUST_BUILD_STD=["core", "std"]',
            "RUST_BUILD_STD: 'std': std needs an operating system for files, threads and time, and firmware has none\n"
            '  remedy   write ["core", "alloc"] and begin the crates with #![no_std]: core has what needs no memory, ',
        ),
        (
            'RUST_EDITION="2024"',
            'RUST_BUILD_STD="aloc"',
            "RUST_BUILD_STD: 'aloc' is unknown; did you mean 'alloc'?\n"
            "  remedy   choose one of core, alloc, compiler_builtins",
        ),
        (
            'RUST_EDITION="2024"',
            "RUST_OPT_LEVEL=4",
            "RUST_OPT_LEVEL: '4' is unknown\n  remedy   choose one of 0, 1, 2, 3, s, z",
        ),
        (
            'formats=["bin"]',
            'formats="bim"',
            "formats of app: 'bim' is unknown; did you mean 'bin'?\n  remedy   choose one of bin, hex, srec",
        ),
        (
            'formats=["bin"]',
            "fill=256",
            "app: fill 256 is no byte\n  remedy   give a number from 0 to 255",
        ),
        (
            'RUST_EDITION="2024"',
            'RUST_ENV=["A=1"]',
            'RUST_ENV of app: [\'A=1\'] is no dictionary\n  remedy   say {"NAME": "value"}',
        ),
        ('"src/lib.rs"', "[]", "app: it has no crate root\n  remedy   name its lib.rs"),
        (
            'LDSCRIPT="link.ld"',
            'LDSCRIPT=["link.ld", "more.ld"]',
            "LDSCRIPT of app: 2 files; expected one\n  remedy   name one file",
        ),
        (
            'FirmwareImage("app", elf',
            'FirmwareImage("app", [elf, elf]',
            "the ELF of app: 2 files; expected one\n  remedy   name one file",
        ),
        (
            'FirmwareElf("app"',
            'FirmwareElf("out/app"',
            "out/app: a path; expected a name\n  remedy   leave the folder out: the ELF lies below build/<target>/",
        ),
    ],
    ids=[
        "edition",
        "mem",
        "panic",
        "std",
        "build-std",
        "opt-level",
        "format",
        "fill",
        "env",
        "no-root",
        "scripts",
        "elfs",
        "path",
    ],
)
def test_a_wrong_value(project: Project, old: str, new: str, message: str) -> None:
    run = project.edit("SConstruct", old, new).fail()
    assert message in run.output


def test_a_misspelt_variable_of_the_command_line(project: Project) -> None:
    run = project.fail("profil=dev")
    assert "profil=dev: unknown variable 'profil'; did you mean 'profile'?" in run.output


def test_a_script_may_be_the_node_that_makes_it(project: Project) -> None:
    project.write("plain.ld", "SECTIONS { .text : { KEEP(*(.text*)) } }\n").edit(
        "SConstruct", 'LDSCRIPT="link.ld"', 'LDSCRIPT=env.Command("made.ld", "plain.ld", Copy("$TARGET", "$SOURCE"))'
    )
    run = project.build()
    assert "LINK app.elf" in run.steps


def test_steps_are_counted_where_no_image_is_asked_for(project: Project) -> None:
    project.write("link.ld", "SECTIONS { .text : { KEEP(*(.text*)) } }\n")
    run = project.edit("SConstruct", 'env.FirmwareImage("app", elf, formats=["bin"])', "").build()
    assert "[0/0]" not in run.stdout
    assert "[8/8] LINK app.elf" in run.stdout
