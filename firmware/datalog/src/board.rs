//! Arm's MPS2 board with the image AN386: a serial port, the I2C bus of the first shield, and a sensor that is made up.

use core::convert::Infallible;
use core::fmt;

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{ErrorType, InputPin, OutputPin};

use crate::i2c::BitBang;

/// The clock of the core and of SysTick.
pub const CORE_HZ: u32 = 25_000_000;
/// The first CMSDK APB UART, Cortex-M System Design Kit Technical Reference Manual, section 4.3.
const UART0: *mut u32 = 0x4000_4000 as *mut u32;
/// The serial bus controller of the first shield: Application Note AN386, section 3.9.
const SHIELD0_I2C: *mut u32 = 0x4002_a000 as *mut u32;

/// The I2C bus, with the lines that carry it.
pub type Bus = BitBang<Line<0>, Line<1>, Cycles>;

/// What of the board this firmware uses.
pub struct Board {
    pub uart: Uart,
    pub bus: Bus,
}

impl Board {
    /// Brings the board up. Called once, by `main`, and by nobody else.
    pub fn take() -> Self {
        // SAFETY: as this is called once, the port and the lines have one owner each.
        unsafe { Board { uart: Uart::start(), bus: BitBang::new(Line::steal(), Line::steal(), Cycles) } }
    }
}

/// Gives the sample of a tick: a slow triangle with some jitter.
pub fn read_sensor(tick: i16) -> i16 {
    let phase = tick.rem_euclid(64);
    let slope = if phase < 32 { phase } else { 64 - phase };
    40 + slope + (tick * 5).rem_euclid(7)
}

/// The serial port.
pub struct Uart(());

impl Uart {
    const DATA: usize = 0;
    const STATE: usize = 1;
    const CONTROL: usize = 2;
    const BAUD_DIVISOR: usize = 4;
    const TRANSMIT_FULL: u32 = 1 << 0;
    const TRANSMIT_ENABLE: u32 = 1 << 0;
    const BAUD: u32 = 115_200;

    /// Brings the port up.
    ///
    /// # Safety
    /// The port has no other owner.
    unsafe fn start() -> Self {
        // SAFETY: these are registers of the port, which the caller owns.
        unsafe {
            UART0.add(Self::BAUD_DIVISOR).write_volatile(CORE_HZ / Self::BAUD);
            UART0.add(Self::CONTROL).write_volatile(Self::TRANSMIT_ENABLE);
        }
        Self(())
    }

    /// Gives a port that is up already.
    ///
    /// # Safety
    /// The port has no other owner who still uses it.
    pub unsafe fn steal() -> Self {
        Self(())
    }
}

impl fmt::Write for Uart {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            // SAFETY: these are registers of the port, which `self` owns.
            unsafe {
                while UART0.add(Self::STATE).read_volatile() & Self::TRANSMIT_FULL != 0 {}
                UART0.add(Self::DATA).write_volatile(byte.into());
            }
        }
        Ok(())
    }
}

/// Waits by counting cycles of the core.
pub struct Cycles;

impl DelayNs for Cycles {
    fn delay_ns(&mut self, ns: u32) {
        cortex_m::asm::delay((u64::from(ns) * u64::from(CORE_HZ)).div_ceil(1_000_000_000) as u32);
    }
}

/// One line of the I2C bus, by its bit: 0 is the clock, 1 the data. Nobody drives it high: it is released.
pub struct Line<const BIT: u32>(());

impl<const BIT: u32> Line<BIT> {
    const READ: usize = 0;
    const RELEASE: usize = 0;
    const PULL_LOW: usize = 1;

    /// Gives a line.
    ///
    /// # Safety
    /// The line has no other owner.
    unsafe fn steal() -> Self {
        Self(())
    }

    fn write(&mut self, register: usize) -> Result<(), Infallible> {
        // SAFETY: of these registers a bit that is 0 changes nothing, and `self` owns the line of the other.
        unsafe { SHIELD0_I2C.add(register).write_volatile(1 << BIT) };
        Ok(())
    }
}

impl<const BIT: u32> ErrorType for Line<BIT> {
    type Error = Infallible;
}

impl<const BIT: u32> OutputPin for Line<BIT> {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.write(Self::PULL_LOW)
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.write(Self::RELEASE)
    }
}

impl<const BIT: u32> InputPin for Line<BIT> {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        // SAFETY: to read this register changes nothing.
        Ok(unsafe { SHIELD0_I2C.add(Self::READ).read_volatile() } & (1 << BIT) != 0)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        self.is_high().map(|high| !high)
    }
}
