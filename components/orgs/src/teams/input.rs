//! Teams as clients send them.

use meridian_gateway::ApiError;
use meridian_gateway::validate::{
    Fields, Violation, boolean, color, count, slugify, text, time_format, url, week_day, zone,
};
use meridian_kernel::{Patch, UserId, Zone};
use meridian_store::teams::{NewTeam, TeamChange};
use serde_json::{Map, Value, json};

const MAX_NAME: usize = 255;
const MAX_SLUG: usize = 255;
const MAX_TEXT: usize = 2_048;
const MAX_BIO: usize = 10_000;
const MAX_THEME: usize = 64;
/// Bookings of one period that a limit can name.
const MAX_LIMIT: u32 = 1_000_000;

const DEFAULT_ZONE: &str = "Europe/London";
const DEFAULT_WEEK_START: &str = "Sunday";

/// Reads the body of `POST …/teams`. Without a slug the name makes one.
pub fn read_new(body: &Value, creator: UserId) -> Result<NewTeam, ApiError> {
    let mut fields = Fields::of(body);
    let name = fields.required("name", text(1, MAX_NAME));
    let given = fields.optional("slug", slug);
    let slug = given.unwrap_or_else(|| slugify(&name));
    if slug.is_empty() && !name.is_empty() && !fields.has("slug") {
        let text = "must be given, because the name makes none";
        fields.refuse("slug", &Violation::new("isNotEmpty", text));
    }
    let mut settings = read_settings(&mut fields);
    settings.retain(|_, value| !value.is_null());
    let new = NewTeam {
        slug,
        name,
        time_zone: fields.optional("timeZone", zone()).unwrap_or_else(default_zone),
        week_start: fields
            .optional("weekStart", week_day())
            .unwrap_or_else(|| DEFAULT_WEEK_START.to_owned()),
        settings,
        metadata: fields.optional("metadata", metadata).unwrap_or_default(),
        creator,
        creator_accepts: fields.optional("autoAcceptCreator", boolean()).unwrap_or(true),
    };
    fields.finish()?;
    Ok(new)
}

fn default_zone() -> Zone {
    Zone::parse(DEFAULT_ZONE).unwrap_or(Zone::UTC)
}

/// Reads the body of `PATCH …/teams/:teamId`.
pub fn read_change(body: &Value) -> Result<TeamChange, ApiError> {
    let mut fields = Fields::of(body);
    let change = TeamChange {
        slug: fields.optional("slug", slug),
        name: fields.optional("name", text(1, MAX_NAME)),
        time_zone: fields.optional("timeZone", zone()),
        week_start: fields.optional("weekStart", week_day()),
        booking_limits: fields.patch("bookingLimits", booking_limits).map(Value::Object),
        include_managed_events_in_limits: fields
            .optional("includeManagedEventsInLimits", boolean()),
        settings: read_settings(&mut fields),
        metadata: fields.patch("metadata", metadata),
    };
    fields.finish()?;
    Ok(change)
}

/// The fields that are only shown; null stays, for it takes one away.
fn read_settings(fields: &mut Fields<'_>) -> Map<String, Value> {
    let known = [
        ("logoUrl", patch(fields, "logoUrl", url())),
        ("bannerUrl", patch(fields, "bannerUrl", url())),
        ("calVideoLogo", patch(fields, "calVideoLogo", text(0, MAX_TEXT))),
        ("appLogo", patch(fields, "appLogo", text(0, MAX_TEXT))),
        ("appIconLogo", patch(fields, "appIconLogo", text(0, MAX_TEXT))),
        ("bio", patch(fields, "bio", text(0, MAX_BIO))),
        ("hideBranding", patch(fields, "hideBranding", boolean())),
        ("isPrivate", patch(fields, "isPrivate", boolean())),
        ("hideBookATeamMember", patch(fields, "hideBookATeamMember", boolean())),
        ("theme", patch(fields, "theme", text(0, MAX_THEME))),
        ("brandColor", patch(fields, "brandColor", color())),
        ("darkBrandColor", patch(fields, "darkBrandColor", color())),
        ("timeFormat", patch(fields, "timeFormat", time_format())),
    ];
    let given = known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    given.collect()
}

fn patch<T: Into<Value>>(
    fields: &mut Fields<'_>,
    name: &str,
    rule: impl Fn(&Value) -> Result<T, Violation>,
) -> Option<Value> {
    match fields.patch(name, rule) {
        Patch::Absent => None,
        Patch::Null => Some(Value::Null),
        Patch::Value(value) => Some(value.into()),
    }
}

/// Any text that makes a slug.
fn slug(value: &Value) -> Result<String, Violation> {
    let slug = slugify(&text(1, MAX_SLUG)(value)?);
    let rule = "must hold letters or digits, such as sales-team";
    if slug.is_empty() { Err(Violation::new("isSlug", rule)) } else { Ok(slug) }
}

/// An object of texts, numbers and booleans.
fn metadata(value: &Value) -> Result<Map<String, Value>, Violation> {
    const MOST_KEYS: usize = 50;
    const LONGEST_KEY: usize = 40;
    const LONGEST_VALUE: usize = 500;
    let rule = "must be an object with at most 50 keys of at most 40 characters, whose values are \
                numbers, booleans or strings of at most 500 characters";
    let wrong = || Violation::new("isMetadata", rule);
    let object = value.as_object().ok_or_else(wrong)?;
    let is_plain = |value: &Value| match value {
        Value::String(text) => text.chars().count() <= LONGEST_VALUE,
        Value::Number(_) | Value::Bool(_) => true,
        _ => false,
    };
    let fits = object.len() <= MOST_KEYS
        && object.iter().all(|(key, value)| key.chars().count() <= LONGEST_KEY && is_plain(value));
    if fits { Ok(object.clone()) } else { Err(wrong()) }
}

