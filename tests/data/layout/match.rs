//! What Rust declares of match.h: all of it agrees, though much of it is written otherwise.
#![no_std]
#![allow(improper_ctypes_definitions, non_snake_case)]

use core::cell::{Cell, UnsafeCell};
use core::ffi::{c_char, c_void};
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::num::NonZeroU32;
use core::ptr::NonNull;
use core::sync::atomic::AtomicU32;

#[repr(C)]
pub struct Hidden { _nothing: [u8; 0] }
/// Not C's: it has other members.
pub struct Point { across: f32, up: f32, x: u8 }
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Plain { a: u8, b: u32, c: f32, d: f64, e: i16, f: u8, g: i8, h: bool }
#[repr(C)]
pub struct Pointers<'a> {
    plain: Option<NonNull<Plain>>,
    any: *const c_void,
    callback: Option<unsafe extern "C" fn(*mut c_void, u32)>,
    name: *const c_char,
    hidden: *mut Hidden,
    bytes: &'a mut u8,
    count: usize,
    registers: *mut Cell<u32>,
    next: Option<&'a Pointers<'a>>,
    table: &'a [u32; 4],
    lifetime: PhantomData<&'a u32>,
}
#[repr(transparent)]
pub struct Newtype(u32);
#[repr(C)]
pub struct Wrapped {
    atomic: AtomicU32,
    cell: UnsafeCell<u32>,
    unset: MaybeUninit<u32>,
    number: Option<NonZeroU32>,
    newtype: Newtype,
    maybe: u8,
}
#[repr(C)]
pub struct Open { length: u16, data: [u16; 0] }
#[repr(C)]
pub struct Bits { bits: u32, other: u32 }
#[repr(C)]
#[derive(Clone, Copy)]
pub union WordOrReal { word: u32, real: f32 }
#[repr(C)]
pub struct Nameless { kind: u8, value: WordOrReal, halves: [u16; 2] }
#[repr(C)]
pub struct Padded { a: u8, b: u32 }
#[repr(C, packed)]
pub struct Packed { a: u8, b: u32 }
#[repr(C)]
pub struct Keyword { r#type: u8, match_: u8 }
#[repr(C)]
pub struct Camel { item_count: u32, last_item: u32 }
#[repr(C)]
pub struct Matrix { rows: [[i16; 3]; 2] }
#[repr(C)]
pub struct Triple([u32; 3]);
#[repr(C, align(16))]
pub struct FarApart { word: u32 }
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Spot { x: u32, y: u32 }
#[repr(C)]
pub union Either { word: u32, bytes: [u8; 4] }
#[repr(C)]
#[derive(Clone, Copy)]
pub enum Color { Red, DarkBlue = 7 }
#[repr(C)]
#[derive(Clone, Copy)]
pub enum Small { Negative = -1, One = 1 }
#[repr(C)]
pub enum Single { One }
#[repr(u8)]
#[derive(Clone, Copy)]
pub enum Raw { A, B = 200 }
#[repr(C)]
pub struct WithEnums { color: Color, small: Small, raw: Raw, padding: u32 }

macro_rules! takes {
    ($($name:ident($($kind:ty),*);)*) => { $(#[unsafe(no_mangle)] pub extern "C" fn $name($(_: $kind),*) {})* };
}
takes! {
    take_plain(&Plain);
    take_pointers(&Pointers);
    take_wrapped(&Wrapped);
    take_open(&Open);
    take_bits(&Bits);
    take_nameless(&Nameless);
    take_padded(&Padded);
    take_packed(*mut Packed);
    take_keyword(&Keyword);
    take_camel(&Camel);
    take_matrix(&Matrix);
    take_triple(&Triple);
    take_far_apart(&FarApart);
    take_spot(Spot, Newtype);
    take_either(&Either);
    take_enums(&WithEnums, u8_or_enum, &Single);
    take_hidden(*mut Hidden, *mut u8, *const c_void);
    take_letters(i8, *const u8, *mut *mut c_char);
    take_addresses(*const Plain, Option<&mut u8>);
    nothing();
    old_style(u32, u32);
}
#[allow(non_camel_case_types)]
type u8_or_enum = Color;
#[unsafe(no_mangle)]
pub extern "C" fn give_plain(_: *mut u8) -> Plain {
    Plain { a: 1, b: 2, c: 3.0, d: 4.0, e: 5, f: 6, g: 7, h: true }
}
#[unsafe(no_mangle)]
pub extern "C" fn stop(_: u32) -> ! {
    loop {}
}
#[unsafe(no_mangle)]
pub extern "C" fn truth(yes: bool) -> u8 {
    yes as u8
}
#[unsafe(export_name = "counter")]
pub static COUNTER: AtomicU32 = AtomicU32::new(1);
#[unsafe(no_mangle)]
pub static mut buffer: [u8; 16] = [1; 16];

#[unsafe(no_mangle)]
pub extern "C" fn makes_a_point(number: f32) -> f32 {
    let point = core::hint::black_box(Point { across: number, up: 2.0, x: 1 });
    point.across + point.up + point.x as f32
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
