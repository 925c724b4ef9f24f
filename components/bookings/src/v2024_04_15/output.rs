//! Bookings as 2024-04-15 shows them: the row, more or less as it is stored.

use meridian_kernel::{AttendeeId, BookingId, EventTypeId, Instant, UserId};
use meridian_store::JsonObject;
use meridian_store::bookings::{Attendee, Booking, Organizer};
use serde::Serialize;

use crate::making::BookedTime;

/// How long somebody of a team may take to join an instant booking, in minutes.
const INSTANT_MINUTES: i64 = 5;

/// A booking.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LegacyOutput<'a> {
    id: BookingId,
    uid: &'a str,
    user_id: UserId,
    user_primary_email: &'a str,
    user: UserOutput<'a>,
    event_type_id: EventTypeId,
    title: &'a str,
    description: &'a str,
    responses: &'a JsonObject,
    start_time: Instant,
    end_time: Instant,
    location: Option<&'a str>,
    created_at: Instant,
    updated_at: Instant,
    status: String,
    paid: bool,
    payment: [(); 0],
    payment_required: bool,
    references: [(); 0],
    cancellation_reason: Option<&'a str>,
    rejection_reason: Option<&'a str>,
    reassign_reason: Option<&'a str>,
    rescheduled: bool,
    from_reschedule: Option<&'a str>,
    recurring_event_id: Option<&'a str>,
    metadata: &'a JsonObject,
    #[serde(rename = "iCalUID")]
    ical_uid: &'a str,
    #[serde(rename = "iCalSequence")]
    ical_sequence: u32,
    rating: Option<i64>,
    no_show_host: bool,
    attendees: Vec<AttendeeOutput<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seat_reference_uid: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct UserOutput<'a> {
    id: UserId,
    name: &'a str,
    email: &'a str,
    username: &'a str,
    time_zone: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AttendeeOutput<'a> {
    id: AttendeeId,
    booking_id: BookingId,
    name: &'a str,
    email: &'a str,
    time_zone: &'a str,
    locale: &'a str,
    phone_number: Option<&'a str>,
    no_show: bool,
}

impl<'a> LegacyOutput<'a> {
    /// What was just booked.
    pub fn of(time: &'a BookedTime) -> Self {
        Self { seat_reference_uid: time.seat_uid.as_deref(), ..Self::of_booking(&time.booking) }
    }

    /// A booking of any age.
    pub fn of_booking(booking: &'a Booking) -> Self {
        let attendee = |one| attendee(booking.id, one);
        Self {
            id: booking.id,
            uid: &booking.uid,
            user_id: booking.organizer.id,
            user_primary_email: &booking.organizer.email,
            user: user(&booking.organizer),
            event_type_id: booking.event_type_id,
            title: &booking.title,
            description: &booking.description,
            responses: &booking.responses,
            start_time: booking.start,
            end_time: booking.end,
            location: booking.location.as_deref(),
            created_at: booking.created_at,
            updated_at: booking.updated_at,
            status: booking.status.to_ascii_uppercase(),
            paid: false,
            payment: [],
            payment_required: false,
            references: [],
            cancellation_reason: booking.cancellation_reason.as_deref(),
            rejection_reason: booking.rejection_reason.as_deref(),
            reassign_reason: booking.reassign_reason.as_deref(),
            rescheduled: booking.rescheduled_to_uid.is_some(),
            from_reschedule: booking.rescheduled_from_uid.as_deref(),
            recurring_event_id: booking.recurring_uid.as_deref(),
            metadata: &booking.metadata,
            ical_uid: &booking.ical_uid,
            ical_sequence: booking.ical_sequence,
            rating: booking.rating,
            no_show_host: booking.absent_host,
            attendees: booking.attendees.iter().map(attendee).collect(),
            seat_reference_uid: None,
        }
    }
}

fn user(user: &Organizer) -> UserOutput<'_> {
    UserOutput {
        id: user.id,
        name: &user.name,
        email: &user.email,
        username: &user.username,
        time_zone: &user.time_zone,
    }
}

fn attendee(booking_id: BookingId, attendee: &Attendee) -> AttendeeOutput<'_> {
    AttendeeOutput {
        id: attendee.id,
        booking_id,
        name: &attendee.name,
        email: &attendee.email,
        time_zone: &attendee.time_zone,
        locale: &attendee.language,
        phone_number: attendee.phone_number.as_deref(),
        no_show: attendee.absent,
    }
}

/// An instant booking: where to look for it, and until when.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstantOutput<'a> {
    message: &'static str,
    meeting_token_id: BookingId,
    booking_id: BookingId,
    booking_uid: &'a str,
    expires: Instant,
    user_id: UserId,
}

impl<'a> InstantOutput<'a> {
    /// What was just booked.
    pub fn of(booking: &'a Booking) -> Self {
        Self {
            message: "Success",
            meeting_token_id: booking.id,
            booking_id: booking.id,
            booking_uid: &booking.uid,
            expires: booking.created_at.plus_minutes(INSTANT_MINUTES),
            user_id: booking.organizer.id,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::booking_output::tests::sample;

    #[test]
    fn an_old_client_finds_the_fields_it_knows() {
        let time = BookedTime { booking: sample(), seat_uid: Some("seat".to_owned()) };
        let shown = serde_json::to_value(LegacyOutput::of(&time)).unwrap();
        let base = 7_i64 << 32;
        for (path, expected) in [
            ("/id", json!(base + 3)),
            ("/uid", json!("uid")),
            ("/status", json!("ACCEPTED")),
            ("/startTime", json!("2050-09-05T09:00:00.000Z")),
            ("/endTime", json!("2050-09-05T10:00:00.000Z")),
            ("/userPrimaryEmail", json!("ada@x.org")),
            ("/user/username", json!("ada")),
            ("/attendees/0/email", json!("grace@x.org")),
            ("/attendees/0/bookingId", json!(base + 3)),
            ("/responses/topic", json!("bees")),
            ("/metadata/userId", json!("100")),
            ("/payment", json!([])),
            ("/recurringEventId", Value::Null),
            ("/iCalUID", json!("uid@meridian.invalid")),
            ("/seatReferenceUid", json!("seat")),
        ] {
            assert_eq!(shown.pointer(path), Some(&expected), "{path}");
        }
    }
}
