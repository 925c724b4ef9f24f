//! Where a booking takes place, changed afterwards.

use meridian_kernel::Instant;
use serde_json::Value as Json;

use crate::{Database, DatabaseError, Scope, Statement, StoreError, arguments};

/// Moves a booking to another place, if it still takes place; whether it does.
/// `answer` is what the form's answer says of the place.
pub async fn change_location<D: Database>(
    scope: &Scope<'_, D>,
    uid: &str,
    location: &str,
    answer: &Json,
    now: Instant,
) -> Result<bool, StoreError> {
    let change = Statement::command(
        "UPDATE booking SET location = ?2, updated_at = ?4, ical_sequence = ical_sequence + 1, \
         responses = CASE WHEN json_valid(responses) \
             THEN json_set(responses, '$.location', json(?3)) ELSE responses END \
         WHERE uid = ?1 AND status IN ('accepted', 'pending')",
        arguments![uid, location, answer.to_string(), now],
    );
    match scope.write(vec![change.must_affect()]).await {
        Ok(_) => Ok(true),
        Err(DatabaseError::Precondition(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
