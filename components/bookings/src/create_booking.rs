//! `POST /v2/bookings`

use meridian_domain::booking::{CodeProof, Decision, Offer, Wish, decide};
use meridian_edge::availability::Reasons;
use meridian_gateway::{ApiError, Reply, Request, validate};
use meridian_kernel::SchedulingType;

use crate::booker_code;
use crate::booking_input::BookingInput;
use crate::booking_output::BookingOutput;
use crate::errors::{self, refused};
use crate::event_type::{self, Target, hosts_or_manages};
use crate::making::{self, Booked, BookedTime, Wanted};
use crate::managed_addresses;

/// How long an instant booking may take to arrive, in minutes: it starts when it is
/// asked for.
const INSTANT_MINUTES: i64 = 5;

/// The header that proves whose reservation of a time it is.
const RESERVATION_HEADER: &str = "x-cal-reservation-uid";

/// The cookie that did so before.
const RESERVATION_COOKIE: &str = "uid";

/// Books an event type.
pub async fn create_booking(request: Request) -> Result<Reply, ApiError> {
    let input = BookingInput::read(&validate::json_body(&request)?)?;
    answer(&request, &book(&request, &input).await?)
}

/// A series is a list, anything else one booking. Who else has a seat is not for
/// everybody.
pub fn answer(request: &Request, booked: &Booked) -> Result<Reply, ApiError> {
    let Target { bookable, settings, .. } = &booked.target;
    let hides_attendees = settings.seats.is_some_and(|seats| !seats.show_attendee_info)
        && !request.principal.as_ref().is_some_and(|caller| hosts_or_manages(caller, bookable));
    let mut times = booked.times.iter().map(|time| shown(time, hides_attendees));
    if settings.recurrence.is_some() {
        return Reply::created(&times.collect::<Vec<_>>());
    }
    Reply::created(&times.next().ok_or_else(|| ApiError::internal("nothing was booked"))?)
}

fn shown(time: &BookedTime, hides_attendees: bool) -> BookingOutput<'_> {
    let output = BookingOutput::of(&time.booking);
    let output = if hides_attendees { output.without_attendees() } else { output };
    match &time.seat_uid {
        Some(seat_uid) => output.with_seat(seat_uid),
        None => output,
    }
}

/// Books what a request asks for, or says why not.
pub async fn book(request: &Request, input: &BookingInput) -> Result<Booked, ApiError> {
    let target = event_type::find(request, &input.selector).await?;
    book_target(request, input, target).await
}

/// The same, of an event type that was found.
pub async fn book_target(
    request: &Request,
    input: &BookingInput,
    target: Target,
) -> Result<Booked, ApiError> {
    event_type::check_may_book(request, &target)?;
    check_kind(input, &target)?;
    let by_host = is_by_host(request, &target);
    let code = booker_code::proof(request, input, &target).await?;
    let client = target.bookable.client.as_ref();
    let input = managed_addresses::of_booking(request, &target.scope, client, input).await?;
    let input = input.as_ref();
    let decision = decide_booking(request, input, &target, (by_host, code))?;
    let wanted = Wanted {
        input,
        decision: &decision,
        reservation: reservation(request, input.reservation.as_deref()),
        passed_over: passed_over(request, input, by_host),
    };
    making::make(request, target, wanted).await
}

fn check_kind(input: &BookingInput, target: &Target) -> Result<(), ApiError> {
    let bookable = &target.bookable;
    if bookable.scheduling == Some(SchedulingType::Managed) {
        return Err(errors::managed_parent(bookable.id));
    }
    if bookable.owner.is_none() && bookable.hosts.is_empty() {
        return Err(errors::no_hosts(bookable.id));
    }
    if input.instant && bookable.scheduling.is_none() {
        return Err(ApiError::bad_request(
            "Instant bookings are only supported for team event types, not individual user event \
             types.",
        ));
    }
    Ok(())
}

/// Whether the caller owns or hosts what is booked.
fn is_by_host(request: &Request, target: &Target) -> bool {
    let caller = request.principal.as_ref();
    caller.is_some_and(|caller| target.bookable.is_hosted_by(caller.user_id))
}

fn decide_booking(
    request: &Request,
    input: &BookingInput,
    target: &Target,
    (by_host, code): (bool, CodeProof),
) -> Result<Decision, ApiError> {
    let bookable = &target.bookable;
    let offer = Offer {
        length_minutes: bookable.length_minutes,
        before_event_buffer: bookable.before_event_buffer,
        after_event_buffer: bookable.after_event_buffer,
        settings: &target.settings,
    };
    let wish = Wish {
        start: input.start,
        length_minutes: input.length_minutes,
        occurrences: input.occurrences,
        later_starts: &input.later_starts,
        attendee: &input.attendee,
        guests: &input.guests,
        location: input.location.as_ref(),
        responses: &input.responses,
        by_host,
        code,
    };
    decide(offer, &wish, request.now).map_err(|refusal| refused(refusal, bookable.id))
}

/// The booker's reservation: by the body, else the header, else the cookie.
pub fn reservation<'a>(request: &'a Request, named: Option<&'a str>) -> Option<&'a str> {
    named
        .or_else(|| request.header(RESERVATION_HEADER))
        .or_else(|| request.cookie(RESERVATION_COOKIE))
}

/// What does not keep a host from this booking. Overrides of whoever is no host
/// count for nothing.
fn passed_over(request: &Request, input: &BookingInput, by_host: bool) -> Reasons {
    let mut passed_over = Reasons::NONE;
    if by_host && input.overrides.conflicts {
        passed_over = passed_over | Reasons::BUSY | Reasons::RESERVED;
    }
    if by_host && input.overrides.bounds {
        passed_over = passed_over | Reasons::TOO_SOON | Reasons::OUTSIDE_WINDOW;
    }
    if input.instant {
        passed_over = passed_over | Reasons::TOO_SOON;
        if request.now.plus_minutes(-INSTANT_MINUTES) <= input.start {
            passed_over = passed_over | Reasons::PAST;
        }
    }
    passed_over
}
