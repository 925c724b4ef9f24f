//! `POST /v2/bookings/:bookingUid/reschedule`

use meridian_domain::booking::{Event, Movable, MoveRules, MoveWish, Moved};
use meridian_edge::availability::Reasons;
use meridian_gateway::validate::{self, Fields, boolean, email, text};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::Instant;
use meridian_store::bookings::Booking;
use serde_json::Value;

use crate::booking_input::bookable_instant;
use crate::errors::{event_type_not_found, not_moved, seat_not_found};
use crate::event_type::Target;
use crate::managed::{Managed, manages, shown};
use crate::moving::{self, Move, MovedBooking};
use crate::v2024_08_13;

/// How long a reason may be, in characters.
const LONGEST_REASON: usize = 5_000;

/// How long an uid or a code may be.
const LONGEST_UID: usize = 100;

/// Moves a booking, or one seat of it.
pub async fn reschedule_booking(request: Request) -> Result<Reply, ApiError> {
    let input = MoveInput::read(&validate::json_body(&request)?)?;
    reschedule(&request, &input).await
}

/// The same where hosts may not book over what is in the way.
pub async fn reschedule_booking_2024_08_13(request: Request) -> Result<Reply, ApiError> {
    let input = MoveInput::read(&v2024_08_13::known(validate::json_body(&request)?))?;
    reschedule(&request, &input).await
}

async fn reschedule(request: &Request, input: &MoveInput) -> Result<Reply, ApiError> {
    let (target, made) = carry_out(request, request.parameter("bookingUid"), input).await?;
    let output = shown(&made.booking, &target.settings, request.principal.as_ref());
    Reply::created(&match made.seat_uid.as_deref() {
        Some(seat_uid) => output.with_seat(seat_uid),
        None => output,
    })
}

/// Moves a booking, or says why not.
pub async fn carry_out(
    request: &Request,
    uid: &str,
    input: &MoveInput,
) -> Result<(Target, MovedBooking), ApiError> {
    for _ in 0..moving::MOST_ATTEMPTS {
        let managed = Managed::load(request, uid).await?;
        let moved = decide(request, input, &managed)?;
        let Managed { scope, booking, bookable, settings } = managed;
        let bookable = bookable.ok_or_else(|| event_type_not_found(booking.event_type_id))?;
        let target = Target { scope, bookable, settings };
        let wish = wish(request, input, &target, &booking, moved);
        if let Some(made) = moving::make(request, &target, &wish).await? {
            return Ok((target, made));
        }
    }
    Err(crate::errors::changing_too_fast())
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct MoveInput {
    /// When it shall start.
    pub start: Instant,
    /// Who moves it.
    pub by_email: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Only this seat.
    pub seat_uid: Option<String>,
    /// The mover's reservation of the new time.
    pub reservation: Option<String>,
    /// It does not matter who is taken: hosts only.
    pub conflicts: bool,
    /// Nor how soon or how far ahead it is: hosts only.
    pub bounds: bool,
}

impl MoveInput {
    fn read(body: &Value) -> Result<Self, ApiError> {
        let mut fields = Fields::of(body);
        let start = fields.required_some("start", bookable_instant);
        let by_email = fields.optional("rescheduledBy", email());
        let reason = fields.optional("reschedulingReason", text(0, LONGEST_REASON));
        let seat_uid = fields.optional("seatUid", text(1, LONGEST_UID));
        let reservation = fields.optional("reservationUid", text(1, LONGEST_UID));
        // Whoever moves a booking has its uid, which only the booker was given.
        let _ = fields.optional("emailVerificationCode", text(0, LONGEST_UID));
        let mut flag = |field: &str| fields.optional(field, boolean()).unwrap_or_default();
        let (conflicts, bounds) = (flag("allowConflicts"), flag("allowBookingOutOfBounds"));
        fields.finish()?;
        let start = start.ok_or_else(|| ApiError::bad_request("The request lacks a start."))?;
        let reason = reason.filter(|reason| !reason.trim().is_empty());
        Ok(Self { start, by_email, reason, seat_uid, reservation, conflicts, bounds })
    }
}

/// What becomes of both bookings, or the rule that forbids it.
fn decide(request: &Request, input: &MoveInput, managed: &Managed) -> Result<Moved, ApiError> {
    let Managed { booking, settings, .. } = managed;
    if let Some(seat_uid) = &input.seat_uid {
        let has_seat = |one: &str| one == seat_uid;
        let mut seats = booking.attendees.iter().filter_map(|one| one.seat_uid.as_deref());
        if booking.seats_per_slot.is_some() && !seats.any(has_seat) {
            return Err(seat_not_found(seat_uid));
        }
    }
    let movable = Movable {
        standing: managed.standing()?,
        end: booking.end,
        moved_to: booking.rescheduled_to_uid.as_deref(),
        is_seated: booking.seats_per_slot.is_some(),
    };
    let policy = settings.confirmation_policy;
    let waits = policy.is_some_and(|policy| policy.must_confirm(input.start, request.now));
    let wish = MoveWish {
        names_a_seat: input.seat_uid.is_some(),
        may_move_all: manages(request.principal.as_ref(), booking),
        waits: waits && !is_by_host(request, input, booking),
        blocks: policy.is_some_and(|policy| policy.blocks_unconfirmed()),
    };
    movable
        .reschedule(MoveRules::of(settings), wish, request.now)
        .map_err(|refusal| not_moved(&refusal, &booking.uid))
}

/// A host who moves a booking need not confirm it.
fn is_by_host(request: &Request, input: &MoveInput, booking: &Booking) -> bool {
    let caller = request.principal.as_ref();
    let is_caller = caller.is_some_and(|caller| booking.is_hosted_by(caller.user_id));
    let says_so = input.by_email.as_deref().is_some_and(|by_email| {
        booking.hosts().any(|host| host.email.eq_ignore_ascii_case(by_email))
    });
    is_caller || says_so
}

fn wish<'a>(
    request: &'a Request,
    input: &'a MoveInput,
    target: &'a Target,
    booking: &'a Booking,
    moved: Moved,
) -> Move<'a> {
    let caller = request.principal.as_ref();
    let by_host = caller.is_some_and(|caller| target.bookable.is_hosted_by(caller.user_id));
    let mut passed_over = Reasons::NONE;
    if by_host && input.conflicts {
        passed_over = passed_over | Reasons::BUSY | Reasons::RESERVED;
    }
    if by_host && input.bounds {
        passed_over = passed_over | Reasons::TOO_SOON | Reasons::OUTSIDE_WINDOW;
    }
    Move {
        old: booking,
        start: input.start,
        seat_uid: input.seat_uid.as_deref(),
        by_email: input.by_email.clone().or_else(|| caller.map(|caller| caller.email.clone())),
        reason: input.reason.as_deref(),
        reservation: crate::create_booking::reservation(request, input.reservation.as_deref()),
        passed_over,
        change: moved.new,
        event: moved.new.event.unwrap_or(Event::Rescheduled),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_start_is_needed_and_the_rest_may_be_left_out() {
        assert!(MoveInput::read(&json!({})).is_err());
        let input = MoveInput::read(&json!({"start": "2050-09-05T09:00:00Z"})).unwrap();
        assert_eq!(input.start, Instant::parse("2050-09-05T09:00:00Z").unwrap());
        assert!(input.seat_uid.is_none() && !input.conflicts);
        let error = MoveInput::read(&json!({"start": "soon", "rescheduledBy": "me"})).err();
        let message = error.map(|error| error.message).unwrap_or_default();
        assert!(message.contains("start") && message.contains("rescheduledBy"), "{message}");
    }
}
