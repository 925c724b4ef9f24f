//! The users whom platform clients manage. All is done by the client itself, with its
//! secret.

mod create;
mod delete;
mod get;
mod input;
mod list;
mod refresh;
mod tokens;
mod update;
mod view;

use meridian_gateway::{ApiError, Request};
use meridian_kernel::{ClientId, UserId};

use crate::errors;
use crate::oauth_clients::client_id;

pub use create::create_managed_user;
pub use delete::delete_managed_user;
pub use get::get_managed_user;
pub use list::list_managed_users;
pub use refresh::{force_refresh, refresh_tokens};
pub use tokens::generation_of;
pub use update::update_managed_user;

/// The client that asks, which is the one the path names; another one is 404.
fn own_client_id(request: &Request) -> Result<ClientId, ApiError> {
    let named = client_id(request)?;
    let asking = request.principal()?.client.as_ref();
    if asking.is_some_and(|client| client.id == named.as_str()) {
        return Ok(named);
    }
    Err(errors::no_client(named.as_str()))
}

/// The user that the path names, whoever manages them.
fn user_id(request: &Request) -> Result<UserId, ApiError> {
    request.own_id("userId", errors::not_managed)
}
