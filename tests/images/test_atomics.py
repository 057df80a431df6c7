"""Atomics on a core without compare-and-swap: the functions of docs/atomics, built for a Cortex-M0 and run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from board import copy_product
from conftest import need_tool
from project import CHECKOUT, SCONSTRUCT, Project
from steelmill.target_spec.atomic_calls import OPERATIONS

TARGET = """\
inherits = "thumbv6m-none-eabi.json"

[set]
atomic-cas = true
"""

FIRMWARE = """\
[firmware]
name = "count"
targets = ["calling"]
[rust]
crate = "count.rs"
edition = "2024"
dependencies = ["board"]
[rust.crates.board]
crate = "firmware/boot/src/lib.rs"
edition = "2024"
[c]
sources = [
    "firmware/boot/*.c",
    "firmware/boot/arm/nrf51_uart.c",
    "firmware/boot/arm/*.S",
    "firmware/boot/semihosting/*.c",
]
include = ["firmware/boot"]
[link]
script = "firmware/boot/arm/link.ld"
flags = ["-z", "noexecstack"]
[memory]
FLASH = { origin = 0x0, length = "256K" }
RAM = { origin = 0x2000_0000, length = "16K" }
[run]
machine = "microbit"
expect = ["every operation is right"]
timeout = 20
"""

HEAD = """\
#![no_std]
use board::{ExitCode, println};
use core::panic::PanicInfo;
use core::sync::atomic::*;

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    board::exit_on_panic(info)
}
"""

COUNT_RS = (
    HEAD
    + """
macro_rules! check {
    ($cell:ident, $type:ty, $from:expr, $with:expr) => {{
        let (from, with): ($type, $type) = ($from, $with);
        let cell = $cell::new(from);
        let after = |result: $type, old: $type, expected: $type| {
            assert_eq!((result, cell.load(Ordering::SeqCst)), (old, expected));
            cell.store(from, Ordering::SeqCst);
        };
        after(cell.swap(with, Ordering::SeqCst), from, with);
        after(cell.fetch_add(with, Ordering::SeqCst), from, from.wrapping_add(with));
        after(cell.fetch_sub(with, Ordering::SeqCst), from, from.wrapping_sub(with));
        after(cell.fetch_and(with, Ordering::SeqCst), from, from & with);
        after(cell.fetch_or(with, Ordering::SeqCst), from, from | with);
        after(cell.fetch_xor(with, Ordering::SeqCst), from, from ^ with);
        after(cell.fetch_nand(with, Ordering::SeqCst), from, !(from & with));
        after(cell.fetch_max(with, Ordering::SeqCst), from, from.max(with));
        after(cell.fetch_min(with, Ordering::SeqCst), from, from.min(with));
        assert_eq!(cell.compare_exchange(from, with, Ordering::SeqCst, Ordering::SeqCst), Ok(from));
        assert_eq!(cell.compare_exchange(from, from, Ordering::SeqCst, Ordering::SeqCst), Err(with));
        assert_eq!(cell.load(Ordering::SeqCst), with);
    }};
}

unsafe extern "C" {
    safe fn c_agrees() -> bool;
}

#[unsafe(no_mangle)]
pub extern "C" fn firmware_main() -> ExitCode {
    check!(AtomicU8, u8, 0x7f, 0x81);
    check!(AtomicI8, i8, -2, 3);
    check!(AtomicU16, u16, 0x7fff, 0x8001);
    check!(AtomicI16, i16, 3, -2);
    check!(AtomicU32, u32, 0x7fff_ffff, 0x8000_0001);
    check!(AtomicI32, i32, -70_000, 70_000);
    assert!(c_agrees());
    println!("every operation is right");
    ExitCode::Success
}
"""
)

HITS_RS = (
    HEAD
    + """
static HITS: AtomicU16 = AtomicU16::new(0);

#[unsafe(no_mangle)]
pub extern "C" fn firmware_main() -> ExitCode {
    println!("{}", HITS.fetch_add(1, Ordering::Relaxed));
    ExitCode::Success
}
"""
)

C_AGREES = """\
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define REQUIRE(condition) if (!(condition)) return false

#define CHECK(type) \\
	do { \\
		_Atomic type cell = 5; \\
		type expected = 4; \\
		REQUIRE(atomic_fetch_add(&cell, 3) == 5 && atomic_fetch_sub(&cell, 1) == 8); \\
		REQUIRE(atomic_fetch_and(&cell, 6) == 7 && atomic_fetch_or(&cell, 9) == 6); \\
		REQUIRE(atomic_fetch_xor(&cell, 5) == 15 && atomic_exchange(&cell, 2) == 10); \\
		REQUIRE(!atomic_compare_exchange_strong(&cell, &expected, 1) && expected == 2); \\
		REQUIRE(atomic_compare_exchange_strong(&cell, &expected, 1) && atomic_load(&cell) == 1); \\
	} while (0)

bool c_agrees(void)
{
	CHECK(uint8_t);
	CHECK(uint16_t);
	CHECK(uint32_t);
	return true;
}
"""


@pytest.fixture
def counting(tmp_path: Path) -> Project:
    """Write a firmware whose atomics are calls, without the functions."""
    need_tool("arm-none-eabi-gcc", "qemu-system-arm")
    project = copy_product(tmp_path / "p").sconstruct(SCONSTRUCT)
    project.write("targets/calling.toml", TARGET).write("firmware.toml", FIRMWARE).write("count.rs", COUNT_RS)
    for name in ("atomics.c", "atomics.rs"):
        shutil.copy(CHECKOUT / "docs/atomics" / name, project.folder)
    return project


def with_c(project: Project) -> Project:
    project.write("agrees.c", C_AGREES)
    return project.edit("firmware.toml", "sources = [", 'sources = ["atomics.c", "agrees.c", ')


def with_rust(project: Project) -> Project:
    project.write("agrees.c", "#include <stdbool.h>\nbool c_agrees(void) { return true; }\n")
    project.edit("firmware.toml", "sources = [", 'sources = ["agrees.c", ')
    return project.edit("count.rs", "#![no_std]\n", "#![no_std]\nmod atomics;\n")


def test_the_functions_in_c_serve_rust_and_c(counting: Project) -> None:
    run = with_c(counting).build("check")
    assert "pass  count  calling" in run.stdout
    assert "atomics " not in run.output


def test_the_functions_in_rust_serve_rust(counting: Project) -> None:
    run = with_rust(counting).build("check")
    assert "pass  count  calling" in run.stdout


def test_without_them_the_audit_names_what_is_called(counting: Project) -> None:
    run = counting.write("count.rs", HITS_RS).fail()
    assert "  atomics  " in run.stderr
    assert ": __sync_fetch_and_add_2\n" in run.stderr
    assert f"all {3 * len(OPERATIONS)} functions __sync_*" in run.stderr
    assert "docs/atomics.md" in run.stderr
    assert "LINK count.elf" not in run.steps


def test_a_set_with_a_gap_is_a_warning(counting: Project) -> None:
    with_c(counting).edit("atomics.c", "FETCH(sync, fetch_and_umin", "FETCH(sync, fetch_and_umi")
    run = counting.write("count.rs", HITS_RS).build("audit")
    assert "__sync_fetch_and_umin_1, __sync_fetch_and_umin_2, __sync_fetch_and_umin_4" in run.stdout
    assert "3 of the set are defined nowhere" in run.stdout
