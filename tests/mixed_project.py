"""A firmware with one input of every kind, small enough to build in a second once core is in the cache."""

from __future__ import annotations

import shutil
import subprocess

from project import CHECKOUT, SCONSTRUCT, Project

TARGET = "thumbv7em-none-eabihf"

FIRMWARE_TOML = """\
# One input of every kind.
[firmware]
name    = "app"
targets = ["thumbv7em-none-eabihf"]

[rust]
crate        = "src/lib.rs"
edition      = "2024"
features     = []
cfgs         = []
rustflags    = []
dependencies = ["proto"]
env          = { BOARD = "devkit" }

[rust.crates.proto]
crate   = "proto/lib.rs"
edition = "2024"

[c]
sources        = ["c/*.c", "c/*.S", "c/*.cpp"]
include        = ["c/first", "c/second"]
forced-include = ["c/forced.h"]
objects        = ["vendor/prebuilt.o"]
cflags         = []
cxxflags       = []
asmflags       = []

[link]
script = "ld/link.ld"
search = ["ld"]
flags  = ["-z", "noexecstack"]

[memory]
FLASH = { origin = 0x0000_0000, length = "256K" }
RAM   = { origin = 0x2000_0000, length = "64K" }

[image]
formats = ["bin", "hex"]
"""

LIB_RS = """\
#![no_std]

mod clock;
#[path = "boards/dev.rs"]
mod board;

/// What the greeting says.
static GREETING: &str = include_str!("greeting.txt");
static BOARD: &str = env!("BOARD");

#[unsafe(no_mangle)]
pub extern "C" fn rust_main(x: u32) -> u32 {
    let more = if cfg!(feature = "fast") { 7 } else if cfg!(turbo) { 9 } else { 0 };
    proto::checksum(x) + clock::ticks() + board::leds() + (GREETING.len() + BOARD.len()) as u32 + more
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
"""

MAIN_C = """\
#include "config.h"

unsigned rust_main(unsigned x);
unsigned prebuilt(void);
unsigned cxx_part(void);
extern const unsigned char blob_s[], blob_c[];

__asm__(".section .rodata.blob_c\\n.global blob_c\\nblob_c:\\n.incbin \\"c/inline.bin\\"\\n.text");

unsigned result;

void c_main(void)
{
	/* the first comment */
	result = rust_main(CONFIG + FORCED) + prebuilt() + cxx_part() + blob_s[0] + blob_c[0];
	for (;;) {
	}
}
"""

BOOT_S = """\
#define STACK_TOP 0x20010000
	.syntax unified
	.section .vectors, "a"
	.word STACK_TOP
	.word Reset + 1
	.text
	.thumb
	.global Reset
Reset:
	bl c_main
	b .

	.section .rodata.blob_s, "a"
	.global blob_s
blob_s:
	.incbin "c/blob.bin"
"""

LINK_LD = """\
ENTRY(Reset)
INCLUDE memory.x
SECTIONS
{
	.vectors ORIGIN(FLASH) : { KEEP(*(.vectors)) } > FLASH
	INCLUDE sections.ld
	/DISCARD/ : { *(.comment) *(.ARM.exidx*) *(.ARM.attributes) *(.note.GNU-stack) *(.eh_frame) }
}
"""

SECTIONS_LD = """\
	.text : { *(.text .text.*) } > FLASH
	INCLUDE constants.ld
	.bss (NOLOAD) : { *(.bss .bss.* COMMON) } > RAM
"""

FILES = {
    "firmware.toml": FIRMWARE_TOML,
    "src/lib.rs": LIB_RS,
    "src/clock.rs": "pub fn ticks() -> u32 {\n    3\n}\n",
    "src/boards/dev.rs": "pub fn leds() -> u32 {\n    5\n}\n",
    "src/greeting.txt": "hello",
    "proto/lib.rs": "#![no_std]\n\n/// Sums.\n#[inline(never)]\npub fn checksum(x: u32) -> u32 {\n    x ^ 0xff\n}\n",
    "c/main.c": MAIN_C,
    "c/spare.c": "int spare(void)\n{\n\treturn 13;\n}\n",
    "c/part.cpp": 'extern "C" unsigned cxx_part(void) { return 11; }\n',
    "c/boot.S": BOOT_S,
    "c/forced.h": "#ifndef __ASSEMBLER__\n#define FORCED 2\n#endif\n",
    "c/first/.keep": "",
    "c/second/config.h": '#include "nested.h"\n#define CONFIG (NESTED + 1)\n',
    "c/second/nested.h": "#define NESTED 4\n",
    "c/blob.bin": "blob",
    "c/inline.bin": "inline",
    "ld/link.ld": LINK_LD,
    "ld/sections.ld": SECTIONS_LD,
    "ld/constants.ld": "\t.rodata : { *(.rodata .rodata.*) } > FLASH\n",
}


def make_mixed_project(project: Project) -> Project:
    """Write the project, with the target that Steelmill ships and a prebuilt object."""
    project.sconstruct(SCONSTRUCT)
    for path, text in FILES.items():
        project.write(path, text)
    json = f"targets/{TARGET}.json"
    project.write(json, (CHECKOUT / json).read_text(encoding="utf-8"))
    return prebuild(project, 21)


def prebuild(project: Project, value: int) -> Project:
    """Make the vendor's object, which returns ``value``."""
    gcc = shutil.which("arm-none-eabi-gcc")
    assert gcc is not None
    (project.folder / "vendor").mkdir(exist_ok=True)
    subprocess.run(
        [
            *(gcc, "-mthumb", "-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16", "-ffreestanding", "-Os"),
            *("-x", "c", "-c", "-o", "vendor/prebuilt.o", "-"),
        ],
        cwd=project.folder,
        input=f"unsigned prebuilt(void) {{ return {value}; }}\n",
        text=True,
        check=True,
    )
    return project
