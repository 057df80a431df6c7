"""A small Cortex-M4 firmware in C, assembly and Rust, which boots on QEMU's mps2-an386 and prints ``answer 42``."""

from __future__ import annotations

import shutil
from pathlib import Path

from project import CHECKOUT, Project

TARGET = "thumbv7em-none-eabihf"
OUT = f"build/{TARGET}/release/app"
"""Where a firmware.toml with the name ``app`` puts its images."""
SCONSCRIPT_OUT = f"build/{TARGET}/release"

FIRMWARE_TOML = f"""\
[firmware]
name = "app"
targets = ["{TARGET}"]

[rust]
crate = "src/lib.rs"

[c]
sources = ["c/main.c", "c/start.s"]

[link]
script = "link.ld"
flags = ["-z", "noexecstack"]

[image]
formats = ["bin", "hex"]

[run]
expect = ["answer 42"]
timeout = 20
"""

LIB_RS = """\
#![no_std]

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[unsafe(no_mangle)]
pub extern "C" fn answer(n: u32) -> u32 {
    n + 2
}
"""

START_S = """\
    .syntax unified
    .cpu cortex-m4
    .thumb
    .section .vectors, "a", %progbits
    .word _estack
    .word Reset
    .rept 14
    .word Fault
    .endr
    .text
    .globl Reset
    .type Reset, %function
Reset:
    ldr r0, =0xe000ed88
    ldr r1, [r0]
    orr r1, r1, #(0xf << 20)
    str r1, [r0]
    dsb
    isb
    ldr r0, =_sdata
    ldr r1, =_edata
    ldr r2, =_sidata
1:  cmp r0, r1
    bhs 2f
    ldr r3, [r2], #4
    str r3, [r0], #4
    b 1b
2:  bl main
    b quit
    .type Fault, %function
Fault:
    movs r0, #99
    b quit
"""

MAIN_C = """\
#include <stdint.h>

uint32_t answer(uint32_t n);

void put(const char *text)
{
\t*(volatile uint32_t *)0x40004010 = 16;
\t*(volatile uint32_t *)0x40004008 = 1;
\twhile (*text)
\t\t*(volatile uint32_t *)0x40004000 = (uint8_t)*text++;
}

void quit(uint32_t code)
{
\tconst uint32_t block[2] = {0x20026, code};
\tregister uint32_t operation __asm__("r0") = 0x20;
\tregister const uint32_t *parameter __asm__("r1") = block;
\t__asm__ volatile("bkpt 0xab" : "+r"(operation) : "r"(parameter) : "memory");
\tfor (;;)
\t\t;
}

int main(void)
{
\tput(answer(40) == 42 ? "answer 42\\n" : "no answer\\n");
\treturn 0;
}
"""

MEMORY = """\
MEMORY
{
  FLASH (rx) : ORIGIN = 0x00000000, LENGTH = 256K
  RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 64K
}
"""

SECTIONS = """\
ENTRY(Reset)
_estack = ORIGIN(RAM) + LENGTH(RAM);
SECTIONS
{
  .text : { KEEP(*(.vectors)) *(.text .text.*) *(.rodata .rodata.*) } > FLASH
  .init_array : { __init_array_start = .; KEEP(*(.init_array .init_array.*)) __init_array_end = .; } > FLASH
  .data : ALIGN(8) { _sdata = .; *(.data .data.*) . = ALIGN(8); _edata = .; } > RAM AT > FLASH
  _sidata = LOADADDR(.data);
  .bss (NOLOAD) : { *(.bss .bss.* COMMON) . = ALIGN(8); end = .; } > RAM
  /DISCARD/ : { *(.ARM.exidx .ARM.exidx.* .ARM.extab .ARM.extab.*) }
}
"""

SCONSTRUCT = f"""\
env = Environment(tools=["rust_firmware"], toolpath=[TOOLPATH], TARGET_SPEC="{TARGET}")
"""


def write_board(folder: Path) -> Project:
    """Write the firmware with its firmware.toml."""
    project = Project(folder)
    project.sconstruct(
        'env = Environment(tools=["rust_firmware"], toolpath=[TOOLPATH])\nenv.Firmware("firmware.toml")\n'
    )
    project.write("firmware.toml", FIRMWARE_TOML).write("src/lib.rs", LIB_RS)
    project.write("c/main.c", MAIN_C).write("c/start.s", START_S).write("link.ld", MEMORY + SECTIONS)
    return add_targets(project)


def add_targets(project: Project) -> Project:
    """Copy the specifications that Steelmill ships."""
    shutil.copytree(CHECKOUT / "targets", project.folder / "targets")
    return project


def copy_product(folder: Path) -> Project:
    """Copy the example product: its SConstruct, targets and firmware; the plugin is used where it is."""
    project = Project(folder)
    shutil.copy(CHECKOUT / "SConstruct", folder)
    shutil.copytree(CHECKOUT / "firmware", folder / "firmware")
    (folder / "site_scons").symlink_to(CHECKOUT / "site_scons")
    return add_targets(project)
