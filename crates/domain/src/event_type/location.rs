//! Where an event may take place.

use serde::{Deserialize, Serialize};

/// The conferencing apps a location may name.
pub const INTEGRATIONS: [&str; 29] = [
    "cal-video",
    "google-meet",
    "zoom",
    "whereby-video",
    "whatsapp-video",
    "webex-video",
    "telegram-video",
    "tandem",
    "sylaps-video",
    "skype-video",
    "sirius-video",
    "signal-video",
    "shimmer-video",
    "salesroom-video",
    "roam-video",
    "riverside-video",
    "ping-video",
    "office365-video",
    "mirotalk-video",
    "jitsi",
    "jelly-video",
    "jelly-conferencing",
    "huddle",
    "facetime-video",
    "element-call-video",
    "eightxeight-video",
    "discord-video",
    "demodesk-video",
    "campfire-video",
];

/// One of the places an event may take place at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Location {
    /// A fixed address.
    Address {
        /// The address.
        address: String,
        /// Whether bookers see it before they book.
        #[serde(default)]
        public: bool,
    },
    /// A fixed link.
    Link {
        /// The link.
        link: String,
        /// Whether bookers see it before they book.
        #[serde(default)]
        public: bool,
    },
    /// The owner's phone.
    Phone {
        /// The number.
        phone: String,
        /// Whether bookers see it before they book.
        #[serde(default)]
        public: bool,
    },
    /// A conferencing app.
    Integration {
        /// One of [`INTEGRATIONS`].
        integration: String,
        /// A fixed link of the app.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<String>,
        /// The connection used.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        credential_id: Option<i64>,
    },
    /// The booker names an address.
    AttendeeAddress,
    /// The booker names a phone number.
    AttendeePhone,
    /// The booker names anything.
    AttendeeDefined,
    /// The app each host prefers: events of teams.
    OrganizersDefaultApp,
    /// Something stored that has no other form.
    Unknown {
        /// As stored.
        location: String,
    },
}

impl Location {
    /// A conferencing app by name.
    pub fn integration(name: &str) -> Self {
        Self::Integration { integration: name.to_owned(), link: None, credential_id: None }
    }

    /// The `type` of the API.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Address { .. } => "address",
            Self::Link { .. } => "link",
            Self::Phone { .. } => "phone",
            Self::Integration { .. } => "integration",
            Self::AttendeeAddress => "attendeeAddress",
            Self::AttendeePhone => "attendeePhone",
            Self::AttendeeDefined => "attendeeDefined",
            Self::OrganizersDefaultApp => "organizersDefaultApp",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// The same location as somebody who has not booked may see it: what is not
    /// public keeps its type and loses its content.
    pub fn for_public(self) -> Self {
        match self {
            Self::Address { public: false, .. } => {
                Self::Address { address: String::new(), public: false }
            }
            Self::Link { public: false, .. } => Self::Link { link: String::new(), public: false },
            Self::Phone { public: false, .. } => {
                Self::Phone { phone: String::new(), public: false }
            }
            shown => shown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_keep_the_form_of_the_api() {
        for json in [
            r#"{"type":"address","address":"Via Roma 1","public":true}"#,
            r#"{"type":"integration","integration":"cal-video"}"#,
            r#"{"type":"attendeePhone"}"#,
            r#"{"type":"unknown","location":"{}"}"#,
        ] {
            let location: Location = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&location).unwrap(), json);
            assert!(json.contains(&format!("\"type\":\"{}\"", location.kind())));
        }
    }

    #[test]
    fn a_private_address_is_not_for_everybody() {
        let address = Location::Address { address: "Via Roma 1".to_owned(), public: false };
        assert_eq!(
            address.for_public(),
            Location::Address { address: String::new(), public: false }
        );
        let link = Location::Link { link: "https://a.b".to_owned(), public: true };
        assert_eq!(link.clone().for_public(), link);
    }
}
