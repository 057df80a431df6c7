//! The machine timer of the first hart: "RISC-V Privileged Architecture", section 3.2.1, where SiFive's CLINT has it.

use riscv::register::mie;

/// virt counts at 10 MHz.
const INTERVAL: u64 = 50_000;
const MTIMECMP: *mut u32 = 0x0200_4000 as *mut u32;
const MTIME: *const u32 = 0x0200_bff8 as *const u32;

/// Asks for an interrupt every interval from now on.
pub fn start() {
    set(now() + INTERVAL);
    // SAFETY: the interrupt has a handler.
    unsafe { mie::set_mtimer() };
}

/// Asks for none any more.
pub fn stop() {
    // SAFETY: to turn an interrupt off endangers nobody.
    unsafe { mie::clear_mtimer() };
}

/// Asks for the interrupt after the one that was asked for: what its handler takes does not add up.
pub fn set_next() {
    // SAFETY: to read these registers changes nothing.
    let (low, high) = unsafe { (MTIMECMP.read_volatile(), MTIMECMP.add(1).read_volatile()) };
    set((u64::from(high) << 32 | u64::from(low)) + INTERVAL);
}

fn set(time: u64) {
    // SAFETY: nobody else writes these registers. In between they hold what is far away, so that no interrupt comes.
    unsafe {
        MTIMECMP.add(1).write_volatile(u32::MAX);
        MTIMECMP.write_volatile(time as u32);
        MTIMECMP.add(1).write_volatile((time >> 32) as u32);
    }
}

fn now() -> u64 {
    loop {
        // SAFETY: to read these registers changes nothing.
        let (high, low, again) =
            unsafe { (MTIME.add(1).read_volatile(), MTIME.read_volatile(), MTIME.add(1).read_volatile()) };
        if high == again {
            return u64::from(high) << 32 | u64::from(low);
        }
    }
}
