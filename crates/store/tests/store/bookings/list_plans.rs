//! That lists read an index where they end, and nothing outside them.

use meridian_kernel::{TeamId, WireId};
use meridian_store::Scope;
use meridian_store::bookings::{self, Filter, Order, Span, StatusFilter, Viewer};

use super::plans::Explaining;
use super::{NOON, agenda, filter};
use crate::support::{Home, at, organization};

#[tokio::test]
async fn no_list_sorts_or_scans_what_it_does_not_show() {
    use StatusFilter::{Cancelled, Past, Recurring, Unconfirmed, Upcoming};
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, ..) = agenda(&scope).await;
    let database = Explaining::of(&scope);
    let scope = Scope::open(&database, organization()).await.unwrap();
    let mut common = vec![
        filter(ada),
        Filter::of(Viewer::Organization, 20, 40, at(NOON)),
        Filter::of(Viewer::Team(TeamId::new(organization(), 1)), 20, 0, at(NOON)),
        Filter { after_start: Some(at(NOON)), before_end: Some(at("2051-01-01")), ..filter(ada) },
    ];
    for status in [Upcoming, Recurring, Past, Cancelled, Unconfirmed] {
        common.push(Filter { statuses: vec![status], ..filter(ada) });
    }
    for descending in [false, true] {
        for order in [
            Order::Start { descending },
            Order::Created { descending },
            Order::Updated { descending },
        ] {
            common.push(Filter { order: vec![order], ..filter(ada) });
        }
    }
    for filter in common {
        database.forget();
        bookings::list(&scope, &filter).await.unwrap();
        for line in database.plans() {
            assert!(!reads_outside(&line), "{line}\nin {:#?}\nfor {filter:#?}", database.plans());
            assert!(!line.contains("TEMP B-TREE"), "{line}\nfor {filter:#?}");
        }
        let found: Vec<_> =
            database.plans().into_iter().filter(|line| line.contains("MATERIALIZE")).collect();
        assert_eq!(found, ["MATERIALIZE page"], "for {filter:#?}");
    }
}

#[tokio::test]
async fn what_is_found_otherwise_is_found_by_an_index() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, of, [over, ..]) = agenda(&scope).await;
    let database = Explaining::of(&scope);
    let scope = Scope::open(&database, organization()).await.unwrap();
    let lately = Span { from: Some(at(NOON)), to: None };
    let cases = [
        (Filter { uid: Some(&over.uid), ..filter(ada) }, "booking USING INDEX sqlite_autoindex"),
        (Filter { attendee_email: Some("x@x.org"), ..filter(ada) }, "INDEX attendee_email"),
        (Filter { updated: lately, ..filter(ada) }, "INDEX booking_viewer_updated"),
        (Filter { created: lately, ..filter(ada) }, "INDEX booking_viewer_created"),
        (Filter { event_types: Some(vec![of.id]), ..filter(ada) }, "v USING PRIMARY KEY"),
        (
            Filter { order: vec![Order::End { descending: true }], ..filter(ada) },
            "v USING PRIMARY KEY (viewer=? AND kind=? AND start_at>?)",
        ),
        (
            Filter::of(Viewer::Users(vec![ada]), 20, 0, at(NOON)),
            "v USING PRIMARY KEY (viewer=? AND kind=?)",
        ),
    ];
    for (filter, expected) in cases {
        database.forget();
        bookings::list(&scope, &filter).await.unwrap();
        let plans = database.plans();
        assert!(plans.iter().any(|line| line.contains(expected)), "{plans:#?}\nfor {filter:#?}");
        let outside: Vec<_> = plans.iter().filter(|line| reads_outside(line)).collect();
        assert!(outside.is_empty(), "{outside:?} in {plans:#?}\nfor {filter:#?}");
    }
}

/// Whether a step reads a table from its first row to its last. The page that was
/// just found, lists that are arguments, and single rows are small.
fn reads_outside(line: &str) -> bool {
    let found = ["SCAN page", "SCAN a", "SCAN b", "SCAN CONSTANT ROW"];
    let small =
        found.contains(&line) || line.contains("VIRTUAL TABLE") || line.contains("(subquery-");
    line.starts_with("SCAN") && !small
}
