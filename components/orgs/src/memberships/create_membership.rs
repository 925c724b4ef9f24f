//! `POST …/teams/:teamId/memberships`

use meridian_edge::guard_epoch;
use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::memberships::{self, MembershipInserted, NewMembership};
use meridian_store::roles::Assignment;

use super::{MembershipView, input};
use crate::errors;
use crate::roles::held;

/// Puts a user of the organisation into a team. Nobody makes others more than they
/// are.
pub async fn create_membership(request: Request) -> Result<Reply, ApiError> {
    let team = request.team_id()?;
    let (user, wish) = input::read_new(&json_body(&request)?)?;
    let caller = request.principal()?;
    wish.raises_to().map_or(Ok(()), |role| caller.require_team_role(team, role))?;
    let new = NewMembership {
        team,
        user,
        role: wish.role.unwrap_or_default(),
        accepted: wish.accepted.unwrap_or(false),
        disable_impersonation: wish.disable_impersonation.unwrap_or(false),
        custom_role: Assignment { role: wish.custom_role, held: held(caller, Some(team)) },
    };
    let scope = meridian_edge::scope(&request).await?;
    let membership = match memberships::insert(&scope, &new, request.now).await? {
        MembershipInserted::Inserted(membership) => membership,
        MembershipInserted::AlreadyMember => return Err(errors::already_in_team(user, team)),
        MembershipInserted::NoTeam => return Err(errors::no_team(team)),
        MembershipInserted::NoUser => return Err(errors::not_in_organization(user)),
        MembershipInserted::RoleRefused(why) => {
            return Err(errors::role_refused(why, &new.custom_role.role));
        }
    };
    guard_epoch::advance(scope.organization()).await;
    Reply::created(&MembershipView::new(&membership))
}
