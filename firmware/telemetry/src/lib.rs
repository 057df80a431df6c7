//! A telemetry link that checks itself: packets are framed in Rust, sent through a ring buffer and a CRC written in C,
//! read back, and compared byte for byte with what they must be.

#![no_std]

extern crate alloc;

mod crc;
mod golden;
mod heap;
mod lcg;
mod link;
mod ring;
mod self_check;

use core::panic::PanicInfo;

use board::{ExitCode, println};
use heap::Heap;
use self_check::SelfCheck;

#[global_allocator]
static HEAP: Heap<{ 16 * 1024 }> = Heap::new();

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    board::exit_on_panic(info)
}

/// Where the start-up code goes once the board is up; what it returns ends the run.
#[unsafe(no_mangle)]
pub extern "C" fn firmware_main() -> ExitCode {
    let mut errors = check();
    println!("heap: {} bytes at most, {} left behind", HEAP.peak(), HEAP.used());
    if HEAP.used() != 0 {
        errors += 1;
    }
    if errors == 0 { ExitCode::Success } else { ExitCode::Failure }
}

/// Runs the self-check and tells how many errors it found.
fn check() -> u32 {
    let mut storage = [0; link::RING_BYTES];
    let mut check = SelfCheck::new(&mut storage);
    check.golden_vectors();
    check.flipped_bits();
    check.garbage();
    check.random_packets();
    check.errors()
}
