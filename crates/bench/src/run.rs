//! The whole measurement, from the first start to the report.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

use crate::Options;
use crate::cpu::memory;
use crate::engine;
use crate::figures::organizations;
use crate::load::Target;
use crate::process::Starter;
use crate::report::{self, Report, progress};
use crate::rows::{self, Candidate, Effort, Line};
use crate::scenario::{MOST_BOOKINGS, Scenario};

const FULL: Effort =
    Effort { time: Duration::from_secs(3), bookings: [2_000, 8_000], warm_up: 300 };

const QUICK: Effort =
    Effort { time: Duration::from_millis(400), bookings: [150, 600], warm_up: 50 };

// However much is asked, no slot is booked twice.
const _: () =
    assert!(FULL.bookings[0] + FULL.bookings[1] + 12 * (FULL.warm_up + 1) < MOST_BOOKINGS);

/// Measures everything, and prints it.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let root = project()?;
    let folder = scratch(&root)?;
    let starter = starter(options, root, folder.path())?;
    let effort = if options.quick { QUICK } else { FULL };

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
    let candidate = |process: &crate::process::Process| {
        Candidate::new(Target { address: process.address, processes: vec![process.id()] })
    };
    let lines = rows::run(&scenario, &candidate(&server), Some(&candidate(&floor)), effort).await?;
    let loaded = memory(server.id());
    drop(floor);
    server.stop().await?;

    let (count, timed) = if options.quick { (100, 50) } else { (1_000, 200) };
    progress(&format!("{count} organisations …"));
    let (server, _) = starter.up("organizations", None).await?;
    let organizations = organizations(&server, count, timed).await?;
    server.stop().await?;

    let remote = match options.remote {
        true => Some(through_a_database_server(&starter, &scenario, effort).await?),
        false => None,
    };
    let quick = options.quick;
    let report = Report { quick, first_start, second_start, lines, loaded, organizations, remote };
    report::print(&report.to_markdown())?;
    report::print(&engine_alone())?;
    Ok(())
}

/// The same requests with the component `libsql` between; both processes count.
async fn through_a_database_server(
    starter: &Starter,
    scenario: &Scenario,
    effort: Effort,
) -> anyhow::Result<Vec<Line>> {
    let database = starter.database("database").await?;
    let (server, _) = starter.up("remote", Some(&database)).await?;
    let processes = vec![server.id(), database.process.id()];
    let candidate = Candidate::new(Target { address: server.address, processes });
    let lines = rows::run(scenario, &candidate, None, effort).await?;
    server.stop().await?;
    database.process.stop().await?;
    Ok(lines)
}

fn project() -> anyhow::Result<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(own.join("../..").canonicalize()?)
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
    format!("\n| the availability engine alone | CPU µs |\n|---|---:|\n{rows}")
}
