"""Projects in the shapes that public firmware has."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path

import pytest

from board import LIB_RS, MAIN_C, MEMORY, SCONSTRUCT, SECTIONS, START_S, TARGET, add_targets
from conftest import need_tool
from project import Project

KERNEL_JSON = {
    "llvm-target": "x86_64-unknown-none",
    "data-layout": "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128",
    "arch": "x86_64",
    "target-endian": "little",
    "target-pointer-width": 64,
    "target-c-int-width": 32,
    "os": "none",
    "executables": True,
    "linker-flavor": "ld.lld",
    "linker": "rust-lld",
    "panic-strategy": "abort",
    "disable-redzone": True,
    "features": "-mmx,-sse,+soft-float",
    "rustc-abi": "softfloat",
}
KERNEL_RS = """\
#![no_std]

use core::panic::PanicInfo;

mod vga;

static HELLO: &[u8] = b"Hello World!";

#[unsafe(no_mangle)]
pub extern "C" fn _start() -> ! {
    vga::print(HELLO);
    loop {}
}

#[panic_handler]
fn panic(_info: &PanicInfo) -> ! {
    loop {}
}
"""
VGA_RS = """\
pub fn print(text: &[u8]) {
    let buffer = 0xb8000 as *mut u8;
    for (i, &byte) in text.iter().enumerate() {
        unsafe {
            *buffer.add(i * 2) = byte;
            *buffer.add(i * 2 + 1) = 0xb;
        }
    }
}
"""
KERNEL_LD = """\
ENTRY(_start)
SECTIONS
{
  . = 1M;
  .text : { *(.text .text.*) }
  .rodata : { *(.rodata .rodata.*) }
  .data : { *(.data .data.*) }
  .bss : { *(.bss .bss.*) }
}
"""

STARTUP_S = """\
    .syntax unified
    .cpu cortex-m4
    .fpu softvfp
    .thumb

.global g_pfnVectors
.global Default_Handler

.word _sidata
.word _sdata
.word _edata
.word _sbss
.word _ebss

    .section .text.Reset_Handler
    .weak Reset_Handler
    .type Reset_Handler, %function
Reset_Handler:
    ldr sp, =_estack
    bl SystemInit
    ldr r0, =_sdata
    ldr r1, =_edata
    ldr r2, =_sidata
    movs r3, #0
    b LoopCopyDataInit
CopyDataInit:
    ldr r4, [r2, r3]
    str r4, [r0, r3]
    adds r3, r3, #4
LoopCopyDataInit:
    adds r4, r0, r3
    cmp r4, r1
    bcc CopyDataInit
    ldr r2, =_sbss
    ldr r4, =_ebss
    movs r3, #0
    b LoopFillZerobss
FillZerobss:
    str r3, [r2]
    adds r2, r2, #4
LoopFillZerobss:
    cmp r2, r4
    bcc FillZerobss
    bl __libc_init_array
    bl main
    bx lr
    .size Reset_Handler, .-Reset_Handler

    .section .text.Default_Handler,"ax",%progbits
Default_Handler:
Infinite_Loop:
    b Infinite_Loop
    .size Default_Handler, .-Default_Handler

    .section .isr_vector,"a",%progbits
    .type g_pfnVectors, %object
g_pfnVectors:
    .word _estack
    .word Reset_Handler
    .word NMI_Handler
    .word HardFault_Handler
    .size g_pfnVectors, .-g_pfnVectors

    .weak NMI_Handler
    .thumb_set NMI_Handler,Default_Handler
    .weak HardFault_Handler
    .thumb_set HardFault_Handler,Default_Handler
"""
STM32_LD = """\
ENTRY(Reset_Handler)

_estack = ORIGIN(RAM) + LENGTH(RAM);
_Min_Heap_Size = 0x200;
_Min_Stack_Size = 0x400;

MEMORY
{
  RAM (xrw)      : ORIGIN = 0x20000000, LENGTH = 64K
  FLASH (rx)     : ORIGIN = 0x00000000, LENGTH = 256K
}

