//! `POST /v2/bookings/:bookingUid/cancel`

use meridian_domain::booking::{CancelRefusal, CancelWish, Cancellable, Status, may_cancel};
use meridian_domain::event_type::EventTypeSettings;
use meridian_gateway::validate::{self, Fields, boolean, text};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::bookings::{self, Bookable, Booking, CancelOutcome, Cancellation};
use serde_json::Value;

use crate::admission::{is_caller, scope_of_booking};
use crate::booking_output::BookingOutput;
use crate::errors::{booking_not_found, not_cancelled};
use crate::event_type::settings_of;
use crate::{notify, webhook_payload};

/// How long a reason may be, in characters.
const LONGEST_REASON: usize = 5_000;

/// How long the uid of a seat may be.
const LONGEST_UID: usize = 100;

/// Calls a booking off.
pub async fn cancel_booking(request: Request) -> Result<Reply, ApiError> {
    let input = CancelInput::read(&validate::json_body(&request)?)?;
    let uid = request.parameter("bookingUid");
    let scope = scope_of_booking(&request, uid).await?;
    let found = bookings::find_with_event_type(&scope, uid).await?;
    let (booking, bookable) = found.ok_or_else(|| booking_not_found(uid))?;
    let settings = bookable.as_ref().map(settings_of).transpose()?.unwrap_or_default();
    check_may_cancel(&request, &input, &booking, &settings)?;

    let reason = input.reason.filter(|reason| !reason.trim().is_empty());
    let by_email = request.principal.as_ref().map(|caller| caller.email.clone());
    let booking = as_cancelled(booking, reason, by_email, &request);
    // Whether anybody listens is not known where the event type is gone.
    if bookable.as_ref().is_none_or(|bookable| bookable.has_webhooks) {
        notify::mark_due(&scope, request.now).await?;
    }
    let outcome = bookings::cancel(&scope, cancellation(&booking, bookable.as_ref(), &settings));
    match outcome.await? {
        CancelOutcome::Cancelled { to_deliver } => {
            notify::deliver_after_response(&scope, to_deliver, request.now).await;
            Reply::ok(&BookingOutput::of(&booking))
        }
        // Somebody was faster.
        CancelOutcome::NotActive => Err(not_cancelled(CancelRefusal::AlreadyCancelled, uid)),
    }
}

struct CancelInput {
    reason: Option<String>,
    subsequent: bool,
    seat_uid: Option<String>,
}

impl CancelInput {
    fn read(body: &Value) -> Result<Self, ApiError> {
        let mut fields = Fields::of(body);
        let reason = fields.optional("cancellationReason", text(0, LONGEST_REASON));
        let subsequent = fields.optional("cancelSubsequentBookings", boolean()).unwrap_or_default();
        let seat_uid = fields.optional("seatUid", text(0, LONGEST_UID));
        fields.finish()?;
        Ok(Self { reason, subsequent, seat_uid })
    }
}

fn check_may_cancel(
    request: &Request,
    input: &CancelInput,
    booking: &Booking,
    settings: &EventTypeSettings,
) -> Result<(), ApiError> {
    let status = Status::parse(&booking.status)
        .ok_or_else(|| ApiError::internal("a stored booking has an unknown status"))?;
    let caller = request.principal.as_ref();
    let cancellable = Cancellable {
        status,
        cancelling_disabled: settings.disable_cancelling.is_some_and(|rule| rule.disabled),
        of_platform_customer: caller.is_some_and(|caller| caller.organization.is_platform),
    };
    let wish = CancelWish {
        reason: input.reason.as_deref(),
        by_host: is_caller(caller, booking.organizer.id),
        subsequent: input.subsequent,
        seat_uid: input.seat_uid.as_deref(),
    };
    may_cancel(cancellable, wish).map_err(|refusal| not_cancelled(refusal, &booking.uid))
}

/// The booking as it will be.
fn as_cancelled(
    booking: Booking,
    cancellation_reason: Option<String>,
    cancelled_by_email: Option<String>,
    request: &Request,
) -> Booking {
    Booking {
        status: Status::Cancelled.as_str().to_owned(),
        cancellation_reason,
        cancelled_by_email,
        updated_at: request.now,
        ical_sequence: booking.ical_sequence.saturating_add(1),
        ..booking
    }
}

fn cancellation<'a>(
    booking: &'a Booking,
    bookable: Option<&Bookable>,
    settings: &EventTypeSettings,
) -> Cancellation<'a> {
    Cancellation {
        uid: &booking.uid,
        organizer: booking.organizer.id,
        reason: booking.cancellation_reason.as_deref(),
        by_email: booking.cancelled_by_email.as_deref(),
        event: webhook_payload::cancelled(booking, bookable, settings),
        now: booking.updated_at,
    }
}
