//! Deliveries to a receiver on this machine, and sweeps over many organisations.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant as Stopwatch};

use anyhow::Context;
use http::StatusCode;
use meridian_kernel::{Instant, OrganizationNumber};
use serde_json::{Value, json};

use crate::claim::Claim;
use crate::client::{Ask, Client};
use crate::cpu::CpuMeter;
use crate::process::{PLATFORM_SECRET, Process, Starter};
use crate::receiver::Receiver;
use crate::report::{Section, progress};
use crate::rows::{self, Candidate, Effort, Row};
use crate::scenario::{Provisioned, provision};
use crate::seed::{File, Heard};
use crate::stage::Stage;
use crate::worlds::thousands;

/// Deliveries per second.
const RATE_BAR: f64 = 1_000.0;

/// How long deliveries may take to come.
const PATIENCE: Duration = Duration::from_secs(240);

/// For how long after the last of them is looked for databases that were opened.
const SETTLE: Duration = Duration::from_millis(500);

/// Organisations of which something is due.
const DUE_ORGANIZATIONS: usize = 20;

const YEAR_MILLIS: i64 = 365 * 24 * 60 * 60 * 1000;

/// How much there is to deliver.
#[derive(Clone, Copy, Debug)]
pub struct Amounts {
    /// Deliveries that are due at once, for the rate.
    pub due: u64,
    /// Organisations they are spread over.
    pub organizations: u64,
    /// Jobs that wait in each of many organisations.
    pub queued: u64,
}

/// How fast what is due is delivered.
pub async fn rate(starter: &Starter, amounts: Amounts) -> anyhow::Result<Section> {
    const NAME: &str = "deliveries";
    let receiver = Receiver::start()?;
    let (server, _) = starter.up(NAME, None).await?;
    let (payload_of, organizations) =
        subscribers(&server, &receiver, amounts.organizations).await?;
    server.stop().await?;
    let file = |number: OrganizationNumber| starter.database_file(NAME, &number.database_name());
    let pattern = File::open(&file(payload_of)).await?;
    let payload = pattern.payload().await?;
    pattern.close().await?;
    let mut claims = Vec::new();
    let spread: &[OrganizationNumber] = &organizations;
    for several in [spread, spread.get(..1).unwrap_or_default()] {
        let (url, now) = (receiver.url(), Instant::now());
        let heard = Heard { payload: &payload, url: &url, due: now };
        let each = amounts.due / several.len().max(1) as u64;
        for number in several {
            let file = File::open(&file(*number)).await?;
            file.queue_deliveries(*number, &heard, each).await?;
            file.close().await?;
        }
        note_due(starter, NAME, several.iter().map(|number| (*number, now))).await?;
        receiver.reset();
        let all = each * several.len() as u64;
        progress(&format!("{all} deliveries …"));
        let (server, _) = starter.up(NAME, None).await?;
        let mut meter = CpuMeter::new(vec![server.id()]);
        let before = meter.read();
        let took = watch(&receiver, all, &mut meter).await?;
        let cpu = Duration::from_nanos(meter.read().saturating_sub(before));
        server.stop().await?;
        claims.extend(rate_claims(all, several.len(), took, cpu));
    }
    Ok(Section { title: "Deliveries".to_owned(), claims, ..Section::default() })
}

fn rate_claims(all: u64, organizations: usize, took: Duration, cpu: Duration) -> [Claim; 2] {
    let rate = all as f64 / took.as_secs_f64().max(f64::EPSILON);
    let plural = if organizations == 1 { "" } else { "s" };
    let what =
        format!("{} deliveries of {organizations} organisation{plural}", thousands(all as i64));
    [
        Claim::plain(format!("{what} to a receiver on this machine"), format!("{rate:.0}/s"))
            .held_to(format!("≥ {RATE_BAR:.0}/s"), rate >= RATE_BAR),
        Claim::plain(
            "CPU of the server for each, its start included".to_owned(),
            format!("{:.3} ms", cpu.as_secs_f64() * 1e3 / all as f64),
        ),
    ]
}

/// Looks at the meter meanwhile: threads that end take their time with them.
async fn watch(receiver: &Receiver, all: u64, meter: &mut CpuMeter) -> anyhow::Result<Duration> {
    let deadline = Stopwatch::now() + PATIENCE;
    loop {
        meter.read();
        match receiver.wait_for(all, CpuMeter::INTERVAL).await {
            Ok(took) => return Ok(took),
            Err(error) if Stopwatch::now() >= deadline => return Err(error),
            Err(_) => {}
        }
    }
}

