//! Why a slot is not held, in the words of the API.

use meridian_gateway::ApiError;
use meridian_kernel::{EventTypeId, Instant};
use meridian_scheduling::{NobodyFree, Reasons};

use crate::bookable::{Bookable, HostFacts, LengthError};

/// 404
pub fn event_type_not_found(id: EventTypeId) -> ApiError {
    ApiError::not_found(format!("Event Type with ID={id} not found"))
}

/// 404
pub fn reservation_not_found(uid: &str) -> ApiError {
    ApiError::not_found(format!("Slot with uid={uid} not found"))
}

/// 401
pub fn duration_needs_caller() -> ApiError {
    ApiError::unauthorized(
        "reservationDuration can only be used for authenticated requests - use access token, api \
         key or OAuth credentials",
    )
}

/// 403
pub fn duration_not_yours() -> ApiError {
    ApiError::forbidden(
        "reservationDuration can only be used by the owner of the event type, or by somebody who \
         shares a team or an organization with it",
    )
}

/// 400
pub fn no_hosts() -> ApiError {
    ApiError::bad_request("Cannot reserve a slot for a team event without any hosts")
}

/// 400
pub fn wrong_length(error: LengthError) -> ApiError {
    ApiError::bad_request(match error {
        LengthError::NotChoosable => {
            "You passed 'slotDuration' but this event type is not a variable length event type."
                .to_owned()
        }
        LengthError::NotOffered(options) => {
            let options: Vec<String> = options.iter().map(u32::to_string).collect();
            format!(
                "Provided 'slotDuration' is not one of the possible lengths for the event type. \
                 The possible lengths are: {}",
                options.join(", ")
            )
        }
    })
}

/// 422
pub fn already_booked() -> ApiError {
    ApiError::unprocessable("Can't reserve a slot if the event is already booked.")
}

/// 422
pub fn already_reserved() -> ApiError {
    ApiError::unprocessable(
        "This time slot is already reserved by another user. Please choose a different time.",
    )
}

fn no_seats(bookable: &Bookable, start: Instant, length: u32) -> ApiError {
    let start_text = start.to_iso();
    ApiError::unprocessable(match bookable.booking_of_slot(start, length) {
        Some(uid) => {
            format!("Booking with id={uid} at {start_text} has no more seats left.")
        }
        None => format!("The slot at {start_text} has no more seats left."),
    })
}

/// The ways in which a slot may be out of reach, the most hopeful first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Obstacle {
    Reserved,
    SeatsFull,
    Booked,
    Unavailable,
}

impl Obstacle {
    fn of(reasons: Reasons) -> Self {
        if reasons == Reasons::RESERVED {
            Self::Reserved
        } else if reasons.contains(Reasons::SEATS_FULL) {
            Self::SeatsFull
        } else if reasons.contains(Reasons::BUSY) {
            Self::Booked
        } else if reasons.contains(Reasons::RESERVED) {
            Self::Reserved
        } else {
            Self::Unavailable
        }
    }
}

/// 422: nobody is free, given what keeps each host. Of those who could stand in for
/// each other, the one who is nearest to being free counts.
pub fn nobody_free(
    nobody: NobodyFree,
    bookable: &Bookable,
    reasons: &[Reasons],
    (start, length): (Instant, u32),
) -> ApiError {
    let hosts = bookable.facts.iter().zip(reasons.iter().copied());
    let in_question = |index: usize, host: &HostFacts| match nobody {
        NobodyFree::NoHosts => false,
        NobodyFree::Fixed(fixed) => fixed == index,
        NobodyFree::Group(first) => {
            let group = bookable.facts.get(first).map(|host| host.group.as_str());
            !host.is_fixed && Some(host.group.as_str()) == group
        }
    };
    let obstacles = hosts
        .enumerate()
        .filter(|(index, (host, _))| in_question(*index, host))
        .map(|(_, (_, reasons))| (Obstacle::of(reasons), reasons));
    match obstacles.min_by_key(|(obstacle, _)| *obstacle) {
        None => no_hosts(),
        Some((Obstacle::Reserved, _)) => already_reserved(),
        Some((Obstacle::SeatsFull, _)) => no_seats(bookable, start, length),
        Some((Obstacle::Booked, _)) => already_booked(),
        Some((Obstacle::Unavailable, reasons)) => unavailable(reasons),
    }
}

/// 422: the slot is not one of those that `GET /v2/slots` would list.
fn unavailable(reasons: Reasons) -> ApiError {
    let why = if reasons.contains(Reasons::PAST) {
        "it is in the past"
    } else if reasons.contains(Reasons::TOO_SOON) {
        "it is too soon: it violates the minimum booking notice"
    } else if reasons.contains(Reasons::OUTSIDE_WINDOW) {
        "it is outside the event type's booking window"
    } else if reasons.contains(Reasons::BOOKING_LIMIT) {
        "the booking limit of the event type is reached"
    } else if reasons.contains(Reasons::DURATION_LIMIT) {
        "the duration limit of the event type is reached"
    } else if reasons.contains(Reasons::OUT_OF_OFFICE) {
        "the host is out of office"
    } else if reasons.contains(Reasons::RESTRICTED) {
        "it is outside the event type's restriction schedule"
    } else {
        "it is outside the host's working hours"
    };
    ApiError::unprocessable(format!(
        "Can't reserve a slot that is not available: {why}. Fetch the available slots with \
         GET /v2/slots."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_hopeful_obstacle_is_told() {
        let busy_and_reserved = Reasons::BUSY | Reasons::RESERVED;
        assert_eq!(Obstacle::of(Reasons::RESERVED), Obstacle::Reserved);
        assert_eq!(Obstacle::of(busy_and_reserved), Obstacle::Booked);
        assert_eq!(
            Obstacle::of(Reasons::SEATS_FULL | Reasons::OUTSIDE_SCHEDULE),
            Obstacle::SeatsFull
        );
        assert_eq!(Obstacle::of(Reasons::OUT_OF_OFFICE), Obstacle::Unavailable);
        assert!(Obstacle::Reserved < Obstacle::Booked && Obstacle::Booked < Obstacle::Unavailable);
    }

    #[test]
    fn a_slot_out_of_reach_says_why() {
        let text = unavailable(Reasons::PAST | Reasons::TOO_SOON).message;
        assert!(text.contains("in the past"), "{text}");
        let text = unavailable(Reasons::OUTSIDE_SCHEDULE).message;
        assert!(text.contains("working hours"), "{text}");
    }
}
