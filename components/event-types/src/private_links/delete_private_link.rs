//! DELETE /v2/event-types/:eventTypeId/private-links/:linkId

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::private_links;
use serde::Serialize;

use super::no_link;
use crate::rights::Changeable;

/// What is left of a deleted link.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Deleted<'a> {
    link_id: &'a str,
    message: &'static str,
}

/// Deletes a link: nobody books with it any more.
pub async fn delete_private_link(request: Request) -> Result<Reply, ApiError> {
    let scope = meridian_edge::scope(&request).await?;
    let event_type = Changeable::load(&request, &scope).await?;
    let id = request.parameter("linkId");
    if private_links::delete(&scope, event_type.id, id).await? {
        Reply::ok(&Deleted { link_id: id, message: "Private link deleted successfully" })
    } else {
        Err(no_link(id))
    }
}
