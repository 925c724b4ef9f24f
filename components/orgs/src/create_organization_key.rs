//! `POST /platform/organizations/:slug/api-keys`

use meridian_gateway::validate::{Fields, Violation, email, integer, json_body};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{ApiKey, KeyMode, Rate, UserId};
use meridian_store::api_keys::{self, NewApiKey};
use meridian_store::{Scope, organizations, users};
use serde_json::{Value, json};

use crate::memberships::user_id;
use crate::{errors, limits};

/// A century: longer is for ever.
const MAX_DAYS: i64 = 36_500;
const MINUTES_A_DAY: i64 = 24 * 60;

/// Makes a key for a user of the organisation and shows it, this once. Without a
/// number of days it never expires.
pub async fn create_organization_key(request: Request) -> Result<Reply, ApiError> {
    let slug = request.parameter("slug");
    let wish = read_wish(&json_body(&request)?)?;
    let platform = meridian_edge::platform().await?;
    let organization = organizations::load_by_slug(&platform, slug).await?;
    let number = organization.ok_or_else(|| errors::no_organization(slug))?.number;
    let scope = Scope::open(platform.provider(), number).await?;
    let user = match &wish.holder {
        Holder::Email(email) => users::find_by_email(&scope, email).await?.map(|user| user.id),
        Holder::Id(id) => Some(*id),
    };
    let key = ApiKey::generate(number, KeyMode::Live);
    let expires_at = wish.days.map(|days| request.now.plus_minutes(days * MINUTES_A_DAY));
    let new = NewApiKey::new(&key, None, expires_at).with_rates(&wish.rates);
    let user = user.ok_or_else(errors::no_user)?;
    let stored = api_keys::insert(&scope, user, &new, request.now).await?;
    let stored = stored.ok_or_else(errors::no_user)?;
    Reply::created(&json!({
        "id": stored.id,
        "apiKey": key.reveal(),
        "expiresAt": stored.expires_at,
    }))
}

#[derive(Debug, PartialEq, Eq)]
enum Holder {
    Email(String),
    Id(UserId),
}

struct Wish {
    holder: Holder,
    days: Option<i64>,
    rates: Vec<Rate>,
}

fn read_wish(body: &Value) -> Result<Wish, ApiError> {
    let mut fields = Fields::of(body);
    let email = fields.optional("email", email());
    let id = fields.optional("userId", user_id);
    let days = fields.optional("expiresInDays", integer(1, MAX_DAYS));
    let rates = fields.object("limits", limits::read_rates).unwrap_or_default();
    if fields.has("email") == fields.has("userId") {
        let text = "or userId must be given, and not both";
        fields.refuse("email", &Violation::new("isExclusive", text));
    }
    fields.finish()?;
    let holder = email.map(Holder::Email).or_else(|| id.map(Holder::Id));
    Ok(Wish { holder: holder.ok_or_else(errors::no_user)?, days, rates })
}

#[cfg(test)]
mod tests {
    use super::*;
    use meridian_kernel::WireId;

    #[test]
    fn a_holder_is_named_once() {
        let by_email = read_wish(&json!({"email": "a@b.co"})).unwrap();
        assert_eq!((by_email.holder, by_email.days), (Holder::Email("a@b.co".to_owned()), None));
        let by_id = read_wish(&json!({"userId": 7, "expiresInDays": 3})).unwrap();
        assert_eq!(by_id.holder, Holder::Id(UserId::from_wire(7).unwrap()));
        assert_eq!(by_id.days, Some(3));
        for body in [json!({}), json!({"email": "a@b.co", "userId": 7}), json!({"userId": "x"})] {
            let error = read_wish(&body).err().unwrap();
            assert_eq!(error.status, http::StatusCode::BAD_REQUEST, "{body}");
        }
    }
}
