//! Making and cancelling.

use meridian_kernel::WireId;
use meridian_kernel::limits::MAX_BUSY_SPAN_MINUTES;
use meridian_store::bookings::{
    self, Booking, CancelOutcome, CreateOutcome, Made, NewBookings, Opening, Selector,
};
use meridian_store::{Statement, arguments};

use super::{NOON, booking, cancel, event, event_type, made, make, new, now, number, webhook};
use crate::support::{Home, at, user};

#[tokio::test]
async fn a_booking_is_read_as_it_was_made() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let booking = made(&scope, booking(&of, at(NOON), 30)).await;
    assert_eq!(bookings::find(&scope, &booking.uid).await.unwrap().unwrap(), booking);
    let (found, event_type) =
        bookings::find_with_event_type(&scope, &booking.uid).await.unwrap().unwrap();
    assert_eq!((found, event_type), (booking, Some(of)));
    assert_eq!(bookings::find(&scope, "unknown").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_bookings_at_once_for_one_slot_one_is_made() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let all: Vec<Booking> = (0..50).map(|_| booking(&of, at(NOON), 30)).collect();
    let outcomes = futures::future::join_all(all.iter().map(|one| make(&scope, one))).await;
    let count = |wanted: fn(&CreateOutcome) -> bool| outcomes.iter().filter(|o| wanted(o)).count();
    assert_eq!(count(|outcome| matches!(outcome, CreateOutcome::Made(_))), 1);
    assert_eq!(count(|outcome| *outcome == CreateOutcome::Taken), 49);
    for table in ["SELECT count(*) FROM booking", "SELECT count(*) FROM busy_time"] {
        assert_eq!(number(&scope, table).await, 1, "{table}");
    }
    assert_eq!(number(&scope, "SELECT count(*) FROM attendee").await, 2);
}

#[tokio::test]
async fn neighbours_do_not_collide_and_buffers_do() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    made(&scope, booking(&of, at(NOON), 30)).await;
    let noon = at(NOON);
    for (minutes, length) in [(-29, 30), (29, 30), (-30, 90), (10, 10), (0, 30)] {
        let outcome = make(&scope, &booking(&of, noon.plus_minutes(minutes), length)).await;
        assert_eq!(outcome, CreateOutcome::Taken, "{minutes} {length}");
    }
    let before = [booking(&of, noon.plus_minutes(-30), 30)];
    let needs = (before[0].start, before[0].end.plus_minutes(1));
    let openings = vec![Opening { booking: &before[0], needs }];
    let buffered = NewBookings { openings, ..new(&before) };
    assert_eq!(bookings::create(&scope, &buffered).await.unwrap(), CreateOutcome::Taken);
    for minutes in [-30, 30] {
        made(&scope, booking(&of, noon.plus_minutes(minutes), 30)).await;
    }
}

#[tokio::test]
async fn the_longest_booking_still_keeps_others_out_at_both_of_its_ends() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let longest = i64::from(MAX_BUSY_SPAN_MINUTES);
    let long = made(&scope, booking(&of, at(NOON), longest)).await;
    for start in [long.start, long.start.plus_minutes(-29), long.end.plus_minutes(-1)] {
        assert_eq!(make(&scope, &booking(&of, start, 30)).await, CreateOutcome::Taken, "{start}");
    }
    for start in [long.start.plus_minutes(-30), long.end] {
        made(&scope, booking(&of, start, 30)).await;
    }
    let too_long = booking(&of, at("2051-01-01"), longest + 1);
    assert_eq!(make(&scope, &too_long).await, CreateOutcome::Taken);
}

#[tokio::test]
async fn another_host_is_not_in_the_way() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let bob = event_type(&scope, user(&scope, "bob").await, "intro").await;
    made(&scope, booking(&ada, at(NOON), 30)).await;
    made(&scope, booking(&bob, at(NOON), 30)).await;
}

#[tokio::test]
async fn a_request_leaves_the_slot_open_unless_it_blocks_and_never_takes_a_booked_one() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let pending = || Booking { status: "pending".to_owned(), ..booking(&of, at(NOON), 30) };
    for _ in 0..2 {
        let request = [pending()];
        let open = NewBookings { takes_time: false, ..new(&request) };
        let outcome = bookings::create(&scope, &open).await.unwrap();
        assert!(matches!(outcome, CreateOutcome::Made(_)));
    }
    made(&scope, pending()).await;
    let late = [pending()];
    let late = NewBookings { takes_time: false, ..new(&late) };
    assert_eq!(bookings::create(&scope, &late).await.unwrap(), CreateOutcome::Taken);
}

#[tokio::test]
async fn an_event_type_that_went_meanwhile_is_not_booked() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let of = event_type(&scope, ada, "intro").await;
    meridian_store::event_types::delete(&scope, ada, of.id).await.unwrap().unwrap();
    let outcome = make(&scope, &booking(&of, at(NOON), 30)).await;
    assert_eq!(outcome, CreateOutcome::Outdated);
    assert_eq!(number(&scope, "SELECT count(*) FROM booking").await, 0);
}

