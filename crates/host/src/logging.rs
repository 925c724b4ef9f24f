//! The log: one line per event on standard error, written by a thread of its own
//! so that no request waits for whoever reads it.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::cli::LogFormat;

/// How many lines may wait to be written. Beyond it, lines are lost rather than
/// requests held up.
const WAITING_LINES: usize = 16 << 10;

/// How often what was written is sent on while lines keep coming.
const FLUSH_INTERVAL: Duration = Duration::from_millis(50);

/// What is logged unless `MERIDIAN_LOG` says otherwise.
const DEFAULT_FILTER: &str = "info,fjall=warn,lsm_tree=warn";

/// The log; what is waiting is written when it is dropped.
#[derive(Debug)]
pub struct Log {
    lines: SyncSender<Option<Vec<u8>>>,
    writer: Option<JoinHandle<()>>,
}

/// Starts the log of this process.
pub fn start(format: Option<LogFormat>) -> Log {
    let (lines, waiting) = sync_channel(WAITING_LINES);
    let writer = std::thread::Builder::new().name("log".to_owned()).spawn(|| write(waiting)).ok();
    let filter =
        EnvFilter::try_from_env("MERIDIAN_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(Lines(lines.clone()))
        .with_ansi(io::stderr().is_terminal());
    match format.unwrap_or_else(default_format) {
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).init(),
        LogFormat::Pretty => builder.init(),
    }
    Log { lines, writer }
}

fn default_format() -> LogFormat {
    if io::stderr().is_terminal() { LogFormat::Pretty } else { LogFormat::Json }
}

fn write(lines: Receiver<Option<Vec<u8>>>) {
    let mut out = BufWriter::new(io::stderr());
    loop {
        // Nobody is left to be told that the log cannot be written.
        match lines.recv_timeout(FLUSH_INTERVAL) {
            Ok(Some(line)) => {
                let _ = out.write_all(&line);
            }
            Err(RecvTimeoutError::Timeout) => {
                let _ = out.flush();
            }
            Ok(None) | Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let _ = out.flush();
}

impl Drop for Log {
    fn drop(&mut self) {
        let _ = self.lines.send(None);
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

/// Hands lines to the thread that writes them.
struct Lines(SyncSender<Option<Vec<u8>>>);

impl<'a> MakeWriter<'a> for Lines {
    type Writer = LineWriter;

    fn make_writer(&'a self) -> LineWriter {
        LineWriter { lines: self.0.clone(), line: Vec::new() }
    }
}

/// Collects one event.
struct LineWriter {
    lines: SyncSender<Option<Vec<u8>>>,
    line: Vec<u8>,
}

impl Write for LineWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for LineWriter {
    fn drop(&mut self) {
        let line = std::mem::take(&mut self.line);
        match self.lines.try_send(Some(line)) {
            Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    }
}