/// The periods of a limit: in our words, and as web clients name them.
const PERIODS: [(&str, &str); 4] =
    [("day", "PER_DAY"), ("week", "PER_WEEK"), ("month", "PER_MONTH"), ("year", "PER_YEAR")];

/// An object of numbers of bookings by period, or the same as JSON in a text.
fn booking_limits(value: &Value) -> Result<Map<String, Value>, Violation> {
    let rule = "must be an object such as {\"day\": 5, \"week\": 20}, with whole numbers from 1 \
                for day, week, month or year";
    let wrong = || Violation::new("isBookingLimits", rule);
    let parsed = value.as_str().map(serde_json::from_str::<Value>).transpose();
    let parsed = parsed.map_err(|_| wrong())?;
    let given = parsed.as_ref().unwrap_or(value).as_object().ok_or_else(wrong)?;
    let mut limits = Map::new();
    for (name, most) in given {
        let period = PERIODS.iter().find(|(ours, theirs)| name == ours || name == theirs);
        let (period, _) = period.ok_or_else(wrong)?;
        let most = count(1, MAX_LIMIT)(most).map_err(|_| wrong())?;
        limits.insert((*period).to_owned(), json!(most));
    }
    Ok(limits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn creator() -> UserId {
        use meridian_kernel::WireId;
        UserId::from_wire(1).unwrap()
    }

    fn new(body: &Value) -> NewTeam {
        read_new(body, creator()).unwrap()
    }

    #[test]
    fn a_name_is_enough() {
        let team = new(&json!({"name": "Sales & Support"}));
        assert_eq!(team.slug, "sales-support");
        assert_eq!((team.time_zone.name(), team.week_start.as_str()), ("Europe/London", "Sunday"));
        assert!(team.creator_accepts && team.settings.is_empty() && team.metadata.is_empty());
        let refused = read_new(&json!({"name": "!!!"}), creator()).err().unwrap();
        assert_eq!(refused.message, "slug must be given, because the name makes none");
    }

    #[test]
    fn every_field_is_read() {
        let team = new(&json!({
            "name": "Sales", "slug": "The Sales", "logoUrl": "https://acme.org/l.png", "bio": "we sell",
            "hideBranding": true, "isPrivate": true, "theme": "dark", "brandColor": "#fff",
            "timeFormat": 24, "timeZone": "europe/rome", "weekStart": "Monday",
            "metadata": {"floor": 3, "open": true, "who": "us"}, "autoAcceptCreator": false,
            "bannerUrl": null, "unknown": 1,
        }));
        assert_eq!(team.slug, "the-sales");
        assert_eq!(team.time_zone.name(), "Europe/Rome");
        assert_eq!(team.metadata["floor"], 3);
        assert!(!team.creator_accepts);
        let names: Vec<&String> = team.settings.keys().collect();
        assert_eq!(
            names,
            ["bio", "brandColor", "hideBranding", "isPrivate", "logoUrl", "theme", "timeFormat"]
        );
    }

    #[test]
    fn every_mistake_is_named() {
        for (body, field) in [
            (json!({}), "name"),
            (json!({"name": ""}), "name"),
            (json!({"name": "x", "slug": "--"}), "slug"),
            (json!({"name": "x", "logoUrl": "x"}), "logoUrl"),
            (json!({"name": "x", "timeZone": "Mars"}), "timeZone"),
            (json!({"name": "x", "weekStart": "Mon"}), "weekStart"),
            (json!({"name": "x", "timeFormat": 13}), "timeFormat"),
            (json!({"name": "x", "brandColor": "red"}), "brandColor"),
            (json!({"name": "x", "metadata": {"a": {}}}), "metadata"),
            (json!({"name": "x", "autoAcceptCreator": "perhaps"}), "autoAcceptCreator"),
        ] {
            let refused = read_new(&body, creator()).err().unwrap();
            assert_eq!(refused.status, http::StatusCode::BAD_REQUEST);
            assert!(refused.message.starts_with(field), "{}", refused.message);
        }
    }

    #[test]
    fn limits_are_read_in_every_form_clients_have() {
        let limits = |value: Value| read_change(&json!({ "bookingLimits": value }));
        let expected = Patch::Value(json!({"day": 2, "week": 5}));
        for form in [
            json!({"day": 2, "week": 5}),
            json!({"PER_DAY": 2, "PER_WEEK": 5}),
            json!("{\"PER_DAY\":2,\"week\":5}"),
        ] {
            assert_eq!(limits(form).unwrap().booking_limits, expected);
        }
        assert_eq!(limits(Value::Null).unwrap().booking_limits, Patch::Null);
        for bad in [json!({"hour": 1}), json!({"day": 0}), json!("x"), json!(5), json!([])] {
            assert!(
                limits(bad.clone()).err().unwrap().message.starts_with("bookingLimits "),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_change_tells_null_from_absent() {
        let change = read_change(&json!({"bio": null, "theme": "dark", "metadata": null})).unwrap();
        assert_eq!(Value::Object(change.settings), json!({"bio": null, "theme": "dark"}));
        assert_eq!(change.metadata, Patch::Null);
        assert!(change.name.is_none() && change.slug.is_none());
    }
}
