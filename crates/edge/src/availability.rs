//! The availability seam, called: which hosts are free.

use meridian_gateway::ApiError;
use meridian_kernel::{EventTypeId, Instant, UserId, WireId};

use crate::bindings::availability as wit;

/// What is asked: are the hosts of this event type free from `start` on?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The event type.
    pub event_type_id: EventTypeId,
    /// Where the meeting would start.
    pub start: Instant,
    /// How long it would be.
    pub length_minutes: u32,
    /// A booking that does not count as busy: the one being rescheduled.
    pub ignoring_booking_uid: Option<String>,
    /// The clock of the request.
    pub now: Instant,
}

/// Why a host cannot be booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Before now.
    Past,
    /// Sooner than the minimum notice, or outside the booking window.
    OutOfBounds,
    /// Outside the working hours.
    OutsideSchedule,
    /// Another booking, or its buffer, is in the way.
    Busy,
    /// The host is away.
    OutOfOffice,
    /// A limit of the event type is reached.
    BookingLimit,
    /// Somebody is just booking it.
    Reserved,
}

/// One host's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostAvailability {
    /// The host.
    pub user_id: UserId,
    /// `None`: free.
    pub reason: Option<Reason>,
}

/// One answer per host, in the order of the event type's hosts. An unknown event
/// type is 404.
pub async fn check(question: Question) -> Result<Vec<HostAvailability>, ApiError> {
    let question = wit::Question {
        organization: question.event_type_id.organization().get(),
        event_type_id: question.event_type_id.wire(),
        start: question.start.millis(),
        length_minutes: question.length_minutes,
        ignoring_booking_uid: question.ignoring_booking_uid,
        now: question.now.millis(),
    };
    match wit::check(question).await {
        Ok(hosts) => hosts.into_iter().map(host_in).collect(),
        Err(wit::Error::UnknownEventType) => Err(ApiError::not_found("Event type not found")),
        Err(wit::Error::Unavailable(cause)) => Err(ApiError {
            cause: Some(cause),
            ..ApiError::unavailable("The service is busy. Please try again later.", 1)
        }),
    }
}

fn host_in(host: wit::Host) -> Result<HostAvailability, ApiError> {
    Ok(HostAvailability {
        user_id: UserId::from_wire(host.user_id).map_err(ApiError::internal)?,
        reason: host.reason.map(|reason| match reason {
            wit::Reason::Past => Reason::Past,
            wit::Reason::OutOfBounds => Reason::OutOfBounds,
            wit::Reason::OutsideSchedule => Reason::OutsideSchedule,
            wit::Reason::Busy => Reason::Busy,
            wit::Reason::OutOfOffice => Reason::OutOfOffice,
            wit::Reason::BookingLimit => Reason::BookingLimit,
            wit::Reason::Reserved => Reason::Reserved,
        }),
    })
}
