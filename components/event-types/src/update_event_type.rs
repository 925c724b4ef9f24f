//! PATCH /v2/event-types/:eventTypeId

use meridian_edge::WitDatabase;
use meridian_gateway::{ApiError, Reply, Request, validate};
use meridian_kernel::EventTypeId;
use meridian_store::{
    Scope,
    event_types::{self, EventType, OwnedEventType, WriteRefused},
};

use crate::input::{Input, Values};
use crate::{errors, parse, present};

/// How often a change is decided again because another one came first.
const MAX_ATTEMPTS: usize = 5;

/// Changes an event type of the caller's.
pub async fn update_event_type(request: Request) -> Result<Reply, ApiError> {
    let body = validate::json_body(&request)?;
    let changed = change(&request, |stored| parse::changed_event_type(&body, stored)).await?;
    Reply::ok(&present::for_owner(&changed, &present::app_url().await)?)
}

/// Changes the event type of the path to what `read` makes of the stored one: again,
/// where another change came first.
pub async fn change(
    request: &Request,
    read: impl Fn(Values) -> Result<Input, ApiError>,
) -> Result<OwnedEventType, ApiError> {
    let id: EventTypeId = request.id("eventTypeId")?;
    let scope = meridian_edge::scope(request).await?;
    let mut current = event_types::find(&scope, id).await?;
    for attempt in 1.. {
        // A replica may not have heard of it yet, or not of the last change.
        if current.is_none() || attempt > 1 {
            let found = event_types::find_owned_at_primary(&scope, id).await?;
            current = found.map(|found| found.event_type);
        }
        let found = current.take().ok_or_else(|| errors::does_not_exist(id))?;
        let is_last = attempt == MAX_ATTEMPTS;
        if let Some(changed) = attempt_at(&scope, request, &found, &read, is_last).await? {
            return Ok(changed);
        }
    }
    Err(errors::does_not_exist(id))
}

/// One attempt; `None`: the event type is no longer as it was read.
async fn attempt_at(
    scope: &Scope<'_, WitDatabase>,
    request: &Request,
    current: &EventType,
    read: impl Fn(Values) -> Result<Input, ApiError>,
    is_last: bool,
) -> Result<Option<OwnedEventType>, ApiError> {
    let user = request.principal()?.user_id;
    if current.belongs.owner() != Some(user) {
        return Err(errors::not_owner(user, current.id));
    }
    let stored = Values::stored(current)?;
    let input = read(stored.clone())?;
    if current.belongs.parent().is_some() && input.values != stored {
        return Err(errors::only_the_schedule(current.id));
    }
    let schedule = input.schedule.clone();
    let draft = input.decide()?;
    match event_types::update(scope, current, &draft, &schedule, request.now).await {
        Ok(changed) => Ok(Some(changed)),
        Err(WriteRefused::Changed) if !is_last => Ok(None),
        Err(refused) => Err(errors::write_refused(refused, user, schedule.value().copied())),
    }
}
