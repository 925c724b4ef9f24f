//! What nobody needs any more must not pile up, and no store Spin offers forgets by
//! itself or lists its keys cheaply. So every counter, and whatever else is kept for
//! who may never come back, takes a place in a ring when it is made, and whatever had
//! that place before is removed: a store never holds more than [`PLACES`] of a kind.
//!
//! A counter may be pushed out while its window runs, if so many others were made
//! since. It begins again then, which only who has as many addresses can bring
//! about, and who has needs no such trick.

use crate::Services;

/// How many of one kind there are at most: some 20 MB of counters.
pub(crate) const PLACES: i64 = 1 << 17;

/// Gives what was just made its place. The kind is what its name begins with, up to the
/// colon.
pub async fn keep_bounded(services: &impl Services, key: &str) {
    let kind = key.split(':').next().unwrap_or_default();
    let Some(turn) = services.increment(&format!("{kind}-ring"), 1).await else { return };
    let place = format!("{kind}-ring:{}", turn.rem_euclid(PLACES));
    // Nobody else has this turn, so this place is nobody else's at the moment.
    match services.exchange(&place, key).await {
        Some(pushed_out) if pushed_out != key => services.remove(&pushed_out).await,
        _ => {}
    }
}
