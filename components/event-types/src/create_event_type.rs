//! POST /v2/event-types

use meridian_gateway::{ApiError, Reply, Request, validate};
use meridian_store::event_types;

use crate::{errors, parse, present};

/// Makes an event type of the caller's.
pub async fn create_event_type(request: Request) -> Result<Reply, ApiError> {
    let owner = request.principal()?.user_id;
    let input = parse::new_event_type(&validate::json_body(&request)?)?;
    let schedule = input.schedule.value().copied();
    let draft = input.decide()?;
    let scope = meridian_edge::scope(&request).await?;
    let made = event_types::create(&scope, owner, &draft, schedule, request.now).await;
    let made = made.map_err(|refused| errors::write_refused(refused, owner, schedule))?;
    Reply::created(&present::for_owner(&made, &present::app_url().await)?)
}
