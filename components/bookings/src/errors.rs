//! Domain refusals in the words of the API.

use http::StatusCode;
use meridian_domain::booking::{AnswerError, BookingKind, CancelRefusal, LocationError, Refusal};
use meridian_edge::availability::Reason;
use meridian_gateway::ApiError;
use meridian_kernel::EventTypeId;

/// 404
pub fn booking_not_found(uid: &str) -> ApiError {
    ApiError::not_found(format!("Booking with uid={uid} was not found in the database"))
}

/// 404
pub fn event_type_not_found(id: EventTypeId) -> ApiError {
    ApiError::not_found(format!("Event type with id {id} not found."))
}

/// 501 for what a later version books.
pub fn kind_not_built(kind: BookingKind) -> ApiError {
    let what = match kind {
        BookingKind::Seated => "Booking a seat of a seated event type",
        BookingKind::Recurring => "Booking a series of a recurring event type",
        BookingKind::Regular => "This kind of booking",
    };
    ApiError::new(
        StatusCode::NOT_IMPLEMENTED,
        format!("{what} is part of the API but not built yet."),
    )
}

/// 400: the host is taken, whoever found out.
pub fn host_not_available() -> ApiError {
    ApiError::bad_request("User either already has booking at this time or is not available")
}

/// Why the host cannot be booked then.
pub fn not_available(reason: Reason, event_type: EventTypeId) -> ApiError {
    match reason {
        Reason::Past => ApiError::bad_request("Attempting to book a meeting in the past."),
        Reason::OutOfBounds => ApiError::bad_request(format!(
            "The event type can't be booked at the \"start\" time provided. This could be because \
             it's too soon (violating the minimum booking notice) or too far in the future \
             (outside the event's scheduling window). Try fetching available slots first using \
             the GET /v2/slots endpoint and then make a booking with \"start\" time equal to one \
             of the available slots: GET /v2/slots?eventTypeId={event_type}"
        )),
        Reason::OutsideSchedule | Reason::Busy | Reason::OutOfOffice | Reason::Reserved => {
            host_not_available()
        }
        Reason::BookingLimit => ApiError::conflict(
            "The event type can't be booked at this time because its booking limit has been \
             reached.",
        ),
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
