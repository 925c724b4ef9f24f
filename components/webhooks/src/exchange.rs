//! One request to somebody else, and the answer.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures::future::{Either, select};
use http::header;

/// How long the other side may take to answer.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(15);

/// How long is waited for the body once the status is known: only people read it.
const BODY_PATIENCE: Duration = Duration::from_secs(1);

/// How much of an answer is kept, in bytes.
const MOST_OF_ANSWER: usize = 1024;

/// What the other side answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub status: u16,
    pub retry_after: Option<String>,
    /// The first kilobyte of the body; `None` where there was none.
    pub beginning: Option<String>,
}

/// Sends a request and waits for the answer of `who`; a redirect is an answer. The error
/// says why there was none.
pub(crate) async fn exchange(request: http::Request<Bytes>, who: &str) -> Result<Answer, String> {
    let answer = pin!(meridian_edge::send_for_head(request));
    let timeout = pin!(spin_sdk::time::sleep(TIMEOUT));
    let (status, headers, body) = match select(answer, timeout).await {
        Either::Left((Ok(head), _)) => head,
        Either::Left((Err(error), _)) => return Err(error.to_string()),
        Either::Right(_) => {
            return Err(format!("{who} did not answer within {} s", TIMEOUT.as_secs()));
        }
    };
    let retry_after = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    Ok(Answer {
        status: status.as_u16(),
        retry_after: retry_after.map(str::to_owned),
        beginning: beginning(body).await,
    })
}

async fn beginning(body: meridian_edge::Incoming) -> Option<String> {
    let mut bytes = Vec::new();
    let patience = pin!(spin_sdk::time::sleep(BODY_PATIENCE));
    select(pin!(body.read(MOST_OF_ANSWER, &mut bytes)), patience).await;
    (!bytes.is_empty()).then(|| String::from_utf8_lossy(&bytes).into_owned())
}
