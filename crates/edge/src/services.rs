//! What the gateway's pipeline needs of its surroundings, from Spin.

use meridian_gateway::Services;
use meridian_kernel::Instant;

/// Variables, counters, the clock and the log of the host.
#[derive(Clone, Copy, Debug)]
pub struct SpinServices;

impl Services for SpinServices {
    async fn variable(&self, name: &str) -> Option<String> {
        crate::variable(name).await
    }

    async fn increment(&self, key: &str, delta: i64) -> Option<i64> {
        crate::key_value::increment(key, delta).await
    }

    async fn update(&self, key: &str, change: impl Fn(i64) -> Option<i64>) -> Option<i64> {
        crate::key_value::update_counter(key, change).await
    }

    async fn exchange(&self, key: &str, value: &str) -> Option<String> {
        let before = crate::key_value::get(key).await;
        crate::key_value::set(key, value.as_bytes()).await;
        before.and_then(|bytes| String::from_utf8(bytes).ok())
    }

    async fn remove(&self, key: &str) {
        crate::key_value::delete(key).await;
    }

    fn now(&self) -> Instant {
        Instant::now()
    }

    #[allow(clippy::print_stderr, reason = "stderr is a component's log")]
    fn log(&self, line: &str) {
        eprintln!("{line}");
    }
}
