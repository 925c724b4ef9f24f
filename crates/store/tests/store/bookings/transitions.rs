//! What becomes of bookings: confirmed, refused, handed over, given back.

use meridian_database::Databases;
use meridian_kernel::{UserId, WireId};
use meridian_store::bookings::{
    self, Absence, AbsenceOutcome, AnswerOutcome, Bookable, Booking, CancelOutcome, Cancellation,
    Confirmation, CreateOutcome, ReassignOutcome, Reassignment, Refusal, SeatLeft,
};
use meridian_store::{Scope, Statement, arguments};

use super::{
    NOON, as_stored, attendee, booking, event, event_type, made, make, new, now, number, opening,
};
use crate::support::{Home, at, user, write};

/// A booking that waits and takes no time meanwhile.
async fn pending(scope: &Scope<'_, Databases>, of: &Bookable, start: &str) -> Booking {
    let waiting = Booking { status: "pending".to_owned(), ..booking(of, at(start), 30) };
    let wish = bookings::NewBookings { takes_time: false, ..new(std::slice::from_ref(&waiting)) };
    let CreateOutcome::Made(made) = bookings::create(scope, &wish).await.unwrap() else {
        panic!("not made")
    };
    as_stored(waiting, made.bookings[0], &made.attendees)
}

fn confirmation<'a>(bookings: &'a [Booking]) -> Confirmation<'a> {
    Confirmation {
        bookings: bookings.iter().map(opening).collect(),
        events: bookings.iter().map(event).collect(),
        now: now(),
    }
}

async fn confirm(scope: &Scope<'_, Databases>, bookings: &[Booking]) -> AnswerOutcome {
    bookings::confirm(scope, &confirmation(bookings)).await.unwrap()
}

async fn status(scope: &Scope<'_, Databases>, booking: &Booking) -> String {
    bookings::find(scope, &booking.uid).await.unwrap().unwrap().status
}

const DONE: AnswerOutcome = AnswerOutcome::Done { to_deliver: false };

#[tokio::test]
async fn of_two_waiting_bookings_that_overlap_one_is_confirmed() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let first = pending(&scope, &of, NOON).await;
    let second = pending(&scope, &of, "2050-09-05T12:15:00Z").await;
    let beside = pending(&scope, &of, "2050-09-05T12:45:00Z").await;
    assert_eq!(confirm(&scope, std::slice::from_ref(&first)).await, DONE);
    assert_eq!(confirm(&scope, std::slice::from_ref(&second)).await, AnswerOutcome::Taken);
    assert_eq!(status(&scope, &second).await, "pending");
    let again = confirm(&scope, std::slice::from_ref(&first)).await;
    assert_eq!(again, AnswerOutcome::NotPending);
    assert_eq!(confirm(&scope, std::slice::from_ref(&beside)).await, DONE);
    assert_eq!(number(&scope, "SELECT count(*) FROM busy_time").await, 2);
}

#[tokio::test]
async fn many_confirmations_at_once_of_overlapping_bookings_let_one_through() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    for hour in 8..18 {
        let mut waiting = Vec::new();
        for minute in [0, 10, 20, 29] {
            let start = format!("2050-09-05T{hour:02}:{minute:02}:00Z");
            waiting.push(pending(&scope, &of, &start).await);
        }
        let all = waiting.iter().map(|one| confirm(&scope, std::slice::from_ref(one)));
        let outcomes = futures::future::join_all(all).await;
        let done = outcomes.iter().filter(|outcome| **outcome == DONE).count();
        assert_eq!(done, 1, "{hour}: {outcomes:?}");
    }
}

#[tokio::test]
async fn a_series_is_confirmed_as_a_whole_or_not_at_all() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let series =
        [pending(&scope, &of, NOON).await, pending(&scope, &of, "2050-09-12T12:00:00Z").await];
    let blocker = made(&scope, booking(&of, series[1].start, 30)).await;
    assert_eq!(confirm(&scope, &series).await, AnswerOutcome::Taken);
    assert_eq!(status(&scope, &series[0]).await, "pending");
    super::cancel(&scope, &blocker).await;
    assert_eq!(confirm(&scope, &series).await, DONE);
    assert_eq!(status(&scope, &series[1]).await, "accepted");
}

#[tokio::test]
async fn a_refused_booking_frees_what_it_had_taken_and_is_refused_once() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let waiting = Booking { status: "pending".to_owned(), ..booking(&of, at(NOON), 30) };
    let waiting = made(&scope, waiting).await;
    let refusal = Refusal {
        bookings: vec![opening(&waiting)],
        reason: Some("no time"),
        events: vec![event(&waiting)],
        now: now(),
    };
    assert_eq!(bookings::refuse(&scope, &refusal).await.unwrap(), DONE);
    assert_eq!(bookings::refuse(&scope, &refusal).await.unwrap(), AnswerOutcome::NotPending);
    let stored = bookings::find(&scope, &waiting.uid).await.unwrap().unwrap();
    assert_eq!(
        (stored.status.as_str(), stored.rejection_reason.as_deref()),
        ("rejected", Some("no time"))
    );
    assert!(matches!(make(&scope, &booking(&of, at(NOON), 30)).await, CreateOutcome::Made(_)));
}

