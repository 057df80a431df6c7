//! The border to C, `c/include/hello.h`: declarations as C has them, and safe functions around them.

use core::mem::{MaybeUninit, offset_of};

/// `enum unit`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub enum Unit {
    None,
    Volt,
    Kelvin,
}

/// `struct sample`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Sample {
    pub unit: Unit,
    pub value: f64,
    pub channel: u16,
}

/// `struct sample_layout`; all in bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct SampleLayout {
    size: usize,
    unit_size: usize,
    value_offset: usize,
    channel_offset: usize,
}

unsafe extern "C" {
    fn hello_sum(values: *const u32, count: usize) -> u32;
    fn hello_reverse(samples: *mut Sample, count: usize);
    fn hello_sample_layout(layout: *mut SampleLayout);
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
    safe fn hello_mean(a: f32, b: f32) -> f32;
}

/// Called by `hello_sum` for every addition.
#[unsafe(no_mangle)]
extern "C" fn hello_add(a: u32, b: u32) -> u32 {
    a.wrapping_add(b)
}

/// Adds the values up: C loops, Rust adds.
pub fn sum(values: &[u32]) -> u32 {
    // SAFETY: the pointer and the count describe `values`, which C only reads and does not keep.
    unsafe { hello_sum(values.as_ptr(), values.len()) }
}

/// Puts the last sample first.
pub fn reverse(samples: &mut [Sample]) {
    // SAFETY: the pointer and the count describe `samples`, borrowed for the call alone. C moves whole samples, so that
    // every unit stays a valid one.
    unsafe { hello_reverse(samples.as_mut_ptr(), samples.len()) }
}

/// Tells how Rust lays a sample out.
pub const fn sample_layout() -> SampleLayout {
    SampleLayout {
        size: size_of::<Sample>(),
        unit_size: size_of::<Unit>(),
        value_offset: offset_of!(Sample, value),
        channel_offset: offset_of!(Sample, channel),
    }
}

/// Tells how C lays a sample out.
pub fn sample_layout_in_c() -> SampleLayout {
    let mut layout = MaybeUninit::uninit();
    // SAFETY: C writes every field.
    unsafe {
        hello_sample_layout(layout.as_mut_ptr());
        layout.assume_init()
    }
}

/// The mean of two numbers that travel by value, in the registers of the target's float ABI.
#[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
pub fn mean(a: f32, b: f32) -> f32 {
    hello_mean(a, b)
}
