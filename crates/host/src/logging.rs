//! The log: one line per event on standard error, written by a thread of its own
//! so that no request waits for whoever reads it.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Serialize;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::cli::LogFormat;

/// How much may wait to be written. Beyond it, lines are lost rather than requests
/// held up.
const WAITING_BYTES: usize = 8 << 20;

/// How long lines are collected before they are written together: waking the
/// thread for each of them would cost more than the line.
const COLLECTED_FOR: Duration = Duration::from_millis(10);

/// What is logged unless `MERIDIAN_LOG` says otherwise.
const DEFAULT_FILTER: &str = "info,fjall=warn,lsm_tree=warn";

/// Where lines go that are JSON already, if the log is JSON.
static JSON: OnceLock<Waiting> = OnceLock::new();

/// The log; what is waiting is written when it is dropped.
#[derive(Debug)]
pub struct Log {
    waiting: Waiting,
    writer: Option<JoinHandle<()>>,
}

/// Lines that wait to be written.
#[derive(Clone, Debug, Default)]
struct Waiting(Arc<(Mutex<Lines>, Condvar)>);

#[derive(Debug, Default)]
struct Lines {
    bytes: Vec<u8>,
    closed: bool,
}

/// Starts the log of this process.
pub fn start(format: Option<LogFormat>) -> Log {
    let waiting = Waiting::default();
    let lines = waiting.clone();
    let writer = std::thread::Builder::new().name("log".to_owned());
    let writer = writer.spawn(move || lines.write_all()).ok();
    let filter =
        EnvFilter::try_from_env("MERIDIAN_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(waiting.clone())
        .with_ansi(io::stderr().is_terminal());
    match format.unwrap_or_else(default_format) {
        LogFormat::Json => {
            builder.json().flatten_event(true).with_current_span(false).init();
            // Set once, here: a process has one log.
            let _ = JSON.set(waiting.clone());
        }
        LogFormat::Pretty => builder.init(),
    }
    Log { waiting, writer }
}

/// Writes one line, past `tracing`, which takes several times as long for it: there is
/// one per request. False where the log is not JSON.
pub fn write_json<L: Serialize>(line: impl FnOnce() -> L) -> bool {
    let Some(waiting) = JSON.get() else { return false };
    // Most lines are shorter.
    let mut bytes = Vec::with_capacity(300);
    if serde_json::to_writer(&mut bytes, &line()).is_ok() {
        bytes.push(b'\n');
        waiting.push(&bytes);
    }
    true
}

fn default_format() -> LogFormat {
    if io::stderr().is_terminal() { LogFormat::Pretty } else { LogFormat::Json }
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, line: &[u8]) {
        let mut lines = self.lock();
        if lines.bytes.len() + line.len() > WAITING_BYTES {
            return;
        }
        if lines.bytes.is_empty() {
            self.0.1.notify_one();
        }
        lines.bytes.extend_from_slice(line);
    }

    fn close(&self) {
        self.lock().closed = true;
        self.0.1.notify_one();
    }

    /// The next lines together; `None` at the end.
    fn take(&self) -> Option<Vec<u8>> {
        let idle = |lines: &mut Lines| lines.bytes.is_empty() && !lines.closed;
        let lines = self.0.1.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
        let closed = lines.closed;
        drop(lines);
        if !closed {
            std::thread::sleep(COLLECTED_FOR);
        }
        let bytes = std::mem::take(&mut self.lock().bytes);
        Some(bytes).filter(|bytes| !bytes.is_empty())
    }

    fn write_all(&self) {
        while let Some(bytes) = self.take() {
            // Nobody is left to be told that the log cannot be written.
            let _ = io::stderr().write_all(&bytes);
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.waiting.close();
        if let Some(writer) = self.writer.take() {
            // A writer that failed has nothing more to write.
            let _ = writer.join();
        }
    }
}

impl<'a> MakeWriter<'a> for Waiting {
    type Writer = LineWriter<'a>;

    fn make_writer(&'a self) -> LineWriter<'a> {
        LineWriter(self)
    }
}

/// Takes one event: whole lines come in one call.
struct LineWriter<'a>(&'a Waiting);

impl Write for LineWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.push(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_written_together_and_in_order() {
        let waiting = Waiting::default();
        waiting.push(b"one\n");
        waiting.push(b"two\n");
        assert_eq!(waiting.take().unwrap(), b"one\ntwo\n");
        waiting.push(b"three\n");
        waiting.close();
        assert_eq!(waiting.take().unwrap(), b"three\n");
        assert_eq!(waiting.take(), None);
    }

    #[test]
    fn a_log_nobody_reads_does_not_grow_for_ever() {
        let waiting = Waiting::default();
        let line = vec![b'x'; 1 << 20];
        for _ in 0..100 {
            waiting.push(&line);
        }
        assert_eq!(waiting.take().unwrap().len(), WAITING_BYTES);
    }
}
