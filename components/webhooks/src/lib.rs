//! The webhooks component: webhooks of users, and the worker that delivers them.

mod access;
mod attempt;
mod change_webhook;
mod create_webhook;
mod delete_webhook;
mod deliver;
mod get_webhook;
mod input;
mod list_webhooks;
mod output;
mod routes;
mod secrets;
mod target;
mod worker;

#[spin_sdk::http_service]
async fn handle(request: spin_sdk::http::Request) -> impl spin_sdk::http::IntoResponse {
    meridian_edge::serve(&routes::TABLE, request).await
}
