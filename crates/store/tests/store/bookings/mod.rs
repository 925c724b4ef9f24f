//! Bookings: no two at one time, each cancelled once, and lists that are whole.

mod lists;
mod making;
mod plans;

use meridian_database::Databases;
use meridian_kernel::{BookingId, EventTypeId, Instant, ShortUid, UserId, WireId};
use meridian_store::bookings::{
    self, Attendee, Bookable, Booking, CancelOutcome, Cancellation, CreateOutcome, Filter,
    NewBooking, Selector, Span,
};
use meridian_store::{Scope, Statement, arguments};
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
        name: email.split('@').next().unwrap().to_owned(),
        email: email.to_owned(),
        time_zone: "Europe/Rome".to_owned(),
        language: "it".to_owned(),
        phone_number: (!is_guest).then(|| "+390612345678".to_owned()),
        is_guest,
        absent: false,
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
        organizer: of.organizer.clone(),
        title: "Intro between Ada and Grace".to_owned(),
        description: "notes".to_owned(),
        status: "accepted".to_owned(),
        start,
        end: start.plus_minutes(minutes),
        location: Some("Via Roma 1".to_owned()),
        metadata: json!({"a": "b"}).as_object().unwrap().clone(),
        responses: json!({"name": "grace"}).as_object().unwrap().clone(),
        ical_sequence: 0,
        absent_host: false,
        rating: None,
        cancellation_reason: None,
        cancelled_by_email: None,
        created_at: now(),
        updated_at: now(),
        attendees: vec![attendee("grace@x.org", false), attendee("bob@x.org", true)],
    }
}

fn new(booking: &Booking) -> NewBooking<'_> {
    NewBooking {
        booking,
        needs: (booking.start, booking.end),
        takes_slot: true,
        event: ("BOOKING_CREATED", r#"{"bookingId":0,"title":"Intro"}"#.to_owned()),
    }
}

async fn make(scope: &Scope<'_, Databases>, booking: &Booking) -> CreateOutcome {
    bookings::create(scope, new(booking)).await.unwrap()
}

/// Makes a booking that must succeed, and answers it as it is stored.
async fn made(scope: &Scope<'_, Databases>, booking: Booking) -> Booking {
    let CreateOutcome::Made { id, .. } = make(scope, &booking).await else {
        panic!("not made: {booking:?}")
    };
    Booking { id, ..booking }
}

async fn cancel(scope: &Scope<'_, Databases>, booking: &Booking) -> CancelOutcome {
    let cancellation = Cancellation {
        uid: &booking.uid,
        organizer: booking.organizer.id,
        reason: Some("ill"),
        by_email: Some("ada@x.org"),
        event: ("BOOKING_CANCELLED", "{}".to_owned()),
        now: now().plus_minutes(1),
    };
    bookings::cancel(scope, cancellation).await.unwrap()
}

async fn number(scope: &Scope<'_, Databases>, sql: &'static str) -> i64 {
    scope.read_one(Statement::query(sql, [])).await.unwrap().first().unwrap().integer(0).unwrap()
}

fn filter(user: UserId) -> Filter<'static> {
    Filter {
        user,
        email: "ada@example.com",
        statuses: Vec::new(),
        attendee_email: None,
        attendee_name: None,
        uid: None,
        event_types: None,
        of_teams: false,
        after_start: None,
        before_end: None,
        created: Span::default(),
        updated: Span::default(),
        order: Vec::new(),
        take: 100,
        skip: 0,
        now: at(NOON),
    }
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
