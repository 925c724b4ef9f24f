//! How the engine finds what the measured statements ask for.
//!
//! The statements are caught as the store sends them, so none is spelled a second
//! time; each is run as well, because what the next one asks may hang on it.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use meridian_kernel::{EventTypeId, Instant, UserId, WireId};
use meridian_store::availability::{self, Range, Selector};
use meridian_store::bookings::{self, Filter, Viewer};
use meridian_store::{Access, Database, DatabaseError, Rows, Scope, Statement, Value};

use crate::stage::Stage;

/// The plan of one statement: what it reads, in the engine's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Ranges of indexes, and what is read to its end.
    pub reads: Vec<String>,
    /// Those of them that read a whole table.
    pub full_scans: Vec<String>,
}

impl Plan {
    fn of(steps: &[String]) -> Self {
        // What the statement makes for itself is no table, and is as small as what it
        // is made from.
        let own = |name: &str| {
            let made = ["CO-ROUTINE ", "MATERIALIZE "].map(|word| format!("{word}{name}"));
            name.starts_with('(') || steps.iter().any(|step| made.contains(step))
        };
        let is_full = |step: &&String| {
            let scanned = step
                .strip_prefix("SCAN ")
                .filter(|rest| !rest.starts_with("CONSTANT") && !rest.contains("VIRTUAL TABLE"));
            scanned.is_some_and(|rest| !own(rest.split(' ').next().unwrap_or_default()))
        };
        let is_read = |step: &&String| step.starts_with("SEARCH ") || step.starts_with("SCAN ");
        let mut reads: Vec<String> = Vec::new();
        for step in steps.iter().filter(is_read) {
            if !reads.contains(step) {
                reads.push(step.clone());
            }
        }
        let full_scans = reads.iter().filter(is_full).cloned().collect();
        Self { reads, full_scans }
    }
}

/// The statements of a week of slots.
pub async fn slots(path: &Path, stage: &Stage) -> anyhow::Result<Vec<Plan>> {
    let file = Explained::open(path).await?;
    let scope = Scope::open(&file, stage.organization.number).await?;
    file.forget();
    let (from, to) = stage.week();
    let now = Instant::now();
    let range = Range { from, to, now, ignoring_booking: None, ignoring_reservation: None };
    let event_type = Selector::Id(EventTypeId::from_wire(stage.event_type)?);
    let found = availability::load(&scope, event_type, &range).await?;
    found.context("the event type is not there")?;
    Ok(file.plans())
}

/// The statements of a page of the owner's bookings.
pub async fn list(path: &Path, stage: &Stage) -> anyhow::Result<Vec<Plan>> {
    let file = Explained::open(path).await?;
    let number = stage.organization.number;
    let scope = Scope::open(&file, number).await?;
    file.forget();
    // The first of an organisation is its owner.
    let owner = Viewer::User(UserId::new(number, 1));
    let page = bookings::list(&scope, &Filter::of(owner, 20, 0, Instant::now())).await?;
    anyhow::ensure!(!page.bookings.is_empty(), "the owner has no bookings");
    Ok(file.plans())
}

/// A file that explains what it is asked.
struct Explained {
    connection: libsql::Connection,
    plans: Mutex<Vec<Plan>>,
    /// Closes the file when it goes.
    _database: libsql::Database,
}

impl Explained {
    async fn open(path: &Path) -> anyhow::Result<Self> {
        let database = libsql::Builder::new_local(path).build().await?;
        let connection = database.connect()?;
        Ok(Self { connection, plans: Mutex::default(), _database: database })
    }

    fn plans(&self) -> Vec<Plan> {
        self.plans.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets what was asked so far.
    fn forget(&self) {
        self.plans.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn explain(&self, statement: &Statement) -> libsql::Result<Plan> {
        let sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
        let mut rows = self.connection.query(&sql, bound(statement)).await?;
        let mut steps = Vec::new();
        while let Some(row) = rows.next().await? {
            steps.push(row.get::<String>(3)?);
        }
        Ok(Plan::of(&steps))
    }

    async fn run(&self, statement: &Statement) -> libsql::Result<Rows> {
        let mut rows = self.connection.query(&statement.sql, bound(statement)).await?;
        let width = usize::try_from(rows.column_count()).unwrap_or(0);
        let mut cells = Vec::new();
        while let Some(row) = rows.next().await? {
            for column in 0..rows.column_count() {
                cells.push(cell(row.get_value(column)?));
            }
        }
        Ok(Rows::of(width, &cells))
    }
}

impl Database for Explained {
    async fn execute(
        &self,
        _: &str,
        _: Access,
        _: bool,
        statements: Vec<Statement>,
    ) -> Result<Vec<Rows>, DatabaseError> {
        let failed = |error: libsql::Error| DatabaseError::Failed(error.to_string());
        let mut answers = Vec::new();
        for statement in &statements {
            let plan = self.explain(statement).await.map_err(failed)?;
            self.plans.lock().unwrap_or_else(PoisonError::into_inner).push(plan);
            answers.push(self.run(statement).await.map_err(failed)?);
        }
        Ok(answers)
    }

    async fn create(&self, _: &str) -> Result<(), DatabaseError> {
        Err(DatabaseError::AlreadyExists)
    }

    async fn delete(&self, _: &str) -> Result<(), DatabaseError> {
        Err(DatabaseError::Unavailable("a file that is only read".to_owned()))
    }
}

fn bound(statement: &Statement) -> Vec<libsql::Value> {
    let value = |value: &Value| match value.clone() {
        Value::Null => libsql::Value::Null,
        Value::Integer(number) => libsql::Value::Integer(number),
        Value::Real(number) => libsql::Value::Real(number),
        Value::Text(text) => libsql::Value::Text(text),
        Value::Blob(bytes) => libsql::Value::Blob(bytes),
    };
    statement.arguments.iter().map(value).collect()
}

fn cell(value: libsql::Value) -> Value {
    match value {
        libsql::Value::Null => Value::Null,
        libsql::Value::Integer(number) => Value::Integer(number),
        libsql::Value::Real(number) => Value::Real(number),
        libsql::Value::Text(text) => Value::Text(text),
        libsql::Value::Blob(bytes) => Value::Blob(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_is_read_to_its_end_is_told_from_what_the_statement_made_itself() {
        let steps = [
            "COMPOUND QUERY",
            "CO-ROUTINE h",
            "SCAN CONSTANT ROW",
            "SCAN h",
            "SCAN (subquery-3)",
            "SCAN n VIRTUAL TABLE INDEX 1:",
            "SEARCH b USING PRIMARY KEY (user_id=? AND busy_end>?)",
            "SEARCH b USING PRIMARY KEY (user_id=? AND busy_end>?)",
            "SCAN booking",
        ];
        let plan = Plan::of(&steps.map(str::to_owned));
        assert_eq!(plan.full_scans, ["SCAN booking"]);
        assert_eq!(plan.reads.len(), 6);
    }
}
