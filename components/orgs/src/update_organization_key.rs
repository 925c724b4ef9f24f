//! `PATCH /platform/organizations/:slug/api-keys/:keyId`

use meridian_edge::guard_epoch;
use meridian_gateway::validate::{Fields, Violation, json_body};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{ApiKeyId, Rate, WireId};
use meridian_store::{Scope, api_keys, organizations};
use serde_json::{Value, json};

use crate::{errors, limits};

/// Gives a key rate limits of its own; none: those of its organisation count again.
pub async fn update_organization_key(request: Request) -> Result<Reply, ApiError> {
    let slug = request.parameter("slug");
    let id: ApiKeyId = request.id("keyId")?;
    let rates = read_rates(&json_body(&request)?)?;
    let platform = meridian_edge::platform().await?;
    let organization = organizations::load_by_slug(&platform, slug).await?;
    let number = organization.ok_or_else(|| errors::no_organization(slug))?.number;
    if id.organization() != number {
        return Err(errors::no_api_key(id));
    }
    let scope = Scope::open(platform.provider(), number).await?;
    if !api_keys::set_rates(&scope, id, &rates).await? {
        return Err(errors::no_api_key(id));
    }
    // The guard brings the limits along with the caller.
    guard_epoch::advance(number).await;
    Reply::ok(&json!({"id": id, "limits": {organizations::RATE_LIMITS: rates}}))
}

fn read_rates(body: &Value) -> Result<Vec<Rate>, ApiError> {
    let mut fields = Fields::of(body);
    let rates = fields.object("limits", limits::read_rates);
    if rates.is_none() && fields.raw("limits") != Some(&Value::Null) {
        fields.refuse("limits", &Violation::new("isObject", "must be an object, or null for none"));
    }
    fields.finish().map(|()| rates.unwrap_or_default())
}
