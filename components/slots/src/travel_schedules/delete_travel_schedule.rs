//! `DELETE /v2/me/travel-schedules/{travelScheduleId}`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::travel_schedules;

use super::{TravelScheduleOutput, not_found};

/// Deletes a travel schedule of the caller's and shows what it was.
pub async fn delete_travel_schedule(request: Request) -> Result<Reply, ApiError> {
    let user = request.principal()?.user_id;
    let id = request.id("travelScheduleId")?;
    let scope = meridian_edge::scope(&request).await?;
    let deleted = travel_schedules::delete(&scope, user, id).await?;
    Reply::ok(&TravelScheduleOutput::from(deleted.ok_or_else(|| not_found(id))?))
}
