"""A Cortex-M package that stands on some 35 crates, with a member of its own below it: `sensor` and `codec`."""

from __future__ import annotations

import shutil
from pathlib import Path

from project import CHECKOUT, Project

TARGET = "thumbv7em-none-eabihf"
LOCK = CHECKOUT / "tests/data/cargo/sensor/Cargo.lock"
RUSTFLAGS = ("-Clink-arg=-Tlink.x", "-Clink-arg=--nmagic")

FIRMWARE_TOML = f"""\
[firmware]
name = "sensor"
targets = ["{TARGET}"]

[rust]
package = "Cargo.toml"
build-std = ["core", "alloc"]

[link]
linker = "lld"

[run]
expect = ["probe 0 Faults(COLD) 0.500 0"]
"""
FILES = {
    "Cargo.toml": """\
[workspace]
members = ["codec"]

[package]
name = "sensor"
version = "0.1.0"
edition = "2024"

[dependencies]
bitflags = "2"
codec = { path = "codec" }
cortex-m = { version = "0.7", features = ["critical-section-single-core"] }
cortex-m-rt = "0.7"
cortex-m-semihosting = "0.5"
critical-section = "1"
embedded-hal = "1"
embedded-io = "0.7"
heapless = "0.9"
micromath = "2"
nb = "1"
panic-halt = "1"

[profile.release]
opt-level = "s"
""",
    "codec/Cargo.toml": """\
[package]
name = "codec"
version = "0.1.0"
edition = "2024"

[dependencies]
heapless = { version = "0.9", features = ["serde"] }
itoa = "1"
postcard = { version = "1", default-features = false }
serde = { version = "1", default-features = false, features = ["derive"] }
""",
    ".cargo/config.toml": f'[target.{TARGET}]\nrustflags = ["{RUSTFLAGS[0]}", "{RUSTFLAGS[1]}"]\n',
    "memory.x": (
        "MEMORY\n{\n  FLASH : ORIGIN = 0x00000000, LENGTH = 256K\n  RAM : ORIGIN = 0x20000000, LENGTH = 64K\n}\n"
    ),
    "src/main.rs": """\
#![no_std]
#![no_main]
extern crate alloc;
use alloc::alloc::{GlobalAlloc, Layout};
use alloc::{boxed::Box, collections::BTreeMap, format, string::String, vec::Vec};
use codec::Reading;
use core::cell::{Cell, RefCell};
use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hprintln};
use critical_section::Mutex;
use embedded_hal::digital::{ErrorType, OutputPin};
use embedded_io::Write;
use heapless::Deque;
use micromath::F32Ext;
use panic_halt as _;

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy)]
    struct Faults: u8 {
        const HOT = 1;
        const COLD = 2;
    }
}

struct Bump(Mutex<Cell<usize>>);
static mut HEAP: [u64; 1024] = [0; 1024];
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        critical_section::with(|section| {
            let at = self.0.borrow(section).get().next_multiple_of(layout.align());
            self.0.borrow(section).set(at + layout.size());
            if at + layout.size() > size_of_val(unsafe { &*(&raw const HEAP) }) {
                return core::ptr::null_mut();
            }
            unsafe { (&raw mut HEAP).cast::<u8>().add(at) }
        })
    }
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
#[global_allocator]
static ALLOCATOR: Bump = Bump(Mutex::new(Cell::new(0)));
static QUEUE: Mutex<RefCell<Deque<Reading, 8>>> = Mutex::new(RefCell::new(Deque::new()));

struct Led(bool);
impl ErrorType for Led {
    type Error = core::convert::Infallible;
}
impl OutputPin for Led {
    fn set_low(&mut self) -> Result<(), Self::Error> {
        self.0 = false;
        Ok(())
    }
    fn set_high(&mut self) -> Result<(), Self::Error> {
        self.0 = true;
        Ok(())
    }
}

#[entry]
fn main() -> ! {
    let mut led = Led(false);
    let mut names: BTreeMap<u32, Box<dyn Fn(f32) -> f32>> = BTreeMap::new();
    names.insert(1, Box::new(|x| x.sqrt()));
    names.insert(2, Box::new(|x| x.sin()));
    for n in 0..4 {
        let value = names.get(&(n % 3)).map_or(0.5, |f| f(n as f32));
        let faults = if value > 1.0 { Faults::HOT } else { Faults::COLD };
        let reading = Reading::new(n, value, &format!("probe {n} {faults:?}"));
        critical_section::with(|section| QUEUE.borrow_ref_mut(section).push_back(reading).ok());
        led.set_high().ok();
    }
    let mut sorted: Vec<String> = Vec::new();
    while let Some(reading) = critical_section::with(|section| QUEUE.borrow_ref_mut(section).pop_front()) {
        let mut room = [0; 64];
        let used = codec::encode(&reading, &mut room).unwrap().len();
        let mut rest = &mut room[used..];
        nb::block!(rest.write(b"end").map_err(|_| nb::Error::Other(()))).ok();
        let back = codec::decode(&room[..used]).unwrap();
        sorted.push(format!("{} {:.3} {}", back.label, back.value, codec::decimal(back.number).as_str()));
    }
    sorted.sort();
    hprintln!("{:?} {}", sorted, led.0);
    debug::exit(debug::EXIT_SUCCESS);
    loop {}
}
""",
    "codec/src/lib.rs": """\
#![no_std]
use heapless::String;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
pub enum Unit {
    Celsius,
    Custom(u8),
}
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
pub struct Reading {
    pub number: u32,
    pub value: f32,
    pub unit: Unit,
    pub label: String<24>,
}
impl Reading {
    pub fn new(number: u32, value: f32, label: &str) -> Self {
        let unit = if number == 0 { Unit::Celsius } else { Unit::Custom(number as u8) };
        Self { number, value, unit, label: String::try_from(label).unwrap_or_default() }
    }
}
pub fn encode<'a>(reading: &Reading, room: &'a mut [u8]) -> postcard::Result<&'a mut [u8]> {
    postcard::to_slice(reading, room)
}
pub fn decode(bytes: &[u8]) -> postcard::Result<Reading> {
    postcard::from_bytes(bytes)
}
pub fn decimal(number: u32) -> String<10> {
    String::try_from(itoa::Buffer::new().format(number)).unwrap_or_default()
}
pub const VERSION: u32 = 1;
""",
}


def write_sensor(folder: Path) -> Project:
    """Write the package, its firmware.toml and the target's specification."""
    project = Project(folder)
    for path, text in {"firmware.toml": FIRMWARE_TOML, **FILES}.items():
        project.write(path, text)
    shutil.copy(LOCK, folder)
    (folder / "targets").mkdir()
    shutil.copy(CHECKOUT / f"targets/{TARGET}.json", folder / "targets")
    return project
