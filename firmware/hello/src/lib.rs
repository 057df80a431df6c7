//! The smallest image in which both languages do something.

#![no_std]

mod ffi;

use core::panic::PanicInfo;

use board::{ExitCode, println};
use ffi::{Sample, Unit};

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    board::exit_on_panic(info)
}

/// Where the start-up code goes once the board is up; what it returns ends the run.
#[unsafe(no_mangle)]
pub extern "C" fn firmware_main() -> ExitCode {
    println!("hello from rust: {}", ffi::sum(&[1, 2, 3, 4, 32]));
    assert_eq!(ffi::sample_layout_in_c(), ffi::sample_layout(), "C and Rust lay a sample out differently");
    send_samples();
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
    assert_eq!(ffi::mean(1.5, 4.0), 2.75, "a float was lost on its way to C or back");
    ExitCode::Success
}

/// Lets C reverse a few samples and sees whether each came through whole.
fn send_samples() {
    let sent = [
        Sample { unit: Unit::None, value: 0.0, channel: 1 },
        Sample { unit: Unit::Volt, value: -3.25, channel: 0x8001 },
        Sample { unit: Unit::Kelvin, value: 293.15, channel: 0xffff },
    ];
    let mut samples = sent;
    ffi::reverse(&mut samples);
    let intact = sent.iter().zip(samples.iter().rev()).filter(|(sent, returned)| sent == returned).count();
    println!("samples: {intact} of {} intact", sent.len());
    assert_eq!(intact, sent.len(), "C returned {samples:?}");
}