#[tokio::test]
async fn nobody_is_absent_before_the_start() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let made = made(&scope, booking(&of, at(NOON), 30)).await;
    let absent = |time: &str| Absence {
        uid: &made.uid,
        host: Some(true),
        attendees: &[],
        event: event(&made),
        now: at(time),
    };
    let early = bookings::mark_absent(&scope, &absent("2050-09-05T11:59:59Z")).await.unwrap();
    assert_eq!(early, AbsenceOutcome::NotNow);
    let guests = [("GRACE@x.org".to_owned(), true)];
    let wish = Absence { attendees: &guests, ..absent(NOON) };
    let noted = bookings::mark_absent(&scope, &wish).await.unwrap();
    assert_eq!(noted, AbsenceOutcome::Noted { to_deliver: false });
    let stored = bookings::find(&scope, &made.uid).await.unwrap().unwrap();
    assert!(stored.absent_host);
    let absent: Vec<bool> = stored.attendees.iter().map(|one| one.absent).collect();
    assert_eq!(absent, [true, false]);
}

/// A round-robin event type with those hosts.
async fn round_robin(scope: &Scope<'_, Databases>, hosts: &[UserId]) -> Bookable {
    let team = "INSERT INTO team (slug, name, created_at, updated_at) VALUES ('t', 'T', 0, 0)";
    let team = write(scope, Statement::command(team, [])).await;
    let sql = "INSERT INTO event_type (team_id, scheduling_type, slug, title, length_minutes, \
               settings, created_at, updated_at) \
               VALUES (?1, 'roundRobin', 'rr', 'Round', 30, '{}', 0, 0)";
    let row = write(scope, Statement::command(sql, arguments![team])).await;
    for (position, host) in (0_i64..).zip(hosts) {
        let sql = "INSERT INTO event_host (event_type_id, user_id, position, is_fixed, created_at) \
                   VALUES (?1, ?2, ?3, 0, 0)";
        let insert = Statement::command(sql, arguments![row, host.row(), position]);
        scope.write(vec![insert]).await.unwrap();
    }
    let id = meridian_kernel::EventTypeId::new(crate::support::organization(), row);
    bookings::find_bookable(scope, bookings::Selector::Id(id)).await.unwrap().unwrap()
}

fn handing<'a>(booking: &'a Booking, from: UserId, to: UserId) -> Reassignment<'a> {
    Reassignment {
        uid: &booking.uid,
        from,
        to,
        needs: (booking.start, booking.end),
        holds_time: true,
        title: "New",
        location: None,
        reason: Some("ill"),
        now: now(),
    }
}

#[tokio::test]
async fn a_booking_changes_hands_if_the_new_host_is_free() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob, eve) =
        (user(&scope, "ada").await, user(&scope, "bob").await, user(&scope, "eve").await);
    let of = round_robin(&scope, &[ada, bob]).await;
    let made_one = made(&scope, booking(&of, at(NOON), 30)).await;
    let reassign =
        async |from, to| bookings::reassign(&scope, &handing(&made_one, from, to)).await.unwrap();
    assert_eq!(reassign(ada, eve).await, ReassignOutcome::Outdated, "eve is no host");
    let own = event_type(&scope, bob, "own").await;
    let blocker = made(&scope, booking(&own, at("2050-09-05T12:29:00Z"), 30)).await;
    assert_eq!(reassign(ada, bob).await, ReassignOutcome::Taken);
    super::cancel(&scope, &blocker).await;
    assert_eq!(reassign(ada, bob).await, ReassignOutcome::Reassigned);
    assert_eq!(reassign(ada, bob).await, ReassignOutcome::Outdated, "ada has it no longer");
    let stored = bookings::find(&scope, &made_one.uid).await.unwrap().unwrap();
    assert_eq!((stored.organizer.id, stored.ical_sequence), (bob, 1));
    assert_eq!(stored.reassign_reason.as_deref(), Some("ill"));
    // Ada's time is free again, bob's is not.
    let ada_own = event_type(&scope, ada, "own").await;
    assert!(matches!(make(&scope, &booking(&ada_own, at(NOON), 30)).await, CreateOutcome::Made(_)));
    assert_eq!(make(&scope, &booking(&own, at(NOON), 30)).await, CreateOutcome::Taken);
}

#[tokio::test]
async fn bookings_of_a_series_are_cancelled_together_if_all_still_take_place() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let first = made(&scope, booking(&of, at(NOON), 30)).await;
    let second = made(&scope, booking(&of, at("2050-09-12T12:00:00Z"), 30)).await;
    let both = Cancellation {
        uids: vec![&first.uid, &second.uid],
        reason: None,
        by_email: None,
        events: vec![event(&first), event(&second)],
        now: now(),
    };
    super::cancel(&scope, &second).await;
    assert_eq!(bookings::cancel(&scope, &both).await.unwrap(), CancelOutcome::NotActive);
    assert_eq!(status(&scope, &first).await, "accepted");
    let one = Cancellation { uids: vec![&first.uid], ..both };
    let done = CancelOutcome::Cancelled { to_deliver: false };
    assert_eq!(bookings::cancel(&scope, &one).await.unwrap(), done);
    assert_eq!(number(&scope, "SELECT count(*) FROM busy_time").await, 0);
}

