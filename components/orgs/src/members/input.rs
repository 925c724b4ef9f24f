//! Users of an organisation as whoever administers it sends them.

use meridian_gateway::ApiError;
use meridian_gateway::validate::{
    Fields, Violation, boolean, color, email, locale, metadata, role, text, time_format, url,
    username, username_of, week_day, zone,
};
use meridian_kernel::{IdError, Patch, ScheduleId, WireId, Zone};
use meridian_store::users::{MemberChange, NewMember, UserChange};
use serde_json::{Map, Value};

const MAX_NAME: usize = 255;
const MAX_BIO: usize = 10_000;
const MAX_THEME: usize = 64;

/// Where a user is of whom nothing else is said.
const DEFAULT_ZONE: &str = "Europe/London";

/// Reads the body of `POST …/users`. Without a username the address makes one.
pub fn read_new(body: &Value) -> Result<NewMember, ApiError> {
    let mut fields = Fields::of(body);
    let email = fields.required("email", email());
    let name = fields.optional("username", username());
    let profile = read_profile(&mut fields);
    let mut settings = read_settings(&mut fields);
    settings.retain(|_, value| !value.is_null());
    if profile.default_schedule_id.is_some() {
        let text = "cannot be given yet: a new user has no schedules but their working hours";
        fields.refuse("defaultScheduleId", &Violation::new("isOwnSchedule", text));
    }
    let local = email.split('@').next().unwrap_or_default();
    let new = NewMember {
        username_may_vary: name.is_none(),
        username: name.unwrap_or_else(|| username_of(local)),
        role: fields.optional("organizationRole", role()).unwrap_or_default(),
        accepted: fields.optional("autoAccept", boolean()).unwrap_or(true),
        time_zone: profile.time_zone.unwrap_or_else(default_zone),
        email,
        profile,
        settings,
    };
    fields.finish()?;
    Ok(new)
}

fn default_zone() -> Zone {
    Zone::parse(DEFAULT_ZONE).unwrap_or(Zone::UTC)
}

/// Reads the body of `PATCH …/users/:userId`.
pub fn read_change(body: &Value) -> Result<MemberChange, ApiError> {
    let mut fields = Fields::of(body);
    let change = MemberChange {
        email: fields.optional("email", email()),
        username: fields.optional("username", username()),
        role: fields.optional("organizationRole", role()),
        accepted: fields.optional("autoAccept", boolean()),
        profile: read_profile(&mut fields),
        settings: read_settings(&mut fields),
        ..MemberChange::default()
    };
    fields.finish()?;
    Ok(change)
}

/// What users could say of themselves too.
fn read_profile(fields: &mut Fields<'_>) -> UserChange {
    UserChange {
        name: fields.patch("name", text(1, MAX_NAME)),
        time_zone: fields.optional("timeZone", zone()),
        time_format: fields.optional("timeFormat", time_format()),
        // Known by both names.
        week_start: fields
            .optional("weekday", week_day())
            .or_else(|| fields.optional("weekStart", week_day())),
        locale: fields.optional("locale", locale()),
        avatar_url: fields.patch("avatarUrl", url()),
        bio: fields.patch("bio", text(0, MAX_BIO)),
        metadata: fields.patch("metadata", metadata()).map(Value::Object),
        default_schedule_id: fields.optional("defaultScheduleId", schedule_id),
    }
}

/// The fields that are only shown; null stays, for it takes one away.
fn read_settings(fields: &mut Fields<'_>) -> Map<String, Value> {
    let mut settings = Map::new();
    for name in ["theme", "appTheme"] {
        keep(&mut settings, name, fields.patch(name, text(0, MAX_THEME)));
    }
    for name in ["brandColor", "darkBrandColor"] {
        keep(&mut settings, name, fields.patch(name, color()));
    }
    keep(&mut settings, "hideBranding", fields.patch("hideBranding", boolean()));
    settings
}

fn keep(settings: &mut Map<String, Value>, name: &str, wish: Patch<impl Into<Value>>) {
    match wish {
        Patch::Absent => {}
        Patch::Null => {
            settings.insert(name.to_owned(), Value::Null);
        }
        Patch::Value(value) => {
            settings.insert(name.to_owned(), value.into());
        }
    }
}

fn schedule_id(value: &Value) -> Result<ScheduleId, Violation> {
    let wrong = |error: IdError| Violation::new("isInt", error.to_string());
    let number = value.as_i64().ok_or_else(|| wrong(IdError))?;
    ScheduleId::from_wire(number).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use meridian_kernel::Role;
    use serde_json::json;

    #[test]
    fn an_address_is_enough() {
        let new = read_new(&json!({"email": "Ada.L@acme.org"})).unwrap();
        assert_eq!((new.email.as_str(), new.username.as_str()), ("Ada.L@acme.org", "ada.l"));
        assert!(new.username_may_vary && new.accepted);
        assert_eq!((new.role, new.time_zone.name()), (Role::Member, "Europe/London"));
        assert!(new.settings.is_empty());
    }

    #[test]
    fn every_field_is_read() {
        let new = read_new(&json!({
            "email": "ada@acme.org", "username": "ada", "organizationRole": "ADMIN",
            "autoAccept": false, "locale": "it", "timeZone": "Europe/Rome", "weekday": "Monday",
            "timeFormat": 24, "theme": "dark", "appTheme": null, "brandColor": "#ffffff",
            "bio": "hi", "avatarUrl": "https://acme.org/a.png", "metadata": {"a": "b"},
            "hideBranding": true, "name": "Ada",
        }))
        .unwrap();
        assert!(!new.username_may_vary && !new.accepted);
        assert_eq!((new.role, new.time_zone.name()), (Role::Admin, "Europe/Rome"));
        assert_eq!(new.profile.week_start.as_deref(), Some("Monday"));
        assert_eq!(new.profile.bio, Patch::Value("hi".to_owned()));
        let settings = json!({"theme": "dark", "brandColor": "#ffffff", "hideBranding": true});
        assert_eq!(Value::Object(new.settings), settings);
    }

    #[test]
    fn every_mistake_is_named() {
        for (body, field) in [
            (json!({}), "email"),
            (json!({"email": "x"}), "email"),
            (json!({"email": "a@b.co", "username": "A B"}), "username"),
            (json!({"email": "a@b.co", "organizationRole": "BOSS"}), "organizationRole"),
            (json!({"email": "a@b.co", "locale": "xx"}), "locale"),
            (json!({"email": "a@b.co", "weekday": "Mo"}), "weekday"),
            (json!({"email": "a@b.co", "brandColor": "red"}), "brandColor"),
            (json!({"email": "a@b.co", "timeFormat": 10}), "timeFormat"),
            (json!({"email": "a@b.co", "defaultScheduleId": 5}), "defaultScheduleId"),
            (json!({"email": "a@b.co", "metadata": {"a": {}}}), "metadata"),
        ] {
            let refused = read_new(&body).err().unwrap();
            assert_eq!(refused.status, http::StatusCode::BAD_REQUEST);
            assert!(refused.message.starts_with(field), "{}", refused.message);
        }
    }

    #[test]
    fn a_change_says_nothing_of_what_is_absent() {
        let change = read_change(&json!({"theme": null})).unwrap();
        assert_eq!(Value::Object(change.settings), json!({"theme": null}));
        assert!(change.email.is_none() && change.role.is_none() && change.accepted.is_none());
        assert!(change.profile.name.is_absent() && change.profile.time_zone.is_none());
    }
}
