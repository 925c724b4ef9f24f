//! What happened long ago goes.

use meridian_kernel::Instant;

use crate::due_work::RETENTION;
use crate::{Database, Scope, Statement, StoreError, arguments};

/// How many events one step looks at, and removes with their deliveries.
const STEP: u32 = 200;

/// The old events of a step that nothing is pending of.
const EVENTS: &str = "WITH old (id) AS MATERIALIZED (SELECT id FROM (\
     SELECT id, created_at FROM outbox_event ORDER BY id LIMIT ?2) WHERE created_at <= ?1) \
     DELETE FROM outbox_event WHERE id IN old AND id NOT IN (SELECT d.event_id FROM webhook w \
     CROSS JOIN webhook_delivery d ON d.webhook_id = w.id \
     AND d.event_id <= (SELECT max(id) FROM old) WHERE d.state = 'pending')";

/// Where that removed any: the deliveries that now have no event, of as many as a step
/// has. They are found by webhook, as the index has them.
const DELIVERIES: &str = "WITH removed (any) AS MATERIALIZED (SELECT 1 WHERE changes() > 0) \
     DELETE FROM webhook_delivery WHERE id IN (SELECT d.id FROM removed CROSS JOIN webhook w \
     CROSS JOIN webhook_delivery d ON d.webhook_id = w.id \
     AND d.event_id < coalesce((SELECT id FROM outbox_event ORDER BY id LIMIT 1 OFFSET ?1), \
     (SELECT seq + 1 FROM sqlite_sequence WHERE name = 'outbox_event')) \
     WHERE NOT EXISTS (SELECT 1 FROM outbox_event e WHERE e.id = d.event_id))";

/// Removes events older than [`RETENTION`] with what was delivered of them, at most
/// so many steps; what is still to be delivered stays.
pub async fn prune<D: Database>(
    scope: &Scope<'_, D>,
    now: Instant,
    most_steps: u32,
) -> Result<(), StoreError> {
    let old = now.plus_millis(-RETENTION);
    for _ in 0..most_steps {
        let removed = scope
            .work(vec![
                Statement::command(EVENTS, arguments![old, STEP]),
                Statement::command(DELIVERIES, arguments![STEP]),
            ])
            .await?;
        // Fewer than a step has may only mean that some of them are pending.
        if removed.first().is_none_or(|rows| rows.affected == 0) {
            break;
        }
    }
    Ok(())
}
