//! `GET /v2/teams`, `GET /v2/organizations/:orgId/teams` and `…/teams/me`

use meridian_gateway::validate::{Fields, query_object};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::Role;
use meridian_store::teams::{self, Team};

use super::view;
use crate::page::{self, MAX_PAGE};

/// The teams the caller is a member of.
pub async fn list_own_teams(request: Request) -> Result<Reply, ApiError> {
    let (skip, take) = read_page(&request)?;
    let scope = meridian_edge::scope(&request).await?;
    let user = request.principal()?.user_id;
    present(&teams::list_of_member(&scope, user, skip, take).await?)
}

/// All teams of the organisation.
pub async fn list_all_teams(request: Request) -> Result<Reply, ApiError> {
    let (skip, take) = read_page(&request)?;
    let scope = meridian_edge::scope(&request).await?;
    present(&teams::list(&scope, skip, take).await?)
}

/// The teams the caller may look after: all for whoever administers the
/// organisation, and their own for everybody else.
pub async fn list_reachable_teams(request: Request) -> Result<Reply, ApiError> {
    if request.principal()?.has_organization_role(Role::Admin) {
        list_all_teams(request).await
    } else {
        list_own_teams(request).await
    }
}

fn read_page(request: &Request) -> Result<(u32, u32), ApiError> {
    let query = query_object(request);
    let mut fields = Fields::of(&query);
    let page = page::read(&mut fields, MAX_PAGE);
    fields.finish()?;
    Ok(page)
}

fn present(teams: &[Team]) -> Result<Reply, ApiError> {
    Reply::ok(&teams.iter().map(view::of).collect::<Vec<_>>())
}
