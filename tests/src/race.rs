//! Requests that start at the same moment.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Barrier;
use std::thread;

/// Runs a race over and over: in each round all contenders start together. The
/// answers by round and contender.
///
/// A contender who panics still lets the others start, and panics at the end.
pub fn race<T: Send>(
    rounds: usize,
    contenders: usize,
    run: impl Fn(usize, usize) -> T + Sync,
) -> Vec<Vec<T>> {
    let barrier = Barrier::new(contenders);
    let lane = |contender: usize| {
        let mut answers = Vec::with_capacity(rounds);
        let mut panic = None;
        for round in 0..rounds {
            barrier.wait();
            if panic.is_none() {
                match catch_unwind(AssertUnwindSafe(|| run(round, contender))) {
                    Ok(answer) => answers.push(answer),
                    Err(cause) => panic = Some(cause),
                }
            }
        }
        match panic {
            None => answers,
            Some(cause) => resume_unwind(cause),
        }
    };
    let lanes: Vec<Vec<T>> = thread::scope(|scope| {
        let threads: Vec<_> =
            (0..contenders).map(|contender| scope.spawn(move || lane(contender))).collect();
        let lanes = threads.into_iter().map(thread::ScopedJoinHandle::join);
        lanes.map(|lane| lane.unwrap_or_else(|cause| resume_unwind(cause))).collect()
    });
    let mut by_round: Vec<Vec<T>> = (0..rounds).map(|_| Vec::new()).collect();
    for lane in lanes {
        for (round, answer) in lane.into_iter().enumerate() {
            by_round[round].push(answer);
        }
    }
    by_round
}
