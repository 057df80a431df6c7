"""A firmware whose Rust is a Cargo package with one input of every kind; all its crates are local."""

from __future__ import annotations

import shutil
from pathlib import Path

from conftest import need_tool
from project import CHECKOUT, SCONSTRUCT, Project
from tiny import LINK_LD, MAIN_C, MAIN_H

TARGET = "thumbv7em-none-eabihf"
OUT = f"build/{TARGET}/release"
ELF = f"{OUT}/app/app.elf"

FIRMWARE_TOML = f"""\
[firmware]
name = "app"
targets = ["{TARGET}"]

[rust]
package = "Cargo.toml"
features = []

[c]
sources = ["c/*.c"]

[link]
script = "link.ld"

[memory]
FLASH = {{ origin = 0x0000_0000, length = "64K" }}
RAM   = {{ origin = 0x2000_0000, length = "16K" }}
"""
CARGO_TOML = """\
[workspace]
members = ["part", "mac", "board"]

[package]
name = "app"
version = "0.1.0"
edition = "2021"

[features]
loud = []

[dependencies]
part = { path = "part", features = [] }
mac = { path = "mac" }
board = { path = "board" }

[profile.release]
opt-level = "s"
"""
LOCK = """\
version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = [
 "board",
 "mac",
 "part",
]

[[package]]
name = "board"
version = "0.1.0"

[[package]]
name = "mac"
version = "0.1.0"

[[package]]
name = "part"
version = "0.1.0"
"""
LIB_RS = """\
#![no_std]
include!(concat!(env!("OUT_DIR"), "/number.rs"));
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
#[no_mangle]
pub extern "C" fn answer() -> u32 {
    let loud = if cfg!(feature = "loud") { 1000 } else { 0 };
    mac::one!() + part::more(NUMBER) + board::PINS + env!("GREETING").len() as u32 + loud
}
"""
BUILD_RS = """\
use std::{env, fs};
fn main() {
    println!("cargo::rerun-if-changed=number.txt");
    println!("cargo::rerun-if-env-changed=GREET");
    let number = fs::read_to_string("number.txt").unwrap();
    let pins = env::var("DEP_BOARD_PINS").unwrap();
    let text = format!("pub const NUMBER: u32 = {} + {pins};\\n", number.trim());
    fs::write(format!("{}/number.rs", env::var("OUT_DIR").unwrap()), text).unwrap();
    println!("cargo::rustc-env=GREETING=hi{}", env::var("GREET").unwrap_or_default());
}
"""
BOARD_BUILD_RS = """\
fn main() {
    let pins = std::fs::read_to_string("pins/list.txt").unwrap();
    println!("cargo::metadata=pins={}", pins.lines().count());
    println!("cargo::rustc-cfg=wide");
    println!("cargo::rustc-check-cfg=cfg(wide)");
}
"""
FILES = {
    "firmware.toml": FIRMWARE_TOML,
    "Cargo.toml": CARGO_TOML,
    "Cargo.lock": LOCK,
    "src/lib.rs": LIB_RS,
    "build.rs": BUILD_RS,
    "number.txt": "40\n",
    "part/Cargo.toml": (
        '[package]\nname = "part"\nversion = "0.1.0"\nedition = "2021"\n\n[features]\nextra = []\n\n[dependencies]\n'
    ),
    "part/src/lib.rs": (
        '#![no_std]\npub fn more(n: u32) -> u32 {\n    n + if cfg!(feature = "extra") { 2 } else { 1 }\n}\n'
    ),
    "mac/Cargo.toml": '[package]\nname = "mac"\nversion = "0.1.0"\nedition = "2021"\n\n[lib]\nproc-macro = true\n',
    "mac/src/lib.rs": (
        "use proc_macro::TokenStream;\n#[proc_macro]\npub fn one(_: TokenStream) -> TokenStream {\n"
        '    "1u32".parse().unwrap()\n}\n'
    ),
    "board/Cargo.toml": '[package]\nname = "board"\nversion = "0.1.0"\nedition = "2021"\nlinks = "board"\n',
    "board/build.rs": BOARD_BUILD_RS,
    "board/pins/list.txt": "led\nkey\n",
    "board/src/lib.rs": "#![no_std]\n#[cfg(wide)]\npub const PINS: u32 = 2;\n",
    "link.ld": LINK_LD,
    "c/main.c": MAIN_C,
    "c/main.h": MAIN_H,
}


def write_cargo_firmware(folder: Path) -> Project:
    """Write the project; skip the test where there is no cargo."""
    need_tool("cargo", "arm-none-eabi-gcc")
    project = Project(folder).sconstruct(SCONSTRUCT)
    for path, text in FILES.items():
        project.write(path, text)
    (folder / "targets").mkdir()
    shutil.copy(CHECKOUT / f"targets/{TARGET}.json", folder / "targets")
    return project
