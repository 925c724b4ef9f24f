//! Where a booking takes place.

use serde_json::{Value, json};

use crate::event_type::{INTEGRATIONS, Location};

/// What a booker said of the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocationChoice {
    /// The address of the event type.
    Address,
    /// The link of the event type.
    Link,
    /// The host's phone.
    Phone,
    /// A conferencing app.
    Integration(String),
    /// The booker's address.
    AttendeeAddress(String),
    /// The booker's phone.
    AttendeePhone(String),
    /// Anything the booker names.
    AttendeeDefined(String),
    /// The app each host prefers.
    OrganizersDefaultApp,
    /// A text, as clients sent before locations had types. It is taken as it is:
    /// a link, a phone number, or the name of a place.
    Text(String),
}

impl LocationChoice {
    /// The `type` of the API; empty for a text.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Link => "link",
            Self::Phone => "phone",
            Self::Integration(_) => "integration",
            Self::AttendeeAddress(_) => "attendeeAddress",
            Self::AttendeePhone(_) => "attendeePhone",
            Self::AttendeeDefined(_) => "attendeeDefined",
            Self::OrganizersDefaultApp => "organizersDefaultApp",
            Self::Text(_) => "",
        }
    }

    /// From the words of `bookingFieldsResponses.location`, as [`Place::as_answer`]
    /// has them.
    pub fn from_answer(value: &str, option_value: &str) -> Self {
        let added = || option_value.to_owned();
        match value {
            "inPerson" => Self::Address,
            "link" => Self::Link,
            "userPhone" => Self::Phone,
            "attendeeInPerson" => Self::AttendeeAddress(added()),
            "phone" => Self::AttendeePhone(added()),
            "somewhereElse" => Self::AttendeeDefined(added()),
            "conferencing" => Self::OrganizersDefaultApp,
            _ => match INTEGRATIONS.iter().find(|app| app_value(app) == value) {
                Some(app) => Self::Integration((*app).to_owned()),
                None => Self::Text(value.to_owned()),
            },
        }
    }
}

/// A place the event type does not offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocationError {
    /// No location of that type.
    TypeNotOffered {
        /// The type asked for.
        asked: &'static str,
        /// The types there are.
        offered: Vec<&'static str>,
    },
    /// No location with that app.
    AppNotOffered {
        /// The app asked for.
        asked: String,
        /// The apps there are.
        offered: Vec<String>,
    },
}

/// The place of one booking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// As the booking shows it; empty: none was named.
    pub text: String,
    /// The kind in the words of `bookingFieldsResponses.location.value`.
    pub value: String,
    /// What the booker added: `bookingFieldsResponses.location.optionValue`.
    pub option_value: String,
}

impl Place {
    fn of(value: &str, text: &str, option_value: &str) -> Self {
        let [text, value, option_value] = [text, value, option_value].map(str::to_owned);
        Self { text, value, option_value }
    }

    /// As `bookingFieldsResponses.location` shows it.
    pub fn as_answer(&self) -> Value {
        json!({ "value": self.value, "optionValue": self.option_value })
    }
}

/// Finds the place. `None` is the first location of the event type; where that one
/// needs a phone number, it is the booker's `phone`.
pub(super) fn resolve(
    offered: &[Location],
    choice: Option<&LocationChoice>,
    phone: Option<&str>,
) -> Result<Place, LocationError> {
    let Some(choice) = choice else {
        return Ok(offered.first().map_or_else(Place::default, |location| first(location, phone)));
    };
    if let LocationChoice::Text(text) = choice {
        return Ok(from_text(text));
    }
    let Some(location) = offered.iter().find(|location| matches(location, choice)) else {
        return Err(not_offered(offered, choice));
    };
    Ok(match choice {
        LocationChoice::AttendeeAddress(text)
        | LocationChoice::AttendeePhone(text)
        | LocationChoice::AttendeeDefined(text) => Place::of(value_of(location), text, text),
        _ => first(location, phone),
    })
}

fn matches(location: &Location, choice: &LocationChoice) -> bool {
    match (location, choice) {
        (Location::Integration { integration, .. }, LocationChoice::Integration(asked)) => {
            integration == asked
        }
        _ => location.kind() == choice.kind() && choice.kind() != "integration",
    }
}

fn not_offered(offered: &[Location], choice: &LocationChoice) -> LocationError {
    let types: Vec<&'static str> = offered.iter().map(Location::kind).collect();
    let LocationChoice::Integration(asked) = choice else {
        return LocationError::TypeNotOffered { asked: choice.kind(), offered: types };
    };
    let apps = offered.iter().filter_map(|location| match location {
        Location::Integration { integration, .. } => Some(integration.clone()),
        _ => None,
    });
    let apps: Vec<String> = apps.collect();
    if apps.is_empty() {
        return LocationError::TypeNotOffered { asked: choice.kind(), offered: types };
    }
    LocationError::AppNotOffered { asked: asked.clone(), offered: apps }
}

