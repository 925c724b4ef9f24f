//! Long lists, read in as many parts as the bounds of an answer demand.

use crate::{BadRow, Database, DatabaseError, Row, Scope, Statement, StoreError};

/// Rows of one part, where they are not too large for it.
const PART: u32 = 250;

/// Reads up to `take` rows after the first `skip`. The statement is given how many
/// rows to take and to skip; a part that proves too large is asked for again in
/// halves, so that long texts make a list slower and not fail.
pub(crate) async fn read<D: Database, T>(
    scope: &Scope<'_, D>,
    (skip, take): (u32, u32),
    statement: impl Fn(u32, u32) -> Statement,
    mapper: impl Fn(Row<'_>) -> Result<T, BadRow>,
) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::new();
    let mut part = PART;
    loop {
        let read = u32::try_from(found.len()).unwrap_or(u32::MAX);
        let wanted = part.min(take.saturating_sub(read));
        if wanted == 0 {
            return Ok(found);
        }
        match scope.read_one(statement(wanted, skip.saturating_add(read))).await {
            Err(DatabaseError::TooLarge) if wanted > 1 => part = wanted / 2,
            Err(error) => return Err(error.into()),
            Ok(rows) => {
                let is_last = rows.iter().len() < wanted as usize;
                found.extend(rows.map(&mapper)?);
                if is_last {
                    return Ok(found);
                }
            }
        }
    }
}
