//! Applications, as whoever looks after them sees them.
//!
//! Administrators of an organisation register applications for its users, and so have
//! approved them. Accounts without an organisation register their own, which wait for
//! the platform's operator. An application asks the users of the organisation it lives
//! in, and no others.

mod create_client;
mod decide_client;
mod delete_client;
mod get_client;
mod input;
mod list_clients;
mod rotate_secret;
mod update_client;
mod view;

pub use create_client::create_client;
pub use decide_client::{approve_client, reject_client};
pub use delete_client::delete_client;
pub use get_client::get_client;
pub use list_clients::list_clients;
pub use rotate_secret::rotate_secret;
pub use update_client::update_client;

use meridian_edge::WitDatabase;
use meridian_gateway::{ApiError, Principal, Request};
use meridian_kernel::{ClientId, OrganizationNumber, Role, UserId};
use meridian_store::Scope;
use meridian_store::oauth2::{self, Client};

use crate::errors;

/// Whose applications the caller looks after; `None`: all of its organisation.
fn looks_after(caller: &Principal) -> Result<Option<UserId>, ApiError> {
    if caller.organization.number == OrganizationNumber::NONE {
        return Ok((!caller.is_system_admin).then_some(caller.user_id));
    }
    caller.require_organization_role(Role::Admin)?;
    Ok(None)
}

/// The id of the path, where it can be one of the caller's own organisation.
fn own_id(request: &Request) -> Result<ClientId, ApiError> {
    let shown = request.parameter("clientId");
    let own = request.principal()?.organization.number;
    let id = ClientId::parse(shown).filter(|id| id.organization() == own);
    id.ok_or_else(|| errors::no_application(shown))
}

/// An application the caller looks after.
async fn looked_after(
    request: &Request,
) -> Result<(Scope<'static, WitDatabase>, ClientId, Client), ApiError> {
    let id = own_id(request)?;
    let whose = looks_after(request.principal()?)?;
    let scope = meridian_edge::scope(request).await?;
    let found = oauth2::find_client(&scope, &id).await?;
    let own = found.filter(|client| whose.is_none() || client.created_by == whose);
    let client = own.ok_or_else(|| errors::no_application(id.as_str()))?;
    Ok((scope, id, client))
}
