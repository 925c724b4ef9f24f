//! The rows a new booking consists of, each kind in one statement, however many
//! bookings, hosts and attendees there are.

use meridian_kernel::{EventTypeId, Instant, UserId, WireId};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::conditions::{is_free, is_free_for_seats};
use super::{Attendee, Booking};
use crate::reservations::seats_held_by_others;
use crate::webhooks::somebody_listens;
use crate::{Statement, Value, arguments};

/// A booking to be made.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// As it will be; the ids are what the database gives.
    pub booking: &'a Booking,
    /// What must be free of its hosts' time, from the first instant to the one after
    /// the last: its time and both buffers.
    pub needs: (Instant, Instant),
}

/// People who sit down at a shared time that is booked already.
#[derive(Clone, Copy, Debug)]
pub struct Joining<'a> {
    /// The booking they join.
    pub booking: &'a Booking,
    /// Who they are; the ids are what the database gives.
    pub seats: &'a [Attendee],
    /// When whoever of them is a user is taken.
    pub needs: (Instant, Instant),
}

/// Under which conditions bookings are made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms<'a> {
    pub event_type: EventTypeId,
    /// The booker's own reservation, which is not in its way.
    pub reservation: Option<&'a str>,
    /// Whether it does not matter who is taken.
    pub ignore_conflicts: bool,
    /// Whether webhooks are told; else nobody may listen.
    pub has_listeners: bool,
    pub now: Instant,
}

pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> Value {
    // Only maps with keys that are no texts fail, and nothing here has such.
    Value::Text(serde_json::to_string(value).unwrap_or_default())
}

/// The row numbers of everybody who hosts one of the bookings.
pub(super) fn host_rows(openings: &[Opening<'_>]) -> Vec<i64> {
    let all = openings.iter().flat_map(|opening| opening.booking.hosts());
    let mut rows: Vec<i64> = all.map(|host| host.id.row()).collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// `[uid, user, from, to, start, end]` of each host and booking.
pub(super) type Need<'a> = (&'a str, i64, i64, i64, i64, i64);

pub(super) fn needs<'a>(openings: &[Opening<'a>]) -> Vec<Need<'a>> {
    let of_one = |opening: &Opening<'a>| {
        let Opening { booking, needs: (from, to) } = *opening;
        let row = move |user: UserId| {
            let [from, to, start, end] =
                [from, to, booking.start, booking.end].map(Instant::millis);
            (booking.uid.as_str(), user.row(), from, to, start, end)
        };
        booking.hosts().map(move |host| row(host.id))
    };
    openings.iter().flat_map(of_one).collect()
}

/// The event type is still there and theirs whom we take for its hosts; and where we
/// tell nobody, nobody listens.
macro_rules! still_true {
    () => {
        concat!(
            "EXISTS (SELECT 1 FROM event_type e WHERE e.id = ?2 AND NOT EXISTS (\
             SELECT 1 FROM json_each(?3) h WHERE h.value IS NOT e.owner_id AND NOT EXISTS (\
             SELECT 1 FROM event_host x WHERE x.event_type_id = ?2 AND x.user_id = h.value))) \
             AND (?7 OR NOT ",
            somebody_listens!(
                "SELECT value FROM json_each(?3)",
                "?2, (SELECT parent_id FROM event_type WHERE id = ?2)"
            ),
            ") AND "
        )
    };
}

