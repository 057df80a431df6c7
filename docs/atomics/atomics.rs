//! Atomic accesses for one core without compare-and-swap, by masking interrupts: Arm M profile, RISC-V in machine mode.
//!
//! `__sync_*` is what Rust calls where the target has `atomics-32` or `forced-atomics`. Not for several cores, and not
//! for accesses that race with a handler that cannot be masked (NMI, HardFault).

use core::arch::asm;

#[cfg(target_arch = "arm")]
#[inline(always)]
fn without_interrupts<T>(access: impl FnOnce() -> T) -> T {
    let before: u32;
    unsafe { asm!("mrs {}, primask", "cpsid i", out(reg) before, options(nostack, preserves_flags)) };
    let result = access();
    unsafe { asm!("msr primask, {}", in(reg) before, options(nostack, preserves_flags)) };
    result
}

#[cfg(any(target_arch = "riscv32", target_arch = "riscv64"))]
#[inline(always)]
fn without_interrupts<T>(access: impl FnOnce() -> T) -> T {
    let before: usize;
    unsafe { asm!("csrrci {}, mstatus, 8", out(reg) before, options(nostack, preserves_flags)) };
    let result = access();
    unsafe { asm!("csrs mstatus, {}", in(reg) before & 8, options(nostack, preserves_flags)) };
    result
}

/// LLVM does not extend small operands as the ABI of C wants it, so they are taken as whole registers, of which the low part
/// counts. It takes every result for unsigned.
macro_rules! fetch {
    ($name:ident, $type:ty, |$old:ident, $value:ident| $result:expr) => {
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(at: *mut $type, given: usize) -> $type {
            let $value = given as $type;
            without_interrupts(|| unsafe {
                let $old = at.read_volatile();
                at.write_volatile($result);
                $old
            })
        }
    };
}

macro_rules! compare_and_swap {
    ($name:ident, $type:ty) => {
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(at: *mut $type, expected: usize, value: usize) -> $type {
            without_interrupts(|| unsafe {
                let old = at.read_volatile();
                if old == expected as $type {
                    at.write_volatile(value as $type);
                }
                old
            })
        }
    };
}

compare_and_swap!(__sync_val_compare_and_swap_1, u8);
fetch!(__sync_lock_test_and_set_1, u8, |old, value| value);
fetch!(__sync_fetch_and_add_1, u8, |old, value| old.wrapping_add(value));
fetch!(__sync_fetch_and_sub_1, u8, |old, value| old.wrapping_sub(value));
fetch!(__sync_fetch_and_and_1, u8, |old, value| old & value);
fetch!(__sync_fetch_and_or_1, u8, |old, value| old | value);
fetch!(__sync_fetch_and_xor_1, u8, |old, value| old ^ value);
fetch!(__sync_fetch_and_nand_1, u8, |old, value| !(old & value));
fetch!(__sync_fetch_and_max_1, u8, |old, value| (old as i8).max(value as i8)
    as u8);
fetch!(__sync_fetch_and_min_1, u8, |old, value| (old as i8).min(value as i8)
    as u8);
fetch!(__sync_fetch_and_umax_1, u8, |old, value| old.max(value));
fetch!(__sync_fetch_and_umin_1, u8, |old, value| old.min(value));

compare_and_swap!(__sync_val_compare_and_swap_2, u16);
fetch!(__sync_lock_test_and_set_2, u16, |old, value| value);
fetch!(__sync_fetch_and_add_2, u16, |old, value| old.wrapping_add(value));
fetch!(__sync_fetch_and_sub_2, u16, |old, value| old.wrapping_sub(value));
fetch!(__sync_fetch_and_and_2, u16, |old, value| old & value);
fetch!(__sync_fetch_and_or_2, u16, |old, value| old | value);
fetch!(__sync_fetch_and_xor_2, u16, |old, value| old ^ value);
fetch!(__sync_fetch_and_nand_2, u16, |old, value| !(old & value));
fetch!(__sync_fetch_and_max_2, u16, |old, value| (old as i16).max(value as i16)
    as u16);
fetch!(__sync_fetch_and_min_2, u16, |old, value| (old as i16).min(value as i16)
    as u16);
fetch!(__sync_fetch_and_umax_2, u16, |old, value| old.max(value));
fetch!(__sync_fetch_and_umin_2, u16, |old, value| old.min(value));

compare_and_swap!(__sync_val_compare_and_swap_4, u32);
fetch!(__sync_lock_test_and_set_4, u32, |old, value| value);
fetch!(__sync_fetch_and_add_4, u32, |old, value| old.wrapping_add(value));
fetch!(__sync_fetch_and_sub_4, u32, |old, value| old.wrapping_sub(value));
fetch!(__sync_fetch_and_and_4, u32, |old, value| old & value);
fetch!(__sync_fetch_and_or_4, u32, |old, value| old | value);
fetch!(__sync_fetch_and_xor_4, u32, |old, value| old ^ value);
fetch!(__sync_fetch_and_nand_4, u32, |old, value| !(old & value));
fetch!(__sync_fetch_and_max_4, u32, |old, value| (old as i32).max(value as i32)
    as u32);
fetch!(__sync_fetch_and_min_4, u32, |old, value| (old as i32).min(value as i32)
    as u32);
fetch!(__sync_fetch_and_umax_4, u32, |old, value| old.max(value));
fetch!(__sync_fetch_and_umin_4, u32, |old, value| old.min(value));

#[cfg(target_pointer_width = "64")]
compare_and_swap!(__sync_val_compare_and_swap_8, u64);
#[cfg(target_pointer_width = "64")]
fetch!(__sync_lock_test_and_set_8, u64, |old, value| value);
#[cfg(target_pointer_width = "64")]
fetch!(__sync_fetch_and_add_8, u64, |old, value| old.wrapping_add(value));
#[cfg(target_pointer_width = "64")]
fetch!(__sync_fetch_and_sub_8, u64, |old, value| old.wrapping_sub(value));
#[cfg(target_pointer_width = "64")]
fetch!(__sync_fetch_and_and_8, u64, |old, value| old & value);
#[cfg(target_pointer_width = "64")]
fetch!(__sync_fetch_and_or_8, u64, |old, value| old | value);
#[cfg(target_pointer_width = "64")]
fetch!(__sync_fetch_and_xor_8, u64, |old, value| old ^ value);
#[cfg(target_pointer_width = "64")]
fetch!(__sync_fetch_and_nand_8, u64, |old, value| !(old & value));
#[cfg(target_pointer_width = "64")]
fetch!(__sync_fetch_and_max_8, u64, |old, value| (old as i64).max(value as i64)
    as u64);
#[cfg(target_pointer_width = "64")]
fetch!(__sync_fetch_and_min_8, u64, |old, value| (old as i64).min(value as i64)
    as u64);
#[cfg(target_pointer_width = "64")]
fetch!(__sync_fetch_and_umax_8, u64, |old, value| old.max(value));
#[cfg(target_pointer_width = "64")]
fetch!(__sync_fetch_and_umin_8, u64, |old, value| old.min(value));
