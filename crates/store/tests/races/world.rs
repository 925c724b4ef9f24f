//! An organisation that lives as long as the process, so that tasks of all threads
//! can book in it; and the loop that a request runs.

use std::future::Future;

use meridian_database::Databases;
use meridian_kernel::{
    AttendeeId, BookingId, EventTypeId, Instant, SchedulingType, ShortUid, UserId, UuidUid, WireId,
};
use meridian_store::bookings::{
    self, Attendee, Bookable, Booking, CreateOutcome, Joining, NewBookings, Opening, Selector,
};
use meridian_store::{JsonObject, Scope, Statement, arguments};

pub use crate::support::{Home, at, organization, user, write};

/// How often each race is run.
pub const TRIES: i64 = 200;

pub const DAY: i64 = 24 * 60;

pub fn now() -> Instant {
    at("2050-01-01")
}

/// The noon of a day after the first: races do not meet each other.
pub fn noon(day: i64) -> Instant {
    at("2050-01-02T12:00:00Z").plus_minutes(day * DAY)
}

pub async fn home() -> &'static Home {
    Box::leak(Box::new(Home::new().await))
}

/// Runs all at once, each in a task of its own, and answers what each did.
pub async fn race<T: Send + 'static>(
    all: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = all.into_iter().map(tokio::spawn).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

pub type Open = Scope<'static, Databases>;

/// An event type of one user.
pub async fn personal(scope: &Open, owner: UserId, slug: &str, more: &str) -> Bookable {
    let sql = "INSERT INTO event_type (owner_id, slug, title, length_minutes, settings, \
               seats_per_slot, created_at, updated_at) \
               VALUES (?1, ?2, 'Intro', 30, ?3, ?3 ->> '$.seats.seatsPerTimeSlot', 0, 0)";
    let row = write(scope, Statement::command(sql, arguments![owner.row(), slug, more])).await;
    find(scope, row).await
}

/// An event type of a team of its own, with hosts; fixed ones first.
pub async fn of_team(
    scope: &Open,
    slug: &str,
    scheduling: SchedulingType,
    hosts: &[UserId],
) -> Bookable {
    let team = "INSERT INTO team (slug, name, created_at, updated_at) VALUES (?1, ?1, 0, 0)";
    let team = write(scope, Statement::command(team, arguments![slug])).await;
    let sql = "INSERT INTO event_type (team_id, scheduling_type, slug, title, length_minutes, \
               settings, created_at, updated_at) VALUES (?1, ?2, ?3, 'Intro', 30, '{}', 0, 0)";
    let arguments = arguments![team, scheduling.as_str(), slug];
    let row = write(scope, Statement::command(sql, arguments)).await;
    let fixed = scheduling == SchedulingType::Collective;
    for (position, host) in hosts.iter().enumerate() {
        let sql = "INSERT INTO event_host (event_type_id, user_id, position, is_fixed, created_at) \
                   VALUES (?1, ?2, ?3, ?4, 0)";
        let arguments = arguments![row, host.row(), position as i64, fixed];
        write(scope, Statement::command(sql, arguments)).await;
    }
    find(scope, row).await
}

async fn find(scope: &Open, row: i64) -> Bookable {
    let id = EventTypeId::new(organization(), row);
    bookings::find_bookable(scope, Selector::Id(id)).await.unwrap().unwrap()
}

pub fn attendee(email: &str, has_seat: bool) -> Attendee {
    Attendee {
        id: AttendeeId::new(organization(), 0),
        name: "Grace".to_owned(),
        email: email.to_owned(),
        time_zone: "Europe/Rome".to_owned(),
        language: "it".to_owned(),
        phone_number: None,
        is_guest: false,
        absent: false,
        seat_uid: has_seat.then(|| UuidUid::generate(organization()).to_string()),
        responses: None,
        metadata: None,
    }
}

