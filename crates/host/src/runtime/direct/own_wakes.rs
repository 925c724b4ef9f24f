//! Wakes that a future gives itself.
//!
//! An instance hands its answer over through a channel between two parts of one
//! future: it wakes its task while that task polls it. Where the poll brings the
//! answer that wake is about nothing any more, but the runtime would poll the
//! connection once more for it, and have another thread come to help.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// Polls a future, and keeps to itself what woke it while it was polled if it is done
/// by then.
pub(super) struct OwnWakes(Option<Arc<Gate>>);

impl OwnWakes {
    pub(super) const fn new() -> Self {
        Self(None)
    }

    /// Polls the future.
    pub(super) fn poll<F: Future + ?Sized>(
        &mut self,
        future: Pin<&mut F>,
        cx: &Context<'_>,
    ) -> Poll<F::Output> {
        let gate = self.gate(cx.waker());
        gate.state.store(POLLED, Ordering::Release);
        let outcome = future.poll(&mut Context::from_waker(&Waker::from(gate.clone())));
        if outcome.is_pending() && gate.state.swap(OPEN, Ordering::AcqRel) == WOKEN {
            gate.task.wake_by_ref();
        }
        outcome
    }

    fn gate(&mut self, task: &Waker) -> Arc<Gate> {
        match &self.0 {
            Some(gate) if gate.task.will_wake(task) => gate.clone(),
            _ => {
                let gate = Arc::new(Gate { task: task.clone(), state: AtomicU8::new(OPEN) });
                self.0.insert(gate).clone()
            }
        }
    }
}

/// Wakes pass.
const OPEN: u8 = 0;
/// The future is being polled.
const POLLED: u8 = 1;
/// The future is being polled, and was woken.
const WOKEN: u8 = 2;

/// What the future takes for its task.
struct Gate {
    task: Waker,
    state: AtomicU8,
}

impl Wake for Gate {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let was = self.state.compare_exchange(POLLED, WOKEN, Ordering::AcqRel, Ordering::Acquire);
        if was == Err(OPEN) {
            self.task.wake_by_ref();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::sync::atomic::AtomicUsize;
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    impl Count {
        fn get(&self) -> usize {
            self.0.load(Ordering::Relaxed)
        }
    }

    /// Polls a future that wakes itself and then is as finished as it is told to be.
    fn poll(wakes: &mut OwnWakes, task: &Arc<Count>, outcome: Poll<u8>) -> (Poll<u8>, Waker) {
        let mut given = None;
        let future = poll_fn(|cx| {
            cx.waker().wake_by_ref();
            cx.waker().wake_by_ref();
            given = Some(cx.waker().clone());
            outcome
        });
        let waker = Waker::from(task.clone());
        let outcome = wakes.poll(std::pin::pin!(future), &Context::from_waker(&waker));
        (outcome, given.unwrap())
    }

    #[test]
    fn who_is_done_needs_no_wake() {
        let task = Arc::new(Count::default());
        let (outcome, later) = poll(&mut OwnWakes::new(), &task, Poll::Ready(7));
        assert_eq!((outcome, task.get()), (Poll::Ready(7), 0));
        later.wake();
        assert_eq!(task.get(), 0, "nothing is left to be polled");
    }

    #[test]
    fn who_is_not_done_is_woken_once_for_all_that_came_meanwhile_and_for_all_after() {
        let task = Arc::new(Count::default());
        let mut wakes = OwnWakes::new();
        let (outcome, later) = poll(&mut wakes, &task, Poll::Pending);
        assert_eq!((outcome, task.get()), (Poll::Pending, 1));
        later.wake();
        assert_eq!(task.get(), 2);
        let other = Arc::new(Count::default());
        let (_, later) = poll(&mut wakes, &other, Poll::Pending);
        later.wake();
        assert_eq!((task.get(), other.get()), (2, 2), "the task that polled last is woken");
    }
}
