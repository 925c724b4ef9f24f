//! The whole measurement, from the first start to the last table.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

use crate::Options;
use crate::claim::Claim;
use crate::cpu::memory;
use crate::deliveries::{self, Amounts};
use crate::disk::Device;
use crate::engine;
use crate::figures;
use crate::load::Target;
use crate::process::Starter;
use crate::report::{self, Section, mebibytes, progress};
use crate::rows::{self, Bars, Candidate, Effort, Row, WRITING_TURNS};
use crate::scenario::{MOST_BOOKINGS, Scenario};
use crate::worlds::{self, Sizes};

/// How much is measured.
struct Scale {
    effort: Effort,
    sizes: Sizes,
    amounts: Amounts,
    /// Organisations, and how many of them are timed.
    organizations: [usize; 2],
}

const FULL: Scale = Scale {
    effort: Effort {
        time: Duration::from_secs(3),
        bookings: [2_000, 8_000],
        bookings_a_turn: [90, 300],
        warm_up: 300,
    },
    sizes: Sizes { around: 1_000_000, listed: 100_000 },
    amounts: Amounts { due: 20_000, organizations: 8, queued: 100 },
    organizations: [1_000, 200],
};

const QUICK: Scale = Scale {
    effort: Effort {
        time: Duration::from_millis(400),
        bookings: [150, 600],
        bookings_a_turn: [40, 120],
        warm_up: 50,
    },
    sizes: Sizes { around: 50_000, listed: 10_000 },
    amounts: Amounts { due: 2_000, organizations: 8, queued: 20 },
    organizations: [100, 50],
};

/// Numbers that a row takes which writes, in all its turns.
const WRITTEN: u64 = WRITING_TURNS as u64
    * (FULL.effort.bookings_a_turn[0] + FULL.effort.bookings_a_turn[1])
    + 2 * (FULL.effort.warm_up + 1);

// However much is asked, no slot is booked twice: four such rows follow each other.
const _: () = assert!(4 * WRITTEN < MOST_BOOKINGS);

/// Measures everything, and prints each part when it is known.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let root = project(options)?;
    let folder = scratch(&root)?;
    let starter = starter(options, root, folder.path())?;
    let scale = if options.quick { &QUICK } else { &FULL };
    report::print(&report::heading(options.quick))?;

    let scenario = beside_the_floor(&starter, options, scale).await?;
    worlds::measure(&starter, scale.sizes, scale.effort, show).await?;
    show(&deliveries::rate(&starter, scale.amounts).await.context("deliveries")?)?;
    many_organizations(&starter, scale).await?;
    if options.remote {
        show(&through_a_database_server(&starter, &scenario, scale.effort).await?)?;
    }
    report::print(&engine_alone())?;
    report::print(&format!("\nAt the end: {}.\n", report::machine()))?;
    Ok(())
}

fn show(section: &Section) -> anyhow::Result<()> {
    Ok(report::print(&section.to_markdown())?)
}

/// What the floor knows too.
async fn beside_the_floor(
    starter: &Starter,
    options: &Options,
    scale: &Scale,
) -> anyhow::Result<Scenario> {
    progress("first start …");
    let (server, first_start) = starter.up("server", None).await?;
    let scenario = Scenario::provision(server.address).await?;
    server.stop().await?;
    starter.copy_databases("server", "floor")?;
    if options.remote {
        starter.copy_databases("server", "database")?;
    }
    let (server, second_start) = starter.up("server", None).await?;
    let floor = starter.floor("floor").await?;
    let [of_server, of_floor] = [&server, &floor].map(|process| Candidate::new(process.target()));
    let device = Device::of(&starter.folder)?;
    let flushes = device.flushes();
    let rows = rows_of(&scenario);
    let lines = rows::run(&rows, &of_server, Some(&of_floor), scale.effort).await?;
    let flushed = device.flushes().zip(flushes).map(|(after, before)| after - before);
    let mut claims = figures::starts(first_start, second_start).to_vec();
    claims.push(Claim::plain("memory after this load", mebibytes(memory(server.id()))));
    claims.extend(figures::durability(&floor, &starter.folder).await?);
    if let Some(flushed) = flushed {
        let name = "flushes of the disk meanwhile, whoever asked for them";
        claims.push(Claim::plain(name, flushed.to_string()));
    }
    drop(floor);
    server.stop().await?;
    let title = "Beside the native floor".to_owned();
    show(&Section { title, lines, claims, plans: Vec::new() })?;
    Ok(scenario)
}