/// A booking of the hosts of an event type, or of those at some places among them.
pub fn booking(of: &Bookable, start: Instant, minutes: i64, email: &str) -> Booking {
    let uid = ShortUid::generate(organization()).to_string();
    Booking {
        id: BookingId::new(organization(), 0),
        ical_uid: format!("{uid}@meridian.invalid"),
        uid,
        event_type_id: of.id,
        event_type_slug: Some(of.slug.clone()),
        team_id: of.team.as_ref().map(|team| team.id),
        organizer: of.hosts[0].user.clone(),
        co_hosts: of.hosts[1..].to_vec(),
        title: "Intro".to_owned(),
        description: String::new(),
        status: "accepted".to_owned(),
        start,
        end: start.plus_minutes(minutes),
        location: None,
        metadata: JsonObject::default(),
        responses: JsonObject::default(),
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
        attendees: vec![attendee(email, false)],
    }
}

/// What nobody listens to and nothing limits.
pub fn new(of: &Bookable) -> NewBookings<'static> {
    NewBookings::none(of.id, now())
}

pub fn openings(bookings: &[Booking]) -> Vec<Opening<'_>> {
    bookings
        .iter()
        .map(|booking| Opening { booking, needs: (booking.start, booking.end) })
        .collect()
}

/// Books one or a series.
pub async fn book(of: &Bookable, bookings: &[Booking]) -> CreateOutcome {
    book_with(bookings, new(of)).await
}

pub async fn book_with(bookings: &[Booking], new: NewBookings<'_>) -> CreateOutcome {
    let scope = scope().await;
    let new = NewBookings { openings: openings(bookings), ..new };
    bookings::create(&scope, &new).await.unwrap()
}

/// Takes a seat as a request does: joins the booking that is there, or opens it.
pub async fn sit(of: &Bookable, seats: u32, start: Instant, email: &str) -> CreateOutcome {
    let scope = scope().await;
    for _ in 0..20 {
        let shared = bookings::find_shared(&scope, of.id, &[start]).await.unwrap();
        let outcome = match shared.first() {
            Some(booking) => {
                let seats = [attendee(email, true)];
                let needs = (booking.start, booking.end);
                let joinings = vec![Joining { booking, seats: &seats, needs }];
                bookings::create(&scope, &NewBookings { joinings, ..new(of) }).await.unwrap()
            }
            None => {
                let mut booking = booking(of, start, 30, email);
                booking.attendees = vec![attendee(email, true)];
                booking.seats_per_slot = Some(seats);
                book(of, &[booking]).await
            }
        };
        if outcome != CreateOutcome::Outdated {
            return outcome;
        }
    }
    panic!("nothing settles")
}

static HOME: std::sync::OnceLock<&'static Home> = std::sync::OnceLock::new();

/// The one database of this process: each race has an event type of its own.
pub async fn scope() -> Open {
    static OPENING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    if HOME.get().is_none() {
        let _only = OPENING.lock().await;
        if HOME.get().is_none() {
            HOME.set(home().await).ok();
        }
    }
    HOME.get().unwrap().scope().await
}

pub fn is_made(outcome: &CreateOutcome) -> bool {
    matches!(outcome, CreateOutcome::Made(_))
}

pub fn count(outcomes: &[CreateOutcome], wanted: &CreateOutcome) -> usize {
    outcomes.iter().filter(|outcome| *outcome == wanted).count()
}

pub async fn number(sql: &'static str, event_type: EventTypeId) -> i64 {
    let query = Statement::query(sql, arguments![event_type.row()]);
    let rows = scope().await.read_primary(query).await.unwrap();
    rows.first().unwrap().integer(0).unwrap()
}

/// Overlapping exclusive times of one user, of anybody.
pub async fn overlaps() -> i64 {
    let sql = "SELECT count(*) FROM busy_time a JOIN busy_time b ON a.user_id = b.user_id \
               AND a.booking_id < b.booking_id AND a.busy_start < b.busy_end \
               AND b.busy_start < a.busy_end WHERE a.exclusive = 1 AND b.exclusive = 1";
    let rows = scope().await.read_primary(Statement::query(sql, [])).await.unwrap();
    rows.first().unwrap().integer(0).unwrap()
}
