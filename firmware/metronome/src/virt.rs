//! QEMU's virt: a serial port, and a device that ends the run.

use core::convert::Infallible;

use embedded_io::{ErrorType, Write};

/// An NS16550, whose registers are bytes.
const UART: *mut u8 = 0x1000_0000 as *mut u8;
const LINE_STATUS: usize = 5;
const TRANSMIT_EMPTY: u8 = 1 << 5;
/// SiFive's test finisher.
const FINISHER: *mut u32 = 0x0010_0000 as *mut u32;
const PASS: u32 = 0x5555;
const FAIL: u32 = 0x3333;

/// The serial port, which QEMU brings up.
pub struct Uart;

impl ErrorType for Uart {
    type Error = Infallible;
}

impl Write for Uart {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        for byte in bytes {
            // SAFETY: whoever sends waits here until there is room for a byte, and one hart runs.
            unsafe {
                while UART.add(LINE_STATUS).read_volatile() & TRANSMIT_EMPTY == 0 {}
                UART.write_volatile(*byte);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Ends the run, a failure with 1.
pub fn end(well: bool) -> ! {
    // SAFETY: the device takes any word.
    unsafe { FINISHER.write_volatile(if well { PASS } else { 1 << 16 | FAIL }) };
    loop {
        riscv::asm::wfi();
    }
}
