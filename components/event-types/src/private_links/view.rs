//! A link as clients get it.

use meridian_kernel::{EventTypeId, Instant};
use meridian_store::{event_types::EventType, private_links::PrivateLink};
use serde::Serialize;

/// A link: with the time it ends where it has one, with its count where it has one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrivateLinkView {
    link_id: String,
    event_type_id: EventTypeId,
    is_expired: bool,
    booking_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_usage_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage_count: Option<u32>,
}

impl PrivateLinkView {
    /// Of a link of that event type.
    pub fn new(link: &PrivateLink, event_type: &EventType, app_url: &str, now: Instant) -> Self {
        Self {
            link_id: link.id.clone(),
            event_type_id: link.event_type_id,
            is_expired: link.is_expired(now),
            booking_url: format!("{app_url}/d/{}/{}", link.id, event_type.slug),
            expires_at: link.expires_at,
            max_usage_count: link.max_usage_count,
            usage_count: link.max_usage_count.map(|_| link.usage_count),
        }
    }
}
