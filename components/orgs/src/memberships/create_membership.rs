//! `POST …/teams/:teamId/memberships`

use meridian_edge::guard_epoch;
use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::Role;
use meridian_store::memberships::{self, MembershipInserted, NewMembership};

use super::{MembershipView, input};
use crate::errors;

/// Puts a user of the organisation into a team. Only an owner makes owners.
pub async fn create_membership(request: Request) -> Result<Reply, ApiError> {
    let team = request.team_id()?;
    let (user, wish) = input::read_new(&json_body(&request)?)?;
    if wish.makes_owner() {
        request.principal()?.require_team_role(team, Role::Owner)?;
    }
    let new = NewMembership {
        team,
        user,
        role: wish.role.unwrap_or_default(),
        accepted: wish.accepted.unwrap_or(false),
        disable_impersonation: wish.disable_impersonation.unwrap_or(false),
    };
    let scope = meridian_edge::scope(&request).await?;
    let membership = match memberships::insert(&scope, &new, request.now).await? {
        MembershipInserted::Inserted(membership) => membership,
        MembershipInserted::AlreadyMember => return Err(errors::already_in_team(user, team)),
        MembershipInserted::NoTeam => return Err(errors::no_team(team)),
        MembershipInserted::NoUser => return Err(errors::not_in_organization(user)),
    };
    guard_epoch::advance(scope.organization()).await;
    Reply::created(&MembershipView::new(&membership))
}
