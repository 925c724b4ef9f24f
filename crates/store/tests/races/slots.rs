//! One host, one time: identical, overlapping, in a series, and held by somebody.

use meridian_kernel::{Instant, UuidUid, WireId};
use meridian_store::bookings::{Bookable, Booking, CreateOutcome, NewBookings};
use meridian_store::reservations::{self, Claim, ClaimOutcome, Reservation};

use crate::world::{
    TRIES, book, book_with, booking, count, is_made, new, noon, now, number, organization,
    overlaps, personal, race, scope, user,
};

async fn host(name: &str) -> Bookable {
    let scope = scope().await;
    let owner = user(&scope, name).await;
    personal(&scope, owner, "intro", "{}").await
}

async fn book_one(of: Bookable, one: Booking) -> CreateOutcome {
    book(&of, &[one]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_identical_bookings_one_is_made() {
    let of = host("identical").await;
    for day in 0..TRIES {
        let one = |index| booking(&of, noon(day), 30, &format!("{index}@x.org"));
        let outcomes = race((0..6).map(|index| book_one(of.clone(), one(index)))).await;
        assert_eq!(outcomes.iter().filter(|outcome| is_made(outcome)).count(), 1, "{outcomes:?}");
        assert_eq!(count(&outcomes, &CreateOutcome::Taken), 5);
    }
    let made = number("SELECT count(*) FROM booking WHERE event_type_id = ?1", of.id).await;
    assert_eq!(made, TRIES);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn bookings_that_overlap_exclude_each_other_and_neighbours_do_not() {
    let of = host("overlapping").await;
    for day in 0..TRIES {
        // The first and the last touch; each of the others is in the way of both.
        let starts = [0, 10, 20, 30].map(|minutes| noon(day).plus_minutes(minutes));
        let one = |start: Instant| booking(&of, start, 30, "grace@x.org");
        let outcomes = race(starts.map(|start| book_one(of.clone(), one(start)))).await;
        let made: Vec<usize> =
            (0..starts.len()).filter(|index| is_made(&outcomes[*index])).collect();
        // Only the two ends can both be made, and where one is the other is too.
        assert!(matches!(made.as_slice(), [0, 3] | [1] | [2]), "{outcomes:?}");
    }
    assert_eq!(overlaps().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_series_is_made_whole_or_not_at_all() {
    let of = host("series").await;
    let weekly = 7;
    for day in 0..TRIES {
        let first = 30 * day;
        let at = |week: i64| noon(first + weekly * week);
        let series: Vec<Booking> =
            (0..4).map(|week| booking(&of, at(week), 30, "series@x.org")).collect();
        let single = vec![booking(&of, at(3).plus_minutes(20), 30, "single@x.org")];
        let outcomes = race([series, single].map(|all| {
            let of = of.clone();
            async move { book(&of, &all).await }
        }))
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| is_made(outcome)).count(), 1, "{outcomes:?}");
        assert_eq!(count(&outcomes, &CreateOutcome::Taken), 1);
    }
    let sql = "SELECT count(*) % 4 FROM attendee a JOIN booking b ON b.id = a.booking_id \
               WHERE b.event_type_id = ?1 AND a.email = 'series@x.org'";
    assert_eq!(number(sql, of.id).await, 0, "a part of a series was made");
    assert_eq!(overlaps().await, 0);
}

fn reservation(of: &Bookable, start: Instant) -> Reservation {
    Reservation {
        uid: UuidUid::generate(organization()).to_string(),
        event_type_id: of.id,
        start,
        end: start.plus_minutes(30),
        duration_minutes: 5,
        expires_at: now().plus_minutes(5),
        is_seat: false,
    }
}

async fn hold(of: &Bookable, reservation: &Reservation) -> ClaimOutcome {
    let hosts = [of.hosts[0].user.id];
    let needs = (reservation.start, reservation.end);
    let claim = Claim { reservation, hosts: &hosts, needs, now: now() };
    reservations::create(&scope().await, &claim).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_time_is_reserved_or_booked_but_not_both() {
    let of = host("reserved").await;
    for day in 0..TRIES {
        let reserve = {
            let (of, held) = (of.clone(), reservation(&of, noon(day).plus_minutes(-15)));
            tokio::spawn(async move { hold(&of, &held).await == ClaimOutcome::Held })
        };
        let taken = book_one(of.clone(), booking(&of, noon(day), 30, "grace@x.org")).await;
        let (held, booked) = (reserve.await.unwrap(), is_made(&taken));
        assert!(held != booked, "held: {held}, booked: {booked}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_holds_a_time_books_it_and_nobody_else_does() {
    let of = host("holder").await;
    for day in 0..TRIES {
        let held = reservation(&of, noon(day));
        assert_eq!(hold(&of, &held).await, ClaimOutcome::Held);
        let holder = {
            let (of, held) = (of.clone(), held.clone());
            let one = [booking(&of, noon(day), 30, "holder@x.org")];
            tokio::spawn(async move {
                let new = NewBookings { reservation: Some(&held.uid), ..new(&of) };
                book_with(&one, new).await
            })
        };
        let others = (0..3).map(|_| book_one(of.clone(), booking(&of, noon(day), 30, "o@x.org")));
        let others = race(others).await;
        assert!(is_made(&holder.await.unwrap()));
        assert_eq!(count(&others, &CreateOutcome::Taken), 3);
        assert_eq!(reservations::find(&scope().await, &held.uid, now()).await.unwrap(), None);
    }
    let left = "SELECT count(*) FROM hold WHERE user_id = \
                (SELECT owner_id FROM event_type WHERE id = ?1)";
    assert_eq!(number(left, of.id).await, 0);
    let _ = of.id.row();
}
