"""A workspace of firmwares on one board crate, whose build script compiles C for RISC-V by the cc crate.

Two of them are binaries of one package, and its build script speaks to one of these.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from conftest import need_tool
from project import CHECKOUT, SCONSTRUCT, Project
from tiny import copy_project

TARGET = "riscv32imac-unknown-none-elf"
BOARD_RS = """\
#![no_std]
use core::arch::global_asm;
global_asm!(".section .start, \\"ax\\"", ".global _start", "_start:", "la sp, _stack", "j main");
extern "C" {
    fn board_scale(n: f32) -> f32;
}
pub fn report(name: &str, n: u8) -> ! {
    let scaled = unsafe { board_scale(f32::from(n)) } as u8;
    let digits = [b' ', b'0' + scaled / 10, b'0' + scaled % 10, b'\\n'];
    for byte in name.bytes().chain(digits) {
        unsafe { (0x1000_0000 as *mut u8).write_volatile(byte) }
    }
    unsafe { (0x10_0000 as *mut u32).write_volatile(0x5555) };
    loop {}
}
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
"""
FILES = {
    "Cargo.toml": (
        '[workspace]\nmembers = ["one", "two", "board"]\nresolver = "2"\n\n[profile.release]\nopt-level = "s"\n'
    ),
    "board/Cargo.toml": (
        '[package]\nname = "board"\nversion = "0.1.0"\nedition = "2021"\nlinks = "board"\n\n'
        '[build-dependencies]\ncc = "1"\n'
    ),
    "board/build.rs": 'fn main() {\n    cc::Build::new().file("scale.c").compile("board");\n}\n',
    "board/scale.c": "float board_scale(float n)\n{\n\treturn n * 2;\n}\n",
    "board/src/lib.rs": BOARD_RS,
    "ram.ld": (
        "ENTRY(_start)\n_stack = 0x80040000;\nSECTIONS {\n  . = 0x80000000;\n"
        "  .text : { KEEP(*(.start)) *(.text .text.*) *(.rodata .rodata.* .srodata .srodata.*) }\n"
        "  .data : { *(.data .data.* .sdata .sdata.* .bss .bss.* .sbss .sbss.*) }\n}\n"
    ),
    **{
        path: text
        for name, number in (("one", 21), ("two", 42))
        for path, text in {
            f"{name}/Cargo.toml": (
                f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n\n'
                '[dependencies]\nboard = { path = "../board" }\n'
            ),
            f"{name}/src/main.rs": (
                '#![no_std]\n#![no_main]\n#[no_mangle]\npub extern "C" fn main() -> ! {\n'
                f'    board::report("{name}", unsafe {{ {name}() }})\n}}\nextern "C" {{\n    fn {name}() -> u8;\n}}\n'
            ),
            f"{name}/{name}.c": f"unsigned char {name}(void)\n{{\n\treturn {number};\n}}\n",
            f"{name}/firmware.toml": (
                f'[firmware]\nname = "{name}"\ntargets = ["{TARGET}"]\n[rust]\npackage = "Cargo.toml"\nbin = "{name}"\n'
                f'[c]\nsources = ["{name}.c"]\n[link]\nscript = "../ram.ld"\n[run]\nexpect = ["{name} {2 * number}"]\n'
            ),
        }.items()
    },
    "two/build.rs": (
        'fn main() {\n    println!("cargo::rerun-if-changed=build.rs");\n'
        '    println!("cargo::rustc-link-arg-bin=spare=--defsym=spare_number=4");\n}\n'
    ),
    "two/src/bin/spare.rs": (
        '#![no_std]\n#![no_main]\n#[no_mangle]\npub extern "C" fn main() -> ! {\n'
        '    board::report("spare", (&raw const spare_number) as u8)\n}\n'
        'extern "C" {\n    static spare_number: u8;\n}\n'
    ),
    "two/spare.toml": (
        f'[firmware]\nname = "spare"\ntargets = ["{TARGET}"]\n[rust]\npackage = "Cargo.toml"\nbin = "spare"\n'
        '[link]\nscript = "../ram.ld"\n[run]\nexpect = ["spare 08"]\n'
    ),
}
OF_BOARD = ["RUSTC board 0.1.0", "RUN build script of board 0.1.0", "RUSTC board 0.1.0"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    need_tool("cargo", "riscv64-unknown-elf-gcc", "qemu-system-riscv32")
    project = Project(tmp_path_factory.mktemp("workspace") / "workspace")
    others = ("two/firmware.toml", "two/spare.toml")
    calls = "".join(f'env.Firmware("{path}")\n' for path in others)
    project.sconstruct(SCONSTRUCT.replace("firmware.toml", "one/firmware.toml") + calls)
    for path, text in FILES.items():
        project.write(path, text)
    shutil.copy(CHECKOUT / "tests/data/cargo/firmwares/Cargo.lock", project.folder)
    (project.folder / "targets").mkdir()
    shutil.copy(CHECKOUT / f"targets/{TARGET}.json", project.folder / "targets")
    steps = project.build().steps
    assert [step for step in steps if "board" in step] == OF_BOARD
    assert steps.count("RUSTC one 0.1.0") == steps.count("RUSTC two 0.1.0 bin spare") == 1
    assert steps.count("RUSTC core") == steps.count("RUN build script of two 0.1.0") == 1
    return project


@pytest.fixture
def workspace(built: Project, tmp_path: Path) -> Project:
    return copy_project(built, tmp_path / "workspace")


def test_all_boot_with_what_c_and_the_build_script_gave_them(built: Project) -> None:
    assert "3 passed, 0 failed" in built.build("check").stdout


def test_an_edit_to_one_leaves_the_other_alone(workspace: Project) -> None:
    workspace.edit("two/src/main.rs", "unsafe { two() }", "unsafe { two() + 1 }")
    assert {step.split()[1] for step in workspace.build().steps} == {"two", "two.elf"}


def test_an_edit_to_what_they_share_reaches_both(workspace: Project) -> None:
    workspace.edit("board/scale.c", "n * 2", "n * 3")
    steps = workspace.build().steps
    assert steps[0] == "RUN build script of board 0.1.0"
    assert {"RUSTC one 0.1.0", "RUSTC two 0.1.0"} < set(steps)
    assert "one 42" not in workspace.fail("check").stdout
