//! One request, one answer, and a clock beside it.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures::future::{Either, select};
use http::{Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use meridian_hrana_client::MAX_ANSWER_BYTES;
use meridian_store::DatabaseError;

/// How long an answer is waited for. A server that stopped taking writes would
/// otherwise hold every request until its client gives up.
const PATIENCE: Duration = Duration::from_secs(8);

/// Sends a request and reads the whole answer, in [`PATIENCE`] altogether. What was
/// sent may have been done also where no answer came.
pub(crate) async fn send(request: Request<Bytes>) -> Result<Response<Bytes>, DatabaseError> {
    let answer = pin!(exchange(request));
    let clock = pin!(spin_sdk::time::sleep(PATIENCE));
    match select(answer, clock).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(DatabaseError::Busy),
    }
}

async fn exchange(request: Request<Bytes>) -> Result<Response<Bytes>, DatabaseError> {
    let sent = spin_sdk::http::send(request.map(Full::new)).await;
    let response = sent.map_err(|error| DatabaseError::Unavailable(error.to_string()))?;
    let (parts, body) = response.into_parts();
    match Limited::new(body, MAX_ANSWER_BYTES).collect().await {
        Ok(body) => Ok(Response::from_parts(parts, body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => Err(DatabaseError::TooLarge),
        Err(error) => Err(DatabaseError::Unavailable(error.to_string())),
    }
}
