//! A user as they see themselves.

use meridian_gateway::OrganizationState;
use meridian_kernel::{OrganizationNumber, ScheduleId, UserId};
use meridian_store::users::User;
use serde::Serialize;

/// `data` of `/v2/me`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MeView<'a> {
    id: UserId,
    username: &'a str,
    email: &'a str,
    name: Option<&'a str>,
    avatar_url: Option<&'a str>,
    bio: Option<&'a str>,
    time_format: u32,
    default_schedule_id: Option<ScheduleId>,
    week_start: &'a str,
    time_zone: &'a str,
    locale: &'a str,
    metadata: &'a serde_json::Value,
    organization_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<OrganizationView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrganizationView {
    id: i64,
    is_platform: bool,
}

impl<'a> MeView<'a> {
    /// Accounts without an organisation show none.
    pub fn new(user: &'a User, organization: &OrganizationState) -> Self {
        let organization =
            (organization.number != OrganizationNumber::NONE).then(|| OrganizationView {
                id: organization.number.wire_id(),
                is_platform: organization.is_platform,
            });
        Self {
            id: user.id,
            username: &user.username,
            email: &user.email,
            name: Some(user.name.as_str()).filter(|name| !name.is_empty()),
            avatar_url: user.avatar_url.as_deref(),
            bio: user.bio.as_deref(),
            time_format: user.time_format,
            default_schedule_id: user.default_schedule_id,
            week_start: &user.week_start,
            time_zone: &user.time_zone,
            locale: &user.locale,
            metadata: &user.metadata,
            organization_id: organization.as_ref().map(|organization| organization.id),
            organization,
        }
    }
}