/// A location of the event type, without anything from the booker but a phone.
fn first(location: &Location, phone: Option<&str>) -> Place {
    let value = value_of(location);
    match location {
        Location::Address { address, .. } => Place::of(value, address, ""),
        Location::Link { link, .. } => Place::of(value, link, ""),
        Location::Phone { phone, .. } => Place::of(value, phone, ""),
        Location::Integration { integration, link, .. } => {
            let app = app_value(integration);
            Place::of(&app, link.as_deref().unwrap_or(&app), "")
        }
        Location::AttendeePhone => {
            let phone = phone.unwrap_or_default();
            Place::of(value, phone, phone)
        }
        Location::Unknown { location } => Place::of(value, location, ""),
        Location::AttendeeAddress | Location::AttendeeDefined => Place::of(value, "", ""),
        // Nobody has said otherwise, so it is the built-in call.
        Location::OrganizersDefaultApp => Place::of(value, &app_value(BUILT_IN_APP), ""),
    }
}

/// The words clients find in `bookingFieldsResponses.location.value`.
const fn value_of(location: &Location) -> &'static str {
    match location {
        Location::Address { .. } => "inPerson",
        Location::Link { .. } => "link",
        Location::Phone { .. } => "userPhone",
        Location::Integration { .. } => "integrations",
        Location::AttendeeAddress => "attendeeInPerson",
        Location::AttendeePhone => "phone",
        Location::AttendeeDefined => "somewhereElse",
        Location::OrganizersDefaultApp => "conferencing",
        Location::Unknown { .. } => "unknown",
    }
}

/// The conferencing app that is there without being connected.
const BUILT_IN_APP: &str = "cal-video";

/// Where a booking takes place that is a call of that app.
pub const CAL_VIDEO_LOCATION: &str = "integrations:daily";

/// A conferencing app where no call was made yet: `integrations:daily`.
fn app_value(integration: &str) -> String {
    match integration {
        BUILT_IN_APP => CAL_VIDEO_LOCATION.to_owned(),
        "google-meet" => "integrations:google:meet".to_owned(),
        other => format!("integrations:{}", other.replace('-', "_")),
    }
}

fn from_text(text: &str) -> Place {
    let text = text.trim();
    let is_link = ["http://", "https://"].iter().any(|scheme| {
        text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    let value = if is_link {
        "link"
    } else if is_phone(text) {
        "phone"
    } else {
        "somewhereElse"
    };
    Place::of(value, text, text)
}

/// `+` and 7 to 15 digits (E.164).
fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered() -> Vec<Location> {
        vec![
            Location::Address { address: "Via Roma 1".to_owned(), public: false },
            Location::integration("cal-video"),
            Location::AttendeePhone,
        ]
    }

    fn place(choice: Option<&LocationChoice>) -> Result<Place, LocationError> {
        resolve(&offered(), choice, Some("+390612345678"))
    }

    #[test]
    fn without_a_choice_it_is_the_first_location() {
        let first = place(None).unwrap();
        assert_eq!((first.text.as_str(), first.value.as_str()), ("Via Roma 1", "inPerson"));
        let only_phone = resolve(&[Location::AttendeePhone], None, Some("+390612345678"));
        assert_eq!(only_phone.unwrap().text, "+390612345678");
        assert_eq!(resolve(&[], None, None).unwrap(), Place::default());
    }

    #[test]
    fn what_the_booker_adds_is_the_place() {
        let choice = LocationChoice::AttendeePhone("+4915112345678".to_owned());
        let place = place(Some(&choice)).unwrap();
        assert_eq!(place.text, "+4915112345678");
        assert_eq!(place.as_answer(), json!({"value": "phone", "optionValue": "+4915112345678"}));
    }

    #[test]
    fn what_is_not_offered_is_refused_with_what_is() {
        assert_eq!(
            place(Some(&LocationChoice::Link)),
            Err(LocationError::TypeNotOffered {
                asked: "link",
                offered: vec!["address", "integration", "attendeePhone"],
            })
        );
        assert_eq!(
            place(Some(&LocationChoice::Integration("zoom".to_owned()))),
            Err(LocationError::AppNotOffered {
                asked: "zoom".to_owned(),
                offered: vec!["cal-video".to_owned()],
            })
        );
        let app = LocationChoice::Integration("cal-video".to_owned());
        assert_eq!(place(Some(&app)).unwrap().text, "integrations:daily");
    }

    #[test]
    fn a_place_is_found_again_by_its_answer() {
        let offered = [
            Location::integration("google-meet"),
            Location::AttendeePhone,
            Location::OrganizersDefaultApp,
            Location::Link { link: "https://a.b".to_owned(), public: true },
        ];
        for choice in [
            LocationChoice::Integration("google-meet".to_owned()),
            LocationChoice::AttendeePhone("+390612345678".to_owned()),
            LocationChoice::OrganizersDefaultApp,
            LocationChoice::Link,
        ] {
            let Place { value, option_value, .. } = resolve(&offered, Some(&choice), None).unwrap();
            assert_eq!(LocationChoice::from_answer(&value, &option_value), choice);
        }
        let text = LocationChoice::from_answer("The blue bar", "");
        assert_eq!(text, LocationChoice::Text("The blue bar".to_owned()));
    }

    #[test]
    fn a_bare_text_is_a_link_a_phone_or_a_place() {
        for (text, value) in [
            ("https://meet.example.org/x", "link"),
            ("+390612345678", "phone"),
            ("The blue bar", "somewhereElse"),
            ("é", "somewhereElse"),
        ] {
            let place = place(Some(&LocationChoice::Text(text.to_owned()))).unwrap();
            assert_eq!((place.text.as_str(), place.value.as_str()), (text, value));
        }
    }
}
