//! Numbers that look random and are the same in every run and on every target.

/// A linear congruential generator, with the constants of Knuth's MMIX.
pub struct Lcg(u64);

impl Lcg {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number; made of the upper bits, since the lower ones of such a generator repeat soon.
    pub fn next_u32(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 32) as u32
    }

    /// A number below the bound, which must not be 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        self.next_u32() % bound
    }

    pub fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.next_u32() as u8);
    }
}
