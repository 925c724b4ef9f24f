//! `GET …/teams/:teamId/memberships`

use meridian_gateway::validate::{Fields, email, query_object};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::memberships;

use super::MembershipView;
use crate::errors;
use crate::page::{self, MAX_PAGE};

/// Addresses one question may name.
const MAX_EMAILS: usize = 20;

/// The memberships of a team, accepted or not.
pub async fn list_memberships(request: Request) -> Result<Reply, ApiError> {
    let team = request.team_id()?;
    let query = query_object(&request);
    let mut fields = Fields::of(&query);
    let page = page::read(&mut fields, MAX_PAGE);
    let emails = page::read_many(&mut fields, "emails", MAX_EMAILS, email());
    fields.finish()?;
    let scope = meridian_edge::scope(&request).await?;
    let found = memberships::list(&scope, team, emails.as_deref(), page).await?;
    let found = found.ok_or_else(|| errors::no_team(team))?;
    Reply::ok(&found.iter().map(MembershipView::new).collect::<Vec<_>>())
}
