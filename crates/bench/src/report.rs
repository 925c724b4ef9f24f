//! What is printed: Markdown, with the bars beside the figures.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use crate::claim::{self, Claim, verdict};
use crate::cpu::Memory;
use crate::explain::Plan;
use crate::rows::{CONNECTIONS, Line};

/// A part of the report.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// What it is about.
    pub title: String,
    /// Requests.
    pub lines: Vec<Line>,
    /// Figures.
    pub claims: Vec<Claim>,
    /// How statements are found, with the names of those that ask.
    pub plans: Vec<(String, Vec<Plan>)>,
}

impl Section {
    /// As Markdown.
    pub fn to_markdown(&self) -> String {
        let mut text = format!("\n### {}\n", self.title);
        if !self.lines.is_empty() {
            text.push_str(&lines_table(&self.lines));
            text.push_str(&refusals(&self.lines));
        }
        if !self.claims.is_empty() {
            text.push_str(&claim::table(&self.claims));
        }
        for (name, plans) in &self.plans {
            text.push_str(&plans_list(name, plans));
        }
        text
    }
}

/// What all figures are about.
pub fn heading(quick: bool) -> String {
    let mut text = format!(
        "{}; who asks runs on the same machine. CPU: processor time of the server per request. \
         Floor: the same SQL and rules natively, in the same run.\n",
        machine()
    );
    if quick {
        text.push_str("A quick run: too short to judge by.\n");
    }
    text
}

/// Other work of the machine costs cache and latency: its load belongs to the figures.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    format!("{cores} cores, load average {load}")
}

fn lines_table(lines: &[Line]) -> String {
    let has_floor = lines.iter().any(|line| line.floor.is_some());
    let mut text =
        String::from("\n| request | conn. | bytes | req/s | p50 ms | p99 ms | CPU ms | ");
    if has_floor {
        text.push_str("floor req/s | floor p50 | floor p99 | floor CPU ms | CPU ratio | ");
    }
    text.push_str("bars | |\n|---|---:|---:|---:|---:|---:|---:|");
    if has_floor {
        text.push_str("---:|---:|---:|---:|---:|");
    }
    text.push_str("---|---|\n");
    for line in lines {
        let server = &line.server;
        let _ = write!(
            text,
            "| {} | {} | {} | {:.0} | {:.2} | {:.2} | {:.3} | ",
            line.name,
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
            _ if has_floor => text.push_str("| | | | | "),
            _ => {}
        }
        let (bars, verdicts) = bars(line);
        let _ = writeln!(text, "{bars} | {verdicts} |");
    }
    text
}

/// The bars of a line, and whether each is met.
fn bars(line: &Line) -> (String, String) {
    let (mut bars, mut verdicts) = (Vec::new(), Vec::new());
    let (server, limits) = (&line.server, line.bars);
    let [few, many] = CONNECTIONS.map(|connections| line.connections == connections);
    let mut hold = |bar: String, met: bool| {
        bars.push(bar);
        verdicts.push(verdict(met));
    };
    if let Some(bar) = limits.cpu {
        hold(format!("CPU ≤ {bar} ms"), server.cpu_per_request() <= bar);
    }
    if let Some((bar, ratio)) = limits.ratio.zip(line.ratio()) {
        hold(format!("ratio ≤ {bar}"), ratio <= bar);
    }
    if let Some(bar) = limits.p99.filter(|_| few) {
        hold(format!("p99 < {bar} ms"), server.percentile(0.99) < bar);
    }
    if let Some(bar) = limits.rate.filter(|_| many) {
        hold(format!("≥ {bar}/s"), server.rate() >= bar);
    }
    (bars.join(", "), verdicts.join(", "))
}

/// Answers that were not what they should be; figures beside them mean little.
fn refusals(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        let measured = [("server", Some(&line.server)), ("floor", line.floor.as_ref())];
        for (who, measured) in measured {
            let Some(measured) = measured.filter(|measured| measured.refused > 0) else { continue };
            let _ = writeln!(
                text,
                "\n{}, {} connections: {} of {} answers of the {who} were not as expected.",
                line.name, line.connections, measured.refused, measured.requests
            );
        }
    }
    text
}

fn plans_list(name: &str, plans: &[Plan]) -> String {
    let full = plans.iter().filter(|plan| !plan.full_scans.is_empty()).count();
    let verdict = match full {
        0 => "every table is read by an index".to_owned(),
        _ => format!("{full} of {} read a whole table", plans.len()),
    };
    let mut text = format!("\nThe plans of {name}: {verdict}.\n\n");
    for (number, plan) in plans.iter().enumerate() {
        let _ = writeln!(text, "{}. {}", number + 1, plan.reads.join("; "));
    }
    text
}

/// To two places.
pub fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// Resident, and of that what is its own.
pub fn mebibytes(memory: Memory) -> String {
    format!("{} MiB ({} its own)", memory.resident, memory.own)
}

/// Prints a part of the result.
pub fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Tells how far it is.
pub fn progress(text: &str) {
    // Without anybody to read it there is nobody to tell.
    let _ = writeln!(io::stderr(), "{text}");
}
