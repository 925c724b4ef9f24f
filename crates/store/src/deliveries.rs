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

use crate::webhooks::{asks_for, told_of_booking};
use crate::{Statement, arguments};

pub use log::{Logged, MOST_REPLAYED, Redelivery, list, redeliver, replay, send_test};
pub use prune::prune;
pub use record::{DISABLED, Report, Verdict};
pub(crate) use turn::waiting;
pub use turn::{AT_A_TIME_PER_ENDPOINT, Delivery, MOST_FAILURES, line_up, take_turn};

/// Something that happened to a booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookingEvent {
    /// What webhooks ask for it by.
    pub trigger: &'static str,
    /// Which booking.
    pub booking_uid: String,
    /// A JSON object; its `bookingId`, and the `platformClientId` of a managed organiser,
    /// are set by [`booking_events`].
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
    let note = Statement::command(
        concat!(
            "INSERT INTO outbox_event (trigger_event, booking_uid, payload, created_at) \
             SELECT e.value ->> 0, b.uid, iif(m.user_id IS NULL, \
             json_set(e.value -> 2, '$.bookingId', ?2 + b.id), json_set(e.value -> 2, \
             '$.bookingId', ?2 + b.id, '$.platformClientId', m.client_id)), ?3 \
             FROM json_each(?1) e CROSS JOIN booking b ON b.uid = e.value ->> 1 \
             LEFT JOIN managed_user m ON m.user_id = b.user_id WHERE EXISTS (SELECT 1 FROM webhook w WHERE w.id IN (",
            told_of_booking!("b"),
            ") AND ",
            asks_for!("w", "e.value ->> 0"),
            ")"
        ),
        arguments![events_json(events), organization.wire_id(), now],
    );
    // The events just noted are the newest, as many as the statement before changed.
    let tell = Statement::command(
        concat!(
            "INSERT INTO webhook_delivery (event_id, webhook_id, next_attempt_at) \
             SELECT newest.id, w.id, ?1 FROM (SELECT id, trigger_event, booking_uid \
             FROM outbox_event ORDER BY id DESC LIMIT (SELECT changes())) newest \
             CROSS JOIN booking b ON b.uid = newest.booking_uid CROSS JOIN webhook w \
             WHERE w.id IN (",
            told_of_booking!("b"),
            ") AND ",
            asks_for!("w", "newest.trigger_event")
        ),
        arguments![now],
    );
    [note, tell]
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

/// One delivery of the newest event per active webhook of the user, of the platform client
/// that manages them, and of the organisation, that asked for it. Belongs right behind the statement that noted the
/// event, if there is any such webhook.
pub(crate) fn deliver_newest(trigger: &str, user: UserId, now: Instant) -> Statement {
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
        arguments![trigger, now, user.row()],
    )
}
