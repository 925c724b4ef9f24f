//! `POST /v2/auth/password`

use meridian_edge::{SpinServices, guard_epoch};
use meridian_gateway::throttle::{self, Guess, SIGN_INS_BY_ACCOUNT};
use meridian_gateway::validate::{Fields, Violation, json_body, text};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::Secret;
use meridian_store::sessions;
use meridian_vault::{MAX_PASSWORD, MIN_PASSWORD, hash_password, verify_password};
use serde_json::{Value, json};

use super::cookies;
use crate::errors;

/// Sets the caller's password, or another in its place, and ends all their sessions.
pub async fn change_password(request: Request) -> Result<Reply, ApiError> {
    let user = request.principal()?.user_id;
    let wish = read_wish(&json_body(&request)?)?;
    let scope = meridian_edge::scope(&request).await?;
    let login = sessions::find_login_of(&scope, user).await?.ok_or_else(errors::no_user)?;
    let old = login.password_hash.as_deref();
    if old.is_some() {
        let guess = Guess::at_account(&SIGN_INS_BY_ACCOUNT, &format!("password of {user}"));
        let attempt = throttle::attempt(&SpinServices, request.now, &[guess]).await?;
        check_old(&wish, old)?;
        attempt.succeeded().await;
    }
    let new = hash_password(&wish.new).ok_or_else(|| ApiError::internal("no randomness"))?;
    if !sessions::change_password(&scope, user, old, &new, request.now).await? {
        return Err(errors::password_changed_meanwhile());
    }
    guard_epoch::advance(scope.organization()).await;
    cookies::end(Reply::ok(&json!({}))?, &request)
}

/// 400 that names the field: the caller is who they are, and mistyped.
fn check_old(wish: &Wish, stored: Option<&str>) -> Result<(), ApiError> {
    if verify_password(&wish.current, stored) {
        return Ok(());
    }
    Err(ApiError::invalid_field("currentPassword", Value::Null, "is not the current password"))
}

struct Wish {
    /// Empty where there was none.
    current: Secret,
    new: Secret,
}

fn read_wish(body: &Value) -> Result<Wish, ApiError> {
    let mut fields = Fields::of(body);
    let current = fields.optional("currentPassword", text(1, MAX_PASSWORD)).unwrap_or_default();
    let new = fields.required("newPassword", text(MIN_PASSWORD, MAX_PASSWORD));
    if !new.is_empty() && new == current {
        let same = Violation::new("isDifferent", "must not be the current password");
        fields.refuse("newPassword", &same);
    }
    fields.finish()?;
    Ok(Wish { current: Secret::new(current), new: Secret::new(new) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_password_is_long_enough_and_new() {
        assert!(read_wish(&json!({"newPassword": "correct horse"})).is_ok());
        for body in [
            json!({}),
            json!({"newPassword": "short"}),
            json!({"newPassword": "x".repeat(129)}),
            json!({"newPassword": 12_345_678}),
            json!({"newPassword": "the same old", "currentPassword": "the same old"}),
        ] {
            let error = read_wish(&body).err().unwrap();
            assert!(error.message.starts_with("newPassword"), "{}", error.message);
            assert!(!error.details.unwrap().to_string().contains("the same old"));
        }
    }
}
