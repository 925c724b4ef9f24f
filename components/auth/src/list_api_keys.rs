//! `GET /v2/api-keys`

use meridian_gateway::validate::{Fields, count, query_object};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::api_keys;

use crate::api_key_view::ApiKeyView;

const MAX_PAGE: u32 = 250;

/// The caller's keys, newest first.
pub async fn list_api_keys(request: Request) -> Result<Reply, ApiError> {
    let query = query_object(&request);
    let mut fields = Fields::of(&query);
    let take = fields.optional("take", count(1, MAX_PAGE)).unwrap_or(MAX_PAGE);
    let skip = fields.optional("skip", count(0, u32::MAX)).unwrap_or(0);
    fields.finish()?;
    let user = request.principal()?.user_id;
    let keys = api_keys::list(&meridian_edge::scope(&request).await?, user, skip, take).await?;
    Reply::ok(&keys.iter().map(ApiKeyView::new).collect::<Vec<_>>())
}
