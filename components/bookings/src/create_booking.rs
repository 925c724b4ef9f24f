//! `POST /v2/bookings`

use meridian_domain::booking::{BookingKind, Decision, Offer, Wish, decide};
use meridian_edge::availability::{self, Question};
use meridian_gateway::{ApiError, Reply, Request, validate};
use meridian_store::bookings::{self, CreateOutcome, NewBooking};

use crate::admission::{instead_of_not_found, is_caller};
use crate::booking_input::BookingInput;
use crate::booking_output::BookingOutput;
use crate::errors::{
    event_type_not_found, host_not_available, kind_not_built, not_available, refused,
};
use crate::event_type::{self, Target};
use crate::{new_booking, notify, webhook_payload};

/// Books an event type.
pub async fn create_booking(request: Request) -> Result<Reply, ApiError> {
    let input = BookingInput::read(&validate::json_body(&request)?)?;
    let target = event_type::find(&request, &input.selector).await?;
    event_type::check_may_book(&request, &target)?;
    check_kind(&input, &target)?;
    let decision = decide_booking(&request, &input, &target)?;
    check_available(&request, &target, &decision).await?;
    let mut booking = new_booking::compose(&input, &target, &decision, request.now);
    let event = webhook_payload::created(&booking, &target.bookable, &target.settings);
    if target.bookable.has_webhooks {
        notify::mark_due(&target.scope, request.now).await?;
    }
    let new = NewBooking {
        booking: &booking,
        needs: (decision.needs.start, decision.needs.end),
        takes_slot: decision.takes_slot,
        event,
    };
    // The slot is taken, or not, by the insert itself: what was looked up before
    // only explains a refusal.
    match bookings::create(&target.scope, new).await? {
        CreateOutcome::Made { id, to_deliver } => {
            booking.id = id;
            notify::deliver_after_response(&target.scope, to_deliver, request.now).await;
            Reply::created(&BookingOutput::of(&booking))
        }
        CreateOutcome::Taken => Err(host_not_available()),
        CreateOutcome::EventTypeGone => Err(event_type_not_found(target.bookable.id)),
    }
}

fn check_kind(input: &BookingInput, target: &Target) -> Result<(), ApiError> {
    if input.instant {
        return Err(ApiError::bad_request(
            "Instant bookings are only supported for team event types, not individual user event \
             types.",
        ));
    }
    match BookingKind::of(&target.settings) {
        BookingKind::Regular if input.is_series => Err(kind_not_built(BookingKind::Recurring)),
        BookingKind::Regular => Ok(()),
        other => Err(kind_not_built(other)),
    }
}

fn decide_booking(
    request: &Request,
    input: &BookingInput,
    target: &Target,
) -> Result<Decision, ApiError> {
    let bookable = &target.bookable;
    let offer = Offer {
        title: &bookable.title,
        length_minutes: bookable.length_minutes,
        before_event_buffer: bookable.before_event_buffer,
        after_event_buffer: bookable.after_event_buffer,
        settings: &target.settings,
        organizer_name: &bookable.organizer.name,
    };
    let wish = Wish {
        start: input.start,
        length_minutes: input.length_minutes,
        attendee: &input.attendee,
        guests: &input.guests,
        location: input.location.as_ref(),
        responses: &input.responses,
        by_host: is_caller(request.principal.as_ref(), bookable.organizer.id),
    };
    decide(offer, &wish, request.now).map_err(|refusal| refused(refusal, bookable.id))
}

async fn check_available(
    request: &Request,
    target: &Target,
    decision: &Decision,
) -> Result<(), ApiError> {
    let event_type_id = target.bookable.id;
    let hosts = availability::check(Question {
        event_type_id,
        start: decision.time.start,
        length_minutes: decision.length_minutes,
        ignoring_booking_uid: None,
        now: request.now,
    });
    let unknown = || event_type_not_found(event_type_id);
    let hosts = hosts.await.map_err(|error| instead_of_not_found(error, unknown))?;
    match hosts.into_iter().find_map(|host| host.reason) {
        Some(reason) => Err(not_available(reason, event_type_id)),
        None => Ok(()),
    }
}
