//! Formatted text on the serial port.

use core::fmt::{self, Write};

unsafe extern "C" {
    safe fn board_putc(byte: u8);
}

/// The serial port as a sink of text.
struct Console;

impl Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.bytes().for_each(|byte| board_putc(byte));
        Ok(())
    }
}

/// Prints what `format_args!` made; the macro `println!` is the usual way here.
///
/// A `Display` implementation that reports an error cuts the text short: there is nobody to tell.
pub fn print(text: fmt::Arguments) {
    let _ = Console.write_fmt(text);
}

/// Prints a line on the serial port, formatted as by the standard library's macro of this name.
#[macro_export]
macro_rules! println {
    () => {
        $crate::print(::core::format_args!("\n"))
    };
    ($format:literal $($arguments:tt)*) => {
        $crate::print(::core::format_args!("{}\n", ::core::format_args!($format $($arguments)*)))
    };
}
