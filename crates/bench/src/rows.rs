//! The requests of a table, asked of the server, and of the floor where it knows them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context;
use http::StatusCode;

use crate::client::{Ask, Client};
use crate::load::{Amount, Measured, Source, Target, load};
use crate::report::progress;

/// The numbers of connections.
pub const CONNECTIONS: [usize; 2] = [1, 32];

/// How often rows that are compared are asked in turns: the machine's mood changes,
/// and must not be taken for a difference. Odd, so that one of them is in the middle.
const TURNS: u32 = 9;

/// The same of rows that write: flushes of the disk and what wakes up with them differ
/// more from one moment to the next than what is compared.
pub const WRITING_TURNS: u32 = 31;

/// What is asked.
#[derive(Clone)]
pub struct Row {
    /// For people.
    pub name: String,
    /// Makes the requests.
    source: Source,
    /// What every answer is; `None`: any success.
    expected: Option<StatusCode>,
    /// Whether each request writes: then so many are asked, not for so long.
    writes: bool,
    /// What it may cost.
    pub bars: Bars,
}

/// What a request may cost at most. Where nothing is said there is no bar.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bars {
    /// Processor milliseconds of the server.
    pub cpu: Option<f64>,
    /// The same as a multiple of the floor's.
    pub ratio: Option<f64>,
    /// Milliseconds, on one connection: on many they wait for each other.
    pub p99: Option<f64>,
    /// Answers per second, on the most connections.
    pub rate: Option<f64>,
}

impl Row {
    /// A row that changes nothing.
    pub fn reading(name: &str, ask: Ask) -> Self {
        Self::new(name, false, move |_| ask.clone())
    }

    /// A row that writes, another thing for every number.
    pub fn writing(name: &str, ask: impl Fn(u64) -> Ask + Send + Sync + 'static) -> Self {
        Self::new(name, true, ask)
    }

    fn new(name: &str, writes: bool, ask: impl Fn(u64) -> Ask + Send + Sync + 'static) -> Self {
        let (name, source) = (name.to_owned(), Arc::new(ask));
        Self { name, source, expected: None, writes, bars: Bars::default() }
    }

    /// The same with bars.
    pub fn bars(self, bars: Bars) -> Self {
        Self { bars, ..self }
    }

    /// The same where every answer is that.
    pub fn expecting(self, status: StatusCode) -> Self {
        Self { expected: Some(status), ..self }
    }

    fn amount(&self, time: Duration, bookings: [u64; 2], connections: usize) -> Amount {
        let place = CONNECTIONS.iter().position(|known| *known == connections);
        let bookings = place.and_then(|place| bookings.get(place)).copied();
        bookings.filter(|_| self.writes).map_or(Amount::Time(time), Amount::Requests)
    }

    fn is_expected(&self, status: StatusCode) -> bool {
        self.expected.map_or(status.is_success(), |expected| status == expected)
    }
}

/// How much is asked.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Of each row that changes nothing.
    pub time: Duration,
    /// Bookings made on one connection and on many: fixed, so that the server and
    /// the floor have equally many afterwards.
    pub bookings: [u64; 2],
    /// The same in each turn of rows that are compared.
    pub bookings_a_turn: [u64; 2],
    /// Requests that come before and do not count.
    pub warm_up: u64,
}

/// A server or the floor.
#[derive(Clone)]
pub struct Candidate {
    /// Whom to ask.
    pub target: Target,
    next: Arc<AtomicU64>,
}

impl Candidate {
    /// Nothing was asked of it yet.
    pub fn new(target: Target) -> Self {
        Self { target, next: Arc::default() }
    }

    /// The same data behind another process: the numbers go on.
    pub fn restarted(self, target: Target) -> Self {
        Self { target, ..self }
    }

    async fn ask(&self, row: &Row, connections: usize, amount: Amount) -> anyhow::Result<Measured> {
        let expected = row.expected;
        load(&self.target, connections, amount, &self.next, &row.source, expected).await
    }

    async fn measure(
        &self,
        row: &Row,
        connections: usize,
        effort: Effort,
    ) -> anyhow::Result<Measured> {
        self.ask(row, connections, Amount::Requests(effort.warm_up)).await?;
        self.ask(row, connections, row.amount(effort.time, effort.bookings, connections)).await
    }

