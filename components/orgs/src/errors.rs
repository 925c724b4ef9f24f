//! What this component refuses, in the words of the API.

use meridian_gateway::{ApiError, Principal};
use meridian_kernel::{ApiKeyId, MembershipId, Patch, PermissionSet, TeamId, UserId};
use meridian_store::memberships::{Membership, MembershipChanged};
use meridian_store::roles::{Place, RoleRefused};
use meridian_store::users::{MemberChange, MemberChanged, User};

use crate::registry::ProvisionError;

/// Nobody's slug.
pub fn no_organization(slug: &str) -> ApiError {
    ApiError::not_found(format!("Organization with slug {slug} not found"))
}

/// Somebody else's slug.
pub fn slug_taken(slug: &str) -> ApiError {
    ApiError::conflict(format!("The slug {slug} is taken by another organization"))
}

/// Somebody else's domain.
pub fn domain_taken(domain: &str) -> ApiError {
    ApiError::conflict(format!("The domain {domain} is taken by another organization"))
}

/// Nobody of that organisation.
pub fn no_user() -> ApiError {
    ApiError::not_found("There is no such user in this organization")
}

/// Why an organisation could not be made.
pub fn provision(slug: &str, error: ProvisionError) -> ApiError {
    match error {
        ProvisionError::SlugTaken => slug_taken(slug),
        ProvisionError::DomainTaken(domain) => domain_taken(&domain),
        ProvisionError::TakenOver => {
            ApiError::unavailable("Provisioning took too long. Please try again.", 1)
        }
        ProvisionError::Store(error) => error.into(),
    }
}

/// Nobody's key.
pub fn no_api_key(id: ApiKeyId) -> ApiError {
    ApiError::not_found(format!("API key with id {id} not found"))
}

/// Nobody's team.
pub fn no_team(id: TeamId) -> ApiError {
    ApiError::not_found(format!("Team with id {id} not found"))
}

/// Another team's slug.
pub fn team_slug_taken(slug: &str) -> ApiError {
    ApiError::conflict(format!("The slug {slug} is taken by another team"))
}

/// A membership the team does not have.
pub fn no_membership(id: MembershipId) -> ApiError {
    ApiError::not_found(format!("Membership with id {id} not found"))
}

/// A membership the organisation does not have.
pub fn no_membership_of(id: UserId) -> ApiError {
    ApiError::not_found(format!("Membership with id {id} not found"))
}

/// Nobody of the organisation.
pub fn no_member(id: UserId) -> ApiError {
    ApiError::not_found(format!("User with id {id} not found in this organization"))
}

/// Only users of the organisation can be in its teams.
pub fn not_in_organization(id: UserId) -> ApiError {
    ApiError::unprocessable(format!("User with id {id} is not part of the organization"))
}

/// Twice in one team.
pub fn already_in_team(user: UserId, team: TeamId) -> ApiError {
    ApiError::conflict(format!(
        "User with id {user} is already a member of the team with id {team}"
    ))
}

/// Twice in the organisation.
pub fn already_member(user: UserId) -> ApiError {
    ApiError::conflict(format!("User with id {user} is already a member of the organization"))
}

/// Somebody else's address.
pub fn email_taken(email: &str) -> ApiError {
    ApiError::conflict(format!("A user with the email {email} is already in the organization"))
}

/// Somebody else's name.
pub fn username_taken(username: &str) -> ApiError {
    ApiError::conflict(format!("The username {username} is taken by another user"))
}

/// A role the place does not have.
pub fn no_role(id: &str) -> ApiError {
    ApiError::not_found(format!("Role with id {id} not found"))
}

/// A team that does not exist: an organisation always does.
pub fn no_place(place: Place) -> ApiError {
    place.map_or_else(|| ApiError::not_found("Organization not found"), no_team)
}

/// One of the roles that everybody has.
pub fn system_role(id: &str) -> ApiError {
    ApiError::forbidden(format!("Role with id {id} is a system role and cannot be changed"))
}

/// Another role's name, or that of a role that everybody has.
pub fn role_name_taken(name: &str) -> ApiError {
    ApiError::conflict(format!("The name {name} is taken by another role"))
}

/// A role above whoever asks.
pub fn role_allows_more(id: &str) -> ApiError {
    ApiError::forbidden(format!("Role with id {id} has permissions that you do not have"))
}

/// 403 that names what of the wanted permissions whoever asks does not hold.
pub fn unless_held(wanted: PermissionSet, held: PermissionSet) -> Result<(), ApiError> {
    if held.allows_all(wanted) {
        return Ok(());
    }
    let missing = wanted.without(held).iter().map(|permission| permission.as_str());
    let missing = missing.collect::<Vec<_>>().join(", ");
    Err(ApiError::forbidden(format!(
        "You cannot grant permissions that you do not have: {missing}"
    )))
}

/// Why somebody was not given the role they should have.
pub fn role_refused(why: RoleRefused, wish: &Patch<String>) -> ApiError {
    let id = wish.value().map(String::as_str).unwrap_or_default();
    match why {
        RoleRefused::Unknown => no_role(id),
        RoleRefused::AllowsMore => role_allows_more(id),
    }
}

/// A token that was never made, or a week ago.
pub fn no_invite() -> ApiError {
    ApiError::not_found("The invitation is unknown or has expired")
}

/// There would be nobody left to decide.
fn last_owner(of: &str) -> ApiError {
    ApiError::conflict(format!(
        "The last owner of {of} cannot leave or lose the role. Make somebody else owner first."
    ))
}

/// The membership of a team that was changed or ended, or why it was not.
pub fn unless_done(
    changed: MembershipChanged,
    principal: &Principal,
    (team, id): (TeamId, MembershipId),
    custom_role: &Patch<String>,
) -> Result<Box<Membership>, ApiError> {
    match changed {
        MembershipChanged::Done(membership) => Ok(membership),
        MembershipChanged::Unknown => Err(no_membership(id)),
        MembershipChanged::Outranks(role) => {
            principal.require_team_role(team, role)?;
            Err(no_membership(id))
        }
        MembershipChanged::RoleRefused(why) => Err(role_refused(why, custom_role)),
        MembershipChanged::LastOwner => Err(last_owner("a team")),
    }
}

/// The member that was changed or has left, or why not.
pub fn unless_changed(
    changed: MemberChanged,
    principal: &Principal,
    id: UserId,
    change: &MemberChange,
) -> Result<Box<User>, ApiError> {
    match changed {
        MemberChanged::Done(user) => Ok(user),
        MemberChanged::Unknown => Err(no_member(id)),
        MemberChanged::Outranks(role) => {
            principal.require_organization_role(role)?;
            Err(no_member(id))
        }
        MemberChanged::RoleRefused(why) => Err(role_refused(why, &change.custom_role.role)),
        MemberChanged::LastOwner => Err(last_owner("an organization")),
        MemberChanged::EmailTaken => Err(email_taken(change.email.as_deref().unwrap_or_default())),
        MemberChanged::UsernameTaken => {
            Err(username_taken(change.username.as_deref().unwrap_or_default()))
        }
        MemberChanged::NoSchedule => {
            let schedule = change.profile.default_schedule_id;
            let schedule = schedule.map(|id| id.to_string()).unwrap_or_default();
            Err(ApiError::not_found(format!(
                "User with ID={id} does not own schedule with ID={schedule}"
            )))
        }
    }
}
