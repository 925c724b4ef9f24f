//! What is asked of a managed user.

use meridian_domain::oauth_client::{managed_email, managed_username};
use meridian_gateway::ApiError;
use meridian_gateway::validate::{
    Fields, Violation, email, locale, metadata, text, time_format, url, username_of, week_day, zone,
};
use meridian_kernel::{ClientId, IdError, Patch, Role, ScheduleId, WireId, Zone};
use meridian_store::users::managed::ManagedChange;
use meridian_store::users::{NewMember, UserChange};
use serde_json::{Map, Value};

const MAX_NAME: usize = 255;
const MAX_BIO: usize = 10_000;

/// The longest address in the form it is kept in (RFC 5321, 4.5.3.1.3, less the
/// brackets).
const MAX_KEPT_EMAIL: usize = 254;

/// Where a user is who says nothing of it.
const DEFAULT_ZONE: &str = "Europe/London";

/// Reads a user to be made, and whether they have working hours from the beginning:
/// where they say in which zone.
pub fn read_new(body: &Value, client: &ClientId) -> Result<(NewMember, bool), ApiError> {
    let mut fields = Fields::of(body);
    let email = fields.required("email", kept_email(client));
    let name = fields.required("name", text(1, MAX_NAME));
    let profile = UserChange { name: Patch::Value(name), ..read_profile(&mut fields) };
    fields.finish()?;
    let default_zone = || Zone::parse(DEFAULT_ZONE).unwrap_or(Zone::UTC);
    let member = NewMember {
        username: username_of(&managed_username(&email)),
        username_may_vary: true,
        email,
        role: Role::Member,
        accepted: true,
        time_zone: profile.time_zone.unwrap_or_else(default_zone),
        profile,
        settings: Map::new(),
    };
    let has_schedule = member.profile.time_zone.is_some();
    Ok((member, has_schedule))
}

/// Reads what shall be different.
pub fn read_change(body: &Value, client: &ClientId) -> Result<ManagedChange, ApiError> {
    let mut fields = Fields::of(body);
    let email = fields.optional("email", kept_email(client));
    let name = fields.optional("name", text(1, MAX_NAME));
    let profile = UserChange {
        name: name.map_or(Patch::Absent, Patch::Value),
        default_schedule_id: fields.optional("defaultScheduleId", schedule_id),
        ..read_profile(&mut fields)
    };
    fields.finish()?;
    Ok(ManagedChange { email, profile })
}

/// What can be said of a user at any time. Null is nothing said of what they must have.
fn read_profile(fields: &mut Fields<'_>) -> UserChange {
    UserChange {
        time_zone: fields.optional("timeZone", zone()),
        time_format: fields.optional("timeFormat", time_format()),
        week_start: fields.optional("weekStart", week_day()),
        locale: fields.optional("locale", locale()),
        avatar_url: fields.patch("avatarUrl", url()),
        bio: fields.patch("bio", text(0, MAX_BIO)),
        metadata: fields.patch("metadata", metadata()).map(Value::Object),
        ..UserChange::default()
    }
}

/// An address, in the form it is kept in.
fn kept_email(client: &ClientId) -> impl Fn(&Value) -> Result<String, Violation> {
    let rule = email();
    move |value| {
        let kept = managed_email(&rule(value)?, client);
        if kept.len() <= MAX_KEPT_EMAIL {
            return Ok(kept);
        }
        let text = format!(
            "must be no longer than {MAX_KEPT_EMAIL} characters together with the client's id"
        );
        Err(Violation::new("maxLength", text))
    }
}

fn schedule_id(value: &Value) -> Result<ScheduleId, Violation> {
    let wrong = |error: IdError| Violation::new("isInt", error.to_string());
    let number = value.as_i64().ok_or_else(|| wrong(IdError))?;
    ScheduleId::from_wire(number).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use meridian_kernel::OrganizationNumber;
    use serde_json::json;

    use super::*;

    fn client() -> ClientId {
        ClientId::generate(OrganizationNumber::new(7).unwrap())
    }

    #[test]
    fn a_new_user_is_kept_under_their_client() {
        let client = client();
        let body = json!({"email": "Ada@x.co.uk", "name": "Ada", "timeZone": "europe/rome"});
        let (member, has_schedule) = read_new(&body, &client).unwrap();
        assert_eq!(member.email, format!("Ada+{client}@x.co.uk"));
        assert_eq!(member.username, format!("ada-{client}-x-co-uk"));
        assert_eq!((member.time_zone.name(), has_schedule), ("Europe/Rome", true));
        assert_eq!((member.role, member.accepted), (Role::Member, true));
    }

    #[test]
    fn a_new_user_without_a_zone_is_in_london_and_has_no_hours() {
        let body = json!({"email": "ada@x.org", "name": "Ada"});
        let (member, has_schedule) = read_new(&body, &client()).unwrap();
        assert_eq!((member.time_zone.name(), has_schedule), ("Europe/London", false));
    }

    #[test]
    fn every_wrong_field_is_named() {
        let long = format!("{}@x.org", "a".repeat(230));
        let many: Map<String, Value> = (0..51).map(|key| (key.to_string(), json!("x"))).collect();
        for (field, value) in [
            ("email", json!("nobody")),
            ("email", json!(long)),
            ("email", json!(null)),
            ("name", json!("")),
            ("timeZone", json!("Mars/Olympus")),
            ("timeFormat", json!(13)),
            ("weekStart", json!("Mon")),
            ("locale", json!("xx")),
            ("avatarUrl", json!("javascript:alert(1)")),
            ("bio", json!("x".repeat(10_001))),
            ("metadata", json!({"a": 1})),
            ("metadata", json!({"a": "x".repeat(501)})),
            ("metadata", json!({"x".repeat(41): "x"})),
            ("metadata", json!(many)),
        ] {
            let mut body = json!({"email": "ada@x.org", "name": "Ada"});
            body[field] = value;
            let error = read_new(&body, &client()).unwrap_err();
            assert_eq!(error.status, http::StatusCode::BAD_REQUEST);
            assert!(error.message.starts_with(field), "{}", error.message);
        }
        assert!(read_change(&json!({"defaultScheduleId": 0}), &client()).is_err());
    }

    #[test]
    fn a_change_names_what_it_changes() {
        let client = client();
        let body = json!({"email": "new@x.org", "bio": null, "defaultScheduleId": 5});
        let change = read_change(&body, &client).unwrap();
        assert_eq!(change.email, Some(format!("new+{client}@x.org")));
        assert_eq!((change.profile.bio, change.profile.name), (Patch::Null, Patch::Absent));
        assert_eq!(change.profile.default_schedule_id.unwrap().row(), 5);
    }
}
