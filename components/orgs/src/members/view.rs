//! A member of an organisation as the API shows them.

use meridian_kernel::{Role, ScheduleId, UserId, WireId};
use meridian_store::users::User;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::memberships::PersonView;

/// A member as a membership.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationMembershipView<'a> {
    id: UserId,
    user_id: UserId,
    /// The organisation, which is a team to many clients.
    team_id: i64,
    accepted: bool,
    role: Role,
    disable_impersonation: bool,
    /// Additive: the role of the organisation's own making that they have beside.
    custom_role_id: Option<&'a str>,
    user: PersonView<'a>,
    /// Those of the organisation that were assigned to the member.
    attributes: [(); 0],
}

impl<'a> OrganizationMembershipView<'a> {
    /// Of a stored user.
    pub fn new(user: &'a User) -> Self {
        Self {
            id: user.id,
            user_id: user.id,
            team_id: user.id.organization().wire_id(),
            accepted: user.organization_accepted,
            role: user.organization_role,
            disable_impersonation: user.disable_impersonation,
            custom_role_id: user.custom_role_id.as_deref(),
            user: PersonView {
                avatar_url: user.avatar_url.as_deref(),
                username: &user.username,
                name: &user.name,
                email: &user.email,
                bio: user.bio.as_deref(),
                metadata: &user.metadata,
            },
            attributes: [],
        }
    }
}

/// A member as a user.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserView<'a> {
    id: UserId,
    username: &'a str,
    name: Option<&'a str>,
    email: &'a str,
    bio: Option<&'a str>,
    avatar_url: Option<&'a str>,
    time_zone: &'a str,
    week_start: &'a str,
    time_format: u32,
    locale: &'a str,
    default_schedule_id: Option<ScheduleId>,
    allow_dynamic_booking: bool,
    created_date: String,
    metadata: &'a Value,
    #[serde(flatten)]
    settings: Settings<'a>,
    profile: ProfileView<'a>,
}

/// What only presents; null where it was never set.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Settings<'a> {
    theme: Option<&'a Value>,
    app_theme: Option<&'a Value>,
    brand_color: Option<&'a Value>,
    dark_brand_color: Option<&'a Value>,
    hide_branding: bool,
}

impl<'a> Settings<'a> {
    fn new(settings: &'a Map<String, Value>) -> Self {
        Self {
            theme: settings.get("theme"),
            app_theme: settings.get("appTheme"),
            brand_color: settings.get("brandColor"),
            dark_brand_color: settings.get("darkBrandColor"),
            hide_branding: settings.get("hideBranding").and_then(Value::as_bool).unwrap_or(false),
        }
    }
}

/// The user within the organisation.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileView<'a> {
    id: UserId,
    organization_id: i64,
    user_id: UserId,
    username: &'a str,
}

impl<'a> UserView<'a> {
    /// Of a stored user.
    pub fn new(user: &'a User) -> Self {
        Self {
            id: user.id,
            username: &user.username,
            name: Some(user.name.as_str()).filter(|name| !name.is_empty()),
            email: &user.email,
            bio: user.bio.as_deref(),
            avatar_url: user.avatar_url.as_deref(),
            time_zone: &user.time_zone,
            week_start: &user.week_start,
            time_format: user.time_format,
            locale: &user.locale,
            default_schedule_id: user.default_schedule_id,
            allow_dynamic_booking: user.allow_dynamic_booking,
            created_date: user.created_at.to_iso(),
            metadata: &user.metadata,
            settings: Settings::new(&user.settings),
            profile: ProfileView {
                id: user.id,
                organization_id: user.id.organization().wire_id(),
                user_id: user.id,
                username: &user.username,
            },
        }
    }
}
