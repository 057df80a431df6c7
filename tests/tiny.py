"""Tiny: the smallest project that has everything: a crate, a C file with a header, a linker script, a firmware.toml."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from project import SCONSTRUCT, Project

TARGET = "thumbv7em-none-eabihf"
OUT = f"build/{TARGET}/release"
ELF = f"{OUT}/tiny/tiny.elf"
BIN = f"{OUT}/tiny/tiny.bin"

FIRMWARE_TOML = f"""\
[firmware]
name        = "tiny"
description = "as small as can be"
targets     = ["{TARGET}"]

[rust]
crate = "src/lib.rs"

[c]
sources = ["c/*.c"]
include = ["c"]

[link]
script = "link.ld"
flags  = ["-z", "noexecstack"]

[image]
formats = ["bin"]

[memory]
FLASH = {{ origin = 0x0000_0000, length = "64K" }}
RAM   = {{ origin = 0x2000_0000, length = "16K" }}
"""
LINK_LD = """\
ENTRY(reset)
INCLUDE memory.x
SECTIONS
{
  .text : { KEEP(*(.vectors)) *(.text .text.*) *(.rodata .rodata.*) } > FLASH
  .data : { *(.data .data.*) } > RAM AT> FLASH
  .bss (NOLOAD) : { *(.bss .bss.* COMMON) } > RAM
  /DISCARD/ : { *(.ARM.exidx*) *(.ARM.attributes) }
}
"""
LIB_RS = """\
#![no_std]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
#[unsafe(no_mangle)]
pub extern "C" fn answer() -> u32 {
    42
}
"""
MAIN_C = """\
#include "main.h"
extern unsigned answer(void);
volatile unsigned sink;
void reset(void) { sink = answer() + NUMBER; for (;;) ; }
__attribute__((section(".vectors"), used)) const void *const vectors[] = { (void *)0x20004000, (void *)reset };
"""
MAIN_H = "#define NUMBER 1\n"


def write_tiny(folder: Path) -> Project:
    """Write the sources of a tiny project."""
    return (
        Project(folder)
        .sconstruct(SCONSTRUCT)
        .write("firmware.toml", FIRMWARE_TOML)
        .write("link.ld", LINK_LD)
        .write("src/lib.rs", LIB_RS)
        .write("c/main.c", MAIN_C)
        .write("c/main.h", MAIN_H)
    )


def copy_project(project: Project, folder: Path, *, build: bool = True) -> Project:
    """Copy a project with its times of change, with or without what was built; large outputs share their bytes."""
    ignore = None if build else shutil.ignore_patterns("build")
    shutil.copytree(project.folder, folder, ignore=ignore, copy_function=_copy, symlinks=True)
    return Project(folder)


def clean_bytes(project: Project, folder: Path) -> tuple[bytes, bytes]:
    """Give the ELF and the bin of a clean build of the same sources in another folder."""
    clean = copy_project(project, folder, build=False)
    clean.build()
    return image_bytes(clean)


def image_bytes(project: Project) -> tuple[bytes, bytes]:
    """Give the ELF and the bin as they are."""
    return project.read_bytes(ELF), project.read_bytes(BIN)


def parts(project: Project) -> list[str]:
    """Give the names of half-written files in the build folder."""
    return sorted(str(path.relative_to(project.folder)) for path in (project.folder / "build").rglob("*.part"))


def _copy(source: str, target: str) -> None:
    # a build replaces its outputs and never writes into them, so the costly ones can be the same file
    if source.endswith((".rlib", ".rmeta")):
        os.link(source, target)
    else:
        shutil.copy2(source, target)
