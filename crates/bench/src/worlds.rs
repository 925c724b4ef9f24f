//! Rows on organisations of their own: large, of many hosts, watched by a webhook.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use http::StatusCode;
use meridian_kernel::Instant;
use serde_json::json;

use crate::claim::Claim;
use crate::client::{Ask, Client};
use crate::explain;
use crate::manifest;
use crate::process::Starter;
use crate::report::{Section, progress};
use crate::rows::{self, Bars, Candidate, Effort, Line, Row};
use crate::seed::File;
use crate::stage::Stage;

/// A cost that differs by no more than this is the same.
const FLAT: f64 = 1.2;

/// Milliseconds of processor time: what a proven caller may cost more.
const GUARD_BAR: f64 = 0.060;

/// Milliseconds of processor time: what a subscriber may cost a booking.
const ENQUEUE_BAR: f64 = 0.1;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// How much the large ones hold.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Bookings of the host of a week of slots, outside of that week.
    pub around: i64,
    /// Bookings of which a page is listed.
    pub listed: i64,
}

/// The organisations.
pub struct Worlds {
    sizes: Sizes,
    week: Stage,
    full_life: Stage,
    ten_hosts: Stage,
    many_hosts: Stage,
    short_list: Stage,
    long_list: Stage,
    unheard: Stage,
    heard: Stage,
}

impl Worlds {
    /// Makes them through the API.
    pub async fn make(address: SocketAddr, sizes: Sizes) -> anyhow::Result<Self> {
        let mut client = Client::connect(address).await?;
        let worlds = Self {
            sizes,
            week: Stage::of_one(&mut client, "week").await?,
            full_life: Stage::of_one(&mut client, "full-life").await?,
            ten_hosts: Stage::of_team(&mut client, "ten-hosts", 10).await?,
            many_hosts: Stage::of_team(&mut client, "many-hosts", 50).await?,
            short_list: Stage::of_one(&mut client, "short-list").await?,
            long_list: Stage::of_one(&mut client, "long-list").await?,
            unheard: Stage::of_one(&mut client, "unheard").await?,
            heard: Stage::of_one(&mut client, "heard").await?,
        };
        let webhook = json!({
            // Nobody listens there, and nobody is asked: see `fill`.
            "subscriberUrl": "http://127.0.0.1:9/hook", "active": true,
            "triggers": ["BOOKING_CREATED"],
        });
        let ask = Ask::post("/v2/webhooks", &webhook).bearer(&worlds.heard.organization.key);
        client.data(ask.request()?).await?;
        Ok(worlds)
    }

    /// Writes what they hold into their files, which no server has open.
    pub async fn fill(&self, starter: &Starter, name: &str) -> anyhow::Result<()> {
        let open = async |stage: &Stage| File::open(&file_of(starter, name, stage)).await;
        let file = open(&self.week).await?;
        self.week.fill_week(&file).await?;
        file.close().await?;
        let file = open(&self.full_life).await?;
        self.full_life.fill_week(&file).await?;
        self.full_life.fill_around(&file, self.sizes.around).await?;
        file.close().await?;
        let file = open(&self.ten_hosts).await?;
        self.ten_hosts.fill_team(&file, 20, 7).await?;
        file.close().await?;
        let file = open(&self.many_hosts).await?;
        self.many_hosts.fill_team(&file, 2_000, 60).await?;
        file.close().await?;
        for (stage, count) in [(&self.short_list, 100), (&self.long_list, self.sizes.listed)] {
            let file = open(stage).await?;
            stage.fill_around(&file, count - 1).await?;
            file.close().await?;
        }
        // What is queued is measured, not what is sent.
        let file = open(&self.heard).await?;
        file.rest_endpoints(Instant::now().plus_millis(DAY_MILLIS)).await?;
        file.close().await
    }