SECTIONS
{
  .isr_vector : { . = ALIGN(4); KEEP(*(.isr_vector)) . = ALIGN(4); } >FLASH
  .text :
  {
    . = ALIGN(4);
    *(.text)
    *(.text*)
    *(.glue_7)
    *(.glue_7t)
    *(.eh_frame)
    KEEP (*(.init))
    KEEP (*(.fini))
    . = ALIGN(4);
    _etext = .;
  } >FLASH
  .rodata : { . = ALIGN(4); *(.rodata) *(.rodata*) . = ALIGN(4); } >FLASH
  .ARM.extab (READONLY) : { *(.ARM.extab* .gnu.linkonce.armextab.*) } >FLASH
  .ARM (READONLY) : { __exidx_start = .; *(.ARM.exidx*) __exidx_end = .; } >FLASH
  .preinit_array (READONLY) :
  {
    PROVIDE_HIDDEN (__preinit_array_start = .);
    KEEP (*(.preinit_array*))
    PROVIDE_HIDDEN (__preinit_array_end = .);
  } >FLASH
  .init_array (READONLY) :
  {
    PROVIDE_HIDDEN (__init_array_start = .);
    KEEP (*(SORT(.init_array.*)))
    KEEP (*(.init_array*))
    PROVIDE_HIDDEN (__init_array_end = .);
  } >FLASH
  _sidata = LOADADDR(.data);
  .data : { . = ALIGN(4); _sdata = .; *(.data) *(.data*) . = ALIGN(4); _edata = .; } >RAM AT> FLASH
  . = ALIGN(4);
  .bss : { _sbss = .; *(.bss) *(.bss*) *(COMMON) . = ALIGN(4); _ebss = .; } >RAM
  ._user_heap_stack :
  {
    . = ALIGN(8);
    PROVIDE ( end = . );
    PROVIDE ( _end = . );
    . = . + _Min_Heap_Size;
    . = . + _Min_Stack_Size;
    . = ALIGN(8);
  } >RAM
  /DISCARD/ :
  {
    libc.a ( * )
    libm.a ( * )
    libgcc.a ( * )
  }
  .ARM.attributes 0 : { *(.ARM.attributes) }
}
"""
SYSTEM_C = """\
#include "system.h"

uint32_t SystemCoreClock = 16000000;

void SystemInit(void)
{
#if (__FPU_PRESENT == 1) && defined(__ARM_FP)
\t*(volatile uint32_t *)0xE000ED88 |= (0xFu << 20);
#endif
}

void _init(void) {}
"""
STM32_MAIN_C = """\
#include <stdio.h>
#include <string.h>

#include "system.h"

uint32_t scale(float by, uint32_t n);

void put(const char *text)
{
\t*(volatile uint32_t *)0x40004010 = 16;
\t*(volatile uint32_t *)0x40004008 = 1;
\twhile (*text)
\t\t*(volatile uint32_t *)0x40004000 = (uint8_t)*text++;
}

int main(void)
{
\tchar text[40];
\tsnprintf(text, sizeof text, "clock %lu\\n", (unsigned long)scale(0.5f, SystemCoreClock));
\tput(strcmp(text, "clock 8000000\\n") ? "wrong\\n" : text);
\tfor (;;)
\t\t;
}
"""

RISCV_START_S = """\
    .section .init, "ax"
    .globl _start
_start:
    la sp, __stack_top
    la t0, __bss_start
    la t1, __bss_end
1:  bgeu t0, t1, 2f
    sw zero, 0(t0)
    addi t0, t0, 4
    j 1b
2:  call main
3:  j 3b
"""
RISCV_LD = """\
OUTPUT_ARCH("riscv")
ENTRY(_start)
MEMORY { RAM (rwx) : ORIGIN = 0x80000000, LENGTH = 128K }
SECTIONS
{
  .text : { KEEP(*(.init)) *(.text .text.*) } > RAM
  .rodata : { *(.rodata .rodata.* .srodata .srodata.*) } > RAM
  .data : { *(.data .data.* .sdata .sdata.*) } > RAM
  .bss (NOLOAD) : ALIGN(4) { __bss_start = .; *(.bss .bss.* .sbss .sbss.* COMMON) . = ALIGN(4); __bss_end = .; } > RAM
  .stack (NOLOAD) : ALIGN(16) { . += 4K; __stack_top = .; } > RAM
}
"""
RISCV_MAIN_C = """\
#include <stdint.h>

