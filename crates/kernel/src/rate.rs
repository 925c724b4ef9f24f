//! How often something may happen.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// So many times within a window of time, and for how long nothing more is let
/// through once it were more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// Names it in headers and counters: letters, digits, `-` and `_`.
    pub name: Cow<'static, str>,
    /// How many times.
    pub limit: u32,
    /// How long a window is, in milliseconds; it begins with the first time.
    #[serde(rename = "ttl")]
    pub period: u32,
    /// How long the block is, in milliseconds, from the time that was too many; 0:
    /// until the window ends.
    #[serde(rename = "blockDuration")]
    pub block: u32,
}

impl Rate {
    /// The longest name.
    pub const MAX_NAME: usize = 32;

    /// The most times a window can have: its counter has room for more than that.
    pub const MAX_LIMIT: u32 = 1_000_000;

    /// The longest window and block: a day, in milliseconds.
    pub const MAX_PERIOD: u32 = 86_400_000;

    /// So many times within so many milliseconds, and no block beyond the window.
    pub const fn new(name: &'static str, limit: u32, period: u32) -> Self {
        Self { name: Cow::Borrowed(name), limit, period, block: 0 }
    }

    /// The same with a block of so many milliseconds.
    pub const fn blocking(mut self, block: u32) -> Self {
        self.block = block;
        self
    }
}
