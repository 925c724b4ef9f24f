//! Work that somebody waits for, and that goes on when nobody does any more.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, Sleep};

use super::own_wakes::OwnWakes;
use crate::runtime::CallError;
use crate::runtime::instances::GRACE;

type Work<T> = Pin<Box<dyn Future<Output = Result<T, CallError>> + Send>>;

/// Waits for work, at most so long.
///
/// Whether the time is over, or whoever waits is gone: work that began goes on in a
/// task of its own, until [`GRACE`] after that time. Half of a write would be worse
/// than one that nobody hears of.
pub(super) struct Attended<T: Send + 'static> {
    work: Option<Work<T>>,
    at_most: Duration,
    /// Set by the first poll that finds the work unfinished: most is done at once,
    /// and a timer costs.
    timer: Option<Pin<Box<Sleep>>>,
    wakes: OwnWakes,
}

impl<T: Send + 'static> Attended<T> {
    pub(super) const fn new(work: Work<T>, at_most: Duration) -> Self {
        Self { work: Some(work), at_most, timer: None, wakes: OwnWakes::new() }
    }
}

impl<T: Send + 'static> Future for Attended<T> {
    type Output = Result<T, CallError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let Some(work) = &mut this.work else { return Poll::Ready(Err(CallError::Timeout)) };
        if let Poll::Ready(outcome) = this.wakes.poll(work.as_mut(), cx) {
            this.work = None;
            return Poll::Ready(outcome);
        }
        let at_most = this.at_most;
        let timer = this.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(at_most)));
        if timer.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        let until = timer.deadline() + GRACE;
        if let Some(work) = this.work.take() {
            go_on(work, until);
        }
        Poll::Ready(Err(CallError::Timeout))
    }
}

impl<T: Send + 'static> Drop for Attended<T> {
    fn drop(&mut self) {
        // Without a timer it was never found unfinished: it did not begin.
        let (Some(work), Some(timer)) = (self.work.take(), &self.timer) else { return };
        // What panicked cannot go on.
        if !std::thread::panicking() {
            go_on(work, timer.deadline() + GRACE);
        }
    }
}

/// Without a runtime the process is at its end.
fn go_on<T: Send + 'static>(work: Work<T>, until: Instant) {
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(tokio::time::timeout_at(until, work));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    const SHORT: Duration = Duration::from_millis(20);

    /// Work that takes three times `SHORT`, and what tells that it was done.
    fn work() -> (Work<u8>, Arc<AtomicBool>) {
        let done = Arc::new(AtomicBool::new(false));
        let tell = done.clone();
        let work = async move {
            tokio::time::sleep(SHORT * 3).await;
            tell.store(true, Ordering::Relaxed);
            Ok(7)
        };
        (Box::pin(work), done)
    }

    async fn is_done_later(done: &AtomicBool) -> bool {
        assert!(!done.load(Ordering::Relaxed));
        tokio::time::sleep(SHORT * 6).await;
        done.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn work_that_is_done_in_time_answers() {
        assert!(matches!(Attended::new(work().0, SHORT * 100).await, Ok(7)));
    }

    #[tokio::test]
    async fn work_goes_on_when_its_time_is_over() {
        let (work, done) = work();
        assert!(matches!(Attended::new(work, SHORT).await, Err(CallError::Timeout)));
        assert!(is_done_later(&done).await);
    }

    #[tokio::test]
    async fn work_goes_on_when_nobody_waits_any_more() {
        let (work, done) = work();
        let attended = Attended::new(work, SHORT * 100);
        assert!(tokio::time::timeout(SHORT, attended).await.is_err());
        assert!(is_done_later(&done).await);
    }

    #[tokio::test]
    async fn work_that_never_began_does_not() {
        let (work, done) = work();
        drop(Attended::new(work, SHORT * 100));
        assert!(!is_done_later(&done).await);
    }
}
