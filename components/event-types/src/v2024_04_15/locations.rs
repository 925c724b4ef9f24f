//! Places as 2024-04-15 has them: a type out of a wide namespace, and what goes with it.

use meridian_domain::event_type::{INTEGRATIONS, Location};
use serde_json::{Map, Value, json};

/// The apps whose names in the old namespace do not follow from the new ones.
const OLD_NAMES: &[(&str, &str)] = &[
    ("cal-video", "integrations:daily"),
    ("google-meet", "integrations:google:meet"),
    ("huddle", "integrations:huddle01"),
];

/// Reads a place; what has no newer form is kept as it came.
pub fn read(place: &Map<String, Value>) -> Location {
    let text = |name: &str| place.get(name).and_then(Value::as_str).map(str::to_owned);
    let public = place.get("displayLocationPublicly").and_then(Value::as_bool).unwrap_or_default();
    let kind = text("type").unwrap_or_default();
    let known = match kind.as_str() {
        "inPerson" => text("address").map(|address| Location::Address { address, public }),
        "link" => text("link").map(|link| Location::Link { link, public }),
        "userPhone" => text("hostPhoneNumber").map(|phone| Location::Phone { phone, public }),
        "phone" => Some(Location::AttendeePhone),
        "attendeeInPerson" => Some(Location::AttendeeAddress),
        "somewhereElse" => Some(Location::AttendeeDefined),
        "conferencing" => Some(Location::OrganizersDefaultApp),
        other => new_name(other).map(Location::integration),
    };
    known.unwrap_or_else(|| Location::Unknown { location: json!(place).to_string() })
}

/// Shows a place.
pub fn show(location: &Location) -> Value {
    let with_public = |mut place: Value, public: bool| {
        if public && let Some(place) = place.as_object_mut() {
            place.insert("displayLocationPublicly".to_owned(), Value::Bool(true));
        }
        place
    };
    match location {
        Location::Address { address, public } => {
            with_public(json!({"type": "inPerson", "address": address}), *public)
        }
        Location::Link { link, public } => {
            with_public(json!({"type": "link", "link": link}), *public)
        }
        Location::Phone { phone, public } => {
            with_public(json!({"type": "userPhone", "hostPhoneNumber": phone}), *public)
        }
        Location::Integration { integration, .. } => json!({"type": old_name(integration)}),
        Location::AttendeeAddress => json!({"type": "attendeeInPerson"}),
        Location::AttendeePhone => json!({"type": "phone"}),
        Location::AttendeeDefined => json!({"type": "somewhereElse"}),
        Location::OrganizersDefaultApp => json!({"type": "conferencing"}),
        Location::Unknown { location } => serde_json::from_str(location)
            .unwrap_or_else(|_| json!({"type": "unknown", "location": location})),
    }
}

fn old_name(app: &str) -> String {
    let special = OLD_NAMES.iter().find(|(new, _)| *new == app);
    special.map_or_else(
        || format!("integrations:{}", app.replace('-', "_")),
        |(_, old)| (*old).to_owned(),
    )
}

fn new_name(kind: &str) -> Option<&'static str> {
    INTEGRATIONS.into_iter().find(|app| old_name(app) == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_shown_as_they_came() {
        for place in [
            json!({"type": "inPerson", "address": "123 Main St"}),
            json!({"type": "link", "link": "https://a.example", "displayLocationPublicly": true}),
            json!({"type": "userPhone", "hostPhoneNumber": "+391234567"}),
            json!({"type": "phone"}),
            json!({"type": "attendeeInPerson"}),
            json!({"type": "integrations:daily"}),
            json!({"type": "integrations:office365_video"}),
            json!({"type": "Online", "link": "https://a.example"}),
        ] {
            assert_eq!(show(&read(place.as_object().unwrap())), place);
        }
        let daily = json!({"type": "integrations:daily"});
        assert_eq!(read(daily.as_object().unwrap()), Location::integration("cal-video"));
    }
}
