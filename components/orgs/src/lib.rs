//! Organisations: the platform's own API and health. The last component of the
//! manifest: paths that nobody else has come here and are refused.

mod create_organization;
mod create_organization_key;
mod delete_organization;
mod errors;
mod get_organization;
mod health;
mod input;
mod list_organizations;
mod organization_view;
mod password;
mod platform_info;
mod registry;
mod routes;
mod suspend_organization;
mod update_organization;

use spin_sdk::http::{IntoResponse, Request};

#[spin_sdk::http_service]
async fn handle(request: Request) -> impl IntoResponse {
    meridian_edge::serve(&routes::TABLE, request).await
}
