//! An organisation whose jobs these are.

use meridian_database::{Databases, Options};
use meridian_kernel::{Instant, OrganizationNumber};
use meridian_store::jobs::{self, Job, NewJob, Payload, Report, Verdict};
use meridian_store::{Platform, Scope, Statement};

pub const NOW: Instant = Instant::from_millis(1_800_000_000_000);
pub const SECOND: i64 = 1000;
pub const HOUR: i64 = 3600 * SECOND;
/// What the tests hold a job for.
pub const LEASE: i64 = 20 * SECOND;

pub fn after(millis: i64) -> Instant {
    NOW.plus_millis(millis)
}

pub struct World {
    pub databases: Databases,
    pub organization: OrganizationNumber,
    _folder: tempfile::TempDir,
}

impl World {
    pub async fn new(number: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let databases = Databases::open(folder.path(), Options::default()).unwrap();
        let organization = OrganizationNumber::new(number).unwrap();
        Platform::open(&databases).await.unwrap();
        databases.create(&organization.database_name()).await.unwrap();
        Self { databases, organization, _folder: folder }
    }

    pub async fn scope(&self) -> Scope<'_, Databases> {
        Scope::open(&self.databases, self.organization).await.unwrap()
    }

    pub async fn enqueue(&self, jobs: &[NewJob], now: Instant) {
        self.write(jobs::enqueue(jobs, now)).await;
    }

    pub async fn write(&self, statement: Statement) {
        self.scope().await.write(vec![statement]).await.unwrap();
    }

    pub async fn turn(&self, reports: &[Report], now: Instant, most: u32) -> Vec<Job> {
        let lease_end = now.plus_millis(LEASE);
        let bounds = (most, 1_000);
        jobs::take_turn(&self.scope().await, reports, now, lease_end, bounds).await.unwrap()
    }

    pub async fn take(&self, now: Instant) -> Vec<Job> {
        self.turn(&[], now, 100).await
    }

    /// Records and takes nothing.
    pub async fn record(&self, job: &Job, verdict: Verdict, now: Instant) {
        self.turn(&[report(job, verdict)], now, 0).await;
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        let rows = self.scope().await.read_one(Statement::query(sql, [])).await.unwrap();
        rows.first().unwrap().integer(0).unwrap()
    }
}

pub fn job(payload: &str) -> NewJob {
    NewJob::new("test", Payload::Plain(payload.to_owned()), NOW, 3).unwrap()
}

pub fn at(payload: &str, run_at: Instant) -> NewJob {
    NewJob::new("test", Payload::Plain(payload.to_owned()), run_at, 3).unwrap()
}

pub fn report(job: &Job, verdict: Verdict) -> Report {
    Report { job: job.id, claim: job.claim, verdict }
}

pub fn payloads(jobs: &[Job]) -> Vec<&str> {
    jobs.iter()
        .map(|job| match &job.payload {
            Payload::Plain(text) | Payload::Sealed(text) => text.as_str(),
        })
        .collect()
}
