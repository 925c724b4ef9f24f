//! How the engine goes about it.

use std::cell::RefCell;

use meridian_database::Databases;
use meridian_store::bookings::{self, CreateOutcome, Filter, NewBookings, Order, StatusFilter};
use meridian_store::{Access, Database, DatabaseError, Rows, Scope, Statement};

use super::{agenda, booking, event, filter, new};
use crate::support::{Home, at, organization};

/// Notes how the engine would go about every statement.
pub struct Explaining<'a> {
    inner: &'a Databases,
    plans: RefCell<Vec<String>>,
}

impl<'a> Explaining<'a> {
    pub fn of(scope: &Scope<'a, Databases>) -> Self {
        Self { inner: scope.provider(), plans: RefCell::default() }
    }

    /// The lines of all plans since the last time they were forgotten.
    pub fn plans(&self) -> Vec<String> {
        self.plans.borrow().clone()
    }

    pub fn forget(&self) {
        self.plans.borrow_mut().clear();
    }

    async fn explain(&self, database: &str, statement: &Statement) {
        let sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
        let explain = Statement {
            sql: sql.into(),
            want_rows: true,
            require_affected: false,
            ..statement.clone()
        };
        let rows = self.inner.execute(database, Access::Write, false, vec![explain]).await.unwrap();
        let lines = rows[0].iter().map(|row| row.string(3).unwrap());
        self.plans.borrow_mut().extend(lines);
    }
}

impl Database for Explaining<'_> {
    async fn execute(
        &self,
        database: &str,
        access: Access,
        atomic: bool,
        statements: Vec<Statement>,
    ) -> Result<Vec<Rows>, DatabaseError> {
        for statement in &statements {
            self.explain(database, statement).await;
        }
        self.inner.execute(database, access, atomic, statements).await
    }

    async fn create(&self, database: &str) -> Result<(), DatabaseError> {
        self.inner.create(database).await
    }

    async fn delete(&self, database: &str) -> Result<(), DatabaseError> {
        self.inner.delete(database).await
    }
}

#[tokio::test]
async fn nothing_reads_a_whole_table() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, of, [over, ..]) = agenda(&scope).await;
    let database = Explaining::of(&scope);
    let scope = Scope::open(&database, organization()).await.unwrap();
    database.forget();

    let listed = ["2051-01-01", "2051-01-03"].map(|day| booking(&of, at(day), 30));
    let mut single = [booking(&of, at("2051-01-02"), 30)];
    single[0].attendees.truncate(1);
    for one in [&listed[..], &single[..]] {
        let told = NewBookings { events: vec![event(&one[0])], has_listeners: true, ..new(one) };
        let made = bookings::create(&scope, &told).await.unwrap();
        assert!(matches!(made, CreateOutcome::Made(_)));
    }
    bookings::find_with_event_type(&scope, &over.uid).await.unwrap();
    let everything = Filter {
        statuses: vec![StatusFilter::Upcoming, StatusFilter::Past],
        attendee_email: Some("grace@x.org"),
        attendee_name: Some("grace"),
        event_types: Some(vec![of.id]),
        after_start: Some(at("2050-01-01")),
        order: vec![Order::Created { descending: true }],
        ..filter(ada)
    };
    bookings::list(&scope, &everything).await.unwrap();
    bookings::list(&scope, &filter(ada)).await.unwrap();

    let plans = database.plans();
    let scans: Vec<&String> = plans
        .iter()
        .filter(|line| line.starts_with("SCAN"))
        // The page that was just found, its attendees, the hosts of an event type, lists
        // that are arguments, and single rows are read whole; of events as many as were
        // just noted, and of the table of last ids its few rows.
        .filter(|line| {
            let found = [
                "SCAN page",
                "SCAN a",
                "SCAN h",
                "SCAN CONSTANT ROW",
                "SCAN newest",
                "SCAN outbox_event",
                "SCAN sqlite_sequence",
            ];
            !found.contains(&line.as_str()) && !line.contains("VIRTUAL TABLE")
        })
        .collect();
    assert!(scans.is_empty(), "{scans:?} in {plans:#?}");
    // Busy times and holds, of many bookings and of one.
    for table in ["t", "h"] {
        let range = format!("SEARCH {table} USING PRIMARY KEY (user_id=? AND busy_end>? AND ");
        let found = plans.iter().filter(|line| line.starts_with(&range)).count();
        assert!(found >= 2, "{range} in {plans:#?}");
    }
}
