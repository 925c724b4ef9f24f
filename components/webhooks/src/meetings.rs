//! Meetings that begin and end, as webhooks are told of them.

use meridian_edge::WitDatabase;
use meridian_kernel::Instant;
use meridian_store::bookings::{Booking, meetings};
use meridian_store::{Scope, StoreError};

/// How many are turned into events at a time.
const AT_A_TIME: u32 = 100;

/// Turns what began or ended since it was last told into events, until none is left or
/// until `stop_at`. Another worker that does the same is as good.
pub(crate) async fn tell(
    scope: &Scope<'_, WitDatabase>,
    now: Instant,
    stop_at: Instant,
) -> Result<(), StoreError> {
    while Instant::now() < stop_at {
        let Some(due) = meetings::due(scope, now, AT_A_TIME).await? else { break };
        let payload = |booking: &Booking| meridian_payloads::meeting(booking).to_string();
        if !meetings::tell(scope, &due, payload, now).await? {
            break;
        }
    }
    Ok(())
}
