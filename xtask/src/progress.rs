//! Telling how far things are.

use std::time::{Duration, Instant};

use crate::Outcome;

/// A task of several steps.
pub struct Progress {
    done: usize,
    total: usize,
    started: Instant,
}

impl Progress {
    /// A task of so many steps that begins now.
    pub fn new(total: usize) -> Self {
        Self { done: 0, total, started: Instant::now() }
    }

    /// Runs a step, and tells how long it took.
    pub fn step<T>(
        &mut self,
        name: &str,
        work: impl FnOnce() -> Result<T, String>,
    ) -> Result<T, String> {
        self.done = self.done.saturating_add(1);
        let place = format!("[{}/{}]", self.done, self.total);
        println!("{place} {name} …");
        let started = Instant::now();
        let result = work().map_err(|error| format!("{name}: {error}"))?;
        println!("{place} {name}: {}", seconds(started.elapsed()));
        Ok(result)
    }

    /// Tells how long everything took.
    pub fn finish(self, what: &str) -> Outcome {
        println!("{what} in {}", seconds(self.started.elapsed()));
        Ok(())
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
