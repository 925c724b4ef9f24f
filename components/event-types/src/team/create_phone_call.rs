//! POST /v2/teams/:teamId/event-types/:eventTypeId/create-phone-call

use meridian_gateway::{
    ApiError, Reply, Request,
    validate::{self, Fields, boolean, email, one_of, text},
};
use meridian_kernel::{EventTypeId, TeamId};
use meridian_store::event_types;
use serde_json::Value;

use crate::{errors, parse::rules};

/// How long a text of the call may be, and the prompt of its agent.
const MAX_TEXT: usize = 500;
const MAX_PROMPT: usize = 10_000;

/// What the agent may talk about.
const TEMPLATES: &[&str] = &["CHECK_IN_APPOINTMENT", "CUSTOM_TEMPLATE"];

/// Calls are made by an AI phone service. There is none that Meridian could be
/// connected to, so a request that is right in itself is refused, and says so.
pub async fn create_phone_call(request: Request) -> Result<Reply, ApiError> {
    let team: TeamId = request.id("teamId")?;
    let id: EventTypeId = request.id("eventTypeId")?;
    check(&validate::json_body(&request)?)?;
    let scope = meridian_edge::scope(&request).await?;
    let found = event_types::find(&scope, id).await?;
    let is_theirs = found.is_some_and(|found| found.belongs.team() == Some(team));
    if !is_theirs {
        return Err(errors::not_found(id));
    }
    Err(ApiError::bad_request(
        "Phone calls are not configured: this deployment has no AI phone service that calApiKey \
         could be for, so no call was made.",
    ))
}

fn check(body: &Value) -> Result<(), ApiError> {
    let mut fields = Fields::of(body);
    fields.required("yourPhoneNumber", rules::phone());
    fields.required("numberToCall", rules::phone());
    fields.required("calApiKey", text(1, MAX_TEXT));
    fields.optional("enabled", boolean());
    fields.optional("templateType", one_of(TEMPLATES));
    for name in ["schedulerName", "guestName", "guestCompany", "beginMessage"] {
        fields.optional(name, text(0, MAX_TEXT));
    }
    if fields.raw("guestEmail").and_then(Value::as_str) != Some("") {
        fields.optional("guestEmail", email());
    }
    fields.optional("generalPrompt", text(0, MAX_PROMPT));
    fields.finish()
}
