//! The requests of the table, asked of the server and of the floor in turn.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use anyhow::Context;

use crate::client::{Ask, Client};
use crate::load::{Amount, Measured, Source, Target, load};
use crate::report::progress;
use crate::scenario::Scenario;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// `GET /healthz`: no database, no credentials.
    Plain,
    /// `GET /v2/me`
    Me,
    /// `GET /v2/slots` of a week.
    Slots,
    /// `GET /v2/bookings`, of 20.
    List,
    /// `POST /v2/bookings`
    Create,
    /// `GET /v2/bookings`, the first 20 of all that were made.
    LongList,
}

impl Row {
    /// In this order: bookings are made last, and the list after them is longer.
    pub const ALL: [Self; 6] =
        [Self::Plain, Self::Me, Self::Slots, Self::List, Self::Create, Self::LongList];

    /// For people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain reply, `GET /healthz`",
            Self::Me => "`GET /v2/me`",
            Self::Slots => "a week of slots, 20 bookings",
            Self::List => "`GET /v2/bookings?take=20`, of 20",
            Self::Create => "`POST /v2/bookings`",
            Self::LongList => "`GET /v2/bookings?take=20`, of all",
        }
    }

    /// The most processor milliseconds a request may take.
    pub const fn cpu_bar(self) -> Option<f64> {
        match self {
            Self::Slots => Some(0.5),
            Self::Create => Some(1.0),
            Self::Plain | Self::Me | Self::List | Self::LongList => None,
        }
    }

    fn source(self, scenario: &Scenario) -> Source {
        let scenario = scenario.clone();
        match self {
            Self::Plain => Arc::new(|_| Ask::get("/healthz")),
            Self::Me => Arc::new(move |_| scenario.me()),
            Self::Slots => Arc::new(move |_| scenario.slots()),
            Self::List | Self::LongList => Arc::new(move |_| scenario.list()),
            Self::Create => Arc::new(move |number| scenario.book_number(number)),
        }
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
    /// Requests that come before and do not count.
    pub warm_up: u64,
}

/// The numbers of connections.
pub const CONNECTIONS: [usize; 2] = [1, 32];

/// A server or the floor.
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

    async fn measure(
        &self,
        source: &Source,
        connections: usize,
        amount: Amount,
        warm_up: u64,
    ) -> anyhow::Result<Measured> {
        let warm_up = Amount::Requests(warm_up);
        load(&self.target, connections, warm_up, &self.next, source).await?;
        load(&self.target, connections, amount, &self.next, source).await
    }
}

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Line {
    /// What was asked.
    pub row: Row,
    /// On how many connections.
    pub connections: usize,
    /// Bytes of one answer's body.
    pub bytes: usize,
    /// The server.
    pub server: Measured,
    /// The floor, where there is one.
    pub floor: Option<Measured>,
}

impl Line {
    /// Processor time per request, as a multiple of the floor's.
    pub fn ratio(&self) -> Option<f64> {
        let floor = self.floor.as_ref()?.cpu_per_request();
        (floor > 0.0).then(|| self.server.cpu_per_request() / floor)
    }
}

/// Asks everything of the server, and right after it of the floor, so that both
/// meet the machine in the same mood.
pub async fn run(
    scenario: &Scenario,
    server: &Candidate,
    floor: Option<&Candidate>,
    effort: Effort,
) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for row in Row::ALL {
        let source = row.source(scenario);
        let bytes = same_answers(row, &source, server, floor).await?;
        for (connections, bookings) in CONNECTIONS.into_iter().zip(effort.bookings) {
            progress(&format!("{}, connections: {connections} …", row.name()));
            let amount = match row {
                Row::Create => Amount::Requests(bookings),
                _ => Amount::Time(effort.time),
            };
            let measure = |candidate: &Candidate| {
                let (target, next) = (candidate.target.clone(), Arc::clone(&candidate.next));
                let source = Arc::clone(&source);
                async move {
                    let candidate = Candidate { target, next };
                    candidate.measure(&source, connections, amount, effort.warm_up).await
                }
            };
            let of_server = measure(server).await.context("the server")?;
            let of_floor = match floor {
                Some(floor) => Some(measure(floor).await.context("the floor")?),
                None => None,
            };
            lines.push(Line { row, connections, bytes, server: of_server, floor: of_floor });
        }
    }
    Ok(lines)
}

/// Asks once: whoever answers something else does something else.
async fn same_answers(
    row: Row,
    source: &Source,
    server: &Candidate,
    floor: Option<&Candidate>,
) -> anyhow::Result<usize> {
    let bytes = answer_size(row, source, server).await?;
    if let Some(floor) = floor {
        let of_floor = answer_size(row, source, floor).await?;
        // Numbers may have a digit more in one of them.
        anyhow::ensure!(
            of_floor.abs_diff(bytes) <= bytes / 50,
            "{}: {bytes} bytes from the server, {of_floor} from the floor",
            row.name()
        );
    }
    Ok(bytes)
}

async fn answer_size(row: Row, source: &Source, candidate: &Candidate) -> anyhow::Result<usize> {
    let mut client = Client::connect(candidate.target.address).await?;
    let number = candidate.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let (status, body) = client.send(source(number).request()?).await?;
    let text = String::from_utf8_lossy(&body);
    anyhow::ensure!(status.is_success(), "{}: {status} {text}", row.name());
    Ok(body.len())
}
