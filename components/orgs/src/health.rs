//! `GET /healthz` and `GET /readyz`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::organizations;
use serde_json::json;

/// Alive: components run.
pub async fn get_health(_: Request) -> Result<Reply, ApiError> {
    Reply::ok(&json!({ "alive": true }))
}

/// Able to serve: the platform's database answers.
pub async fn get_readiness(_: Request) -> Result<Reply, ApiError> {
    let platform = meridian_edge::platform().await?;
    organizations::schema_version(&platform).await?;
    Reply::ok(&json!({ "ready": true }))
}
