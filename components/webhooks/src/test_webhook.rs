//! `POST /v2/webhooks/:webhookId/test`

use meridian_gateway::validate::{self, Fields, one_of};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_payloads::example;
use meridian_store::webhooks::Webhook;
use meridian_store::{deliveries, due_work};

use crate::delivery_output::present;
use crate::input::ASKABLE;
use crate::{access, deliver};

/// What a webhook is tested with that asks for nothing.
const USUAL_TRIGGER: &str = "BOOKING_CREATED";

pub(crate) async fn test_webhook(request: Request) -> Result<Reply, ApiError> {
    let scope = meridian_edge::scope(&request).await?;
    let webhook = access::find_own(&request, &scope).await?;
    let trigger = read_trigger(&request, &webhook)?;
    due_work::mark_due(&scope, request.now).await?;
    let payload = example(&trigger, scope.organization(), request.now).to_string();
    let sent = deliveries::send_test(&scope, &webhook.id, &trigger, payload, request.now).await?;
    let sent = sent.ok_or_else(|| access::not_found(&request))?;
    deliver::deliver_after_response(scope.organization(), request.now);
    Reply::created(&present(scope.organization(), webhook.id.as_str(), sent))
}

/// The trigger that is asked for, else the first that the webhook asks for.
fn read_trigger(request: &Request, webhook: &Webhook) -> Result<String, ApiError> {
    let body = validate::json_body(request)?;
    let mut fields = Fields::of(&body);
    let trigger = fields.optional("trigger", one_of(ASKABLE));
    fields.finish()?;
    let usual = webhook.triggers.first().map_or(USUAL_TRIGGER, String::as_str);
    Ok(trigger.unwrap_or(usual).to_owned())
}
