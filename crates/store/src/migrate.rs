//! Forward-only, numbered, embedded migrations, applied when a database is
//! created and, lazily and safely under concurrency, on first use after an upgrade.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashSet;

use crate::{Access, Database, DatabaseError, Statement};

/// Stands between two statements of a migration file, on a line of its own:
/// triggers contain semicolons, so those cannot part statements.
const SEPARATOR: &str = "\n--;;\n";

/// All migrations of one kind of database, oldest first. Number n of the list is
/// schema version n + 1.
#[derive(Clone, Copy, Debug)]
pub struct Migrations(&'static [&'static str]);

/// The platform's database.
pub const PLATFORM: Migrations = Migrations(&[
    include_str!("../../../migrations/platform/0001_start.sql"),
    include_str!("../../../migrations/platform/0002_due_work.sql"),
    include_str!("../../../migrations/platform/0006_jobs.sql"),
]);

/// An organisation's database.
pub const ORGANIZATION: Migrations = Migrations(&[
    include_str!("../../../migrations/organization/0001_start.sql"),
    include_str!("../../../migrations/organization/0002_teams_and_availability.sql"),
    include_str!("../../../migrations/organization/0003_booking_lists.sql"),
    include_str!("../../../migrations/organization/0006_team_invites.sql"),
    include_str!("../../../migrations/organization/0009_idempotency.sql"),
    include_str!("../../../migrations/organization/0010_webhook_owners.sql"),
    include_str!("../../../migrations/organization/0011_delivery_engine.sql"),
    include_str!("../../../migrations/organization/0012_oauth_clients.sql"),
    include_str!("../../../migrations/organization/0013_oauth2_sessions.sql"),
    include_str!("../../../migrations/organization/0014_roles.sql"),
    include_str!("../../../migrations/organization/0015_verified_emails.sql"),
    include_str!("../../../migrations/organization/0016_jobs.sql"),
    include_str!("../../../migrations/organization/0017_outbox_order.sql"),
    include_str!("../../../migrations/organization/0018_calls.sql"),
    include_str!("../../../migrations/organization/0019_delivery_index.sql"),
    include_str!("../../../migrations/organization/0020_chains.sql"),
]);

impl Migrations {
    /// The schema version after all of them.
    pub const fn version(self) -> usize {
        self.0.len()
    }

    /// All SQL in order: what a template is built from, and hashed.
    pub fn all_sql(self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }

    /// The statements that lead from a version to the newest, with the rows that
    /// record them: for a provider that keeps a migrated template.
    pub fn statements_from(self, version: usize) -> Vec<Vec<Statement>> {
        self.0.iter().enumerate().skip(version).map(|(index, sql)| step(index + 1, sql)).collect()
    }
}

const CREATE_LEDGER: &str = "CREATE TABLE IF NOT EXISTS schema_migration (\
    version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL DEFAULT (unixepoch() * 1000)) STRICT";

/// One migration as one atomic batch. The ledger row goes in first: whoever
/// comes second breaks its primary key and changes nothing.
fn step(version: usize, sql: &'static str) -> Vec<Statement> {
    let record = "INSERT INTO schema_migration (version) VALUES (?1)";
    let version = i64::try_from(version).unwrap_or(i64::MAX);
    let body = sql.split(SEPARATOR).map(str::trim).filter(|text| !text.is_empty());
    [Statement::command(CREATE_LEDGER, []), Statement::command(record, [version.into()])]
        .into_iter()
        .chain(body.map(|text| Statement {
            sql: Cow::Borrowed(text),
            arguments: Vec::new(),
            want_rows: false,
            require_affected: false,
        }))
        .collect()
}

thread_local! {
    /// Databases this instance found up to date: a cache, never state. A database
    /// that is deleted and made again is made at the newest version, so a stale
    /// entry is harmless.
    static UP_TO_DATE: RefCell<HashSet<String>> = RefCell::default();
}

/// Applies what is missing. Costs one small read per instance and database.
pub async fn bring_up_to_date(
    database: &impl Database,
    name: &str,
    migrations: Migrations,
) -> Result<(), DatabaseError> {
    if UP_TO_DATE.with_borrow(|seen| seen.contains(name)) {
        return Ok(());
    }
    let mut version = current_version(database, name).await?;
    while version < migrations.version() {
        for batch in migrations.statements_from(version) {
            match database.execute(name, Access::Write, true, batch).await {
                // Somebody else applied it at the same time.
                Ok(_) | Err(DatabaseError::Constraint { statement: 1, .. }) => {}
                Err(error) => return Err(error),
            }
        }
        version = current_version(database, name).await?;
    }
    UP_TO_DATE.with_borrow_mut(|seen| seen.insert(name.to_owned()));
    Ok(())
}

/// Asks the primary: a replica that lags would have migrations applied twice.
async fn current_version(database: &impl Database, name: &str) -> Result<usize, DatabaseError> {
    let ledger = "SELECT count(*) FROM sqlite_master WHERE name = 'schema_migration'";
    let newest = "SELECT coalesce(max(version), 0) FROM schema_migration";
    let ask = |sql| database.execute(name, Access::Write, false, vec![Statement::query(sql, [])]);
    let number = |rows: Vec<crate::Rows>| {
        let row = rows.first().and_then(|rows| rows.first().map(|row| row.integer(0)));
        row.and_then(Result::ok).unwrap_or(0)
    };
    if number(ask(ledger).await?) == 0 {
        return Ok(0);
    }
    Ok(usize::try_from(number(ask(newest).await?)).unwrap_or(0))
}
