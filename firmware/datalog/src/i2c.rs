//! An I2C controller of two open-drain lines, for whatever pins there are: it needs embedded-hal's traits of them alone.
//!
//! UM10204, "I2C-bus specification and user manual", section 3.1, in the standard mode of 100 kbit/s.

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{InputPin, OutputPin};
use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation};

/// No level of the clock is shorter; in nanoseconds.
const HALF_PERIOD_NS: u32 = 5_000;

/// The bus.
pub struct BitBang<Clock, Data, Delay> {
    clock: Clock,
    data: Data,
    delay: Delay,
}

type Outcome<T> = Result<T, ErrorKind>;

impl<Clock: OutputPin, Data: OutputPin + InputPin, Delay: DelayNs> BitBang<Clock, Data, Delay> {
    /// Makes a bus of two lines, which must be pulled up.
    pub fn new(clock: Clock, data: Data, delay: Delay) -> Self {
        Self { clock, data, delay }
    }

    fn set_clock(&mut self, high: bool) -> Outcome<()> {
        self.clock.set_state(high.into()).map_err(|_| ErrorKind::Other)?;
        self.delay.delay_ns(HALF_PERIOD_NS);
        Ok(())
    }

    fn set_data(&mut self, high: bool) -> Outcome<()> {
        self.data.set_state(high.into()).map_err(|_| ErrorKind::Other)
    }

    fn start(&mut self) -> Outcome<()> {
        self.set_data(true)?;
        self.set_clock(true)?;
        self.set_data(false)?;
        self.set_clock(false)
    }

    fn stop(&mut self) -> Outcome<()> {
        self.set_data(false)?;
        self.set_clock(true)?;
        self.set_data(true)
    }

    fn write_bit(&mut self, bit: bool) -> Outcome<()> {
        self.set_data(bit)?;
        self.set_clock(true)?;
        self.set_clock(false)
    }

    fn read_bit(&mut self) -> Outcome<bool> {
        self.set_data(true)?;
        self.set_clock(true)?;
        let bit = self.data.is_high().map_err(|_| ErrorKind::Other);
        self.set_clock(false)?;
        bit
    }

    /// Sends a byte; an error where nobody acknowledges it.
    fn write_byte(&mut self, byte: u8, source: NoAcknowledgeSource) -> Outcome<()> {
        for bit in (0..8).rev() {
            self.write_bit(byte >> bit & 1 != 0)?;
        }
        if self.read_bit()? { Err(ErrorKind::NoAcknowledge(source)) } else { Ok(()) }
    }

    /// Receives a byte; the last one of a transfer is not acknowledged.
    fn read_byte(&mut self, last: bool) -> Outcome<u8> {
        let mut byte = 0;
        for _ in 0..8 {
            byte = byte << 1 | u8::from(self.read_bit()?);
        }
        self.write_bit(last)?;
        Ok(byte)
    }

    /// Carries out operations; those of one direction that follow one another are one transfer.
    fn transfer(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Outcome<()> {
        let mut reading = None;
        for index in 0..operations.len() {
            let reads = matches!(operations[index], Operation::Read(_));
            if reading.replace(reads) != Some(reads) {
                self.start()?;
                self.write_byte(address << 1 | u8::from(reads), NoAcknowledgeSource::Address)?;
            }
            let goes_on = matches!(operations.get(index + 1), Some(Operation::Read(_)));
            match &mut operations[index] {
                Operation::Write(bytes) => {
                    for byte in bytes.iter() {
                        self.write_byte(*byte, NoAcknowledgeSource::Data)?;
                    }
                }
                Operation::Read(bytes) => {
                    let count = bytes.len();
                    for (position, byte) in bytes.iter_mut().enumerate() {
                        *byte = self.read_byte(position + 1 == count && !goes_on)?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl<Clock, Data, Delay> ErrorType for BitBang<Clock, Data, Delay> {
    type Error = ErrorKind;
}

impl<Clock: OutputPin, Data: OutputPin + InputPin, Delay: DelayNs> I2c for BitBang<Clock, Data, Delay> {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Outcome<()> {
        let done = self.transfer(address, operations);
        self.stop().and(done)
    }
}
