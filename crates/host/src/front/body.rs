//! The body of a request, read before a guest sees it: a slow client costs no
//! instance, and a guest never has half a body.

use bytes::Bytes;
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use meridian_gateway::BODY_LIMIT;

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadBody {
    /// Longer than [`BODY_LIMIT`], by its own account or counted.
    TooLarge,
    /// The client broke off.
    Broken,
}

/// How much memory a body may need: what it says, else the limit.
pub fn room_for<B: Body>(body: &B) -> Result<usize, BadBody> {
    let hint = body.size_hint();
    let limit = BODY_LIMIT as u64;
    if hint.lower() > limit {
        return Err(BadBody::TooLarge);
    }
    let most = hint.upper().unwrap_or(limit).min(limit);
    Ok(usize::try_from(most).unwrap_or(BODY_LIMIT))
}

/// Reads all of a body.
pub async fn read<B>(body: B) -> Result<Bytes, BadBody>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(BadBody::TooLarge),
        Err(_) => Err(BadBody::Broken),
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures::stream;
    use http_body::Frame;
    use http_body_util::{Full, StreamBody};

    use super::*;

    fn chunks(count: usize, size: usize) -> impl Body<Data = Bytes, Error = Infallible> {
        let chunk = move |_| Ok(Frame::data(Bytes::from(vec![0; size])));
        StreamBody::new(stream::iter((0..count).map(chunk)))
    }

    #[test]
    fn a_body_that_says_it_is_too_large_is_not_read() {
        assert_eq!(room_for(&Full::new(Bytes::from(vec![0; BODY_LIMIT]))), Ok(BODY_LIMIT));
        let longer = Full::new(Bytes::from(vec![0; BODY_LIMIT + 1]));
        assert_eq!(room_for(&longer), Err(BadBody::TooLarge));
        assert_eq!(room_for(&chunks(1, 1)), Ok(BODY_LIMIT));
    }

    #[tokio::test]
    async fn a_body_that_does_not_say_is_counted() {
        assert_eq!(read(chunks(4, BODY_LIMIT / 4)).await.map(|body| body.len()), Ok(BODY_LIMIT));
        assert_eq!(read(chunks(5, BODY_LIMIT / 4)).await, Err(BadBody::TooLarge));
    }
}
