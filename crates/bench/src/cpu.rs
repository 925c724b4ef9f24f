//! How much processor time processes took, by the scheduler's own count.
//!
//! The ticks of `/proc/<pid>/stat` are too coarse for this: they are wrong by a
//! factor of two where threads run for microseconds at a time.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

/// Counts the processor time of a few processes, threads that ended included.
#[derive(Debug)]
pub struct CpuMeter {
    processes: Vec<u32>,
    /// Nanoseconds by process and thread, as last seen.
    threads: HashMap<(u32, u32), u64>,
    /// Nanoseconds of threads whose number was given to another.
    ended: u64,
}

impl CpuMeter {
    /// Looks often enough that a thread that ends loses next to nothing.
    pub const INTERVAL: Duration = Duration::from_millis(50);

    /// A meter of these processes.
    pub fn new(processes: Vec<u32>) -> Self {
        Self { processes, threads: HashMap::new(), ended: 0 }
    }

    /// All processor time seen so far, in nanoseconds. Only differences mean
    /// something: what ended before the first look is not in it.
    pub fn read(&mut self) -> u64 {
        for process in self.processes.clone() {
            for (thread, nanos) in threads_of(process) {
                let before = self.threads.insert((process, thread), nanos).unwrap_or(0);
                if nanos < before {
                    self.ended += before;
                }
            }
        }
        self.threads.values().sum::<u64>() + self.ended
    }
}

/// The threads of a process with their processor time; none where it is gone.
fn threads_of(process: u32) -> Vec<(u32, u64)> {
    let Ok(entries) = fs::read_dir(format!("/proc/{process}/task")) else { return Vec::new() };
    let thread = |entry: fs::DirEntry| {
        let number = entry.file_name().to_str()?.parse().ok()?;
        let text = fs::read_to_string(entry.path().join("schedstat")).ok()?;
        Some((number, text.split(' ').next()?.parse().ok()?))
    };
    entries.flatten().filter_map(thread).collect()
}

/// Memory of a process.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// All that is resident, files that are mapped included, in MiB.
    pub resident: u64,
    /// What is its own, in MiB.
    pub own: u64,
    /// The most that ever was resident, in MiB.
    pub peak: u64,
}

/// Memory of a process; nothing where it is gone.
pub fn memory(process: u32) -> Memory {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let mib = |field: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap_or_default();
        let digits: String = line.chars().filter(char::is_ascii_digit).collect();
        digits.parse::<u64>().unwrap_or(0) / 1024
    };
    Memory { resident: mib("VmRSS:"), own: mib("RssAnon:"), peak: mib("VmHWM:") }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Instant;

    use super::*;

    fn spin(time: Duration) {
        let started = Instant::now();
        while started.elapsed() < time {
            std::hint::spin_loop();
        }
    }

    #[test]
    fn work_of_threads_that_ended_stays_counted() {
        let mut meter = CpuMeter::new(vec![std::process::id()]);
        let before = meter.read();
        let (seen, look) = std::sync::mpsc::channel();
        let worker = thread::spawn(move || {
            spin(Duration::from_millis(60));
            seen.send(()).unwrap();
            // Alive until it was looked at.
            thread::sleep(Duration::from_millis(300));
        });
        look.recv().unwrap();
        let during = meter.read();
        worker.join().unwrap();
        let after = meter.read();
        // Other work of the machine may take the core away, never add to ours.
        assert!(during > before, "{before} {during}");
        assert!(after >= during, "{during} {after}");
    }

    #[test]
    fn a_process_has_memory_and_one_that_is_gone_has_none() {
        let own = memory(std::process::id());
        assert!(own.resident >= own.own && own.own > 0 && own.peak >= own.resident, "{own:?}");
        assert_eq!(memory(u32::MAX).resident, 0);
    }
}
