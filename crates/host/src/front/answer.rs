//! The body of an answer. Short ones are gathered first, so that head and body
//! leave in one write and carry their length; long ones are passed on as they come.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::sync::OwnedSemaphorePermit;
use wasmtime_wasi_http::{Error, WasiBody};

/// A body longer than this is not gathered.
const GATHERED: usize = 64 << 10;

/// A body that is not complete by then is not waited for.
const PATIENCE: Duration = Duration::from_millis(20);

/// The body of an answer.
pub enum AnswerBody {
    /// All of it.
    Whole(Option<Bytes>),
    /// What was gathered, and the rest.
    Streaming {
        /// Not sent yet.
        begin: Option<Bytes>,
        /// Still to come.
        rest: WasiBody,
        /// The request counts as in flight until the end.
        _permit: OwnedSemaphorePermit,
    },
}

impl AnswerBody {
    /// A body that is there.
    pub const fn whole(bytes: Bytes) -> Self {
        Self::Whole(Some(bytes))
    }

    /// Gathers the body of a component's answer.
    ///
    /// # Errors
    /// Where the component failed before its answer began to be sent.
    pub async fn gather(mut body: WasiBody, permit: OwnedSemaphorePermit) -> Result<Self, Error> {
        let mut gathered = Gathered::default();
        let complete = tokio::time::timeout(PATIENCE, gathered.fill(&mut body)).await;
        let begin = gathered.bytes();
        match complete {
            Ok(Err(error)) => Err(error),
            Ok(Ok(true)) => Ok(Self::whole(begin)),
            Ok(Ok(false)) | Err(_) => {
                let begin = Some(begin).filter(|begin| !begin.is_empty());
                Ok(Self::Streaming { begin, rest: body, _permit: permit })
            }
        }
    }
}

/// Parts of a body; a single one is not copied.
#[derive(Default)]
struct Gathered {
    first: Option<Bytes>,
    more: BytesMut,
}

impl Gathered {
    /// Answers whether the body is complete.
    async fn fill(&mut self, body: &mut WasiBody) -> Result<bool, Error> {
        while let Some(frame) = body.frame().await {
            // Trailers are nothing clients of this API look for.
            if let Ok(data) = frame?.into_data() {
                self.push(data);
            }
            if self.len() > GATHERED {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn push(&mut self, data: Bytes) {
        if self.first.is_none() {
            self.first = Some(data);
        } else {
            self.more.extend_from_slice(&data);
        }
    }

    fn len(&self) -> usize {
        self.first.as_ref().map_or(0, Bytes::len) + self.more.len()
    }

    fn bytes(self) -> Bytes {
        match self.first {
            Some(first) if self.more.is_empty() => first,
            first => {
                let mut all = BytesMut::from(first.unwrap_or_default());
                all.unsplit(self.more);
                all.freeze()
            }
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match self.get_mut() {
            Self::Whole(bytes) => {
                let bytes = bytes.take().filter(|bytes| !bytes.is_empty());
                Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes))))
            }
            Self::Streaming { begin, rest, .. } => match begin.take() {
                Some(begin) => Poll::Ready(Some(Ok(Frame::data(begin)))),
                None => Pin::new(rest).poll_frame(cx),
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
            Self::Streaming { begin, rest, .. } => begin.is_none() && rest.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Self::Streaming { .. } => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::{StreamExt, stream};
    use http_body_util::StreamBody;
    use tokio::sync::Semaphore;

    use super::*;

    fn body(parts: impl futures::Stream<Item = &'static [u8]> + Send + 'static) -> WasiBody {
        StreamBody::new(parts.map(|part| Ok(Frame::data(Bytes::from_static(part))))).boxed_unsync()
    }

    async fn permit(semaphore: &Arc<Semaphore>) -> OwnedSemaphorePermit {
        semaphore.clone().acquire_owned().await.unwrap()
    }

    #[tokio::test]
    async fn a_short_body_is_whole_and_knows_its_length() {
        let semaphore = Arc::new(Semaphore::new(1));
        let parts: [&[u8]; 3] = [b"ab", b"c", b"de"];
        let body = body(stream::iter(parts));
        let answer = AnswerBody::gather(body, permit(&semaphore).await).await.unwrap();
        assert_eq!(answer.size_hint().exact(), Some(5));
        assert_eq!(semaphore.available_permits(), 1);
        assert_eq!(answer.collect().await.unwrap().to_bytes(), "abcde");
    }

    #[tokio::test]
    async fn a_slow_body_is_passed_on_and_in_flight_until_its_end() {
        let semaphore = Arc::new(Semaphore::new(1));
        let first: [&[u8]; 1] = [b"now "];
        let later = stream::once(async {
            tokio::time::sleep(PATIENCE * 3).await;
            b"then".as_slice()
        });
        let body = body(stream::iter(first).chain(later));
        let answer = AnswerBody::gather(body, permit(&semaphore).await).await.unwrap();
        assert_eq!(answer.size_hint().exact(), None);
        assert_eq!(semaphore.available_permits(), 0);
        assert_eq!(answer.collect().await.unwrap().to_bytes(), "now then");
        assert_eq!(semaphore.available_permits(), 1);
    }
}
