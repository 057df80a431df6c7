//! What Rust declares of mismatch.h: every declaration differs in one thing.
#![no_std]
#![allow(improper_ctypes_definitions)]

use core::ffi::{c_char, c_void};

#[repr(C)]
pub struct ShortOne { first: u32 }
#[repr(C)]
pub struct Swapped { a: u8, c: u8, b: u16 }
#[repr(C)]
pub struct Packed { a: u8, b: u32 }
#[repr(C)]
pub struct UnsignedOne { value: u32, other: u32 }
#[repr(C)]
pub struct Number { value: u32, other: u32 }
#[repr(C)]
pub struct Address { base: usize, other: u32 }
#[repr(C)]
pub struct Row { bytes: [u8; 4], more: [u8; 2], other: u16 }
#[repr(C)]
pub struct Inner { value: u32 }
#[repr(C)]
pub struct Outer { inner: Inner, other: u32 }
#[repr(C)]
pub struct Either { word: u32, more: u32 }
#[repr(C)]
pub struct Longer { value: u32, more: u32 }
#[repr(C, align(16))]
pub struct Aligned { words: [u32; 4] }
#[repr(C)]
pub struct Flags { on: bool, off: u8 }
#[repr(C)]
pub struct Letter { letter: char, other: u32 }
#[repr(C)]
pub struct Callback { done: Option<extern "C" fn(u16, *mut c_void)>, other: u32 }
#[repr(C)]
pub struct Tail { value: u32 }
#[repr(C)]
pub struct Gauge { low: u32, high: u32 }
#[repr(C)]
pub struct ListedInRust { value: u32, scale: u32 }
#[repr(C)]
pub struct Twice { row: Row, other: u16 }
#[repr(C)]
pub struct Spot { y: u16, x: u16 }
#[repr(u8)]
#[derive(Clone, Copy)]
pub enum Wide { Small, Large }
#[repr(C)]
#[derive(Clone, Copy)]
pub enum Level { Low = 1, High = 3 }
#[repr(C)]
#[derive(Clone, Copy)]
pub enum State { Off, On }

macro_rules! takes {
    ($($name:ident($kind:ty);)*) => { $(#[unsafe(no_mangle)] pub extern "C" fn $name(_it: $kind) {})* };
}
takes! {
    take_short(&ShortOne);
    take_swapped(&Swapped);
    take_packed(*mut Packed);
    take_unsigned(&mut UnsignedOne);
    take_number(Option<&mut Number>);
    take_address(&Address);
    take_row(&Row);
    take_outer(&Outer);
    take_either(&Either);
    take_longer(&Longer);
    take_aligned(&Aligned);
    take_flags(&Flags);
    take_letter(&Letter);
    take_callback(&Callback);
    take_tail(&Tail);
    take_twice(*mut *mut Twice);
    take_spot(&Spot);
    take_wide(&Wide);
    take_level(&Level);
    take_state(State);
    few_arguments(u32);
    int_for_float(f32);
    narrow(u32);
    truth(bool);
    further(*const c_char);
    words(*mut u16);
    deep(*mut *mut u32);
    by_value(f32);
}
#[unsafe(no_mangle)]
pub extern "C" fn many_arguments(_: u32, _: u32) {}
#[unsafe(no_mangle)]
pub extern "C" fn slice(_bytes: &[u8], _more: u32) {}
#[unsafe(no_mangle)]
pub extern "C" fn returns_nothing() {}
#[unsafe(no_mangle)]
pub extern "C" fn returns_a_word() -> u32 { 1 }
#[unsafe(no_mangle)]
pub extern "C" fn returns_double() -> f64 { 1.0 }
#[unsafe(no_mangle)]
pub static mut shared_word: u64 = 1;
#[unsafe(no_mangle)]
pub static mut shared_row: [u16; 5] = [1; 5];

unsafe extern "C" {
    safe fn show_gauge(gauge: &Gauge);
    safe fn show_listed(listed: &ListedInRust);
}
#[unsafe(no_mangle)]
pub extern "C" fn shows(number: u32) {
    let gauge = Gauge { low: number, high: 2 };
    show_gauge(&gauge);
    let listed = ListedInRust { value: number, scale: 2 };
    show_listed(&listed);
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
