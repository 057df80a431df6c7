//! A driver for EEPROMs of the AT24C32's kind, on any I2C bus that implements embedded-hal's trait.
//!
//! Microchip's data sheet "AT24C32D", sections 7 (writing, by pages) and 8 (reading).

use embedded_hal::i2c::{I2c, Operation};

/// The address on the bus of an EEPROM whose address pins are low.
pub const ADDRESS: u8 = 0x50;
/// A write that leaves its page would start over at the page's first byte.
const PAGE: usize = 32;
/// A write takes 5 ms at most, in which nothing is acknowledged.
const ATTEMPTS: u32 = 100;

/// An EEPROM.
pub struct Eeprom<B> {
    bus: B,
    address: u8,
}

impl<B: I2c> Eeprom<B> {
    pub fn new(bus: B, address: u8) -> Self {
        Self { bus, address }
    }

    /// Reads as many bytes as there is room for, from `position` on.
    pub fn read(&mut self, position: u16, bytes: &mut [u8]) -> Result<(), B::Error> {
        self.bus.write_read(self.address, &position.to_be_bytes(), bytes)
    }

    /// Writes the bytes to `position`, page by page, and waits until they are kept.
    pub fn write(&mut self, position: u16, bytes: &[u8]) -> Result<(), B::Error> {
        let mut position = position;
        let mut rest = bytes;
        while !rest.is_empty() {
            let (page, others) = rest.split_at(rest.len().min(PAGE - usize::from(position) % PAGE));
            let start = position.to_be_bytes();
            self.bus.transaction(self.address, &mut [Operation::Write(&start), Operation::Write(page)])?;
            self.wait()?;
            position += page.len() as u16;
            rest = others;
        }
        Ok(())
    }

    /// Waits until the EEPROM acknowledges its address again.
    fn wait(&mut self) -> Result<(), B::Error> {
        for _ in 1..ATTEMPTS {
            if self.bus.write(self.address, &[]).is_ok() {
                return Ok(());
            }
        }
        self.bus.write(self.address, &[])
    }
}
