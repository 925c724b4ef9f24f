//! `POST /v2/auth/login`

use meridian_gateway::session::{Sender, not_meant, sender};
use meridian_gateway::validate::{Fields, email, json_body, text};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::Secret;
use meridian_vault::MAX_PASSWORD;
use serde_json::Value;

use super::view::SessionView;
use super::{Credentials, cookies, organization_of, sign_in};
use crate::guard;

/// Longer than any slug.
const MAX_SLUG: usize = 63;

/// Begins a session and sets its cookie.
pub async fn log_in(request: Request) -> Result<Reply, ApiError> {
    refuse_other_sites(&request)?;
    let wish = read_wish(&json_body(&request)?)?;
    let organization = organization_of(&request, wish.organization.as_deref(), None).await?;
    let who = Credentials { organization, email: wish.email, password: wish.password };
    let signed_in = sign_in(&request, &who).await?;
    let session = &signed_in.session;
    let csrf = guard::csrf_token_of(session.id.as_deref().unwrap_or_default());
    let (name, email) = (session.name.as_str(), session.email.as_str());
    let view = SessionView::new(session.user, name, email, session.expires_at, csrf);
    cookies::begin(Reply::ok(&view)?, &request, &signed_in.cookie)
}

/// A form of another site can send texts that look like JSON, and so sign somebody in
/// as somebody else; it cannot say that they are JSON.
fn refuse_other_sites(request: &Request) -> Result<(), ApiError> {
    let kind = request.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(ApiError::bad_request("The header 'Content-Type' must be application/json."));
    }
    let origin = request.origin();
    let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
    if sender(&request.headers, authority) == Sender::Other {
        return Err(not_meant());
    }
    Ok(())
}

struct Wish {
    organization: Option<String>,
    email: String,
    password: Secret,
}

fn read_wish(body: &Value) -> Result<Wish, ApiError> {
    let mut fields = Fields::of(body);
    let wish = Wish {
        organization: fields.optional("organization", text(1, MAX_SLUG)),
        email: fields.required("email", email()),
        password: Secret::new(fields.required("password", text(1, MAX_PASSWORD))),
    };
    fields.finish()?;
    Ok(wish)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_address_and_a_password_are_enough() {
        let wish = read_wish(&json!({"email": "ada@example.org", "password": "x"})).unwrap();
        assert_eq!((wish.email.as_str(), wish.organization), ("ada@example.org", None));
    }

    #[test]
    fn every_mistake_is_named_and_no_password_shown() {
        for (body, field) in [
            (json!({"password": "x"}), "email"),
            (json!({"email": "ada", "password": "x"}), "email"),
            (json!({"email": "ada@example.org"}), "password"),
            (json!({"email": "ada@example.org", "password": "x".repeat(129)}), "password"),
            (json!({"email": "ada@example.org", "password": ["hunter2"]}), "password"),
            (json!({"email": "a@b.co", "password": "x", "organization": 7}), "organization"),
        ] {
            let error = read_wish(&body).err().unwrap();
            assert!(error.message.starts_with(field), "{}", error.message);
            assert!(!error.details.unwrap().to_string().contains("hunter2"));
        }
    }
}