uint32_t answer(uint32_t n);

int main(void)
{
\tfor (const char *text = answer(40) == 42 ? "answer 42\\n" : "no answer\\n"; *text; text++)
\t\t*(volatile uint8_t *)0x10000000 = (uint8_t)*text;
\t*(volatile uint32_t *)0x00100000 = 0x5555;
\treturn 0;
}
"""

CORTEX_M_RS = """\
#![no_std]

use core::ptr::{read_volatile, write_volatile};

unsafe extern "C" {
    static __stack_top: u32;
    static mut __data_start: u32;
    static mut __data_end: u32;
    static __data_load: u32;
}

#[repr(C)]
pub union Vector {
    stack: *const u32,
    handler: unsafe extern "C" fn() -> !,
}

unsafe impl Sync for Vector {}

#[unsafe(no_mangle)]
#[unsafe(link_section = ".vector_table")]
static VECTORS: [Vector; 4] = [
    Vector { stack: &raw const __stack_top },
    Vector { handler: reset },
    Vector { handler: fault },
    Vector { handler: fault },
];

static mut COUNTER: u32 = 41;

#[unsafe(no_mangle)]
unsafe extern "C" fn reset() -> ! {
    unsafe {
        let words = (&raw const __data_end).offset_from(&raw const __data_start) as usize;
        for i in 0..words {
            write_volatile((&raw mut __data_start).add(i), read_volatile((&raw const __data_load).add(i)));
        }
        write_volatile(&raw mut COUNTER, read_volatile(&raw const COUNTER) + 1);
        write_volatile(0x4000_4010 as *mut u32, 16);
        write_volatile(0x4000_4008 as *mut u32, 1);
        let text: &[u8] = if read_volatile(&raw const COUNTER) == 42 { b"answer 42\\n" } else { b"no answer\\n" };
        for byte in text {
            write_volatile(0x4000_4000 as *mut u32, u32::from(*byte));
        }
    }
    exit(0)
}

unsafe extern "C" fn fault() -> ! {
    exit(2)
}

fn exit(code: u32) -> ! {
    let block = [0x20026, code];
    unsafe { core::arch::asm!("bkpt 0xab", in("r0") 0x20, in("r1") &block) };
    loop {}
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    exit(1)
}
"""
CORTEX_M_X = """\
INCLUDE memory.x
ENTRY(reset)
EXTERN(VECTORS)
__stack_top = ORIGIN(RAM) + LENGTH(RAM);
SECTIONS
{
  .vector_table ORIGIN(FLASH) : { KEEP(*(.vector_table)) } > FLASH
  .text : { *(.text .text.*) } > FLASH
  .rodata : { *(.rodata .rodata.*) } > FLASH
  .data : ALIGN(4) { __data_start = .; *(.data .data.*) . = ALIGN(4); __data_end = .; } > RAM AT > FLASH
  __data_load = LOADADDR(.data);
  .bss (NOLOAD) : { *(.bss .bss.*) } > RAM
  /DISCARD/ : { *(.ARM.exidx .ARM.exidx.*) }
}
"""


def boots(elf: Path, *argv: str) -> str:
    """Run an image until it has printed a line, 30 seconds at most, and a second more; give what it printed."""
    command = [*argv, "-display", "none", "-serial", "stdio", "-monitor", "none", "-no-reboot", "-kernel", str(elf)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdout is not None
        limit = threading.Timer(30, process.kill)
        limit.start()
        first = process.stdout.readline()
        limit.cancel()
        try:
            rest = process.communicate(timeout=1)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            rest = process.communicate()[0]
    return (first + rest).decode()


@pytest.mark.parametrize("lld", ["ld.lld", "gnu-lld"])
def test_a_kernel_without_any_c(tmp_path: Path, lld: str) -> None:
    need_tool("ld.lld-22")
    project = Project(tmp_path / "kernel").sconstruct(
        'env = Environment(tools=["rust_firmware"], toolpath=[TOOLPATH], TARGET_SPEC="x86_64-blog.json")\n'
        'env.Append(RUSTFLAGS="-C relocation-model=static")\n'
        'kernel = env.RustStaticLibrary("kernel", "src/main.rs")\n'
        'env.FirmwareImage("kernel", env.FirmwareElf("kernel", kernel, LDSCRIPT="linker.ld"))\n'
    )
    project.write("x86_64-blog.json", json.dumps(KERNEL_JSON | {"linker-flavor": lld}, indent=2))
    project.write("src/main.rs", KERNEL_RS).write("src/vga.rs", VGA_RS).write("linker.ld", KERNEL_LD)
    project.build()
    assert project.up_to_date()
    assert b"Hello World!" in project.read_bytes("build/x86_64-blog/release/kernel/kernel.elf")
    assert "RUSTC kernel" in project.edit("src/vga.rs", "0xb;", "0xc;").build().steps


def test_a_vendors_c_firmware_with_a_rust_library_added(tmp_path: Path) -> None:
    need_tool("arm-none-eabi-gcc", "qemu-system-arm")
    project = Project(tmp_path / "stm32").sconstruct(
        SCONSTRUCT
        + """\
