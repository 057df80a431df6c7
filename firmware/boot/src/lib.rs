//! The board as Rust sees it: text on the serial port and a way to end the run.
//!
//! The C side of the same interface is `board.h`.

#![no_std]

mod console;

use core::panic::PanicInfo;

pub use console::print;

/// What a run ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum ExitCode {
    /// Everything was as it should be.
    Success = 0,
    /// The firmware found something wrong, or panicked. A processor exception ends with 2, see `boot.h`.
    Failure = 1,
}

unsafe extern "C" {
    safe fn board_exit(code: u32) -> !;
}

/// Ends the run.
pub fn exit(code: ExitCode) -> ! {
    board_exit(code as u32)
}

/// Prints where and why the firmware panicked, and ends the run as a failure. For an image's `#[panic_handler]`.
pub fn exit_on_panic(info: &PanicInfo) -> ! {
    println!("\n{info}");
    exit(ExitCode::Failure)
}
