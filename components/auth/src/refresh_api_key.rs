//! `POST /v2/api-keys/refresh`

use meridian_edge::guard_epoch;
use meridian_gateway::validate::{Fields, json_body};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{ApiKey, KeyMode};
use meridian_store::api_keys::{self, NewApiKey};
use serde_json::json;

use crate::create_api_key::Life;
use crate::errors;

/// Puts a new key in the place of the one in use, which stops working at once.
pub async fn refresh_api_key(request: Request) -> Result<Reply, ApiError> {
    let body = json_body(&request)?;
    let mut fields = Fields::of(&body);
    let life = Life::read(&mut fields, "apiKeyDaysValid", "apiKeyNeverExpires");
    fields.finish()?;
    let scope = meridian_edge::scope(&request).await?;
    let key = ApiKey::generate(scope.organization(), mode_in_use(&request));
    let new = NewApiKey::new(&key, None, life.end(request.now));
    let old_hash = &request.principal()?.credential;
    if !api_keys::replace(&scope, old_hash, &new, request.now).await? {
        return Err(errors::key_not_valid());
    }
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&json!({ "apiKey": key.reveal() }))
}

/// A test key is refreshed to a test key.
fn mode_in_use(request: &Request) -> KeyMode {
    let shown = request.header("authorization").unwrap_or_default();
    let key = shown.split_whitespace().last().and_then(ApiKey::parse);
    key.map_or(KeyMode::Live, |key| key.mode())
}
