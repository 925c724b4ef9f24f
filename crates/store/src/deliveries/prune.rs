//! What happened long ago goes.

use meridian_kernel::Instant;

use crate::due_work::RETENTION;
use crate::{Database, Scope, Statement, StoreError, arguments};

/// How many events one step looks at, and removes with their deliveries.
const STEP: u32 = 200;

/// Removes events older than [`RETENTION`] with what was delivered of them, at most
/// so many steps; what is still to be delivered stays.
pub async fn prune<D: Database>(
    scope: &Scope<'_, D>,
    now: Instant,
    most_steps: u32,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM outbox_event WHERE id IN (SELECT e.id FROM (\
               SELECT id, created_at FROM outbox_event ORDER BY id LIMIT ?2) e \
               WHERE e.created_at <= ?1 AND NOT EXISTS (SELECT 1 FROM webhook_delivery d \
               WHERE d.event_id = e.id AND d.state = 'pending'))";
    for _ in 0..most_steps {
        let old = now.plus_millis(-RETENTION);
        let removed = scope.work(vec![Statement::command(sql, arguments![old, STEP])]).await?;
        if removed.first().is_none_or(|rows| rows.affected < u64::from(STEP)) {
            break;
        }
    }
    Ok(())
}
