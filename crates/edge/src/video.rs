//! Whoever runs the rooms of built-in calls. Who asks them is granted `{{ video_host }}`
//! and the variables `video_host` and `video_key`.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use meridian_video::{Failure, Provider};

use crate::{outbound, variable};

/// How long they may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whoever runs them; `None`: nobody does.
pub async fn provider() -> Option<Provider> {
    let key = variable("video_key").await?;
    Provider::new(&variable("video_host").await?, &key)
}

/// Asks them, and reads the answer with the function that fits the request. The error is
/// for logs and for those who run the platform.
pub async fn ask<T>(
    request: Result<http::Request<Bytes>, Failure>,
    read: impl FnOnce(StatusCode, &[u8]) -> Result<T, Failure>,
) -> Result<T, String> {
    let request = request.map_err(|failure| failure.to_string())?;
    let answer = outbound::send_within(request, PATIENCE).await;
    let answer = answer.map_err(|error| format!("the video provider: {error}"))?;
    read(answer.status(), answer.body()).map_err(|failure| failure.to_string())
}
