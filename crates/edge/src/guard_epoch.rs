//! How what the guard remembers is revoked.
//!
//! Every organisation has a counter, its epoch. What the guard caches of an
//! organisation carries the epoch that was read before the database was, and
//! counts only while that is the current one. So whatever takes a right away
//! commits first and then moves the epoch on, and nothing stale is believed after.

use meridian_kernel::OrganizationNumber;

use crate::key_value;

/// How often a move is tried: a store that fails for longer leaves what is cached
/// valid until it expires by itself.
const ATTEMPTS: usize = 3;

/// Where an organisation's epoch is kept.
pub fn key(organization: OrganizationNumber) -> String {
    format!("epoch:{organization}")
}

/// Makes everything cached of an organisation worthless. Call it after the commit
/// and before the answer; false where the store failed.
pub async fn advance(organization: OrganizationNumber) -> bool {
    let key = key(organization);
    for _ in 0..ATTEMPTS {
        if key_value::increment(&key, 1).await.is_some() {
            return true;
        }
    }
    false
}
