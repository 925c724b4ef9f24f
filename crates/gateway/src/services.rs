//! What the pipeline needs of its surroundings, so that it runs natively in tests.

use meridian_kernel::Instant;

/// Variables, counters, the clock and the log.
#[allow(async_fn_in_trait, reason = "futures stay in the guest that made them")]
pub trait Services {
    /// A variable; `None` where empty or undefined.
    async fn variable(&self, name: &str) -> Option<String>;

    /// Adds to a shared counter, which begins at 0; `None` where the store failed.
    async fn increment(&self, key: &str, delta: i64) -> Option<i64>;

    /// Changes a shared counter atomically: `change` is given what is there and
    /// answers what shall be, or `None` to leave it. Answers what is there in the
    /// end; `None` where the store failed.
    async fn update(&self, key: &str, change: impl Fn(i64) -> Option<i64>) -> Option<i64>;

    /// Sets a shared text and answers the one that was there. Nobody else changes the
    /// same one at the same time.
    async fn exchange(&self, key: &str, value: &str) -> Option<String>;

    /// Removes a shared counter or text, or fails silently.
    async fn remove(&self, key: &str);

    /// The clock.
    fn now(&self) -> Instant;

    /// One line for the log.
    fn log(&self, line: &str);
}
