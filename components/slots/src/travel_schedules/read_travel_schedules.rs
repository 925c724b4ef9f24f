//! `GET /v2/me/travel-schedules`, `…/{travelScheduleId}`

use meridian_gateway::validate::{Fields, query_object};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::travel_schedules;

use super::{TravelScheduleOutput, not_found};
use crate::page::Page;

/// A page of the caller's travel schedules, by their first days.
pub async fn list_travel_schedules(request: Request) -> Result<Reply, ApiError> {
    let user = request.principal()?.user_id;
    let query = query_object(&request);
    let mut fields = Fields::of(&query);
    let page = Page::read(&mut fields);
    fields.finish()?;
    let scope = meridian_edge::scope(&request).await?;
    let found = travel_schedules::list(&scope, user, page.skip, page.take).await?;
    Reply::ok(&found.into_iter().map(TravelScheduleOutput::from).collect::<Vec<_>>())
}

/// One travel schedule of the caller.
pub async fn get_travel_schedule(request: Request) -> Result<Reply, ApiError> {
    let user = request.principal()?.user_id;
    let id = request.id("travelScheduleId")?;
    let scope = meridian_edge::scope(&request).await?;
    let found = travel_schedules::find(&scope, user, id).await?;
    Reply::ok(&TravelScheduleOutput::from(found.ok_or_else(|| not_found(id))?))
}