env.Append(
    CPPPATH=["Core/Inc", "Drivers/Include"],
    CPPDEFINES=["USE_HAL_DRIVER", ("STM32F407xx", None), ("__FPU_PRESENT", 1)],
    CCFLAGS="-mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard -Os -Wall -ffunction-sections -fdata-sections",
    ASFLAGS="-mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard",
    LINKFLAGS=["-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard", "-TSTM32F407VGTx_FLASH.ld",
               "-Wl,-Map=firmware.map,--cref", "-Wl,--gc-sections", "-Wl,-z,noexecstack"],
    TOOLCHAIN_LIBS=["c_nano", "m", "nosys", "gcc"],
)
rust = env.RustStaticLibrary("scale", "rust/lib.rs")
elf = env.FirmwareElf("firmware", ["startup_stm32f407xx.s", Glob("Core/Src/*.c"), rust])
env.FirmwareImage("firmware", elf, formats=["bin", "hex", "srec"])
"""
    )
    project.write("startup_stm32f407xx.s", STARTUP_S).write("STM32F407VGTx_FLASH.ld", STM32_LD)
    project.write("Core/Src/system_stm32f4xx.c", SYSTEM_C).write("Core/Src/main.c", STM32_MAIN_C)
    project.write("Core/Inc/system.h", '#include "device.h"\nextern uint32_t SystemCoreClock;\n')
    project.write("Drivers/Include/device.h", "#pragma once\n#include <stdint.h>\n")
    project.write(
        "rust/lib.rs",
        LIB_RS.replace("answer(n: u32)", "scale(by: f32, n: u32)").replace("n + 2", "(by * n as f32) as u32"),
    )
    add_targets(project).build()
    assert project.up_to_date()
    image = project.folder / f"build/{TARGET}/release/firmware/firmware.elf"
    assert boots(image, "qemu-system-arm", "-machine", "mps2-an386") == "clock 8000000\n"
    assert project.edit("STM32F407VGTx_FLASH.ld", "0x200", "0x400").build().steps[0] == "LINK firmware.elf"
    steps = project.edit("Drivers/Include/device.h", "#include", "#define NEW 1\n#include").build().steps
    assert {"CC Core/Src/main.c", "CC Core/Src/system_stm32f4xx.c"} <= set(steps)


def test_a_bare_riscv_with_its_own_start(tmp_path: Path) -> None:
    need_tool("riscv64-unknown-elf-gcc", "qemu-system-riscv32")
    project = Project(tmp_path / "riscv").sconstruct(
        """\
