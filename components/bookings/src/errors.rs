//! Domain refusals in the words of the API.

use meridian_domain::booking::{AnswerError, CancelRefusal, LocationError, MoveRefusal, Refusal};
use meridian_edge::availability::Reasons;
use meridian_gateway::ApiError;
use meridian_kernel::EventTypeId;
use meridian_store::bookings::{Bookable, CreateOutcome};

/// 404
pub fn booking_not_found(uid: &str) -> ApiError {
    ApiError::not_found(format!("Booking with uid={uid} was not found in the database"))
}

/// 404
pub fn event_type_not_found(id: EventTypeId) -> ApiError {
    ApiError::not_found(format!("Event type with id {id} not found."))
}

/// 400
pub fn managed_parent(id: EventTypeId) -> ApiError {
    ApiError::bad_request(format!(
        "Event type with id={id} is the parent managed event type that can't be booked. Book the \
         child event type of one of its users instead."
    ))
}

/// 422
pub fn no_hosts(id: EventTypeId) -> ApiError {
    ApiError::unprocessable(format!(
        "Can't book this team event type because it has no hosts. Please, add at least 1 host to \
         event type with id={id}."
    ))
}

/// 400: a host is taken, whoever found out.
pub fn host_not_available(bookable: &Bookable) -> ApiError {
    ApiError::bad_request(if bookable.scheduling.is_some() {
        "One of the hosts either already has booking at this time or is not available"
    } else {
        "User either already has booking at this time or is not available"
    })
    .settle()
}

/// 409
pub fn seats_full() -> ApiError {
    ApiError::conflict("No more seats left at this seated booking.")
        .with_code("booking_seats_full_error")
}

/// 409
pub fn limit_reached() -> ApiError {
    ApiError::conflict(
        "The event type can't be booked at this time because its booking limit has been reached.",
    )
}

/// 400, with the booking that could be moved instead.
pub fn booker_limit_reached(uid: Option<&str>) -> ApiError {
    let offer = uid.map_or_else(String::new, |uid| {
        format!(" You can reschedule your existing booking ({uid}) to a new timeslot instead.")
    });
    ApiError::bad_request(format!(
        "Attendee with this email can't book because the maximum number of active bookings has \
         been reached.{offer}"
    ))
}

/// 409: everything this stood on kept changing.
pub fn changing_too_fast() -> ApiError {
    ApiError::conflict(
        "The event type or its bookings are changing right now. Please try again in a moment.",
    )
}

/// Why the hosts cannot be booked then.
pub fn not_available(reasons: Reasons, bookable: &Bookable) -> ApiError {
    if reasons.has(Reasons::PAST) {
        return ApiError::bad_request("Attempting to book a meeting in the past.");
    }
    if reasons.has(Reasons::TOO_SOON | Reasons::OUTSIDE_WINDOW) {
        let event_type = bookable.id;
        return ApiError::bad_request(format!(
            "The event type can't be booked at the \"start\" time provided. This could be because \
             it's too soon (violating the minimum booking notice) or too far in the future \
             (outside the event's scheduling window). Try fetching available slots first using \
             the GET /v2/slots endpoint and then make a booking with \"start\" time equal to one \
             of the available slots: GET /v2/slots?eventTypeId={event_type}"
        ));
    }
    if reasons.has(Reasons::BOOKING_LIMIT | Reasons::DURATION_LIMIT) {
        return limit_reached();
    }
    if reasons.has(Reasons::SEATS_FULL) {
        return seats_full();
    }
    host_not_available(bookable)
}

/// Why the batch that books refused to.
pub fn not_made(outcome: &CreateOutcome, bookable: &Bookable) -> ApiError {
    match outcome {
        CreateOutcome::Taken => host_not_available(bookable),
        CreateOutcome::LimitReached => limit_reached(),
        CreateOutcome::BookerLimitReached => booker_limit_reached(None),
        CreateOutcome::LinkRefused => ApiError::bad_request(
            "The private link has expired, was used up, or is not one of this event type.",
        )
        .with_code("private_link_expired"),
        CreateOutcome::SeatsFull => seats_full(),
        CreateOutcome::AlreadySeated => {
            ApiError::conflict("You are already signed up for this booking.")
                .with_code("already_signed_up_for_this_booking_error")
        }
        CreateOutcome::ReplacedChanged | CreateOutcome::Outdated | CreateOutcome::Made(_) => {
            changing_too_fast()
        }
    }
}

/// Why a booking was refused before anybody looked at a calendar.
pub fn refused(refusal: Refusal, event_type: EventTypeId) -> ApiError {
    let message = match refusal {
        Refusal::Answer(error) => answer_text(error, event_type),
        Refusal::LengthNotChoosable => "Can't specify 'lengthInMinutes' because event type does \
             not have multiple possible lengths. Please, remove the 'lengthInMinutes' field from \
             the request."
            .to_owned(),
        Refusal::LengthNotOffered(lengths) => {
            let lengths: Vec<String> = lengths.iter().map(u32::to_string).collect();
            format!(
                "Provided 'lengthInMinutes' is not one of the possible lengths for the event \
                 type. The possible lengths are: {}",
                lengths.join(", ")
            )
        }
        Refusal::Location(error) => location_text(error, event_type),
        Refusal::NotRecurring => "Can't specify 'recurrenceCount' because the event type is not \
             recurring. Please, remove the 'recurrenceCount' field from the request."
            .to_owned(),
        Refusal::TooManyOccurrences(most) => format!(
            "Provided recurrence count is higher than the event type's recurring event count. The \
             most is {most}."
        ),
        Refusal::BeyondCalendar => {
            "start is too late: the series would go on beyond the year 9999.".to_owned()
        }
        Refusal::TooManyForSeats(seats) => {
            format!("guests are too many: there are {seats} seats, and everybody needs one.")
        }
        Refusal::CodeMissing => "emailVerificationCode is missing: the event type requires the \
             attendee's email to be verified. Pass the code that was sent to it."
            .to_owned(),
        Refusal::CodeWrong => {
            "emailVerificationCode is not a valid code for the attendee's email.".to_owned()
        }
    };
    ApiError::bad_request(message)
}

