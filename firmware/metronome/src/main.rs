//! A metronome: the machine timer beats, and C says which beats are accented.

#![no_std]
#![no_main]

mod rhythm;
mod timer;
mod virt;

use core::panic::PanicInfo;
use core::sync::atomic::{AtomicU32, Ordering};

use embedded_io::Write;
use riscv::interrupt::Interrupt;
use riscv_rt::{core_interrupt, entry};

use virt::Uart;

const BEATS_PER_BAR: u32 = 8;
const ACCENTS_OF_BARS: [u32; 2] = [3, 5];

/// How many beats there were.
static BEATS: AtomicU32 = AtomicU32::new(0);

#[entry]
fn main() -> ! {
    let late = play(&mut Uart).unwrap();
    virt::end(late == 0)
}

/// Plays the bars to any port; tells how many beats came before the one before them was printed.
fn play<Port: Write>(port: &mut Port) -> Result<u32, embedded_io::WriteFmtError<Port::Error>> {
    let (mut played, mut late) = (0, 0);
    timer::start();
    for accents in ACCENTS_OF_BARS {
        write!(port, "{accents} of {BEATS_PER_BAR}: ")?;
        for beat in 0..BEATS_PER_BAR {
            wait_for_beat(played);
            played += 1;
            let accented = rhythm::is_accent(beat, accents, BEATS_PER_BAR);
            write!(port, "{}", if accented { 'x' } else { '.' })?;
            late += u32::from(BEATS.load(Ordering::Relaxed) != played);
        }
        writeln!(port)?;
    }
    timer::stop();
    writeln!(port, "metronome: {played} beats, {late} late")?;
    Ok(late)
}

/// Sleeps until there were more beats than `played`.
fn wait_for_beat(played: u32) {
    while BEATS.load(Ordering::Relaxed) <= played {
        // A beat that comes between the two is not slept through: an interrupt that is pending ends wfi.
        riscv::interrupt::disable();
        if BEATS.load(Ordering::Relaxed) <= played {
            riscv::asm::wfi();
        }
        // SAFETY: the code around shares nothing with the interrupt but an atomic.
        unsafe { riscv::interrupt::enable() };
    }
}

#[core_interrupt(Interrupt::MachineTimer)]
fn beat() {
    timer::set_next();
    BEATS.fetch_add(1, Ordering::Relaxed);
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    let _ = writeln!(Uart, "\n{info}");
    virt::end(false)
}
