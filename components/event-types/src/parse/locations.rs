//! Where an event may take place.

use meridian_domain::event_type::{EventTypeSettings, INTEGRATIONS, Location};
use meridian_gateway::validate::{Fields, boolean, one_of, text, url};

use super::{Whose, bounds, rules};

/// The types an event type of one user may have.
const TYPES: &[&str] = &[
    "address",
    "link",
    "integration",
    "phone",
    "attendeeAddress",
    "attendeePhone",
    "attendeeDefined",
];

/// The types an event type of a team may have.
const TEAM_TYPES: &[&str] = &[
    "address",
    "link",
    "integration",
    "phone",
    "attendeeAddress",
    "attendeePhone",
    "attendeeDefined",
    "organizersDefaultApp",
];

/// All locations after the request: what came replaces what there was. None at
/// all is the default, since a booking takes place somewhere.
pub fn locations(fields: &mut Fields<'_>, stored: Vec<Location>, whose: Whose) -> Vec<Location> {
    if fields.raw("locations").is_none() {
        return stored;
    }
    let asked = fields.objects("locations", bounds::LOCATIONS, |fields| location(fields, whose));
    let asked: Vec<Location> = asked.unwrap_or_default().into_iter().flatten().collect();
    if asked.is_empty() { EventTypeSettings::default().locations } else { asked }
}

fn location(fields: &mut Fields<'_>, whose: Whose) -> Option<Location> {
    let types = if whose == Whose::User { TYPES } else { TEAM_TYPES };
    let kind = fields.required_some("type", one_of(types))?;
    let public = |fields: &mut Fields<'_>| fields.required("public", boolean());
    Some(match kind {
        "address" => Location::Address {
            address: fields.required("address", text(1, bounds::ADDRESS)),
            public: public(fields),
        },
        "link" => Location::Link { link: fields.required("link", url()), public: public(fields) },
        "phone" => Location::Phone {
            phone: fields.required("phone", rules::phone()),
            public: public(fields),
        },
        "integration" => {
            Location::integration(fields.required_some("integration", one_of(&INTEGRATIONS))?)
        }
        "attendeeAddress" => Location::AttendeeAddress,
        "attendeePhone" => Location::AttendeePhone,
        "organizersDefaultApp" => Location::OrganizersDefaultApp,
        _ => Location::AttendeeDefined,
    })
}
