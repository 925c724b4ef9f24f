//! Slots held while somebody is booking them. The uid of a reservation is the right
//! to it: whoever knows it may read, change, use and give it up.

mod claim;
mod input;
mod output;
pub mod read_reservation;
mod refusal;
pub mod release_slot;
pub mod reserve_slot;
pub mod update_reservation;
pub mod v2024_04_15;

use http::StatusCode;
use meridian_edge::WitDatabase;
use meridian_gateway::ApiError;
use meridian_kernel::UuidUid;
use meridian_store::Scope;

/// The database a uid names; `None` where it cannot be anybody's.
async fn open(uid: &str) -> Result<Option<Scope<'static, WitDatabase>>, ApiError> {
    let Some(parsed) = UuidUid::parse(uid) else { return Ok(None) };
    match meridian_edge::scope_of(parsed.organization()).await {
        Ok(scope) => Ok(Some(scope)),
        Err(error) if error.status == StatusCode::NOT_FOUND => Ok(None),
        Err(error) => Err(error),
    }
}
