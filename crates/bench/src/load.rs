//! Bounded load: so many connections, each with one request in flight.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http::StatusCode;

use crate::client::{Ask, Client};
use crate::cpu::CpuMeter;

/// How long a server is left to do what comes behind its answers, which counts as well:
/// a call to deliver may wait for some milliseconds.
const BEHIND: Duration = Duration::from_millis(50);

/// When it ends.
#[derive(Clone, Copy, Debug)]
pub enum Amount {
    /// After that time.
    Time(Duration),
    /// After so many requests.
    Requests(u64),
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Answers.
    pub requests: u64,
    /// Answers that were not what was expected.
    pub refused: u64,
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// Of every answer, in order.
    latencies: Vec<Duration>,
    /// Processor time of the server.
    pub cpu: Duration,
}

impl Measured {
    /// Adds what came of asking the same once more.
    pub fn add(&mut self, more: Self) {
        self.requests += more.requests;
        self.refused += more.refused;
        self.elapsed += more.elapsed;
        self.cpu += more.cpu;
        self.latencies.extend(more.latencies);
        self.latencies.sort_unstable();
    }

    /// Requests per second.
    pub fn rate(&self) -> f64 {
        self.requests as f64 / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }

    /// Milliseconds within which that share of the answers came.
    pub fn percentile(&self, share: f64) -> f64 {
        percentile(&self.latencies, share)
    }

    /// Milliseconds of processor time per request.
    pub fn cpu_per_request(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e3 / (self.requests.max(1) as f64)
    }
}

/// Milliseconds within which that share lies, of times in order.
pub fn percentile(sorted: &[Duration], share: f64) -> f64 {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    let time = sorted.get(rank.saturating_sub(1)).or(sorted.last());
    time.copied().unwrap_or_default().as_secs_f64() * 1e3
}

/// Makes the request of a number.
pub type Source = Arc<dyn Fn(u64) -> Ask + Send + Sync>;

/// Whom to ask, and what.
#[derive(Clone)]
pub struct Target {
    /// Where.
    pub address: SocketAddr,
    /// Whose processor time counts.
    pub processes: Vec<u32>,
}

struct Shared {
    source: Source,
    /// `None`: any success.
    expected: Option<StatusCode>,
    /// Numbers of requests, over all loads of a target: no booking twice.
    next: Arc<AtomicU64>,
    last: u64,
    stop: AtomicBool,
}

impl Shared {
    fn take(&self) -> Option<u64> {
        if self.stop.load(Ordering::Relaxed) {
            return None;
        }
        // Numbers are taken on one thread: nobody comes between these two.
        let number = self.next.load(Ordering::Relaxed);
        if number >= self.last {
            return None;
        }
        self.next.store(number + 1, Ordering::Relaxed);
        Some(number)
    }

    fn is_expected(&self, status: StatusCode) -> bool {
        self.expected.map_or(status.is_success(), |expected| status == expected)
    }
}

/// Asks on so many connections at once. Every answer is expected to have that status,
/// or to be a success where none is named.
pub async fn load(
    target: &Target,
    connections: usize,
    amount: Amount,
    next: &Arc<AtomicU64>,
    source: &Source,
    expected: Option<StatusCode>,
) -> anyhow::Result<Measured> {
    let first = next.load(Ordering::Relaxed);
    let (last, limit) = match amount {
        Amount::Time(limit) => (u64::MAX, limit),
        Amount::Requests(count) => (first + count, Duration::from_secs(120)),
    };
    let (source, next) = (Arc::clone(source), Arc::clone(next));
    let shared = Arc::new(Shared { source, expected, next, last, stop: AtomicBool::new(false) });
    let mut clients = Vec::new();
    for _ in 0..connections {
        clients.push(Client::connect(target.address).await?);
    }
    let mut meter = CpuMeter::new(target.processes.clone());
    let (cpu, started) = (meter.read(), Instant::now());
    let tasks: Vec<_> = clients
        .into_iter()
        .map(|client| tokio::spawn(one_after_another(client, Arc::clone(&shared))))
        .collect();
    while started.elapsed() < limit && !tasks.iter().all(tokio::task::JoinHandle::is_finished) {
        tokio::time::sleep(CpuMeter::INTERVAL.min(limit)).await;
        meter.read();
    }
    shared.stop.store(true, Ordering::Relaxed);
    let mut measured = Measured::default();
    let mut ended = started;
    for task in tasks {
        let (answers, refused, last_answer) = task.await??;
        measured.refused += refused;
        measured.latencies.extend(answers);
        ended = ended.max(last_answer);
    }
    tokio::time::sleep(BEHIND).await;
    measured.cpu = Duration::from_nanos(meter.read().saturating_sub(cpu));
    measured.elapsed = ended - started;
    measured.requests = measured.latencies.len() as u64;
    measured.latencies.sort_unstable();
    Ok(measured)
}

async fn one_after_another(
    mut client: Client,
    shared: Arc<Shared>,
) -> anyhow::Result<(Vec<Duration>, u64, Instant)> {
    let (mut latencies, mut refused, mut last) = (Vec::new(), 0, Instant::now());
    while let Some(number) = shared.take() {
        let request = (shared.source)(number).request()?;
        let asked = Instant::now();
        let (status, _) = client.send(request).await?;
        last = Instant::now();
        latencies.push(last - asked);
        refused += u64::from(!shared.is_expected(status));
    }
    Ok((latencies, refused, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let times: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&times, 0.5), 100.0);
        assert_eq!(percentile(&times, 0.99), 198.0);
        assert_eq!(percentile(&times, 1.0), 200.0);
        assert_eq!(percentile(&[], 0.5), 0.0);
    }
}
