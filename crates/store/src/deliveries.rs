//! The outbox: what happened and who is to hear of it.
//!
//! An event and its deliveries are written in the batch that made it happen
//! ([`booking_events`]). A worker takes what is due, with a lease, so that no two
//! workers have one delivery at a time and a crash only delays it ([`take_turn`]).
//! Which organisations have work is noted in the platform's database ([`crate::due_work`]).

mod log;
pub mod metrics;
mod prune;
mod record;
mod turn;

use meridian_kernel::{Instant, OrganizationNumber, UserId, WireId};

use crate::webhooks::{asks_for, somebody_asks, told_of_booking};
use crate::{Statement, arguments};

pub use log::{Logged, MOST_REPLAYED, Redelivery, list, redeliver, replay, send_test};
pub use prune::prune;
pub use record::{DISABLED, DISABLED_MAIL, Report, Verdict, disabled_payload};
pub use turn::{AT_A_TIME_PER_ENDPOINT, Delivery, MOST_FAILURES, line_up, take_turn};
pub(crate) use turn::{able, waiting};

/// Something that happened to a booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookingEvent {
    /// What webhooks ask for it by.
    pub trigger: &'static str,
    /// Which booking.
    pub booking_uid: String,
    /// A JSON object that begins with its brace, without `bookingId` and without the
    /// `platformClientId` of a managed organiser: [`booking_events`] puts both in.
    pub payload: String,
}

/// The statements that note events of bookings and one delivery of each per active
/// webhook that is told of the booking and asked for it. They belong in the batch that
/// made it happen, behind the bookings' own statements, their hosts' too, and next to
/// each other, after
/// [`crate::due_work::mark_due`]. Rows of the second one mean that there is somebody
/// to tell.
pub fn booking_events(
    events: &[BookingEvent],
    organization: OrganizationNumber,
    now: Instant,
) -> [Statement; 2] {
    match events {
        [event] => [tell_one(event, now), note_one(event, organization, now)],
        events => [note_all(events, organization, now), tell_newest(now)],
    }
}

/// Deliveries `$event`, due at `?1`, to the webhooks that are told of a booking `b` of
/// `$from` where `$which` and asked for `$trigger`; `$order` is theirs.
macro_rules! tell {
    ($event:literal, $trigger:literal, $from:literal, $which:literal, $order:literal) => {
        concat!(
            "INSERT INTO webhook_delivery (event_id, webhook_id, next_attempt_at, chain_id) \
             SELECT ",
            $event,
            ", w.id, ?1, coalesce(b.chain_id, b.id) FROM ",
            $from,
            " CROSS JOIN webhook w WHERE ",
            $which,
            "w.id IN (",
            told_of_booking!(asks_for!("l", $trigger)),
            ")",
            $order
        )
    };
}

/// Notes an event `$trigger` of each booking `b` of `$from` where `$which`. Its payload is
/// `$fields`, an object without its opening brace, behind the fields that only the database
/// knows: putting texts together costs a tenth of `json_set`. `?1` is the first id of the
/// organisation, `?2` the time.
macro_rules! note {
    ($trigger:literal, $fields:literal, $from:literal, $which:expr) => {
        concat!(
            "INSERT INTO outbox_event (trigger_event, booking_id, booking_uid, payload, created_at) \
             SELECT ",
            $trigger,
            ", b.id, b.uid, '{\"bookingId\":' || (?1 + b.id) || iif(m.user_id IS NULL, '', \
             ',\"platformClientId\":' || json_quote(m.client_id)) || iif(",
            $fields,
            " = '}', '', ',') || ",
            $fields,
            ", ?2 FROM ",
            $from,
            " LEFT JOIN managed_user m ON m.user_id = b.user_id WHERE ",
            $which
        )
    };
}

/// Mostly one thing happens at a time. Then its deliveries can go before it, as the id that
/// it will have is known, and whom to tell is looked for once and not twice; bound values
/// spare the list.
fn tell_one(event: &BookingEvent, now: Instant) -> Statement {
    Statement::command(
        tell!(
            "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'outbox_event'), 0) + 1",
            "?2",
            "booking b",
            "b.uid = ?3 AND ",
            ""
        ),
        arguments![now, event.trigger, event.booking_uid.as_str()],
    )
}

