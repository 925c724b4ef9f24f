//! A user who holds the bookings of an event type.

use meridian_kernel::UserId;
use meridian_store::{event_hosts::Host, event_types::Owner};
use serde::Serialize;
use serde_json::{Map, Value};

/// A user who holds the bookings.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    id: UserId,
    name: String,
    username: String,
    avatar_url: Option<String>,
    brand_color: Option<String>,
    dark_brand_color: Option<String>,
    week_start: String,
    metadata: Map<String, Value>,
}

impl UserView {
    /// As the public sees an owner: without what they keep about themselves.
    pub fn for_public(owner: &Owner) -> Self {
        Self { metadata: Map::new(), ..Self::from(owner) }
    }
}

impl From<&Owner> for UserView {
    fn from(owner: &Owner) -> Self {
        Self {
            id: owner.id,
            name: owner.name.clone(),
            username: owner.username.clone(),
            avatar_url: owner.avatar_url.clone(),
            brand_color: text(&owner.settings, "brandColor"),
            dark_brand_color: text(&owner.settings, "darkBrandColor"),
            week_start: owner.week_start.clone(),
            metadata: owner.metadata.clone(),
        }
    }
}

impl From<&Host> for UserView {
    fn from(host: &Host) -> Self {
        Self {
            id: host.user_id,
            name: host.name.clone(),
            username: host.username.clone(),
            avatar_url: host.avatar_url.clone(),
            brand_color: None,
            dark_brand_color: None,
            week_start: host.week_start.clone(),
            metadata: Map::new(),
        }
    }
}

/// A text among the settings that only present.
pub fn text(settings: &Map<String, Value>, name: &str) -> Option<String> {
    settings.get(name).and_then(Value::as_str).map(str::to_owned)
}