/// In this order: bookings are made last, and the list after them is longer.
fn rows_of(scenario: &Scenario) -> Vec<Row> {
    let ratio = Bars { ratio: Some(3.0), ..Bars::default() };
    let booking = scenario.clone();
    vec![
        Row::reading("plain reply, `GET /healthz`", crate::client::Ask::get("/healthz"))
            .bars(ratio),
        Row::reading("`GET /v2/me`", scenario.me()).bars(ratio),
        Row::reading("a week of slots, 20 bookings", scenario.slots())
            .bars(Bars { cpu: Some(0.3), ..ratio }),
        Row::reading("`GET /v2/bookings?take=20`, of 20", scenario.list())
            .bars(Bars { cpu: Some(0.3), ..ratio }),
        Row::writing("`POST /v2/bookings`", move |number| booking.book_number(number)).bars(Bars {
            cpu: Some(0.5),
            rate: Some(3_000.0),
            ..ratio
        }),
        Row::reading("`GET /v2/bookings?take=20`, of all", scenario.list())
            .bars(Bars { cpu: Some(0.3), ..ratio }),
    ]
}

/// Provisioning and memory; then sweeps over all of them.
async fn many_organizations(starter: &Starter, scale: &Scale) -> anyhow::Result<()> {
    const NAME: &str = "organizations";
    let [count, timed] = scale.organizations;
    progress(&format!("{count} organisations …"));
    let (server, _) = starter.up(NAME, None).await?;
    let (section, organizations) = figures::organizations(&server, count, timed).await?;
    server.stop().await?;
    show(&section)?;
    let sweeps = deliveries::sweeps(starter, NAME, &organizations, scale.amounts, scale.effort);
    show(&sweeps.await.context("sweeps")?)
}

/// The same requests with the component `libsql` between; both processes count.
/// Bars are for databases in process.
async fn through_a_database_server(
    starter: &Starter,
    scenario: &Scenario,
    effort: Effort,
) -> anyhow::Result<Section> {
    let database = starter.database("database").await?;
    let (server, _) = starter.up("remote", Some(&database)).await?;
    let processes = vec![server.id(), database.process.id()];
    let candidate = Candidate::new(Target { address: server.address, processes });
    let rows: Vec<Row> =
        rows_of(scenario).into_iter().map(|row| row.bars(Bars::default())).collect();
    let lines = rows::run(&rows, &candidate, None, effort).await?;
    server.stop().await?;
    database.process.stop().await?;
    let title = "Through the component `libsql` to `meridian db`, CPU of both".to_owned();
    Ok(Section { title, lines, ..Section::default() })
}

fn project(options: &Options) -> anyhow::Result<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let project = options.project.as_ref().unwrap_or(&own);
    project.canonicalize().with_context(|| format!("{} is not there", project.display()))
}

/// On the disk the project is on: a memory file system would commit for nothing.
fn scratch(root: &Path) -> anyhow::Result<tempfile::TempDir> {
    let parent = root.join("target/bench");
    std::fs::create_dir_all(&parent)?;
    Ok(tempfile::tempdir_in(parent)?)
}

fn starter(options: &Options, root: PathBuf, folder: &Path) -> anyhow::Result<Starter> {
    let binary = options.binary.clone().unwrap_or_else(|| root.join("target/release/meridian"));
    let binary = binary
        .canonicalize()
        .with_context(|| format!("{} is not there: run `cargo xtask build`", binary.display()))?;
    let compiled = root.join("target/bench/compiled");
    std::fs::create_dir_all(&compiled)?;
    Ok(Starter { root, binary, folder: folder.to_owned(), compiled })
}

/// The engine's own figures, as a table.
fn engine_alone() -> String {
    let row = |(name, micros): (String, f64)| format!("| {name} | {micros:.1} |\n");
    let rows: String = engine::rows().into_iter().map(row).collect();
    format!("\n### The availability engine alone\n\n| question | CPU µs |\n|---|---:|\n{rows}")
}
