//! Figures beside the table: provisioning and memory.

use std::time::{Duration, Instant};

use crate::client::{Ask, Client};
use crate::cpu::{Memory, memory};
use crate::load::percentile;
use crate::process::Process;
use crate::scenario::provision;

/// How long provisioning took, and what many organisations weigh.
#[derive(Clone, Debug)]
pub struct Organizations {
    /// How many were timed.
    pub timed: usize,
    /// Milliseconds.
    pub p50: f64,
    /// Milliseconds.
    pub p99: f64,
    /// How many there were in the end, each touched once.
    pub count: usize,
    /// Before any of them.
    pub empty: Memory,
    /// After all of them.
    pub full: Memory,
}

/// Provisions so many organisations one after another, the first of them timed,
/// and reads each owner's profile once.
pub async fn organizations(
    server: &Process,
    count: usize,
    timed: usize,
) -> anyhow::Result<Organizations> {
    let mut client = Client::connect(server.address).await?;
    let empty = memory(server.id());
    // The first one finds nothing ready.
    provision(&mut client, "warm-up").await?;
    let (mut times, mut keys) = (Vec::<Duration>::new(), Vec::new());
    for number in 0..count {
        let asked = Instant::now();
        keys.push(provision(&mut client, &format!("organization-{number}")).await?);
        if times.len() < timed {
            times.push(asked.elapsed());
        }
    }
    for key in &keys {
        client.data(Ask::get("/v2/me").bearer(key).request()?).await?;
    }
    times.sort_unstable();
    Ok(Organizations {
        timed: times.len(),
        p50: percentile(&times, 0.5),
        p99: percentile(&times, 0.99),
        count,
        empty,
        full: memory(server.id()),
    })
}
