//! Figures beside the tables: starts, provisioning, memory, and what the data is on.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::claim::Claim;
use crate::client::{Ask, Client};
use crate::cpu::memory;
use crate::disk::Device;
use crate::load::percentile;
use crate::process::Process;
use crate::report::{Section, mebibytes, seconds};
use crate::scenario::{Provisioned, provision};

const START_BAR: Duration = Duration::from_secs(1);

/// Milliseconds.
const PROVISIONING_BAR: f64 = 20.0;

/// MiB, with [`ORGANIZATIONS_BAR`] organisations.
const MEMORY_BAR: u64 = 300;

const ORGANIZATIONS_BAR: usize = 1_000;

/// `PRAGMA synchronous` and `PRAGMA journal_mode` where commits are on the disk before
/// they are answered.
const HARD: &str = "synchronous=2, journal_mode=wal";

/// What is never on a disk.
const MEMORY_FILE_SYSTEMS: [&str; 2] = ["tmpfs", "ramfs"];

/// From the command to `/readyz`. Components were compiled at the first, where need be.
pub fn starts(first: Duration, second: Duration) -> [Claim; 2] {
    [
        Claim::plain("first start to `/readyz` 200", seconds(first)),
        Claim::plain("second start to `/readyz` 200", seconds(second))
            .held_to(format!("< {}", seconds(START_BAR)), second < START_BAR),
    ]
}

/// How hard commits are, as a connection says that is opened as the host opens its own.
pub async fn durability(floor: &Process, folder: &Path) -> anyhow::Result<[Claim; 2]> {
    let mut client = Client::connect(floor.address).await?;
    let said = client.data(Ask::get("/durability").request()?).await?;
    let said = said.as_str().context("no settings")?;
    let kind = Device::of(folder)?.file_system();
    let is_disk = !MEMORY_FILE_SYSTEMS.contains(&kind.as_str());
    Ok([
        Claim::plain("settings of the connection that writes, read back", said)
            .held_to("FULL is 2", said == HARD),
        Claim::plain("file system of the data folder", kind).held_to("no memory", is_disk),
    ])
}

/// Provisions so many organisations one after another, the first of them timed,
/// and reads each owner's profile once.
pub async fn organizations(
    server: &Process,
    count: usize,
    timed: usize,
) -> anyhow::Result<(Section, Vec<Provisioned>)> {
    let mut client = Client::connect(server.address).await?;
    let empty = memory(server.id());
    // The first one finds nothing ready.
    provision(&mut client, "warm-up").await?;
    let (mut times, mut all) = (Vec::<Duration>::new(), Vec::new());
    for number in 0..count {
        let asked = Instant::now();
        all.push(provision(&mut client, &format!("organization-{number}")).await?);
        if times.len() < timed {
            times.push(asked.elapsed());
        }
    }
    for organization in &all {
        client.data(Ask::get("/v2/me").bearer(&organization.key).request()?).await?;
    }
    times.sort_unstable();
    let full = memory(server.id());
    let [p50, p99] = [0.5, 0.99].map(|share| percentile(&times, share));
    let touched =
        Claim::plain(format!("memory, {count} organisations each touched once"), mebibytes(full));
    let is_enough = count >= ORGANIZATIONS_BAR;
    let bar = format!("< {MEMORY_BAR} MiB");
    let claims = vec![
        Claim::plain(format!("provisioning, p50 of {}", times.len()), format!("{p50:.1} ms"))
            .held_to(format!("< {PROVISIONING_BAR} ms"), p50 < PROVISIONING_BAR),
        Claim::plain("provisioning, p99", format!("{p99:.1} ms")),
        Claim::plain("memory of a new server", mebibytes(empty)),
        if is_enough { touched.held_to(bar, full.resident < MEMORY_BAR) } else { touched },
        Claim::plain("the most memory it ever had", format!("{} MiB", full.peak)),
    ];
    let title = "Organisations".to_owned();
    Ok((Section { title, claims, ..Section::default() }, all))
}
