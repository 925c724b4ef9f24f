//! `GET /platform/info`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::Zone;
use meridian_store::{migrate, organizations};
use serde_json::json;

/// Versions: of the build, of the tz database in it, of the schemas it knows, and
/// of the schema the platform's database has.
pub async fn get_platform_info(_: Request) -> Result<Reply, ApiError> {
    let platform = meridian_edge::platform().await?;
    let applied = organizations::schema_version(&platform).await?;
    Reply::ok(&json!({
        "version": env!("CARGO_PKG_VERSION"),
        "timeZoneDatabase": Zone::DATABASE_VERSION,
        "migrations": {
            "platform": { "known": migrate::PLATFORM.version(), "applied": applied },
            "organization": { "known": migrate::ORGANIZATION.version() },
        },
    }))
}