    /// How the statements behind the rows are found.
    pub async fn explain(
        &self,
        starter: &Starter,
        name: &str,
    ) -> anyhow::Result<Vec<(String, Vec<explain::Plan>)>> {
        let Sizes { around, listed } = self.sizes;
        let file = file_of(starter, name, &self.full_life);
        let slots = explain::slots(&file, &self.full_life).await?;
        let file = file_of(starter, name, &self.long_list);
        let list = explain::list(&file, &self.long_list).await?;
        Ok(vec![
            (format!("a week of slots among {} bookings", thousands(around)), slots),
            (format!("a page of {} bookings", thousands(listed)), list),
        ])
    }

    /// Slots.
    pub async fn slots(&self, server: &Candidate, effort: Effort) -> anyhow::Result<Section> {
        let cpu = |bar| Bars { cpu: Some(bar), ..Bars::default() };
        let around = thousands(self.sizes.around);
        let pair = [
            Row::reading("a week of slots, 20 bookings", self.week.slots(7)).bars(cpu(0.3)),
            Row::reading(
                &format!("the same, {around} bookings outside of it"),
                self.full_life.slots(7),
            )
            .bars(cpu(0.3)),
        ];
        let others = [
            Row::reading("a week of slots, ten hosts by turns", self.ten_hosts.slots(7))
                .bars(cpu(1.5)),
            Row::reading("60 days of slots, 50 hosts, 2,000 bookings", self.many_hosts.slots(60))
                .bars(Bars { p99: Some(50.0), ..Bars::default() }),
        ];
        let mut lines = rows::in_turns(&pair, server, effort).await?;
        let claims = flat(&lines, &format!("{around} bookings outside of the week"));
        lines.extend(rows::run(&others, server, None, effort).await?);
        Ok(Section { title: "Slots".to_owned(), lines, claims, plans: Vec::new() })
    }

    /// Lists.
    pub async fn lists(&self, server: &Candidate, effort: Effort) -> anyhow::Result<Section> {
        let bars = Bars { cpu: Some(0.3), ..Bars::default() };
        let listed = thousands(self.sizes.listed);
        let row = |count: &str, stage: &Stage| {
            Row::reading(&format!("a page of 20 of {count} bookings"), stage.list()).bars(bars)
        };
        let pair = [row("100", &self.short_list), row(&listed, &self.long_list)];
        let lines = rows::in_turns(&pair, server, effort).await?;
        let claims = flat(&lines, &format!("{listed} bookings in the list"));
        Ok(Section { title: "Lists".to_owned(), lines, claims, plans: Vec::new() })
    }

    /// What it costs to know the caller: one route, asked for a booking that there
    /// cannot be, so that nothing else is done and both answers are the same.
    pub async fn guard(&self, server: &Candidate, effort: Effort) -> anyhow::Result<Section> {
        let ask = || Ask::get("/v2/bookings/none").version("2024-08-13");
        let row = |name, ask| Row::reading(name, ask).expecting(StatusCode::NOT_FOUND);
        let pair = [
            row("`GET /v2/bookings/none`, anonymous", ask()),
            row("the same with an API key", ask().bearer(&self.week.organization.key)),
        ];
        let lines = rows::in_turns(&pair, server, effort).await?;
        let claims = compare(&lines)
            .map(|(without, with)| {
                let more = with.more_than(without);
                let name = format!("the guard, {}", on(with.connections));
                Claim::plain(name, format!("{:.0} µs", more * 1e3))
                    .held_to(format!("≤ {:.0} µs", GUARD_BAR * 1e3), more <= GUARD_BAR)
            })
            .collect();
        Ok(Section { title: "The guard".to_owned(), lines, claims, plans: Vec::new() })
    }

    /// What it costs a booking that somebody listens, all that comes behind the answer
    /// included.
    pub async fn heard(&self, server: &Candidate, effort: Effort) -> anyhow::Result<Section> {
        let lines = rows::in_turns(&self.heard_and_not(), server, effort).await?;
        let claims = compare(&lines)
            .map(|(without, with)| {
                let what = "a subscriber, the call to deliver included";
                let name = format!("{what}, {}", on(with.connections));
                Claim::plain(name, format!("{:.3} ms", with.more_than(without)))
            })
            .collect();
        let title = "A booking that somebody listens to".to_owned();
        Ok(Section { title, lines, claims, plans: Vec::new() })
    }

