//! `DELETE /v2/oauth-clients/:clientId/users/:userId`

use meridian_edge::guard_epoch;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::users::managed::{self, ManagedChanged};

use super::view::ManagedUserView;
use super::{own_client_id, user_id};
use crate::errors;

/// Deletes a user of the client. Their tokens stop working at once; what was booked
/// with them stays.
pub async fn delete_managed_user(request: Request) -> Result<Reply, ApiError> {
    let (client, id) = (own_client_id(&request)?, user_id(&request)?);
    let scope = meridian_edge::scope(&request).await?;
    match managed::delete(&scope, &client, id, request.now).await? {
        ManagedChanged::Done(user) => {
            guard_epoch::advance(scope.organization()).await;
            Reply::ok(&ManagedUserView::new(&user))
        }
        ManagedChanged::LastOwner => Err(errors::last_owner()),
        ManagedChanged::Unknown | ManagedChanged::EmailTaken | ManagedChanged::NoSchedule => {
            Err(errors::not_managed(id))
        }
    }
}
