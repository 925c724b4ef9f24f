//! The words for what the domain and the store refuse (contract: event-types,
//! "Rules & errors").

use meridian_domain::event_type::BrokenRule;
use meridian_gateway::ApiError;
use meridian_kernel::{EventTypeId, ScheduleId, UserId};
use meridian_store::event_types::WriteRefused;
use serde_json::Value;

/// 400 for a rule between settings.
pub fn broken_rule(rule: BrokenRule, length: u32) -> ApiError {
    let several = "Seats are enabled but more than one location provided.";
    let confirmed = "Seats are enabled but requiresConfirmation is true.";
    match rule {
        BrokenRule::SeatsForSeveralLocations => {
            ApiError::bad_request(format!("Seats Validation failed: {several}"))
        }
        BrokenRule::LocationsForSeats => {
            ApiError::bad_request(format!("Locations Validation failed: {several}"))
        }
        BrokenRule::SeatsForConfirmation => {
            ApiError::bad_request(format!("Seats Validation failed: {confirmed}"))
        }
        BrokenRule::ConfirmationForSeats => {
            ApiError::bad_request(format!("RequiresConfirmation Validation failed: {confirmed}"))
        }
        BrokenRule::LengthNotAnOption => ApiError::invalid_field(
            "lengthInMinutesOptions",
            Value::Null,
            format!("must include lengthInMinutes, which is {length}"),
        ),
        BrokenRule::EmailNotAsked => ApiError::bad_request(
            "checkIsEmailUserAccessible - Email booking field must be required and visible",
        ),
        BrokenRule::NeitherEmailNorPhoneAsked => ApiError::bad_request(
            "checkIsEmailUserAccessible - Email booking field must be required and visible, or \
             the booking field attendeePhoneNumber of type phone must be",
        ),
        BrokenRule::UnknownVariable(name) => {
            ApiError::bad_request(format!("Invalid event name variables: {{{name}}}"))
        }
        BrokenRule::AppNotConnected(app) => ApiError::bad_request(format!(
            "locations: the app {app} is not connected. Connect it before you use it as a location."
        )),
        BrokenRule::UnknownCalendar => {
            ApiError::bad_request("Invalid destinationCalendarId: Calendar does not exist")
        }
        BrokenRule::NoCalendarForEmail => ApiError::bad_request(
            "Validation failed: A primary connected calendar is required to set \
             useDestinationCalendarEmail",
        ),
    }
}

/// Why a row was not written. `Changed` is the caller's to retry; seen here, it
/// went on for too long.
pub fn write_refused(
    refused: WriteRefused,
    owner: UserId,
    schedule: Option<ScheduleId>,
) -> ApiError {
    match refused {
        WriteRefused::SlugTaken => {
            ApiError::bad_request("User already has an event type with this slug.")
        }
        WriteRefused::NotOwnSchedule => {
            let schedule = schedule.map(|id| id.to_string()).unwrap_or_default();
            ApiError::not_found(format!(
                "User with ID={owner} does not own schedule with ID={schedule}"
            ))
        }
        WriteRefused::Changed => ApiError::conflict(
            "The event type is being changed by other requests. Please try again.",
        ),
        WriteRefused::Store(error) => error.into(),
    }
}

/// 404 of reads.
pub fn not_found(id: EventTypeId) -> ApiError {
    ApiError::not_found(format!("Event type with id {id} not found"))
}

/// 404 of changes.
pub fn does_not_exist(id: EventTypeId) -> ApiError {
    ApiError::not_found(format!("Event type with ID={id} does not exist."))
}

/// 403 of changes: only the owner.
pub fn not_owner(user: UserId, id: EventTypeId) -> ApiError {
    ApiError::forbidden(format!("User with ID={user} does not own event type with ID={id}"))
}

/// 400 for changes of a copy that are its team's to make.
pub fn only_the_schedule(id: EventTypeId) -> ApiError {
    ApiError::bad_request(format!(
        "Event type with ID={id} follows the managed event type of a team: only its scheduleId \
         can be changed."
    ))
}

/// 403 for deleting a copy.
pub fn not_to_delete(id: EventTypeId) -> ApiError {
    ApiError::forbidden(format!(
        "Event type with ID={id} follows the managed event type of a team, and is deleted by \
         taking its user out of the hosts there."
    ))
}

/// 403 of reads.
pub fn not_allowed_to_read(user: UserId, id: EventTypeId) -> ApiError {
    ApiError::forbidden(format!("User with ID={user} may not read event type with ID={id}"))
}