/// Has a row where what was taken for granted is still true.
pub(super) fn still_true(openings: &[Opening<'_>], terms: Terms<'_>) -> Statement {
    let hosts = json(&host_rows(openings));
    let (event_type, listeners) = (terms.event_type.row(), terms.has_listeners);
    Statement::query(
        concat!("SELECT 1 WHERE ", still_true!(), "1"),
        arguments![
            Value::Null,
            event_type,
            hosts,
            Value::Null,
            Value::Null,
            Value::Null,
            listeners
        ],
    )
}

/// `$own` is what of a booking differs within a series; the rest is [`shared`].
macro_rules! insert_into_booking {
    ($own:literal, $from:literal, $condition:expr) => {
        concat!(
            "INSERT INTO booking (uid, ical_uid, user_id, start_at, end_at, title, \
             event_type_id, team_id, description, status, location, metadata, responses, \
             ical_sequence, recurring_uid, seats_per_slot, rescheduled_from_uid, \
             rescheduling_reason, rescheduled_by_email, extras, created_at, updated_at, \
             chain_id) SELECT ",
            $own,
            ", ?2, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?5, ?5, \
             (SELECT coalesce(was.chain_id, was.id) FROM booking was WHERE was.uid = ?17) ",
            $from,
            " WHERE ",
            $condition,
            " RETURNING id"
        )
    };
}
pub(super) use insert_into_booking;

/// Many bookings: a row of `?1` each.
macro_rules! insert_all {
    ($condition:expr) => {
        insert_into_booking!(
            "o.value ->> 0, o.value ->> 1, o.value ->> 2, o.value ->> 3, o.value ->> 4, \
             o.value ->> 5",
            "FROM json_each(?1) o",
            concat!(still_true!(), $condition)
        )
    };
}

/// `?5` to `?20`: the terms, and what all bookings of a series share.
pub(super) fn shared(booking: &Booking, terms: Terms<'_>) -> [Value; 16] {
    arguments![
        terms.now,
        terms.reservation,
        terms.has_listeners,
        booking.team_id.map(WireId::row),
        booking.description.as_str(),
        booking.status.as_str(),
        booking.location.as_deref(),
        booking.metadata.text(),
        booking.responses.text(),
        booking.ical_sequence,
        booking.recurring_uid.as_deref(),
        booking.seats_per_slot,
        booking.rescheduled_from_uid.as_deref(),
        booking.rescheduling_reason.as_deref(),
        booking.rescheduled_by_email.as_deref(),
        booking.extras.text(),
    ]
}

/// A shared time has one booking, and the seats others are just booking are left.
/// `?21` sit down.
macro_rules! seats_are_left {
    () => {
        concat!(
            is_free_for_seats!("?4", "?5", "?6", "?2"),
            " AND NOT EXISTS (SELECT 1 FROM json_each(?1) s WHERE EXISTS (\
             SELECT 1 FROM booking k WHERE k.event_type_id = ?2 AND k.start_at = s.value ->> 3 \
             AND k.status IN ('accepted', 'pending') AND k.seats_per_slot > 0) \
             OR ?16 < ?21 + ",
            seats_held_by_others!("?2", "s.value ->> 3", "s.value ->> 4", "?5", "?6"),
            ")"
        )
    };
}

/// Makes the bookings, on the terms. All of a series share what is not their time,
/// uid, organiser or title.
pub(super) fn insert_bookings(openings: &[Opening<'_>], terms: Terms<'_>) -> Option<Statement> {
    let first = openings.first()?.booking;
    let own = |opening: &Opening<'_>| {
        let Booking { uid, ical_uid, organizer, start, end, title, .. } = opening.booking;
        let (start, end) = (start.millis(), end.millis());
        (uid.clone(), ical_uid.clone(), organizer.id.row(), start, end, title.clone())
    };
    let own: Vec<_> = openings.iter().map(own).collect();
    let needs = if terms.ignore_conflicts { Vec::new() } else { needs(openings) };
    let listed =
        arguments![json(&own), terms.event_type.row(), json(&host_rows(openings)), json(&needs),];
    let bound = listed.into_iter().chain(shared(first, terms));
    let statement = if first.seats_per_slot.is_some() {
        let party = u32::try_from(first.attendees.len()).unwrap_or(u32::MAX);
        Statement::query(insert_all!(seats_are_left!()), bound.chain([party.into()]))
    } else {
        Statement::query(insert_all!(is_free!("?4", "?5", "?6")), bound)
    };
    Some(statement.must_affect())
}

/// `[uid, name, email, time zone, language, phone, is guest, seat, responses,
/// metadata]`.
type AttendeeRow<'a> = (
    &'a str,
    &'a str,
    &'a str,
    &'a str,
    &'a str,
    Option<&'a str>,
    i64,
    Option<&'a str>,
    Option<String>,
    Option<String>,
);

pub(super) fn attendee_row<'a>(uid: &'a str, attendee: &'a Attendee) -> AttendeeRow<'a> {
    let text = |object: &Option<Map<String, Json>>| {
        object.as_ref().and_then(|object| serde_json::to_string(object).ok())
    };
    (
        uid,
        &attendee.name,
        &attendee.email,
        &attendee.time_zone,
        &attendee.language,
        attendee.phone_number.as_deref(),
        i64::from(attendee.is_guest),
        attendee.seat_uid.as_deref(),
        text(&attendee.responses),
        text(&attendee.metadata),
    )
}