env = Environment(tools=["rust_firmware"], toolpath=[TOOLPATH], LDSCRIPT="link.ld", LINKFLAGS="-nostdlib")
env.Append(CCFLAGS=["-march=rv32imac", "-mabi=ilp32"], ASFLAGS=["-march=rv32imac", "-mabi=ilp32"])
rust = env.RustStaticLibrary("answer", "answer.rs")
env.FirmwareImage("bare", env.FirmwareElf("bare", ["start.S", "main.c", rust]), formats=["bin"])
"""
    )
    project.write("start.S", RISCV_START_S).write("main.c", RISCV_MAIN_C).write("link.ld", RISCV_LD)
    target = "riscv32imac-unknown-none-elf"
    add_targets(project.write("answer.rs", LIB_RS)).build(f"target={target}")
    assert project.up_to_date(f"target={target}")
    image = project.folder / f"build/{target}/release/bare/bare.elf"
    assert boots(image, "qemu-system-riscv32", "-machine", "virt", "-bios", "none") == "answer 42\n"


@pytest.mark.parametrize("linker", ["lld", "ld"])
def test_a_cortex_m_in_rust_alone(tmp_path: Path, linker: str) -> None:
    need_tool("ld.lld-22" if linker == "lld" else "arm-none-eabi-gcc", "qemu-system-arm")
    project = Project(tmp_path / "cortex").sconstruct(
        'env = Environment(tools=["rust_firmware"], toolpath=[TOOLPATH])\nenv.Firmware("firmware.toml")\n'
    )
    project.write(
        "firmware.toml",
        f"""\
[firmware]
name = "cortex"
targets = ["{TARGET}"]

[rust]
crate = "src/main.rs"

[link]
script = "link.x"
linker = "{linker}"

[memory]
FLASH = {{ origin = 0, length = "256K" }}
RAM = {{ origin = 0x2000_0000, length = "64K" }}

[run]
expect = ["answer 42"]
""",
    )
    project.write("src/main.rs", CORTEX_M_RS).write("link.x", CORTEX_M_X)
    run = add_targets(project).build("check")
    assert "1 passed, 0 failed" in run.stdout
    assert project.build().status == 0
    assert project.up_to_date()


def test_a_firmware_in_a_subfolder_with_a_variant_folder(tmp_path: Path) -> None:
    need_tool("arm-none-eabi-gcc", "qemu-system-arm")
    project = Project(tmp_path / "variant").sconstruct(
        SCONSTRUCT + 'SConscript("boards/m4/SConscript", variant_dir="out/m4", duplicate=False, exports="env")\n'
    )
    project.write(
        "boards/m4/SConscript",
        'Import("env")\nenv = env.Clone()\nenv.Append(CPPPATH=["inc", "#shared"])\n'
        'table = env.Command("table.h", "table.txt", "sed s/^/#define\\\\ TABLE\\\\ / $SOURCE > $TARGET")\n'
        'rust = env.RustStaticLibrary("answer", "src/lib.rs")\n'
        'sources = [*Glob("*.c"), "start.s", rust]\n'
        'env.Append(CPPPATH=["."])\n'
        'elf = env.FirmwareElf("m4", sources, LDSCRIPT="link.ld", LINKFLAGS="-z noexecstack")\n'
        'env.FirmwareImage("m4", elf)\n',
    )
    project.write("boards/m4/main.c", '#include "board.h"\n#include "shared.h"\n#include "table.h"\n' + MAIN_C)
    project.edit("boards/m4/main.c", "answer(40)", "answer(BOARD + SHARED + TABLE)")
    project.write("boards/m4/inc/board.h", "#define BOARD 30\n").write("shared/shared.h", "#define SHARED 9\n")
    project.write("boards/m4/table.txt", "1\n").write("boards/m4/start.s", START_S)
    project.write("boards/m4/src/lib.rs", LIB_RS).write("boards/m4/link.ld", MEMORY + SECTIONS)
    add_targets(project).build()
    assert project.up_to_date()
    image = next((project.folder / "build").rglob("m4.elf"))
    qemu = ("qemu-system-arm", "-machine", "mps2-an386", "-semihosting-config", "enable=on,target=native")
    assert boots(image, *qemu) == "answer 42\n"
    assert "LINK m4.elf" in project.edit("boards/m4/table.txt", "1", "2").build().steps
    assert boots(image, *qemu) == "no answer\n"
    assert not (project.folder / "out/m4/main.c").exists()