    /// The bytes of one answer, which must be what is expected.
    async fn answer_size(&self, row: &Row) -> anyhow::Result<usize> {
        let mut client = Client::connect(self.target.address).await?;
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (status, body) = client.send((row.source)(number).request()?).await?;
        let text = String::from_utf8_lossy(&body);
        anyhow::ensure!(row.is_expected(status), "{}: {status} {text}", row.name);
        Ok(body.len())
    }
}

/// One line of a table.
#[derive(Clone, Debug)]
pub struct Line {
    /// What was asked.
    pub name: String,
    /// What it may cost.
    pub bars: Bars,
    /// On how many connections.
    pub connections: usize,
    /// Bytes of one answer's body.
    pub bytes: usize,
    /// The server.
    pub server: Measured,
    /// Processor milliseconds of the server per request, turn by turn, where the row is
    /// compared with another.
    pub turns: Vec<f64>,
    /// The floor, where there is one.
    pub floor: Option<Measured>,
}

impl Line {
    /// Processor milliseconds that a request of this row takes more than one of another
    /// that it took turns with: the middle of what it was turn by turn.
    pub fn more_than(&self, other: &Self) -> f64 {
        let mut more: Vec<f64> =
            self.turns.iter().zip(&other.turns).map(|(this, other)| this - other).collect();
        more.sort_unstable_by(f64::total_cmp);
        more.get(more.len() / 2).copied().unwrap_or_default()
    }

    /// Processor time per request, as a multiple of the floor's.
    pub fn ratio(&self) -> Option<f64> {
        let floor = self.floor.as_ref()?.cpu_per_request();
        (floor > 0.0).then(|| self.server.cpu_per_request() / floor)
    }
}

/// Asks everything of the server, and right after it of the floor, so that both
/// meet the machine in the same mood.
pub async fn run(
    rows: &[Row],
    server: &Candidate,
    floor: Option<&Candidate>,
    effort: Effort,
) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for row in rows {
        let bytes = same_answers(row, server, floor).await?;
        for connections in CONNECTIONS {
            progress(&format!("{}, connections: {connections} …", row.name));
            let measured = server.measure(row, connections, effort).await.context("the server")?;
            let of_floor = match floor {
                Some(floor) => {
                    let measured = floor.measure(row, connections, effort).await;
                    Some(measured.context("the floor")?)
                }
                None => None,
            };
            lines.push(Line {
                name: row.name.clone(),
                bars: row.bars,
                connections,
                bytes,
                server: measured,
                turns: Vec::new(),
                floor: of_floor,
            });
        }
    }
    Ok(lines)
}

/// Asks rows that are compared with each other of one server, in turns.
pub async fn in_turns(
    rows: &[Row],
    server: &Candidate,
    effort: Effort,
) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for connections in CONNECTIONS {
        let mut of_rows = Vec::new();
        for row in rows {
            progress(&format!("{}, connections: {connections} …", row.name));
            let bytes = server.answer_size(row).await?;
            server.ask(row, connections, Amount::Requests(effort.warm_up)).await?;
            of_rows.push(Line {
                name: row.name.clone(),
                bars: row.bars,
                connections,
                bytes,
                server: Measured::default(),
                turns: Vec::new(),
                floor: None,
            });
        }
        let is_writing = rows.iter().any(|row| row.writes);
        let turns = if is_writing { WRITING_TURNS } else { TURNS };
        for _ in 0..turns {
            for (row, line) in rows.iter().zip(&mut of_rows) {
                let (time, bookings) = (effort.time / turns, effort.bookings_a_turn);
                let amount = row.amount(time, bookings, connections);
                let measured = server.ask(row, connections, amount).await?;
                line.turns.push(measured.cpu_per_request());
                line.server.add(measured);
            }
        }
        lines.extend(of_rows);
    }
    Ok(lines)
}

/// Asks once: whoever answers something else does something else.
async fn same_answers(
    row: &Row,
    server: &Candidate,
    floor: Option<&Candidate>,
) -> anyhow::Result<usize> {
    let bytes = server.answer_size(row).await?;
    if let Some(floor) = floor {
        let of_floor = floor.answer_size(row).await?;
        // Numbers may have a digit more in one of them.
        anyhow::ensure!(
            of_floor.abs_diff(bytes) <= bytes / 50,
            "{}: {bytes} bytes from the server, {of_floor} from the floor",
            row.name
        );
    }
    Ok(bytes)
}
