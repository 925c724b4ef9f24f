//! Who is asking: provides the `identity` interface to every other component, and
//! serves profiles and API keys itself.

mod api_key_view;
mod change_address;
mod create_api_key;
mod delete_api_key;
mod errors;
mod get_me;
mod guard;
mod identity;
mod list_api_keys;
mod managed_users;
mod me_view;
mod oauth2;
mod oauth_clients;
mod pages;
mod provider;
mod refresh_api_key;
mod routes;
mod secrets;
mod sessions;
mod update_me;

meridian_edge::component!(routes::TABLE, guard::GUARD);
