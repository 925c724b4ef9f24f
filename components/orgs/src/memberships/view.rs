//! A membership of a team as the API shows it.

use meridian_kernel::{MembershipId, Role, TeamId, UserId};
use meridian_store::memberships::{Membership, Person};
use serde::Serialize;
use serde_json::Value;

/// `data` of memberships.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MembershipView<'a> {
    id: MembershipId,
    user_id: UserId,
    team_id: TeamId,
    accepted: bool,
    role: Role,
    disable_impersonation: bool,
    /// Additive: the role of the team's own making that they have beside.
    custom_role_id: Option<&'a str>,
    user: PersonView<'a>,
}

/// What is shown of the member.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonView<'a> {
    /// A picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<&'a str>,
    /// Unique within the organisation.
    pub username: &'a str,
    /// For people.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub name: &'a str,
    /// The primary address.
    pub email: &'a str,
    /// A few words about themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bio: Option<&'a str>,
    /// The client's own.
    pub metadata: &'a Value,
}

impl<'a> MembershipView<'a> {
    /// Of a stored one.
    pub fn new(membership: &'a Membership) -> Self {
        let Person { avatar_url, username, name, email, bio, metadata } = &membership.user;
        Self {
            id: membership.id,
            user_id: membership.user_id,
            team_id: membership.team_id,
            accepted: membership.accepted,
            role: membership.role,
            disable_impersonation: membership.disable_impersonation,
            custom_role_id: membership.custom_role_id.as_deref(),
            user: PersonView {
                avatar_url: avatar_url.as_deref(),
                username,
                name,
                email,
                bio: bio.as_deref(),
                metadata,
            },
        }
    }
}