#[tokio::test]
async fn with_the_last_seat_the_booking_is_over() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let seat = |email: &str, uid: &str| meridian_store::bookings::Attendee {
        seat_uid: Some(uid.to_owned()),
        ..attendee(email, false)
    };
    let seated = Booking {
        seats_per_slot: Some(3),
        attendees: vec![seat("a@x.org", "s1"), seat("b@x.org", "s2")],
        ..booking(&of, at(NOON), 30)
    };
    let seated = made(&scope, seated).await;
    let leave = async |seat_uid: &str| {
        let left = SeatLeft {
            uid: &seated.uid,
            seat_uid,
            reason: Some("ill"),
            by_email: None,
            event: event(&seated),
            now: now(),
        };
        bookings::leave_seat(&scope, &left).await.unwrap()
    };
    let done = CancelOutcome::Cancelled { to_deliver: false };
    assert_eq!(leave("s1").await, done);
    assert_eq!(leave("s1").await, CancelOutcome::NotActive);
    assert_eq!(status(&scope, &seated).await, "accepted");
    assert_eq!(number(&scope, "SELECT count(*) FROM busy_time").await, 1);
    assert_eq!(leave("s2").await, done);
    let stored = bookings::find(&scope, &seated.uid).await.unwrap().unwrap();
    assert_eq!(
        (stored.status.as_str(), stored.cancellation_reason.as_deref()),
        ("cancelled", Some("ill"))
    );
    assert_eq!(number(&scope, "SELECT count(*) FROM busy_time").await, 0);
}

/// The booking at another time, in the place of the old one.
fn elsewhere(old: &Booking, of: &Bookable, start: &str) -> Booking {
    Booking { rescheduled_from_uid: Some(old.uid.clone()), ..booking(of, at(start), 30) }
}

async fn move_to(scope: &Scope<'_, Databases>, old: &Booking, new: &Booking) -> CreateOutcome {
    let wish = bookings::NewBookings {
        replaces: Some(bookings::Replaced {
            uid: &old.uid,
            seat_uid: None,
            moved_to: &new.uid,
            may_be_cancelled: false,
        }),
        ..super::new(std::slice::from_ref(new))
    };
    bookings::create(scope, &wish).await.unwrap()
}

#[tokio::test]
async fn a_booking_moves_within_its_own_time_and_moves_once() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let old = made(&scope, booking(&of, at(NOON), 30)).await;
    let new = elsewhere(&old, &of, "2050-09-05T12:15:00Z");
    assert!(matches!(move_to(&scope, &old, &new).await, CreateOutcome::Made(_)));
    let stored = bookings::find(&scope, &old.uid).await.unwrap().unwrap();
    assert_eq!(stored.status, "cancelled");
    assert_eq!(stored.rescheduled_to_uid, Some(new.uid.clone()));
    let again = elsewhere(&old, &of, "2050-09-06T12:00:00Z");
    assert_eq!(move_to(&scope, &old, &again).await, CreateOutcome::ReplacedChanged);
    assert_eq!(number(&scope, "SELECT count(*) FROM busy_time").await, 1);
}

#[tokio::test]
async fn a_booking_that_cannot_move_stays_where_it_is() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let old = made(&scope, booking(&of, at(NOON), 30)).await;
    made(&scope, booking(&of, at("2050-09-06T12:00:00Z"), 30)).await;
    let new = elsewhere(&old, &of, "2050-09-06T12:15:00Z");
    assert_eq!(move_to(&scope, &old, &new).await, CreateOutcome::Taken);
    let stored = bookings::find(&scope, &old.uid).await.unwrap().unwrap();
    assert_eq!((stored.status.as_str(), stored.rescheduled_to_uid), ("accepted", None));
    assert_eq!(make(&scope, &booking(&of, at(NOON), 30)).await, CreateOutcome::Taken);
}

#[tokio::test]
async fn of_many_moves_into_one_slot_one_arrives_and_the_others_stay() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let mut old = Vec::new();
    for hour in 0..20 {
        old.push(made(&scope, booking(&of, at(NOON).plus_minutes(hour * 60), 30)).await);
    }
    let new: Vec<Booking> =
        old.iter().map(|one| elsewhere(one, &of, "2050-10-01T12:00:00Z")).collect();
    let moves = old.iter().zip(&new).map(|(old, new)| move_to(&scope, old, new));
    let outcomes = futures::future::join_all(moves).await;
    let arrived = |outcome: &&CreateOutcome| matches!(outcome, CreateOutcome::Made(_));
    assert_eq!(outcomes.iter().filter(arrived).count(), 1);
    assert_eq!(number(&scope, "SELECT count(*) FROM booking WHERE status = 'accepted'").await, 20);
    assert_eq!(number(&scope, "SELECT count(*) FROM busy_time").await, 20);
}
