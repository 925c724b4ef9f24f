//! PATCH /v2/event-types/:eventTypeId

use meridian_gateway::{ApiError, Reply, Request, validate};
use meridian_kernel::EventTypeId;
use meridian_store::{
    Database, Scope,
    event_types::{self, OwnedEventType, WriteRefused},
};
use serde_json::Value;

use crate::{errors, input::Values, parse, present};

/// How often a change is decided again because another one came first.
const MAX_ATTEMPTS: usize = 5;

/// Changes an event type of the caller's.
pub async fn update_event_type(request: Request) -> Result<Reply, ApiError> {
    let id: EventTypeId = request.id("eventTypeId")?;
    let body = validate::json_body(&request)?;
    let scope = meridian_edge::scope(&request).await?;
    let mut current = event_types::find_owned(&scope, id).await?;
    if current.is_none() {
        // A replica may not have heard of it yet.
        current = event_types::find_owned_at_primary(&scope, id).await?;
    }
    let mut attempts = 0;
    loop {
        let found = current.ok_or_else(|| errors::does_not_exist(id))?;
        attempts += 1;
        match change(&scope, &request, &found, &body).await? {
            Some(changed) => {
                return Reply::ok(&present::for_owner(&changed, &present::app_url().await)?);
            }
            None if attempts == MAX_ATTEMPTS => {
                let owner = found.event_type.owner_id;
                return Err(errors::write_refused(WriteRefused::Changed, owner, None));
            }
            None => current = event_types::find_owned_at_primary(&scope, id).await?,
        }
    }
}

/// One attempt; `None`: the event type is no longer as it was read.
async fn change<D: Database>(
    scope: &Scope<'_, D>,
    request: &Request,
    current: &OwnedEventType,
    body: &Value,
) -> Result<Option<OwnedEventType>, ApiError> {
    let current = &current.event_type;
    let user = request.principal()?.user_id;
    if current.owner_id != user {
        return Err(errors::not_owner(user, current.id));
    }
    let input = parse::changed_event_type(body, Values::stored(current)?)?;
    let schedule = input.schedule.clone();
    let draft = input.decide()?;
    match event_types::update(scope, current, &draft, &schedule, request.now).await {
        Ok(changed) => Ok(Some(changed)),
        Err(WriteRefused::Changed) => Ok(None),
        Err(refused) => Err(errors::write_refused(refused, user, schedule.value().copied())),
    }
}
