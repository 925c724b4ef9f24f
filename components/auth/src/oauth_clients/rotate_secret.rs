//! `POST /v2/oauth-clients/:clientId/rotate-secret` (ours)

use meridian_edge::guard_epoch;
use meridian_gateway::validate::{Fields, integer, json_body};
use meridian_gateway::{ApiError, Reply, Request, idempotency};
use meridian_kernel::Instant;
use meridian_store::oauth_clients;
use serde_json::Value;

use super::view::Credentials;
use super::{NewSecret, client_id, vault};
use crate::errors;

/// How long the old secret works on where nothing is said, in hours.
const DEFAULT_OVERLAP: i64 = 24;

/// How long it may work on: a week.
const MAX_OVERLAP: i64 = 7 * 24;

const MINUTES_AN_HOUR: i64 = 60;

/// Puts a new secret in the place of the one there is, which works on for a while, so
/// that a platform can change it without an interruption; or ends at once.
pub async fn rotate_secret(request: Request) -> Result<Reply, ApiError> {
    let id = client_id(&request)?;
    let old_until = read_overlap(&json_body(&request)?, request.now)?;
    let scope = meridian_edge::scope(&request).await?;
    let secret = NewSecret::make(&*vault().await?);
    let new = oauth_clients::NewSecret { hash: &secret.hash, sealed: &secret.sealed, old_until };
    idempotency::subject(|| format!("/v2/oauth-clients/{id}"));
    let changed = oauth_clients::replace_secret(&scope, &id, &new, request.now).await?;
    let client = changed.ok_or_else(|| errors::no_client(id.as_str()))?;
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&Credentials::new(&client, &secret.shown))
}

/// Until when the old secret works.
fn read_overlap(body: &Value, now: Instant) -> Result<Option<Instant>, ApiError> {
    let mut fields = Fields::of(body);
    let hours = fields.optional("overlapHours", integer(0, MAX_OVERLAP));
    fields.finish()?;
    let minutes = hours.unwrap_or(DEFAULT_OVERLAP).saturating_mul(MINUTES_AN_HOUR);
    Ok((minutes > 0).then(|| now.plus_minutes(minutes)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_old_secret_works_for_a_day_unless_told_otherwise() {
        let now = Instant::parse("2026-03-08T12:00:00Z").unwrap();
        let until = |body| read_overlap(&body, now).map(|until| until.map(Instant::to_iso));
        assert_eq!(until(json!({})).unwrap().as_deref(), Some("2026-03-09T12:00:00.000Z"));
        assert_eq!(
            until(json!({"overlapHours": 2})).unwrap().as_deref(),
            Some("2026-03-08T14:00:00.000Z")
        );
        assert_eq!(until(json!({"overlapHours": 0})).unwrap(), None);
        for hours in [json!(-1), json!(169), json!("soon")] {
            let error = until(json!({ "overlapHours": hours })).unwrap_err();
            assert!(error.message.starts_with("overlapHours"), "{}", error.message);
        }
    }
}