/// Where the statement before found somebody to tell.
fn note_one(event: &BookingEvent, organization: OrganizationNumber, now: Instant) -> Statement {
    Statement::command(
        note!("?3", "?4", "booking b", "b.uid = ?5 AND changes() > 0"),
        arguments![
            organization.wire_id(),
            now,
            event.trigger,
            event.payload.strip_prefix('{').unwrap_or("}"),
            event.booking_uid.as_str(),
        ],
    )
}

/// Those that somebody asks for.
fn note_all(events: &[BookingEvent], organization: OrganizationNumber, now: Instant) -> Statement {
    Statement::command(
        note!(
            "e.value ->> 0",
            "substr(e.value -> 2, 2)",
            "json_each(?3) e CROSS JOIN booking b",
            concat!(
                "b.uid = e.value ->> 1 AND EXISTS (",
                told_of_booking!(asks_for!("l", "e.value ->> 0")),
                ")"
            )
        ),
        arguments![organization.wire_id(), now, events_json(events)],
    )
}

/// The events just noted are the newest, as many as the statement before changed.
fn tell_newest(now: Instant) -> Statement {
    Statement::command(
        tell!(
            "newest.id",
            "newest.trigger_event",
            "(SELECT id, trigger_event, booking_id FROM outbox_event \
             ORDER BY id DESC LIMIT (SELECT changes())) newest \
             CROSS JOIN booking b ON b.id = newest.booking_id",
            "",
            " ORDER BY newest.id"
        ),
        arguments![now],
    )
}

/// `[[trigger, uid, payload], …]`; payloads are JSON already.
fn events_json(events: &[BookingEvent]) -> String {
    let length = events.iter().map(|event| event.payload.len() + 80).sum();
    let mut json = String::with_capacity(length);
    for event in events {
        json.push(if json.is_empty() { '[' } else { ',' });
        json.push_str("[\"");
        json.push_str(event.trigger);
        // Uids are letters and digits.
        json.push_str("\",\"");
        json.push_str(&event.booking_uid);
        json.push_str("\",");
        json.push_str(&event.payload);
        json.push(']');
    }
    if json.is_empty() { "[]".to_owned() } else { json + "]" }
}

/// Something that happened to a user, or to the organisation as a whole, and to no booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserEvent {
    /// What webhooks ask for it by.
    pub trigger: &'static str,
    /// To whom, of the organisation whose batch it is; `None`: only the organisation's
    /// webhooks hear of it.
    pub user: Option<UserId>,
    /// A JSON object.
    pub payload: String,
}

/// The statements that note such an event and one delivery of it per active webhook of
/// the user, of the platform client that manages them, and of the organisation, that
/// asked for it. They belong in the batch that made it happen, next to each other, after
/// [`crate::due_work::mark_due`]. Rows of the second one mean that there is somebody to
/// tell.
pub fn user_event(event: &UserEvent, now: Instant) -> [Statement; 2] {
    let UserEvent { trigger, user, payload } = event;
    let note = Statement::command(
        concat!(
            "INSERT INTO outbox_event (trigger_event, payload, created_at) SELECT ?1, ?2, ?3 \
             WHERE ",
            somebody_asks!("?4", "?1")
        ),
        arguments![*trigger, payload.as_str(), now, user.map(WireId::row)],
    );
    [note, deliver_newest(trigger, *user, now)]
}

/// One delivery of the newest event per active webhook of the user, of the platform client
/// that manages them, and of the organisation, that asked for it. Belongs right behind the statement that noted the
/// event, if there is any such webhook.
pub(crate) fn deliver_newest(trigger: &str, user: Option<UserId>, now: Instant) -> Statement {
    // Without a webhook there is no event of ours, but no row here either. Not
    // `last_insert_rowid()`: it changes while this statement inserts.
    Statement::command(
        concat!(
            "INSERT INTO webhook_delivery (event_id, webhook_id, next_attempt_at) \
             SELECT (SELECT max(id) FROM outbox_event), w.id, ?2 \
             FROM webhook w WHERE (w.user_id = ?3 OR w.of_organization = 1 \
             OR w.oauth_client_id IN (SELECT m.client_id FROM managed_user m \
             WHERE m.user_id = ?3)) AND ",
            asks_for!("w", "?1")
        ),
        arguments![trigger, now, user.map(WireId::row)],
    )
}
