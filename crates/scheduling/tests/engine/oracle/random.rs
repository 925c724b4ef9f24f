//! A small generator: the same cases on every machine.

use std::ops::Range;

use meridian_scheduling::CivilMinute;

/// Steps by a constant and mixes what it stepped to (splitmix64), so that seeds next
/// to each other have nothing in common.
pub struct Random(u64);

impl Random {
    pub const fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    /// In minutes, days and the like, which are signed.
    pub fn within(&mut self, range: Range<i64>) -> i64 {
        range.start + self.below(usize::try_from(range.end - range.start).unwrap()) as i64
    }

    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    pub fn list<T>(&mut self, count: Range<i64>, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.within(count)).map(|_| one(self)).collect()
    }

    pub fn maybe<T>(&mut self, many: usize, one: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.one_in(many).then(|| one(self))
    }

    pub fn time_of_day(&mut self) -> CivilMinute {
        let minute = match self.below(6) {
            0 => 0,
            1 => 23 * 60 + 59,
            2 => self.below(24 * 60),
            _ => self.below(24 * 4) * 15,
        };
        let minute = u16::try_from(minute).unwrap();
        CivilMinute::new(minute / 60, minute % 60).unwrap()
    }
}
