//! A data logger: SysTick samples, C smooths, and records go to an EEPROM on an I2C bus, from where they are read back.

#![no_std]
#![no_main]

mod board;
mod eeprom;
mod ffi;
mod i2c;
mod record;

use core::cell::RefCell;
use core::fmt::Write;
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::{entry, exception};
use cortex_m_semihosting::debug;
use critical_section::Mutex;
use heapless::spsc::{Producer, Queue};

use board::{Board, Uart};
use eeprom::Eeprom;
use ffi::Filter;
use record::{Record, SAMPLES};

const SAMPLES_PER_SECOND: u32 = 1000;
const RECORDS: u16 = 4;
const CAPACITY: usize = 16;

/// The end of the queue at which the interrupt puts samples in.
static SAMPLED: Mutex<RefCell<Option<Producer<i16, CAPACITY>>>> = Mutex::new(RefCell::new(None));
/// How many samples found the queue full.
static LOST: AtomicU32 = AtomicU32::new(0);

#[entry]
fn main() -> ! {
    // cortex-m-rt makes this a `&'static mut` that exists once
    static mut QUEUE: Queue<i16, CAPACITY> = Queue::new();

    let mut core = cortex_m::Peripherals::take().unwrap();
    let Board { mut uart, bus } = Board::take();
    let mut eeprom = Eeprom::new(bus, eeprom::ADDRESS);
    let (producer, mut samples) = QUEUE.split();
    critical_section::with(|token| SAMPLED.borrow_ref_mut(token).replace(producer));
    start_sampling(&mut core.SYST);

    let mut filter = Filter::default();
    let mut record = Record::default();
    let mut written = 0;
    while written < RECORDS {
        let Some(sample) = samples.dequeue() else {
            cortex_m::asm::wfi();
            continue;
        };
        if record.push(filter.update(sample)).is_full() {
            eeprom.write(written * record::SIZE as u16, &record.to_bytes()).unwrap();
            record = Record::default();
            written += 1;
        }
    }
    core.SYST.disable_interrupt();
    for index in 0..RECORDS {
        let mut bytes = [0; record::SIZE];
        eeprom.read(index * record::SIZE as u16, &mut bytes).unwrap();
        let record = Record::from_bytes(&bytes).expect("the EEPROM gave back another record");
        let (low, high) = record.range();
        let _ = writeln!(uart, "eeprom: record {index} of {RECORDS} intact, {low} to {high}");
    }
    let lost = LOST.load(Ordering::Relaxed);
    let _ = writeln!(uart, "datalog: {} samples, {lost} lost", usize::from(RECORDS) * SAMPLES);
    end(lost == 0)
}

fn start_sampling(timer: &mut SYST) {
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(board::CORE_HZ / SAMPLES_PER_SECOND - 1);
    timer.clear_current();
    timer.enable_counter();
    timer.enable_interrupt();
}

/// Runs a thousand times a second.
#[exception]
fn SysTick() {
    static mut TICK: i16 = 0;

    let sample = board::read_sensor(*TICK);
    *TICK = TICK.wrapping_add(1);
    critical_section::with(|token| {
        if let Some(producer) = SAMPLED.borrow_ref_mut(token).as_mut() {
            if producer.enqueue(sample).is_err() {
                LOST.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    // SAFETY: whoever had the port does not come back
    let _ = writeln!(unsafe { Uart::steal() }, "\n{info}");
    end(false)
}

/// Ends the run of the emulator; on a board without a debugger this faults, which ends it too.
fn end(well: bool) -> ! {
    debug::exit(if well { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    loop {
        cortex_m::asm::wfi();
    }
}
