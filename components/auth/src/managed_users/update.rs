//! `PATCH /v2/oauth-clients/:clientId/users/:userId`

use meridian_edge::guard_epoch;
use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::users::managed::{self, ManagedChanged};

use super::view::ManagedUserView;
use super::{input, own_client_id, user_id};
use crate::errors;

/// Changes a user of the client. Another address counts at once.
pub async fn update_managed_user(request: Request) -> Result<Reply, ApiError> {
    let (client, id) = (own_client_id(&request)?, user_id(&request)?);
    let change = input::read_change(&json_body(&request)?, &client)?;
    let scope = meridian_edge::scope(&request).await?;
    match managed::update(&scope, &client, id, &change, request.now).await? {
        ManagedChanged::Done(user) => {
            // The guard tells other components the address, the name and the zone.
            guard_epoch::advance(scope.organization()).await;
            Reply::ok(&ManagedUserView::new(&user))
        }
        ManagedChanged::EmailTaken => Err(errors::email_in_use()),
        ManagedChanged::NoSchedule => Err(errors::no_schedule(change.profile.default_schedule_id)),
        ManagedChanged::Unknown | ManagedChanged::LastOwner => Err(errors::not_managed(id)),
    }
}
