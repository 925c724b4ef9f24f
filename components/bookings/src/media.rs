//! What a built-in video call leaves behind. No calls are held here yet, so of every
//! booking there is nothing, for those who may know.

use meridian_gateway::{ApiError, Reply, Request};

use crate::managed::Managed;

/// `GET /v2/bookings/:bookingUid/recordings`
pub async fn list_recordings(request: Request) -> Result<Reply, ApiError> {
    nothing(&request, "recordings").await
}

/// `GET /v2/bookings/:bookingUid/transcripts`
pub async fn list_transcripts(request: Request) -> Result<Reply, ApiError> {
    nothing(&request, "transcripts").await
}

/// `GET /v2/bookings/:bookingUid/conferencing-sessions`
pub async fn list_conferencing_sessions(request: Request) -> Result<Reply, ApiError> {
    nothing(&request, "conferencing sessions").await
}

async fn nothing(request: &Request, what: &str) -> Result<Reply, ApiError> {
    let refusal = || {
        ApiError::forbidden(format!(
            "Only the organizer and the hosts of a booking, and admins of its team or \
             organization, may see its {what}."
        ))
    };
    Managed::load_own(request, request.parameter("bookingUid"), refusal).await?;
    Reply::ok(&[(); 0])
}
