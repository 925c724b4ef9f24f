//! What there is a number of: seats, bookings of a day, of a booker, of a link.

use meridian_kernel::WireId;
use meridian_store::bookings::{
    Bookable, BookerLimit, CreateOutcome, LimitUnit, NewBookings, PeriodLimit,
};
use meridian_store::{Statement, arguments};

use crate::world::{
    DAY, TRIES, book_with, booking, count, is_made, new, noon, number, overlaps, personal, race,
    scope, sit, user, write,
};

async fn host(name: &str, settings: &str) -> Bookable {
    let scope = scope().await;
    let owner = user(&scope, name).await;
    personal(&scope, owner, "intro", settings).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_seat_is_given_twice_and_none_is_left() {
    let seats = 3;
    let of = host("seats", r#"{"seats": {"seatsPerTimeSlot": 3}}"#).await;
    for day in 0..TRIES {
        let outcomes = race((0..6).map(|index| {
            let of = of.clone();
            async move { sit(&of, seats, noon(day), &format!("{index}@x.org")).await }
        }))
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| is_made(outcome)).count(), 3, "{outcomes:?}");
        assert_eq!(count(&outcomes, &CreateOutcome::SeatsFull), 3, "{outcomes:?}");
    }
    let bookings = number("SELECT count(*) FROM booking WHERE event_type_id = ?1", of.id).await;
    assert_eq!(bookings, TRIES, "one booking per time");
    let most = "SELECT max(n) FROM (SELECT count(*) AS n FROM attendee a \
                JOIN booking b ON b.id = a.booking_id WHERE b.event_type_id = ?1 GROUP BY b.id)";
    assert_eq!(number(most, of.id).await, 3);
    assert_eq!(overlaps().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_sits_twice() {
    let of = host("twice", r#"{"seats": {"seatsPerTimeSlot": 5}}"#).await;
    for day in 0..TRIES {
        let outcomes = race((0..3).map(|_| {
            let of = of.clone();
            async move { sit(&of, 5, noon(day), "Grace@x.org").await }
        }))
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| is_made(outcome)).count(), 1, "{outcomes:?}");
        assert_eq!(count(&outcomes, &CreateOutcome::AlreadySeated), 2, "{outcomes:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_day_has_as_many_bookings_as_its_limit() {
    for (unit, most) in [(LimitUnit::Bookings, 2), (LimitUnit::Minutes, 60)] {
        let of = host(&format!("limit-{unit:?}"), "{}").await;
        for day in 0..TRIES {
            let from = noon(day).plus_minutes(-12 * 60);
            let limit = PeriodLimit { unit, from, to: from.plus_minutes(DAY), most };
            let outcomes = race((0..5).map(|index| {
                let one = [booking(&of, noon(day).plus_minutes(60 * index), 30, "g@x.org")];
                let of = of.clone();
                async move {
                    let new = NewBookings { limits: vec![limit], ..new(&of) };
                    book_with(&one, new).await
                }
            }))
            .await;
            assert_eq!(outcomes.iter().filter(|one| is_made(one)).count(), 2, "{outcomes:?}");
            assert_eq!(count(&outcomes, &CreateOutcome::LimitReached), 3, "{outcomes:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_booker_has_as_many_bookings_ahead_as_allowed() {
    let of = host("booker", "{}").await;
    for day in 0..TRIES {
        let email = format!("Grace-{day}@x.org");
        let outcomes = race((0..4).map(|index| {
            let (of, email) = (of.clone(), email.clone());
            let one = [booking(&of, noon(day).plus_minutes(60 * index), 30, &email)];
            async move {
                let limit = Some(BookerLimit { email: &email.to_uppercase(), most: 1 });
                book_with(&one, NewBookings { booker_limit: limit, ..new(&of) }).await
            }
        }))
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| is_made(outcome)).count(), 1, "{outcomes:?}");
        assert_eq!(count(&outcomes, &CreateOutcome::BookerLimitReached), 3, "{outcomes:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_link_is_used_as_often_as_it_may_be() {
    let of = host("link", "{}").await;
    for day in 0..TRIES {
        let link = format!("link-{day}");
        let sql = "INSERT INTO private_link (id, event_type_id, max_usage_count, created_at) \
                   VALUES (?1, ?2, 1, 0)";
        let arguments = arguments![link.as_str(), of.id.row()];
        write(&scope().await, Statement::command(sql, arguments)).await;
        let outcomes = race((0..4).map(|index| {
            let (of, link) = (of.clone(), link.clone());
            let one = [booking(&of, noon(day).plus_minutes(60 * index), 30, "g@x.org")];
            async move {
                let new = NewBookings { private_link: Some(&link), ..new(&of) };
                book_with(&one, new).await
            }
        }))
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| is_made(outcome)).count(), 1, "{outcomes:?}");
        assert_eq!(count(&outcomes, &CreateOutcome::LinkRefused), 3, "{outcomes:?}");
    }
}
