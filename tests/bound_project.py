"""A Cortex-M4 firmware in which Rust calls C by bindgen's bindings and C calls Rust by cbindgen's header.

A struct goes both ways: C fills a ``sample`` for Rust, Rust a ``Report`` for C, which prints ``answer 42`` where both
read what the other wrote.
"""

from __future__ import annotations

from pathlib import Path

import board
from project import Project

OUT = board.OUT
HEADER = f"{OUT}/include/app.h"
BINDINGS = f"{OUT}/bindings/driver.rs"

TABLES = """
[[bindgen]]
header    = "c/driver.h"
allowlist = ["driver_.*", "sample", "LIMIT", "OFFSET"]

[[cbindgen]]
header = "app.h"
crate  = "api"
"""
CRATES = """
dependencies = ["api"]

[rust.crates.api]
crate        = "api/lib.rs"
edition      = "2021"
dependencies = ["driver_sys"]

[rust.crates.driver_sys]
crate = "sys/lib.rs"
"""

DRIVER_H = """\
#ifndef DRIVER_H
#define DRIVER_H
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "reg map.h"
enum kind { KIND_NONE, KIND_RAW = 300 };
struct sample {
	uint8_t channel;
	uint32_t value;
	enum kind kind;
	struct { int16_t low, high; } limits;
	bool valid : 1;
	unsigned mode : 5;
};
size_t driver_read(struct sample *out);
#endif
"""
DRIVER_C = """\
#include "driver.h"
size_t driver_read(struct sample *out)
{
	memset(out, 0, sizeof *out);
	out->channel = 7;
	out->value = 13;
	out->kind = KIND_RAW;
	out->limits.low = -2;
	out->limits.high = 2;
	out->valid = true;
	out->mode = 17;
	return sizeof *out;
}
"""
SYS_RS = """\
#![no_std]
#![allow(warnings)]
include!(env!("BINDINGS_DRIVER"));
"""
API_RS = """\
#![no_std]
mod report;
pub use report::{Level, Report};
/// Fills the report; 0 where what C said is not what Rust reads.
#[no_mangle]
pub extern "C" fn app_step(report: &mut Report) -> u32 {
    let mut sample: driver_sys::sample = unsafe { core::mem::zeroed() };
    let size = unsafe { driver_sys::driver_read(&mut sample) };
    let limits = (sample.limits.low, sample.limits.high);
    let bits = (sample.valid(), sample.mode());
    let expected = size_of::<driver_sys::sample>();
    if (size, sample.channel, sample.kind, limits, bits) != (expected, 7, 300, (-2, 2), (true, 17)) {
        return 0;
    }
    report.level = Level::High;
    report.total = (sample.value + driver_sys::OFFSET) * report.scale as u32;
    report.total
}
"""
REPORT_RS = """\
/// How much.
#[repr(u8)]
pub enum Level {
    Low,
    High = 9,
}
#[repr(C)]
pub struct Report {
    pub scale: u8,
    pub level: Level,
    pub total: u32,
}
"""
LIB_RS = """\
#![no_std]
pub use api::app_step;
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
"""
MAIN = """\
int main(void)
{
\tstruct Report report = {.scale = 3};
\tuint32_t total = app_step(&report);
\tput(total == 42 && report.total == 42 && report.level == High ? "answer 42\\n" : "no answer\\n");
\treturn 0;
}
"""


def write_bound(folder: Path) -> Project:
    """Write the firmware."""
    project = board.write_board(folder)
    toml = board.FIRMWARE_TOML.replace('crate = "src/lib.rs"\n', f'crate = "src/lib.rs"{CRATES}')
    toml = toml.replace('"c/start.s"]', '"c/driver.c", "c/start.s"]\nlibraries = ["c"]')
    project.write("firmware.toml", toml + TABLES).write("src/lib.rs", LIB_RS)
    project.write("api/lib.rs", API_RS).write("api/report.rs", REPORT_RS).write("sys/lib.rs", SYS_RS)
    project.write("c/driver.h", DRIVER_H).write("c/driver.c", DRIVER_C).write("c/reg map.h", "#define OFFSET 1\n")
    head = board.MAIN_C.partition("int main")[0].replace("uint32_t answer(uint32_t n);", '#include "app.h"')
    return project.write("c/main.c", head + MAIN)
