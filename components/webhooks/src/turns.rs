//! How a worker works: in turns, each of which records what is done and takes what is
//! due in its place.

use futures::FutureExt as _;
use futures::stream::{FuturesUnordered, StreamExt as _};
use meridian_kernel::Instant;
use meridian_store::{DatabaseError, StoreError};

/// How long something is a worker's, in milliseconds: longer than an attempt may take,
/// and short enough that a crash delays it by less than half a minute.
pub(crate) const LEASE: i64 = 20_000;

/// How often a batch is tried that the database has no time for.
const MOST_BATCH_TRIES: u32 = 3;

/// Why a worker stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// Nothing was due any more.
    Nothing,
    /// It did as much as one may, or its time was over.
    Some,
}

impl Left {
    /// Of two that worked beside each other.
    pub(crate) fn and(self, other: Self) -> Self {
        if self == Self::Nothing { other } else { Self::Some }
    }
}

/// What a worker does for one organisation before others have their turn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share {
    /// How much at a time.
    pub at_a_time: usize,
    /// How much altogether.
    pub most: usize,
    /// Until when it begins anything.
    pub stop_at: Instant,
}

/// Takes what is due and does it, until nothing is due or the share is used up. Whenever
/// some is done, it is reported and other taken in its place: `take` gets the reports,
/// the time and how much is wanted, and does both in one batch.
pub(crate) async fn work<T, R>(
    share: Share,
    take: impl AsyncFn(&[R], Instant, u32) -> Result<Vec<T>, StoreError>,
    run: impl AsyncFn(T) -> R,
) -> Result<Left, StoreError> {
    let mut under_way = FuturesUnordered::new();
    let mut done: Vec<R> = Vec::new();
    let mut begun = 0;
    loop {
        let now = Instant::now();
        let is_over = now >= share.stop_at || begun >= share.most;
        let room = if is_over { 0 } else { share.at_a_time - under_way.len() };
        let taken = take_patiently(&take, &done, now, room).await?;
        done.clear();
        begun += taken.len();
        under_way.extend(taken.into_iter().map(|one| run(one)));
        match under_way.next().await {
            Some(report) => done.push(report),
            None if is_over => return Ok(Left::Some),
            None => return Ok(Left::Nothing),
        }
        // Whatever else is done by now goes into the same batch.
        while let Some(Some(report)) = under_way.next().now_or_never() {
            done.push(report);
        }
    }
}

/// Reports are worth some patience: what is not recorded is done again. What is too much
/// for one answer of the database is taken in smaller parts.
async fn take_patiently<T, R>(
    take: &impl AsyncFn(&[R], Instant, u32) -> Result<Vec<T>, StoreError>,
    done: &[R],
    now: Instant,
    room: usize,
) -> Result<Vec<T>, StoreError> {
    let mut room = u32::try_from(room).unwrap_or(0);
    let mut tries = 1;
    loop {
        match take(done, now, room).await {
            Err(StoreError::Database(DatabaseError::Busy)) if tries < MOST_BATCH_TRIES => {
                tries += 1;
            }
            Err(StoreError::Database(DatabaseError::TooLarge)) if room > 1 => room /= 2,
            outcome => return outcome,
        }
    }
}