#[tokio::test]
async fn a_booking_outlives_its_event_type() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let of = event_type(&scope, ada, "intro").await;
    let kept = made(&scope, booking(&of, at(NOON), 30)).await;
    meridian_store::event_types::delete(&scope, ada, of.id).await.unwrap().unwrap();
    let (found, event_type) =
        bookings::find_with_event_type(&scope, &kept.uid).await.unwrap().unwrap();
    assert_eq!((found.event_type_slug, event_type), (None, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_cancellations_at_once_one_succeeds_and_frees_the_slot() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    webhook(&scope, ada, r#"["BOOKING_CANCELLED"]"#).await;
    let of = event_type(&scope, ada, "intro").await;
    let booking_made = made(&scope, booking(&of, at(NOON), 30)).await;
    let outcomes = futures::future::join_all((0..20).map(|_| cancel(&scope, &booking_made))).await;
    let done = CancelOutcome::Cancelled { to_deliver: true };
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == done).count(), 1);
    let late = outcomes.iter().filter(|outcome| **outcome == CancelOutcome::NotActive).count();
    assert_eq!(late, 19);
    assert_eq!(number(&scope, "SELECT count(*) FROM webhook_delivery").await, 1);
    let found = bookings::find(&scope, &booking_made.uid).await.unwrap().unwrap();
    assert_eq!(found.status, "cancelled");
    assert_eq!(found.cancellation_reason.as_deref(), Some("ill"));
    assert_eq!(found.cancelled_by_email.as_deref(), Some("ada@x.org"));
    assert_eq!((found.updated_at, found.ical_sequence), (now().plus_minutes(1), 1));
    made(&scope, booking(&of, at(NOON), 30)).await;
}

#[tokio::test]
async fn what_happened_is_noted_for_those_who_asked_and_knows_its_id() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let of = event_type(&scope, ada, "intro").await;
    assert!(!of.has_webhooks);
    let unheard = make(&scope, &booking(&of, at(NOON), 30)).await;
    assert!(matches!(unheard, CreateOutcome::Made(Made { to_deliver: false, .. })));
    assert_eq!(number(&scope, "SELECT count(*) FROM outbox_event").await, 0);

    webhook(&scope, ada, r#"["BOOKING_CREATED"]"#).await;
    let overtaken = make(&scope, &booking(&of, at(NOON).plus_minutes(30), 30)).await;
    assert_eq!(overtaken, CreateOutcome::Outdated, "it was not known that somebody listens");
    let selector = Selector::OfUser { username: "ADA", slug: "Intro" };
    let of = bookings::find_bookable(&scope, selector).await.unwrap().unwrap();
    assert!(of.has_webhooks);
    let told = [booking(&of, at(NOON).plus_minutes(30), 30)];
    let heard = NewBookings { events: vec![event(&told[0])], has_listeners: true, ..new(&told) };
    let heard = bookings::create(&scope, &heard).await.unwrap();
    let CreateOutcome::Made(Made { bookings, to_deliver: true, .. }) = heard else {
        panic!("{heard:?}")
    };
    let id = bookings[0];
    let noted = "SELECT payload ->> '$.bookingId' FROM outbox_event";
    assert_eq!(number(&scope, noted).await, id.wire());
    assert_eq!(number(&scope, "SELECT count(*) FROM webhook_delivery").await, 1);
    let late = [booking(&of, at(NOON), 30)];
    let late = NewBookings { events: vec![event(&late[0])], has_listeners: true, ..new(&late) };
    assert_eq!(bookings::create(&scope, &late).await.unwrap(), CreateOutcome::Taken);
    assert_eq!(number(&scope, "SELECT count(*) FROM outbox_event").await, 1);
}

#[tokio::test]
async fn whoever_begins_to_listen_meanwhile_is_not_passed_over() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let of = event_type(&scope, ada, "intro").await;
    let one = booking(&of, at(NOON), 30);
    let mut alone = one.clone();
    alone.attendees.truncate(1);
    for owner in ["event_type_id", "of_organization"] {
        let sql = format!(
            "INSERT INTO webhook (id, {owner}, subscriber_url, active, triggers, version, \
             created_at, updated_at) VALUES ('w', ?1, 'https://x.org', 1, '[]', 'v', 0, 0)"
        );
        let value = if owner == "event_type_id" { of.id.row() } else { 1 };
        let listen = Statement { sql: sql.into(), ..Statement::command("", arguments![value]) };
        scope.write(vec![listen]).await.unwrap();
        for booking in [&one, &alone] {
            let overtaken = make(&scope, booking).await;
            assert_eq!(overtaken, CreateOutcome::Outdated, "{owner}");
        }
        scope.write(vec![Statement::command("DELETE FROM webhook", [])]).await.unwrap();
    }
    assert!(matches!(make(&scope, &one).await, CreateOutcome::Made(_)));
}
