//! Mailboxes that were shown to be a user's or a team's, by a code that was sent there.

mod get_verified_email;
mod list_verified_emails;
mod request_code;
mod verify_email;

use meridian_edge::WitDatabase;
use meridian_gateway::{ApiError, Request};
use meridian_kernel::VerifiedEmailId;
use meridian_store::verified_emails::{Owner, VerifiedEmail};
use meridian_store::{Scope, teams};
use serde_json::{Value, json};

use crate::errors;

pub use get_verified_email::get_verified_email;
pub use list_verified_emails::list_verified_emails;
pub use request_code::request_code;
pub use verify_email::verify_email;

/// Whose mailboxes the path is about: those of the team it names, else the caller's.
fn owner(request: &Request) -> Result<Owner, ApiError> {
    let user = request.principal()?.user_id;
    if request.parameter("teamId").is_empty() {
        return Ok(Owner::User(user));
    }
    Ok(Owner::Team(request.team_id()?, user))
}

/// 404 where the team is gone: whoever administers the organisation gets this far.
async fn check_team(scope: &Scope<'_, WitDatabase>, owner: Owner) -> Result<(), ApiError> {
    let Owner::Team(team, _) = owner else { return Ok(()) };
    teams::find(scope, team).await?.map(drop).ok_or_else(|| errors::no_team(team))
}

/// A mailbox as its owner sees it.
fn view(email: &VerifiedEmail) -> Value {
    let mut view = json!({"id": email.id, "email": email.email, "userId": email.user_id});
    if let (Some(team), Some(view)) = (email.team_id, view.as_object_mut()) {
        view.insert("teamId".to_owned(), json!(team));
    }
    view
}

fn no_verified_email(id: VerifiedEmailId) -> ApiError {
    ApiError::not_found(format!("Verified email with id {id} not found"))
}