    /// What queueing alone costs it, of a server that leaves it at that.
    pub async fn enqueue(&self, server: &Candidate, effort: Effort) -> anyhow::Result<Section> {
        let lines = rows::in_turns(&self.heard_and_not(), server, effort).await?;
        let claims = compare(&lines)
            .map(|(without, with)| {
                let (more, name) = (with.more_than(without), on(with.connections));
                Claim::plain(format!("queueing, {name}"), format!("{more:.3} ms"))
                    .held_to(format!("≤ {ENQUEUE_BAR} ms"), more <= ENQUEUE_BAR)
            })
            .collect();
        let title = "The same, queued and not delivered".to_owned();
        Ok(Section { title, lines, claims, plans: Vec::new() })
    }

    fn heard_and_not(&self) -> [Row; 2] {
        let row = |name, stage: &Stage| {
            let stage = stage.clone();
            Row::writing(name, move |number| stage.book_number(number))
        };
        [
            row("`POST /v2/bookings`, nobody listens", &self.unheard),
            row("the same, one subscriber who rests", &self.heard),
        ]
    }
}

fn file_of(starter: &Starter, name: &str, stage: &Stage) -> PathBuf {
    starter.database_file(name, &stage.organization.number.database_name())
}

/// The two rows that are compared, once for each number of connections.
fn compare(lines: &[Line]) -> impl Iterator<Item = (&Line, &Line)> {
    lines
        .chunks(2)
        .filter_map(|pair| if let [one, other] = pair { Some((one, other)) } else { None })
}

fn flat(lines: &[Line], what: &str) -> Vec<Claim> {
    compare(lines)
        .map(|(small, large)| {
            let cost = |line: &Line| line.server.cpu_per_request();
            let times = cost(large) / cost(small).max(f64::EPSILON);
            let name = format!("CPU with {what}, {}", on(large.connections));
            Claim::plain(name, format!("{times:.2} times that without"))
                .held_to(format!("flat: ≤ {FLAT}"), times <= FLAT)
        })
        .collect()
}

/// For people.
fn on(connections: usize) -> String {
    format!("on {connections} connection{}", if connections == 1 { "" } else { "s" })
}

/// With commas.
pub fn thousands(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Makes them, fills them, and measures all that is measured on them.
pub async fn measure(
    starter: &Starter,
    sizes: Sizes,
    effort: Effort,
    mut show: impl FnMut(&Section) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    const NAME: &str = "worlds";
    progress("large organisations …");
    let (server, _) = starter.up(NAME, None).await?;
    let worlds = Worlds::make(server.address, sizes).await?;
    server.stop().await?;
    let began = std::time::Instant::now();
    worlds.fill(starter, NAME).await.context("the large organisations")?;
    progress(&format!("filled in {:.1} s", began.elapsed().as_secs_f64()));
    let plans = worlds.explain(starter, NAME).await.context("the plans")?;
    let (server, _) = starter.up(NAME, None).await?;
    let candidate = Candidate::new(server.target());
    show(&Section { plans, ..worlds.slots(&candidate, effort).await? })?;
    show(&worlds.lists(&candidate, effort).await?)?;
    show(&worlds.guard(&candidate, effort).await?)?;
    show(&worlds.heard(&candidate, effort).await?)?;
    server.stop().await?;
    let manifest = manifest::without_deliveries(&starter.root, &starter.folder)?;
    let server = starter.up_of(NAME, &manifest).await?;
    let candidate = candidate.restarted(server.target());
    show(&worlds.enqueue(&candidate, effort).await?)?;
    server.stop().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_told_apart() {
        for (number, text) in [(7, "7"), (100, "100"), (2_000, "2,000"), (1_000_000, "1,000,000")] {
            assert_eq!(thousands(number), text);
        }
    }
}
