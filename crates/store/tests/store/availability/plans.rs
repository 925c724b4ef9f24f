//! How the engine goes about it, and what it costs.

use std::cell::RefCell;
use std::time::Instant as Clock;

use meridian_database::Databases;
use meridian_kernel::WireId;
use meridian_store::availability::{Selector, load, load_people};
use meridian_store::{Access, Database, DatabaseError, Rows, Scope, Statement, arguments};

use super::{Made, day, event_type, host, loaded, team, team_event_type};
use crate::support::{Home, at, organization, user, write};

/// Counts calls and notes how the engine would go about every statement.
struct Explaining<'a> {
    inner: &'a Databases,
    /// The lines of each statement's plan.
    plans: RefCell<Vec<Vec<String>>>,
    calls: RefCell<usize>,
}

impl Database for Explaining<'_> {
    async fn execute(
        &self,
        database: &str,
        access: Access,
        atomic: bool,
        statements: Vec<Statement>,
    ) -> Result<Vec<Rows>, DatabaseError> {
        *self.calls.borrow_mut() += 1;
        for statement in &statements {
            let sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
            let explain = Statement { sql: sql.into(), ..statement.clone() };
            let rows = self.inner.execute(database, Access::Write, false, vec![explain]).await?;
            let lines = rows[0].iter().map(|row| row.string(3).unwrap());
            self.plans.borrow_mut().push(lines.collect());
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

/// Lines that read whole what is small by nature: one row, the hosts of the event
/// type that were just found, and lists that are arguments.
fn is_small(line: &str) -> bool {
    let known = ["SCAN CONSTANT ROW", "SCAN (subquery", "SCAN h", "SCAN v", "SCAN n "];
    line.contains("VIRTUAL TABLE") || known.iter().any(|start| line.starts_with(start))
}

#[tokio::test]
async fn one_call_reads_all_by_index_however_many_hosts_there_are() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let sales = team(&scope, "sales", Some(r#"{"year":5}"#)).await;
    let id = team_event_type(&scope, sales, "intro", "roundRobin").await;
    for index in 0..20 {
        let someone = user(&scope, &format!("host-{index}")).await;
        host(&scope, id, someone, index).await;
    }
    let database = Explaining {
        inner: scope.provider(),
        plans: RefCell::default(),
        calls: RefCell::default(),
    };
    let scope = Scope::open(&database, organization()).await.unwrap();
    for selector in [
        Selector::Id(id),
        Selector::OfTeam { team: "sales", slug: "intro" },
        Selector::OfUser { username: "host-1", slug: "intro" },
    ] {
        database.plans.borrow_mut().clear();
        *database.calls.borrow_mut() = 0;
        load(&scope, selector, &day()).await.unwrap();
        assert_eq!(*database.calls.borrow(), 1);
        let plans = database.plans.borrow();
        assert_eq!(scans(&plans), Vec::<&String>::new());
        for index in [
            "SEARCH b USING PRIMARY KEY (user_id=? AND busy_end>? AND busy_end<?)",
            "SEARCH h USING PRIMARY KEY (user_id=? AND busy_end>? AND busy_end<?)",
            "SEARCH b USING INDEX booking_event_type (event_type_id=? AND start_at>? AND start_at<?)",
        ] {
            assert!(plans.iter().flatten().any(|line| line == index), "no {index} in {plans:#?}");
        }
        // Times come in the order of the index: a page of them needs no sorting.
        let of_times = |plan: &&Vec<String>| plan.iter().any(|line| line.contains("busy_end>"));
        for plan in plans.iter().filter(of_times) {
            assert!(!plan.iter().any(|line| line.contains("TEMP B-TREE")), "{plan:#?}");
        }
    }
    database.plans.borrow_mut().clear();
    *database.calls.borrow_mut() = 0;
    load_people(&scope, &["host-1".to_owned(), "host-2".to_owned()], &day()).await.unwrap();
    assert_eq!(*database.calls.borrow(), 1);
    assert_eq!(scans(&database.plans.borrow()), Vec::<&String>::new());
}

fn scans(plans: &[Vec<String>]) -> Vec<&String> {
    plans.iter().flatten().filter(|line| line.starts_with("SCAN") && !is_small(line)).collect()
}

/// The quickest of some rounds, in microseconds.
async fn micros(scope: &Scope<'_, Databases>, id: meridian_kernel::EventTypeId) -> u128 {
    let mut best = u128::MAX;
    for _ in 0..50 {
        let began = Clock::now();
        loaded(scope, id).await;
        best = best.min(began.elapsed().as_micros());
    }
    best
}

#[tokio::test]
async fn bookings_outside_the_range_cost_nothing() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let id = event_type(&scope, ada, None, r#"{"bookingLimitsCount":{"day":9}}"#).await;
    for hour in 8..18 {
        let start = at("2026-06-04").plus_minutes(60 * hour);
        Made { of: id, host: ada, uid: &hour.to_string(), start, minutes: 30 }.take(&scope).await;
    }
    let before = micros(&scope, id).await;
    // Years of half hours before and after.
    let many = "INSERT INTO booking (uid, event_type_id, user_id, title, status, start_at, end_at, \
                ical_uid, created_at, updated_at) \
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) \
                SELECT 'n' || ?3 || i, ?1, ?2, 'x', 'accepted', ?3 + i * 1800000, \
                ?3 + (i + 1) * 1800000, '', 0, 0 FROM n";
    // Not exclusive, so that no trigger looks at each.
    let taken = "INSERT INTO busy_time (user_id, busy_start, busy_end, booking_id, exclusive) \
                 SELECT user_id, start_at, end_at, id, 0 FROM booking WHERE uid LIKE 'n' || ?1 || '%'";
    for chunk in 0..10 {
        let begin = if chunk < 5 { at("2020-01-01") } else { at("2027-01-01") };
        let first = begin.plus_minutes(chunk % 5 * 5_000 * 30);
        write(&scope, Statement::command(many, arguments![id.row(), ada.row(), first])).await;
        write(&scope, Statement::command(taken, arguments![first])).await;
    }
    let after = micros(&scope, id).await;
    assert_eq!(loaded(&scope, id).await.hosts[0].taken.len(), 10);
    assert!(after < before * 3 + 200, "{before} µs without, {after} µs with 50,000 bookings");
}
