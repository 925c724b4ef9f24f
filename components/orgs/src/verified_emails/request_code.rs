//! `POST …/verified-resources/emails/verification-code/request`

use meridian_edge::email_codes;
use meridian_gateway::validate::{Fields, email, json_body};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::verified_emails::Purpose;
use serde_json::json;

use super::{check_team, owner};

/// Sends a code there, whoever has the mailbox: the answer tells nothing of it.
pub async fn request_code(request: Request) -> Result<Reply, ApiError> {
    let body = json_body(&request)?;
    let mut fields = Fields::of(&body);
    let email = fields.required("email", email());
    fields.finish()?;
    let owner = owner(&request)?;
    let scope = meridian_edge::scope(&request).await?;
    check_team(&scope, owner).await?;
    email_codes::send(&scope, Purpose::Ownership(owner), &email, request.now).await?;
    Reply::json(http::StatusCode::OK, &json!({"status": "success"}))
}
