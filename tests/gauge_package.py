"""A RISC-V package on crates that need neither build scripts nor procedural macros: `gauge`."""

from __future__ import annotations

import shutil
from pathlib import Path

from project import CHECKOUT, SCONSTRUCT, Project

TARGET = "riscv32imac-unknown-none-elf"
RUSTFLAGS = ("-Clink-arg=-Tgauge.ld", "-Clink-arg=--emit-relocs", "-Clink-arg=--no-relax")
"""What the linker would shorten depends on addresses."""

FILES = {
    "firmware.toml": f"""\
[firmware]
name = "gauge"
targets = ["{TARGET}"]

[rust]
package = "Cargo.toml"
mem = true

[link]
linker = "lld"
""",
    "Cargo.toml": """\
[package]
name = "gauge"
version = "0.1.0"
edition = "2024"

[dependencies]
embedded-io = "0.7"
heapless = "0.9"
itoa = "1"
micromath = "2"
panic-halt = "1"

[profile.release]
opt-level = "s"
""",
    ".cargo/config.toml": f"[target.{TARGET}]\nrustflags = {list(RUSTFLAGS)!r}\n",
    "gauge.ld": """\
ENTRY(_start)
SECTIONS
{
  . = 0x80000000;
  .text : { *(.text .text.*) }
  .rodata : { *(.rodata .rodata.* .srodata .srodata.*) }
  .data : { *(.data .data.* .sdata .sdata.*) }
  .bss : { *(.bss .bss.* .sbss .sbss.*) }
  /DISCARD/ : { *(.eh_frame .eh_frame_hdr) }
}
""",
    "src/main.rs": """\
#![no_std]
#![no_main]
use core::fmt::Write as _;
use embedded_io::Write as _;
use heapless::{String, Vec, index_map::FnvIndexMap};
use micromath::F32Ext;
use panic_halt as _;

#[derive(Debug, Clone, PartialEq)]
enum Reading {
    Level(f32),
    Text(String<16>),
}
#[unsafe(no_mangle)]
static mut OUTPUT: [u8; 256] = [0; 256];

fn measure(number: u32) -> Reading {
    let level = (number as f32).sqrt() + (number as f32).sin();
    if number % 3 == 0 { Reading::Text(String::try_from("none").unwrap()) } else { Reading::Level(level) }
}
fn report(mut output: &mut [u8]) -> core::fmt::Result {
    let mut map: FnvIndexMap<u32, Reading, 8> = FnvIndexMap::new();
    for number in 0..8 {
        map.insert(number, measure(number)).map_err(|_| core::fmt::Error)?;
    }
    let mut sorted: Vec<(u32, Reading), 8> = map.iter().map(|(key, reading)| (*key, reading.clone())).collect();
    sorted.sort_unstable_by_key(|(key, _)| core::cmp::Reverse(*key));
    for (key, reading) in &sorted {
        let mut line: String<64> = String::new();
        write!(line, "{reading:?} {:>8.3} ", f32::from_bits(*key))?;
        line.push_str(itoa::Buffer::new().format(u64::from(*key) << 20)).ok();
        output.write_all(line.as_bytes()).map_err(|_| core::fmt::Error)?;
    }
    Ok(())
}
#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    let output = unsafe { &mut *(&raw mut OUTPUT) };
    report(output).unwrap();
    loop {}
}
""",
}


def write_gauge(folder: Path) -> Project:
    """Write the package, its firmware.toml and the target's specification."""
    project = Project(folder).sconstruct(SCONSTRUCT)
    for path, text in FILES.items():
        project.write(path, text)
    shutil.copy(CHECKOUT / "tests/data/cargo/gauge/Cargo.lock", folder)
    (folder / "targets").mkdir()
    shutil.copy(CHECKOUT / f"targets/{TARGET}.json", folder / "targets")
    return project
