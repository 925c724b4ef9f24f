//! Pages of a user's own bookings.

use meridian_database::Databases;
use meridian_kernel::{EventTypeId, Instant, OrganizationNumber, TeamId, WireId};
use meridian_store::bookings::{self, Booking, Filter, Order, Page, Span, StatusFilter};
use meridian_store::{Scope, Statement, arguments};
use serde_json::json;

use super::{NOON, agenda, attendee, booking, event_type, filter, made, now};
use crate::support::{Home, at, organization, user};

async fn listed(scope: &Scope<'_, Databases>, filter: &Filter<'_>) -> Vec<String> {
    let page = bookings::list(scope, filter).await.unwrap();
    assert_eq!(page.total, page.bookings.len() as u64, "all fit one page");
    page.bookings.into_iter().map(|booking| booking.uid).collect()
}

#[tokio::test]
async fn a_list_tells_what_is_over_from_what_is_ahead() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, _, [over, running, ahead, asked, cancelled]) = agenda(&scope).await;
    use StatusFilter::{Cancelled, Past, Recurring, Unconfirmed, Upcoming};
    for (statuses, expected) in [
        (vec![], vec![&over, &running, &ahead, &asked, &cancelled]),
        (vec![Upcoming], vec![&running, &ahead, &asked]),
        (vec![Past], vec![&over]),
        (vec![Cancelled], vec![&cancelled]),
        (vec![Unconfirmed], vec![&asked]),
        (vec![Recurring], vec![]),
        (vec![Past, Cancelled], vec![&over, &cancelled]),
    ] {
        let expected: Vec<&str> = expected.iter().map(|booking| booking.uid.as_str()).collect();
        let wanted = Filter { statuses: statuses.clone(), ..filter(ada) };
        assert_eq!(listed(&scope, &wanted).await, expected, "{statuses:?}");
    }
}

#[tokio::test]
async fn every_filter_narrows_the_list() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, of, [over, running, ahead, asked, cancelled]) = agenda(&scope).await;
    let everything = [&over, &running, &ahead, &asked, &cancelled];
    let foreign = EventTypeId::new(OrganizationNumber::new(8).unwrap(), of.id.row());
    let other = EventTypeId::new(organization(), 99);
    let span = |from: Option<Instant>, to: Option<Instant>| Span { from, to };
    let cases: Vec<(Filter<'_>, Vec<&Booking>)> = vec![
        (Filter { uid: Some(&ahead.uid), ..filter(ada) }, vec![&ahead]),
        (Filter { attendee_email: Some("GRACE@x.org"), ..filter(ada) }, everything.to_vec()),
        (Filter { attendee_email: Some("nobody@x.org"), ..filter(ada) }, vec![]),
        (Filter { attendee_name: Some("bob"), ..filter(ada) }, everything.to_vec()),
        (Filter { attendee_name: Some("zoe"), ..filter(ada) }, vec![]),
        (Filter { event_types: Some(vec![of.id, other]), ..filter(ada) }, everything.to_vec()),
        (Filter { event_types: Some(vec![foreign]), ..filter(ada) }, vec![]),
        (Filter { event_types: Some(vec![]), ..filter(ada) }, vec![]),
        (Filter { teams: Some(vec![TeamId::new(organization(), 1)]), ..filter(ada) }, vec![]),
        (
            Filter { after_start: Some(ahead.start), ..filter(ada) },
            vec![&ahead, &asked, &cancelled],
        ),
        (Filter { before_end: Some(over.end), ..filter(ada) }, vec![&over]),
        (Filter { created: span(Some(now()), Some(now())), ..filter(ada) }, everything.to_vec()),
        (Filter { created: span(Some(now().plus_millis(1)), None), ..filter(ada) }, vec![]),
        (
            Filter { updated: span(Some(now().plus_millis(1)), None), ..filter(ada) },
            vec![&cancelled],
        ),
        (Filter { updated: span(None, Some(now().plus_millis(-1))), ..filter(ada) }, vec![]),
    ];
    for (wanted, expected) in cases {
        let expected: Vec<&str> = expected.iter().map(|booking| booking.uid.as_str()).collect();
        assert_eq!(listed(&scope, &wanted).await, expected, "{wanted:?}");
    }
}

#[tokio::test]
async fn a_list_is_ordered_as_asked() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, _, [over, running, ahead, asked, cancelled]) = agenda(&scope).await;
    let latest_first = [&cancelled, &asked, &ahead, &running, &over];
    let changed_first = [&cancelled, &asked, &ahead, &running, &over];
    for (order, expected) in [
        (vec![Order::Start { descending: true }], latest_first),
        (vec![Order::End { descending: true }], latest_first),
        (vec![Order::Updated { descending: true }], changed_first),
        (
            vec![Order::Created { descending: true }, Order::Start { descending: true }],
            latest_first,
        ),
    ] {
        let wanted = Filter { order, ..filter(ada) };
        assert_eq!(listed(&scope, &wanted).await, expected.map(|booking| booking.uid.clone()));
    }
}

#[tokio::test]
async fn who_attends_sees_a_booking_and_strangers_do_not() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (_, of, _) = agenda(&scope).await;
    let stranger = user(&scope, "eve").await;
    let mut with_eve = booking(&of, at(NOON).plus_minutes(240), 30);
    with_eve.attendees.push(attendee("Eve@EXAMPLE.com", true));
    let with_eve = made(&scope, with_eve).await;
    assert_eq!(listed(&scope, &filter(stranger)).await, [with_eve.uid]);
    let zoe = user(&scope, "zoe").await;
    assert_eq!(listed(&scope, &filter(zoe)).await, [""; 0]);
}

#[tokio::test]
async fn pages_follow_each_other_and_know_the_total() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, _, bookings) = agenda(&scope).await;
    let mut seen = Vec::new();
    for skip in [0, 2, 4, 6] {
        let page = bookings::list(&scope, &Filter { take: 2, skip, ..filter(ada) }).await.unwrap();
        assert_eq!(page.total, 5);
        seen.extend(page.bookings.into_iter().map(|booking| booking.uid));
    }
    assert_eq!(seen, bookings.map(|booking| booking.uid));
}

#[tokio::test]
async fn a_row_nobody_can_read_costs_nobody_the_page() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, _, [over, ..]) = agenda(&scope).await;
    let break_it = "UPDATE booking SET responses = 'no json' WHERE uid = ?1";
    let broken = Statement::command(break_it, arguments![over.uid.as_str()]);
    scope.write(vec![broken]).await.unwrap();
    let Page { total, bookings, unreadable } = bookings::list(&scope, &filter(ada)).await.unwrap();
    assert_eq!((total, bookings.len(), unreadable.len()), (5, 4, 1));
}

#[tokio::test]
async fn a_page_too_long_for_one_answer_is_read_in_parts() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let long = json!({ "notes": "x".repeat(64 * 1024) });
    let mut expected = Vec::new();
    for index in 0..100 {
        let start = at(NOON).plus_minutes(30 * index);
        let booking = Booking {
            responses: long.as_object().unwrap().clone().into(),
            ..booking(&of, start, 30)
        };
        expected.push(made(&scope, booking).await.uid);
    }
    let one = filter(of.hosts[0].user.id);
    assert_eq!(listed(&scope, &one).await, expected);
}