fn answer_text(error: AnswerError, event_type: EventTypeId) -> String {
    match error {
        AnswerError::Missing { slug } => format!(
            "Missing required booking field response: {slug} - it is required by the event type \
             booking fields, but missing in the bookingFieldsResponses. You can fetch the event \
             type with ID {event_type} to see the required fields."
        ),
        AnswerError::MissingPhoneNumber => {
            "Missing attendee phone number - it is required by the event type. Pass it as \
             \"attendee.phoneNumber\" string in the request."
                .to_owned()
        }
        AnswerError::WrongType { slug, field_type, expected, received } => format!(
            "Invalid type for booking field '{slug}'. Expected type {expected} (compatible with \
             field type '{field_type}'), but received {received}."
        ),
        AnswerError::NotAnOption { slug, given, allowed } => format!(
            "Invalid option '{given}' for booking field '{slug}'. Allowed options are: {}.",
            allowed.join(", ")
        ),
        AnswerError::NotAllOptions { slug, allowed } => format!(
            "One or more invalid options for booking field '{slug}'. Allowed options are: {}.",
            allowed.join(", ")
        ),
    }
}

fn location_text(error: LocationError, event_type: EventTypeId) -> String {
    match error {
        LocationError::TypeNotOffered { asked, offered } => format!(
            "Booking location with type {asked} not valid for event type with id={event_type}. \
             The event type has following location types: {}",
            offered.join(", ")
        ),
        LocationError::AppNotOffered { asked, offered } => format!(
            "Booking location with integration {asked} not valid for event type with \
             id={event_type}. The event type has following integrations: {}",
            offered.join(", ")
        ),
    }
}

/// Why a booking was not cancelled.
pub fn not_cancelled(refusal: CancelRefusal, uid: &str) -> ApiError {
    ApiError::bad_request(match refusal {
        CancelRefusal::NotAHost => return ApiError::unauthorized("User not a host of this event"),
        CancelRefusal::SeatOfAnother => {
            "Invalid seatUid: this seat does not belong to this booking.".to_owned()
        }
        CancelRefusal::SeriesHasNoLater => "Cannot cancel subsequent bookings for recurring event \
             - you have to provide uid of one of the individual bookings of the series."
            .to_owned(),
        CancelRefusal::AlreadyCancelled => format!(
            "Can't cancel booking with uid={uid} because it has been cancelled already. Please \
             provide uid of a booking that is not cancelled."
        ),
        CancelRefusal::AlreadyRejected => format!(
            "Can't cancel booking with uid={uid} because it has been rejected already. Please \
             provide uid of a booking that is not rejected."
        ),
        CancelRefusal::NoSuchSeat => {
            "Invalid seatUid: this seat does not exist or has already been cancelled.".to_owned()
        }
        CancelRefusal::NotInSeries => {
            format!("Booking with bookingUid={uid} is not part of a recurring booking.")
        }
        CancelRefusal::NotAllowed => "This event type does not allow cancellations".to_owned(),
        CancelRefusal::ReasonMissing => {
            "Cancellation reason is required when you are the host".to_owned()
        }
    })
}

/// 404
pub fn seat_not_found(seat_uid: &str) -> ApiError {
    ApiError::not_found(format!("Seat with uid={seat_uid} does not exist."))
}

/// Why a booking was not moved.
pub fn not_moved(refusal: &MoveRefusal<'_>, uid: &str) -> ApiError {
    ApiError::bad_request(match refusal {
        MoveRefusal::Cancelled => format!(
            "Can't reschedule booking with uid={uid} because it has been cancelled. Please provide \
             uid of a booking that is not cancelled."
        ),
        MoveRefusal::MovedTo(new) => format!(
            "Can't reschedule booking with uid={uid} because it has been cancelled and rescheduled \
             already to booking with uid={new}. You probably want to reschedule {new} instead by \
             passing it within the request URL."
        ),
        MoveRefusal::Rejected => format!(
            "Can't reschedule booking with uid={uid} because it has been rejected. Please provide \
             uid of a booking that is not rejected."
        ),
        MoveRefusal::SeatMissing => format!(
            "Booking with uid={uid} is a seated booking which means you have to provide seatUid of \
             the seat that shall be rescheduled."
        ),
        MoveRefusal::NotSeated => format!(
            "Booking with uid={uid} is not a seated booking. Please, remove the 'seatUid' field \
             from the request."
        ),
        MoveRefusal::NotAllowed => "This event type does not allow rescheduling".to_owned(),
        MoveRefusal::TooLate(minutes) => format!(
            "This event type does not allow rescheduling within {minutes} minutes of the start."
        ),
        MoveRefusal::Past => format!(
            "Can't reschedule booking with uid={uid} because it is over, and its event type does \
             not allow rescheduling past bookings."
        ),
    })
}
