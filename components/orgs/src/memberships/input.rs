//! Memberships of teams and organisations as clients send them.

use meridian_gateway::ApiError;
use meridian_gateway::validate::{Fields, Violation, boolean, role, text};
use meridian_kernel::{IdError, Patch, Role, UserId, WireId};
use serde_json::Value;

/// Longer is nobody's role.
const MAX_ROLE_ID: usize = 64;

/// What is said of a membership, whether new or changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MembershipInput {
    /// What the member shall be.
    pub role: Option<Role>,
    /// Whether they accepted.
    pub accepted: Option<bool>,
    /// Whether nobody may act in their name.
    pub disable_impersonation: Option<bool>,
    /// The id of the role of one's own making they shall have; null: none.
    pub custom_role: Patch<String>,
}

impl MembershipInput {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            role: fields.optional("role", role()),
            accepted: fields.optional("accepted", boolean()),
            disable_impersonation: fields.optional("disableImpersonation", boolean()),
            custom_role: fields.patch("customRoleId", text(1, MAX_ROLE_ID)),
        }
    }

    /// The role it gives, where that is more than everybody's: nobody gives a higher
    /// one than they have.
    pub fn raises_to(&self) -> Option<Role> {
        self.role.filter(|role| *role > Role::Member)
    }
}

/// Reads the body of `POST …/memberships`: whose it shall be, and the rest.
pub fn read_new(body: &Value) -> Result<(UserId, MembershipInput), ApiError> {
    let mut fields = Fields::of(body);
    let user = fields.required_some("userId", user_id);
    let input = MembershipInput::read(&mut fields);
    fields.finish()?;
    // Without a user the body was refused.
    let user = user.ok_or_else(|| ApiError::bad_request("userId must be given"))?;
    Ok((user, input))
}

/// Reads the body of `PATCH …/memberships/:membershipId`.
pub fn read_change(body: &Value) -> Result<MembershipInput, ApiError> {
    let mut fields = Fields::of(body);
    let input = MembershipInput::read(&mut fields);
    fields.finish()?;
    Ok(input)
}

/// The id of a user.
pub fn user_id(value: &Value) -> Result<UserId, Violation> {
    let wrong = |error: IdError| Violation::new("isInt", error.to_string());
    let number = value.as_i64().ok_or_else(|| wrong(IdError))?;
    UserId::from_wire(number).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_user_is_enough() {
        let (user, input) = read_new(&json!({"userId": 7})).unwrap();
        assert_eq!((user.wire(), input), (7, MembershipInput::default()));
        let (_, input) =
            read_new(&json!({"userId": 7, "role": "OWNER", "accepted": true})).unwrap();
        assert_eq!(input.raises_to(), Some(Role::Owner));
        assert_eq!(input.accepted, Some(true));
    }

    #[test]
    fn every_mistake_is_named() {
        for (body, field) in [
            (json!({}), "userId"),
            (json!({"userId": "7"}), "userId"),
            (json!({"userId": 0}), "userId"),
            (json!({"userId": 7, "role": "owner"}), "role"),
            (json!({"userId": 7, "accepted": 1}), "accepted"),
            (json!({"userId": 7, "disableImpersonation": "x"}), "disableImpersonation"),
            (json!({"userId": 7, "customRoleId": 7}), "customRoleId"),
        ] {
            let refused = read_new(&body).err().unwrap();
            assert_eq!(refused.status, http::StatusCode::BAD_REQUEST);
            assert!(refused.message.starts_with(field), "{}", refused.message);
        }
        assert!(read_change(&json!({"role": "BOSS"})).is_err());
    }
}
