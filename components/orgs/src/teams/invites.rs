//! `POST …/teams/:teamId/invite`, and `POST /v2/teams/join` for whoever was invited

use meridian_edge::guard_epoch;
use meridian_gateway::validate::{Fields, json_body, text};
use meridian_gateway::{ApiError, Reply, Request, idempotency};
use meridian_kernel::{LinkId, hash_hex};
use meridian_store::memberships::{self, NewInvite};
use serde_json::json;

use crate::errors;
use crate::memberships::MembershipView;

/// How long a link lets people in.
const MINUTES: i64 = 7 * 24 * 60;

/// Longer than any token of ours.
const MAX_TOKEN: usize = 128;

/// A link by which any number of people can join the team, for a week. The token is
/// shown this once.
pub async fn invite_to_team(request: Request) -> Result<Reply, ApiError> {
    let team = request.team_id()?;
    let scope = meridian_edge::scope(&request).await?;
    let token = LinkId::generate(scope.organization());
    let invite = NewInvite {
        token_hash: &hash_hex(token.as_str().as_bytes()),
        team,
        expires_at: request.now.plus_minutes(MINUTES),
    };
    // Nothing shows a link again.
    idempotency::subject(|| request.path().to_owned());
    if !memberships::make_invite(&scope, &invite, request.now).await? {
        return Err(errors::no_team(team));
    }
    let app = meridian_edge::variable("app_url").await.unwrap_or_default();
    let app = app.trim_end_matches('/');
    Reply::ok(&json!({
        "token": token.as_str(),
        "inviteLink": format!("{app}/signup?token={token}&callbackUrl=/getting-started"),
    }))
}

/// Makes the caller a member of the team a token was made for.
pub async fn join_team(request: Request) -> Result<Reply, ApiError> {
    let body = json_body(&request)?;
    let mut fields = Fields::of(&body);
    let token = fields.required("token", text(1, MAX_TOKEN));
    fields.finish()?;
    let user = request.principal()?.user_id;
    let scope = meridian_edge::scope(&request).await?;
    let hash = hash_hex(token.as_bytes());
    let membership = memberships::join(&scope, &hash, user, request.now).await?;
    let membership = membership.ok_or_else(errors::no_invite)?;
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&MembershipView::new(&membership))
}
