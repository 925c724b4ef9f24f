//! A managed user as their client sees them.

use meridian_kernel::{Instant, ScheduleId, UserId};
use meridian_store::users::User;
use serde::Serialize;
use serde_json::Value;

use super::tokens::Pair;

/// A managed user.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagedUserView<'a> {
    id: UserId,
    email: &'a str,
    username: &'a str,
    name: &'a str,
    bio: Option<&'a str>,
    time_zone: &'a str,
    week_start: &'a str,
    created_date: Instant,
    time_format: u32,
    default_schedule_id: Option<ScheduleId>,
    locale: &'a str,
    avatar_url: Option<&'a str>,
    metadata: &'a Value,
}

impl<'a> ManagedUserView<'a> {
    /// All of it.
    pub fn new(user: &'a User) -> Self {
        Self {
            id: user.id,
            email: &user.email,
            username: &user.username,
            name: &user.name,
            bio: user.bio.as_deref(),
            time_zone: &user.time_zone,
            week_start: &user.week_start,
            created_date: user.created_at,
            time_format: user.time_format,
            default_schedule_id: user.default_schedule_id,
            locale: &user.locale,
            avatar_url: user.avatar_url.as_deref(),
            metadata: &user.metadata,
        }
    }
}

/// A new user, with their first tokens.
#[derive(Serialize)]
pub struct CreatedView<'a> {
    user: ManagedUserView<'a>,
    #[serde(flatten)]
    pair: Pair,
}

impl<'a> CreatedView<'a> {
    /// Both.
    pub fn new(pair: Pair, user: &'a User) -> Self {
        Self { user: ManagedUserView::new(user), pair }
    }
}