/// Organisations; something happened to a booking of the first, and was delivered.
async fn subscribers(
    server: &Process,
    receiver: &Receiver,
    count: u64,
) -> anyhow::Result<(OrganizationNumber, Vec<OrganizationNumber>)> {
    let mut client = Client::connect(server.address).await?;
    let stage = Stage::of_one(&mut client, "told").await?;
    let webhook = json!({"subscriberUrl": receiver.url(), "active": true,
                         "triggers": ["BOOKING_CREATED"]});
    let ask = Ask::post("/v2/webhooks", &webhook).bearer(&stage.organization.key);
    client.data(ask.request()?).await?;
    client.data(stage.book_number(0).request()?).await?;
    receiver.wait_for(1, PATIENCE).await?;
    let mut organizations = Vec::new();
    for number in 0..count {
        organizations.push(provision(&mut client, &format!("subscriber-{number}")).await?.number);
    }
    Ok((stage.organization.number, organizations))
}

async fn note_due(
    starter: &Starter,
    name: &str,
    due: impl Iterator<Item = (OrganizationNumber, Instant)>,
) -> anyhow::Result<()> {
    let platform = starter.database_file(name, meridian_store::PLATFORM_DATABASE);
    let platform = File::open(&platform).await?;
    platform.note_due_work(due).await?;
    platform.close().await
}

/// Sweeps over organisations that all have something queued, of which little is due.
pub async fn sweeps(
    starter: &Starter,
    name: &str,
    organizations: &[Provisioned],
    amounts: Amounts,
    effort: Effort,
) -> anyhow::Result<Section> {
    let receiver = Receiver::start()?;
    let (url, now) = (receiver.url(), Instant::now());
    let later = now.plus_millis(YEAR_MILLIS);
    let payload = json!({"title": "a booking"}).to_string();
    // Spread over all of them.
    let apart = (organizations.len() / DUE_ORGANIZATIONS).max(1);
    let is_due = |place: usize| place.is_multiple_of(apart) && place / apart < DUE_ORGANIZATIONS;
    let mut noted = Vec::new();
    progress(&format!("{} organisations with {} jobs each …", organizations.len(), amounts.queued));
    for (place, organization) in organizations.iter().enumerate() {
        let due = if is_due(place) { now } else { later };
        let path = starter.database_file(name, &organization.number.database_name());
        let file = File::open(&path).await?;
        let heard = Heard { payload: &payload, url: &url, due };
        file.queue_deliveries(organization.number, &heard, amounts.queued).await?;
        file.close().await?;
        noted.push((organization.number, due));
    }
    note_due(starter, name, noted.iter().copied()).await?;
    let due: BTreeSet<String> = noted
        .iter()
        .filter(|(_, due)| *due == now)
        .map(|(number, _)| number.database_name())
        .collect();
    let (server, _) = starter.up(name, None).await?;
    receiver.wait_for(due.len() as u64 * amounts.queued, PATIENCE).await?;
    tokio::time::sleep(SETTLE).await;
    let opened = opened_organizations(&server)?;
    let all = organizations.len() as u64 * amounts.queued;
    let claims = vec![
        Claim::plain(
            format!(
                "databases a sweep opened, of {} organisations with {} jobs queued",
                organizations.len(),
                thousands(all as i64)
            ),
            opened.len().to_string(),
        )
        .held_to(format!("the {} that are due", due.len()), opened == due),
    ];
    let sweep = Ask::post("/internal/sweep", &Value::Null).bearer(PLATFORM_SECRET);
    let row = Row::reading("a sweep, nothing is due", sweep).expecting(StatusCode::ACCEPTED);
    let candidate = Candidate::new(server.target());
    let lines = rows::run(&[row], &candidate, None, effort).await?;
    let opened = opened_organizations(&server)?;
    let claim = Claim::plain("databases opened after these sweeps", opened.len().to_string())
        .held_to("no others", opened == due);
    server.stop().await?;
    let claims = claims.into_iter().chain([claim]).collect();
    Ok(Section { title: "Sweeps".to_owned(), lines, claims, plans: Vec::new() })
}

/// Names of the organisations' databases that a server has open.
fn opened_organizations(server: &Process) -> anyhow::Result<BTreeSet<String>> {
    let folder = format!("/proc/{}/fd", server.id());
    let entries = fs::read_dir(&folder).with_context(|| folder.clone())?;
    let name = |entry: fs::DirEntry| {
        let path = fs::read_link(entry.path()).ok()?;
        let name = path.file_name()?.to_str()?.strip_suffix(".db")?.to_owned();
        // Organisation 0 is everybody's.
        (name.starts_with("org-") && name != OrganizationNumber::NONE.database_name())
            .then_some(name)
    };
    Ok(entries.flatten().filter_map(name).collect())
}
