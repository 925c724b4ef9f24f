//! Chance that can be had again.

/// A small generator: the same seed, the same choices. A test that fails while one
/// lives says its seed.
#[derive(Debug)]
pub struct Random {
    seed: u64,
    state: u64,
}

impl Random {
    /// One that begins with a seed.
    pub const fn seeded(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    /// Steps by a constant and mixes what it stepped to (splitmix64), so that seeds
    /// next to each other have nothing in common.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("less than an usize")
    }

    /// A number of a range, such as minutes.
    pub fn within(&mut self, range: std::ops::Range<i64>) -> i64 {
        range.start + (self.next() % range.end.abs_diff(range.start)).cast_signed()
    }

    /// Once in so many times.
    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    /// One of some.
    pub fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    /// Up to so many of some, in their order.
    pub fn some<T: Clone>(&mut self, most: usize, of: &[T]) -> Vec<T> {
        let mut left = of.len().min(most);
        let mut chosen = Vec::with_capacity(left);
        for (index, one) in of.iter().enumerate() {
            if self.below(of.len() - index) < left {
                chosen.push(one.clone());
                left -= 1;
            }
        }
        chosen
    }
}

impl Drop for Random {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- chosen by the seed {}", self.seed);
        }
    }
}
