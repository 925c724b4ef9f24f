//! `GET …/roles`

use meridian_gateway::validate::{Fields, query_object};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::roles;

use super::place;
use super::system::SystemRole;
use super::view::RoleView;
use crate::errors;
use crate::page::{self, MAX_PAGE};

/// The place's own roles in the order they were made, then those that everybody has.
pub async fn list_roles(request: Request) -> Result<Reply, ApiError> {
    let place = place::of_path(&request)?;
    let query = query_object(&request);
    let mut fields = Fields::of(&query);
    let (skip, take) = page::read(&mut fields, MAX_PAGE);
    fields.finish()?;
    let scope = meridian_edge::scope(&request).await?;
    let own = roles::list(&scope, place).await?.ok_or_else(|| errors::no_place(place))?;
    // A place has few roles: the store bounds them.
    let own = own.iter().map(|role| RoleView::custom(role, scope.organization()));
    let all = own.chain(SystemRole::ALL.into_iter().map(|role| RoleView::system(role, place)));
    let (skip, take) = (usize::try_from(skip), usize::try_from(take));
    let page = all.skip(skip.unwrap_or(usize::MAX)).take(take.unwrap_or(usize::MAX));
    Reply::ok(&page.collect::<Vec<_>>())
}
