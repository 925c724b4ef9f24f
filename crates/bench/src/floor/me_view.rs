//! A profile in the form of the API.

use meridian_kernel::{ScheduleId, UserId, WireId};
use meridian_store::users::User;
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MeView<'a> {
    id: UserId,
    username: &'a str,
    email: &'a str,
    name: &'a str,
    avatar_url: Option<&'a str>,
    bio: Option<&'a str>,
    time_format: u32,
    default_schedule_id: Option<ScheduleId>,
    week_start: &'a str,
    time_zone: &'a str,
    locale: &'a str,
    metadata: &'a Value,
    organization_id: i64,
    organization: Organization,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Organization {
    id: i64,
    is_platform: bool,
}

impl<'a> MeView<'a> {
    /// Of a user of an organisation.
    pub fn of(user: &'a User) -> Self {
        let organization = user.id.organization().wire_id();
        Self {
            id: user.id,
            username: &user.username,
            email: &user.email,
            name: &user.name,
            avatar_url: user.avatar_url.as_deref(),
            bio: user.bio.as_deref(),
            time_format: user.time_format,
            default_schedule_id: user.default_schedule_id,
            week_start: &user.week_start,
            time_zone: &user.time_zone,
            locale: &user.locale,
            metadata: &user.metadata,
            organization_id: organization,
            organization: Organization { id: organization, is_platform: false },
        }
    }
}
