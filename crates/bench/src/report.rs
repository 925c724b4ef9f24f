//! What is printed: Markdown, with the bars beside the figures.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use crate::cpu::Memory;
use crate::figures::Organizations;
use crate::rows::Line;

/// As a multiple of the floor's processor time.
const RATIO_BAR: f64 = 3.0;

const START_BAR: Duration = Duration::from_secs(1);

/// Milliseconds.
const PROVISIONING_BAR: f64 = 20.0;

/// MiB, with [`ORGANIZATIONS_BAR`] organisations.
const MEMORY_BAR: u64 = 300;

const ORGANIZATIONS_BAR: usize = 1_000;

/// Everything that was measured.
pub struct Report {
    /// Whether it was too short to say much.
    pub quick: bool,
    /// From the command to `/readyz`; components were compiled where need be.
    pub first_start: Duration,
    /// The same on a folder that was served before.
    pub second_start: Duration,
    /// Server and floor.
    pub lines: Vec<Line>,
    /// The server's memory after them.
    pub loaded: Memory,
    /// Provisioning.
    pub organizations: Organizations,
    /// Through a database server.
    pub remote: Option<Vec<Line>>,
}

impl Report {
    /// The tables.
    pub fn to_markdown(&self) -> String {
        let mut text = format!(
            "{}; who asks runs on the same machine. CPU: processor time of the server per \
             request. Floor: the same SQL and rules natively, in the same run.\n\n",
            machine()
        );
        text.push_str(&lines_table(&self.lines));
        text.push_str(&refusals(&self.lines));
        text.push_str(&self.figures_table());
        if let Some(remote) = &self.remote {
            text.push_str(
                "\nThrough the component `libsql` to `meridian db`, processor time of both:\n\n",
            );
            text.push_str(&lines_table(remote));
            text.push_str(&refusals(remote));
        }
        if self.quick {
            text.push_str("\nA quick run: too short to judge by.\n");
        }
        text
    }

    fn figures_table(&self) -> String {
        let organizations = &self.organizations;
        let mut text = String::from("\n| figure | measured | bar | |\n|---|---:|---|---|\n");
        let mut row = |name: &str, measured: String, bar: String, met: Option<bool>| {
            let word = met.map_or("", verdict);
            // Writing to a text never fails.
            let _ = writeln!(text, "| {name} | {measured} | {bar} | {word} |");
        };
        row("first start to `/readyz` 200", seconds(self.first_start), String::new(), None);
        row(
            "second start to `/readyz` 200",
            seconds(self.second_start),
            format!("< {}", seconds(START_BAR)),
            Some(self.second_start < START_BAR),
        );
        row(
            &format!("provisioning, p50 of {}", organizations.timed),
            format!("{:.1} ms", organizations.p50),
            format!("< {PROVISIONING_BAR} ms"),
            Some(organizations.p50 < PROVISIONING_BAR),
        );
        let p99 = format!("{:.1} ms", organizations.p99);
        row("provisioning, p99", p99, String::new(), None);
        row("memory of a new server", memory(organizations.empty), String::new(), None);
        row(
            &format!("memory, {} organisations each touched once", organizations.count),
            memory(organizations.full),
            format!("< {MEMORY_BAR} MiB"),
            (organizations.count >= ORGANIZATIONS_BAR)
                .then_some(organizations.full.resident < MEMORY_BAR),
        );
        row("memory after the load above", memory(self.loaded), String::new(), None);
        text
    }
}

/// Other work of the machine costs cache and latency: its load belongs to the figures.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    format!("{cores} cores, load average {load} at the end")
}

fn lines_table(lines: &[Line]) -> String {
    let mut text = String::from(
        "| request | conn. | bytes | req/s | p50 ms | p99 ms | CPU ms | floor req/s | floor p50 | \
         floor p99 | floor CPU ms | CPU ratio | bars | |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|---|\n",
    );
    for line in lines {
        let server = &line.server;
        let _ = write!(
            text,
            "| {} | {} | {} | {:.0} | {:.2} | {:.2} | {:.3} | ",
            line.row.name(),
            line.connections,
            line.bytes,
            server.rate(),
            server.percentile(0.5),
            server.percentile(0.99),
            server.cpu_per_request(),
        );
        match (&line.floor, line.ratio()) {
            (Some(floor), Some(ratio)) => {
                let _ = write!(
                    text,
                    "{:.0} | {:.2} | {:.2} | {:.3} | {ratio:.1} | ",
                    floor.rate(),
                    floor.percentile(0.5),
                    floor.percentile(0.99),
                    floor.cpu_per_request(),
                );
            }
            _ => text.push_str("| | | | | "),
        }
        let (bars, verdicts) = bars(line);
        let _ = writeln!(text, "{bars} | {verdicts} |");
    }
    text
}

/// The bars of a line and whether each is met. Those of processor time are for
/// databases in process, which is where there is a floor.
fn bars(line: &Line) -> (String, String) {
    let (mut bars, mut verdicts) = (Vec::new(), Vec::new());
    if let Some(ratio) = line.ratio() {
        if let Some(bar) = line.row.cpu_bar() {
            bars.push(format!("CPU ≤ {bar} ms"));
            verdicts.push(verdict(line.server.cpu_per_request() <= bar));
        }
        bars.push(format!("ratio ≤ {RATIO_BAR}"));
        verdicts.push(verdict(ratio <= RATIO_BAR));
    }
    (bars.join(", "), verdicts.join(", "))
}

/// Answers that were no success; figures beside them mean little.
fn refusals(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        let measured = [("server", Some(&line.server)), ("floor", line.floor.as_ref())];
        for (who, measured) in measured {
            let Some(measured) = measured.filter(|measured| measured.refused > 0) else { continue };
            let _ = writeln!(
                text,
                "\n{}, {} connections: {} of {} answers of the {who} were no success.",
                line.row.name(),
                line.connections,
                measured.refused,
                measured.requests
            );
        }
    }
    text
}

const fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "missed" }
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

fn memory(memory: Memory) -> String {
    format!("{} MiB ({} its own)", memory.resident, memory.own)
}

/// Prints the result.
pub fn print(text: &str) -> io::Result<()> {
    io::stdout().write_all(text.as_bytes())
}

/// Tells how far it is.
pub fn progress(text: &str) {
    // Without anybody to read it there is nobody to tell.
    let _ = writeln!(io::stderr(), "{text}");
}
