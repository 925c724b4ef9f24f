//! What is left of a booking's built-in call. Nothing of it is kept here: whoever runs
//! the rooms is asked each time.

mod links;
mod recordings;
mod sessions;
mod transcripts;

use meridian_domain::booking::CAL_VIDEO_LOCATION;
use meridian_edge::video;
use meridian_gateway::{ApiError, Request};
use meridian_kernel::Instant;
use meridian_video::Provider;

use crate::managed::Managed;

pub use recordings::list_recordings;
pub use sessions::list_conferencing_sessions;
pub use transcripts::list_transcripts;

/// How long after a request came links are still asked for, in milliseconds. The last
/// one may take [`video::ask`]'s patience, and requests end after 30 s.
const LINKS_BUDGET: i64 = 15_000;

/// When to ask again, in seconds.
const RETRY_AFTER: u64 = 5;

/// A booking's call, and who knows of it.
#[derive(Debug)]
struct Call {
    provider: Provider,
    /// The room's name: the booking's uid.
    room: String,
    /// When links are not asked for any more.
    links_until: Instant,
}

impl Call {
    /// The call of the booking in the path, for those who may know of it. `None`: it is
    /// no built-in call, or nobody runs rooms.
    async fn of(request: &Request, what: &str) -> Result<Option<Self>, ApiError> {
        let refusal = || {
            ApiError::forbidden(format!(
                "Only the organizer and the hosts of a booking, and admins of its team or \
                 organization, may see its {what}."
            ))
        };
        let managed = Managed::load_own(request, request.parameter("bookingUid"), refusal).await?;
        let booking = managed.booking;
        if booking.location.as_deref() != Some(CAL_VIDEO_LOCATION) {
            return Ok(None);
        }
        let links_until = request.now.plus_millis(LINKS_BUDGET);
        let provider = video::provider().await;
        Ok(provider.map(|provider| Self { provider, room: booking.uid, links_until }))
    }
}

/// 503: what is known of a call cannot be told now. Why is for the log.
fn untold(cause: String) -> ApiError {
    let message = "The video provider gave no usable answer. Please try again later.";
    ApiError { cause: Some(cause), ..ApiError::unavailable(message, RETRY_AFTER) }
}
