//! A key as its owner sees it.

use meridian_kernel::{ApiKey, ApiKeyId, Instant};
use meridian_store::api_keys::StoredApiKey;
use serde::Serialize;

/// A key in a list, and once, when it is made, with the key itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyView<'a> {
    id: ApiKeyId,
    hint: &'a str,
    note: Option<&'a str>,
    created_at: Instant,
    expires_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<&'a str>,
}

impl<'a> ApiKeyView<'a> {
    /// Without the key, which nobody has any more.
    pub fn new(stored: &'a StoredApiKey) -> Self {
        Self {
            id: stored.id,
            hint: &stored.hint,
            note: stored.note.as_deref(),
            created_at: stored.created_at,
            expires_at: stored.expires_at,
            api_key: None,
        }
    }

    /// With the key, this once.
    pub fn with_key(stored: &'a StoredApiKey, key: &'a ApiKey) -> Self {
        Self { api_key: Some(key.reveal()), ..Self::new(stored) }
    }
}
