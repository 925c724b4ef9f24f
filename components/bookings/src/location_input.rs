//! `location` of a booking request: an object with a type, or a text as older
//! clients send.

use meridian_domain::booking::LocationChoice;
use meridian_domain::event_type::INTEGRATIONS;
use meridian_gateway::validate::{Fields, Violation, one_of, text};
use serde_json::Value;

use crate::booking_input::phone_number;

/// How long the name of a place may be.
const LONGEST: usize = 1_000;

const TYPES: &[&str] = &[
    "address",
    "attendeeAddress",
    "attendeeDefined",
    "attendeePhone",
    "integration",
    "link",
    "organizersDefaultApp",
    "phone",
];

/// Reads `location`, or the `meetingUrl` it replaced.
pub fn read(fields: &mut Fields<'_>) -> Option<LocationChoice> {
    if !fields.has("location") {
        return fields.optional("meetingUrl", text(1, LONGEST)).map(LocationChoice::Text);
    }
    if fields.raw("location").is_some_and(Value::is_string) {
        return fields.optional("location", text(1, LONGEST)).map(LocationChoice::Text);
    }
    fields.object("location", choice).flatten()
}

fn choice(fields: &mut Fields<'_>) -> Option<LocationChoice> {
    let place = || text(1, LONGEST);
    let app = |value: &Value| {
        let known = value.as_str().filter(|name| INTEGRATIONS.contains(name));
        let rule = || format!("must be one of the following values: {}", INTEGRATIONS.join(", "));
        known.map(str::to_owned).ok_or_else(|| Violation::new("isIn", rule()))
    };
    Some(match fields.required("type", one_of(TYPES)) {
        "address" => LocationChoice::Address,
        "link" => LocationChoice::Link,
        "phone" => LocationChoice::Phone,
        "organizersDefaultApp" => LocationChoice::OrganizersDefaultApp,
        "integration" => LocationChoice::Integration(fields.required("integration", app)),
        "attendeeAddress" => LocationChoice::AttendeeAddress(fields.required("address", place())),
        "attendeeDefined" => LocationChoice::AttendeeDefined(fields.required("location", place())),
        "attendeePhone" => LocationChoice::AttendeePhone(fields.required("phone", phone_number())),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(body: &Value) -> Result<Option<LocationChoice>, String> {
        let mut fields = Fields::of(body);
        let choice = read(&mut fields);
        fields.finish().map(|()| choice).map_err(|error| error.message)
    }

    #[test]
    fn a_location_is_an_object_or_a_text() {
        let text = |text: &str| Ok(Some(LocationChoice::Text(text.to_owned())));
        assert_eq!(parse(&json!({})), Ok(None));
        assert_eq!(parse(&json!({"location": "https://a.b/c"})), text("https://a.b/c"));
        assert_eq!(parse(&json!({"meetingUrl": "https://a.b/c"})), text("https://a.b/c"));
        assert_eq!(
            parse(&json!({"location": {"type": "address"}})),
            Ok(Some(LocationChoice::Address))
        );
        assert_eq!(
            parse(&json!({"location": {"type": "attendeePhone", "phone": "+390612345678"}})),
            Ok(Some(LocationChoice::AttendeePhone("+390612345678".to_owned())))
        );
    }

    #[test]
    fn what_a_type_needs_is_named() {
        for (location, start) in [
            (json!({}), "location.type must be one of"),
            (json!({"type": "moon"}), "location.type must be one of"),
            (json!({"type": "attendeeAddress"}), "location.address must be a string"),
            (json!({"type": "integration", "integration": "x"}), "location.integration must be"),
            (json!(5), "location must be an object"),
        ] {
            let message = parse(&json!({ "location": location })).unwrap_err();
            assert!(message.starts_with(start), "{message}");
        }
    }
}
