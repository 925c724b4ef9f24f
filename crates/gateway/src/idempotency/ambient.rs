//! Which attempt is being served. A component serves many requests at once on one
//! thread, so what belongs to a request is set for as long as its future is polled
//! and no longer.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::Attempt;

thread_local! {
    static CURRENT: RefCell<Option<Rc<Attempt>>> = const { RefCell::new(None) };
}

/// The attempt of the request that is being served.
pub(super) fn current() -> Option<Rc<Attempt>> {
    CURRENT.with_borrow(Clone::clone)
}

/// Names the path that will show what this request is about to make, where its id
/// is not that of the first row it inserts. Without an attempt it does nothing.
pub fn subject(path: impl FnOnce() -> String) {
    if let Some(attempt) = current() {
        attempt.set_subject(path());
    }
}

/// A future that runs within an attempt.
pub(super) struct Within<F> {
    attempt: Rc<Attempt>,
    future: Pin<Box<F>>,
}

impl<F: Future> Within<F> {
    pub(super) fn new(attempt: Rc<Attempt>, future: F) -> Self {
        Self { attempt, future: Box::pin(future) }
    }
}

/// Puts back what was current before, even where the future panics.
struct Restore(Option<Rc<Attempt>>);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

impl<F: Future> Future for Within<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _restore = Restore(CURRENT.replace(Some(Rc::clone(&self.attempt))));
        self.future.as_mut().poll(context)
    }
}
