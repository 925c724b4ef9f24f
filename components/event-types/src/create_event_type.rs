//! POST /v2/event-types

use meridian_gateway::{ApiError, Reply, Request, validate};
use meridian_store::event_types::{self, OwnedEventType};

use crate::input::Input;
use crate::{errors, parse, present};

/// Makes an event type of the caller's.
pub async fn create_event_type(request: Request) -> Result<Reply, ApiError> {
    let input = parse::new_event_type(&validate::json_body(&request)?)?;
    let made = create(&request, input).await?;
    Reply::created(&present::for_owner(&made, &present::app_url().await)?)
}

/// Makes what was read, in whatever version.
pub async fn create(request: &Request, input: Input) -> Result<OwnedEventType, ApiError> {
    let owner = request.principal()?.user_id;
    let schedule = input.schedule.value().copied();
    let draft = input.decide()?;
    let scope = meridian_edge::scope(request).await?;
    let made = event_types::create(&scope, owner, &draft, schedule, request.now).await;
    made.map_err(|refused| errors::write_refused(refused, owner, schedule))
}
