//! Bookings: no two at one time, each cancelled once, and lists that are whole.

mod kinds;
mod list_oracle;
mod list_plans;
mod lists;
mod making;
mod missed;
mod people;
mod plans;
mod transitions;

use meridian_database::Databases;
use meridian_kernel::{AttendeeId, BookingId, EventTypeId, Instant, ShortUid, UserId, WireId};
use meridian_store::bookings::{
    self, Attendee, Bookable, Booking, CancelOutcome, Cancellation, CreateOutcome, Filter, Made,
    NewBookings, Opening, Selector, Viewer,
};
use meridian_store::deliveries::BookingEvent;
use meridian_store::{JsonObject, Scope, Statement, arguments};
use serde_json::json;

use crate::support::{at, organization, user, write};

const NOON: &str = "2050-09-05T12:00:00Z";

fn now() -> Instant {
    at("2050-09-01")
}

async fn event_type(scope: &Scope<'_, Databases>, owner: UserId, slug: &str) -> Bookable {
    let sql = "INSERT INTO event_type (owner_id, slug, title, length_minutes, settings, \
               created_at, updated_at) VALUES (?1, ?2, 'Intro', 30, '{}', 0, 0)";
    let row = write(scope, Statement::command(sql, arguments![owner.row(), slug])).await;
    let id = EventTypeId::new(organization(), row);
    bookings::find_bookable(scope, Selector::Id(id)).await.unwrap().unwrap()
}

async fn webhook(scope: &Scope<'_, Databases>, owner: UserId, triggers: &str) {
    let sql = "INSERT INTO webhook (id, user_id, subscriber_url, active, triggers, version, \
               created_at, updated_at) VALUES ('w', ?1, 'https://x.org', 1, ?2, 'v', 0, 0)";
    scope.write(vec![Statement::command(sql, arguments![owner.row(), triggers])]).await.unwrap();
}

fn attendee(email: &str, is_guest: bool) -> Attendee {
    Attendee {
        id: AttendeeId::new(organization(), 0),
        name: email.split('@').next().unwrap().to_owned(),
        email: email.to_owned(),
        time_zone: "Europe/Rome".to_owned(),
        language: "it".to_owned(),
        phone_number: (!is_guest).then(|| "+390612345678".to_owned()),
        is_guest,
        absent: false,
        seat_uid: None,
        responses: None,
        metadata: None,
    }
}

fn booking(of: &Bookable, start: Instant, minutes: i64) -> Booking {
    let uid = ShortUid::generate(organization()).to_string();
    Booking {
        id: BookingId::new(organization(), 0),
        ical_uid: format!("{uid}@meridian.invalid"),
        uid,
        event_type_id: of.id,
        event_type_slug: Some(of.slug.clone()),
        organizer: of.hosts[0].user.clone(),
        co_hosts: Vec::new(),
        team_id: None,
        title: "Intro between Ada and Grace".to_owned(),
        description: "notes".to_owned(),
        status: "accepted".to_owned(),
        start,
        end: start.plus_minutes(minutes),
        location: Some("Via Roma 1".to_owned()),
        metadata: json!({"a": "b"}).as_object().unwrap().clone().into(),
        responses: json!({"name": "grace"}).as_object().unwrap().clone().into(),
        ical_sequence: 0,
        absent_host: false,
        rating: None,
        recurring_uid: None,
        seats_per_slot: None,
        cancellation_reason: None,
        cancelled_by_email: None,
        rescheduled_from_uid: None,
        rescheduled_to_uid: None,
        rescheduling_reason: None,
        rescheduled_by_email: None,
        rejection_reason: None,
        reassign_reason: None,
        extras: JsonObject::default(),
        created_at: now(),
        updated_at: now(),
        attendees: vec![attendee("grace@x.org", false), attendee("bob@x.org", true)],
    }
}

fn opening(booking: &Booking) -> Opening<'_> {
    Opening { booking, needs: (booking.start, booking.end) }
}

/// One booking, or those of a series, that nobody is told of.
fn new(bookings: &[Booking]) -> NewBookings<'_> {
    let openings = bookings.iter().map(opening).collect();
    NewBookings { openings, ..NewBookings::none(bookings[0].event_type_id, now()) }
}

fn event(booking: &Booking) -> BookingEvent {
    BookingEvent {
        trigger: "BOOKING_CREATED",
        booking_uid: booking.uid.clone(),
        payload: r#"{"title":"Intro"}"#.to_owned(),
    }
}

async fn make(scope: &Scope<'_, Databases>, booking: &Booking) -> CreateOutcome {
    bookings::create(scope, &new(std::slice::from_ref(booking))).await.unwrap()
}

/// Makes a booking that must succeed, and answers it as it is stored.
async fn made(scope: &Scope<'_, Databases>, booking: Booking) -> Booking {
    let new = NewBookings { has_listeners: true, ..new(std::slice::from_ref(&booking)) };
    let outcome = bookings::create(scope, &new).await.unwrap();
    let CreateOutcome::Made(Made { bookings, attendees, .. }) = outcome else {
        panic!("{outcome:?}: {booking:?}")
    };
    as_stored(booking, bookings[0], &attendees)
}

/// With the ids the database gave.
fn as_stored(booking: Booking, id: BookingId, attendees: &[AttendeeId]) -> Booking {
    let mut booking = Booking { id, ..booking };
    for (attendee, id) in booking.attendees.iter_mut().zip(attendees) {
        attendee.id = *id;
    }
    booking
}

async fn cancel(scope: &Scope<'_, Databases>, booking: &Booking) -> CancelOutcome {
    let cancellation = Cancellation {
        uids: vec![&booking.uid],
        reason: Some("ill"),
        by_email: Some("ada@x.org"),
        events: vec![BookingEvent {
            trigger: "BOOKING_CANCELLED",
            booking_uid: booking.uid.clone(),
            payload: "{}".to_owned(),
        }],
        now: now().plus_minutes(1),
    };
    bookings::cancel(scope, &cancellation).await.unwrap()
}

async fn number(scope: &Scope<'_, Databases>, sql: &'static str) -> i64 {
    scope.read_one(Statement::query(sql, [])).await.unwrap().first().unwrap().integer(0).unwrap()
}

fn filter(user: UserId) -> Filter<'static> {
    Filter::of(Viewer::User(user), 100, 0, at(NOON))
}

/// Ada's bookings: over, running, ahead, asked for, cancelled.
async fn agenda(scope: &Scope<'_, Databases>) -> (UserId, Bookable, [Booking; 5]) {
    let ada = user(scope, "ada").await;
    let of = event_type(scope, ada, "intro").await;
    let noon = at(NOON);
    let over = made(scope, booking(&of, noon.plus_minutes(-60), 30)).await;
    let running = made(scope, booking(&of, noon.plus_minutes(-10), 30)).await;
    let ahead = made(scope, booking(&of, noon.plus_minutes(60), 30)).await;
    let asked = booking(&of, noon.plus_minutes(120), 30);
    let asked = made(scope, Booking { status: "pending".to_owned(), ..asked }).await;
    let cancelled = made(scope, booking(&of, noon.plus_minutes(180), 30)).await;
    cancel(scope, &cancelled).await;
    (ada, of, [over, running, ahead, asked, cancelled])
}
