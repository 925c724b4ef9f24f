//! Who is asking: provides the `identity` interface to every other component, and
//! serves profiles and API keys itself.

mod api_key_view;
mod create_api_key;
mod delete_api_key;
mod errors;
mod get_me;
mod guard;
mod identity;
mod list_api_keys;
mod me_view;
mod methods;
mod refresh_api_key;
mod routes;
mod update_me;

meridian_edge::component!(routes::TABLE, guard::GUARD);