/// What [`attendee_row`] says, `a`, of the booking `b`.
macro_rules! insert_attendees {
    ($from:expr) => {
        concat!(
            "INSERT INTO attendee (booking_id, name, email, time_zone, language, phone_number, \
             is_guest, seat_uid, responses, metadata) SELECT b.id, a.value ->> 1, a.value ->> 2, \
             a.value ->> 3, a.value ->> 4, a.value ->> 5, a.value ->> 6, a.value ->> 7, \
             a.value ->> 8, a.value ->> 9 FROM json_each(?1) a CROSS JOIN booking b \
             ON b.uid = a.value ->> 0 ",
            $from,
            " ORDER BY a.key RETURNING id"
        )
    };
}
pub(super) use insert_attendees;

/// All of them in one statement, in order, so that each booker's id is the lowest.
pub(super) fn attendees(openings: &[Opening<'_>]) -> Statement {
    let mut rows = Vec::new();
    for Opening { booking, .. } in openings {
        rows.extend(booking.attendees.iter().map(|one| attendee_row(&booking.uid, one)));
    }
    Statement::query(insert_attendees!("WHERE 1"), arguments![json(&rows)])
}

/// The hosts beside the organisers; `None` where there are none.
pub(super) fn co_hosts(openings: &[Opening<'_>]) -> Option<Statement> {
    let mut rows = Vec::new();
    for Opening { booking, .. } in openings {
        let of_one = booking.co_hosts.iter();
        rows.extend(
            of_one.map(|host| (&booking.uid, host.user.id.row(), i64::from(host.is_fixed))),
        );
    }
    let sql = "INSERT INTO booking_host (booking_id, user_id, is_fixed) \
               SELECT b.id, h.value ->> 1, h.value ->> 2 FROM json_each(?1) h \
               CROSS JOIN booking b ON b.uid = h.value ->> 0";
    (!rows.is_empty()).then(|| Statement::command(sql, arguments![json(&rows)]))
}

/// `[uid, address, from, to]` of each attendee who may be a user, and no host.
type Guest<'a> = (&'a str, &'a str, i64, i64);

fn guests<'a>(
    booking: &'a Booking,
    attendees: &'a [Attendee],
    (from, to): (Instant, Instant),
) -> impl Iterator<Item = Guest<'a>> {
    let hosts = |email: &str| booking.hosts().any(|host| host.email.eq_ignore_ascii_case(email));
    let others = attendees.iter().map(|one| one.email.as_str());
    let others = others.filter(move |email| !email.is_empty() && !hosts(email));
    others.map(move |email| (booking.uid.as_str(), email, from.millis(), to.millis()))
}

/// Takes the time of the hosts, and that of users who attend. Theirs and what is
/// booked over a conflict is not promised to this booking alone.
pub(super) fn take_time(
    openings: &[Opening<'_>],
    joinings: &[Joining<'_>],
    ignore_conflicts: bool,
) -> Statement {
    let mut attending = Vec::new();
    for Opening { booking, needs } in openings {
        attending.extend(guests(booking, &booking.attendees, *needs));
    }
    for Joining { booking, seats, needs } in joinings {
        attending.extend(guests(booking, seats, *needs));
    }
    Statement::command(
        "INSERT INTO busy_time (user_id, busy_start, busy_end, booking_id, exclusive) \
         SELECT n.value ->> 1, n.value ->> 2, n.value ->> 3, b.id, ?2 FROM json_each(?1) n \
         CROSS JOIN booking b ON b.uid = n.value ->> 0 UNION ALL \
         SELECT u.id, g.value ->> 2, g.value ->> 3, b.id, 0 FROM json_each(?3) g \
         CROSS JOIN user u ON u.email = g.value ->> 1 \
         CROSS JOIN booking b ON b.uid = g.value ->> 0 WHERE u.left_at IS NULL \
         ON CONFLICT DO NOTHING",
        arguments![json(&needs(openings)), !ignore_conflicts, json(&attending)],
    )
}
