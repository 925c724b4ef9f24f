//! What a booker is asked.

use serde::{Deserialize, Serialize};

use super::EventTypeSettings;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FieldType {
    /// The booker's name.
    Name,
    /// The booker's address.
    Email,
    /// A phone number.
    Phone,
    /// A postal address.
    Address,
    /// A line of text.
    Text,
    /// A number.
    Number,
    /// Lines of text.
    Textarea,
    /// One of the options.
    Select,
    /// Some of the options.
    Multiselect,
    /// E-mail addresses.
    Multiemail,
    /// Some of the options, as boxes.
    Checkbox,
    /// One of the options, as buttons.
    Radio,
    /// Yes or no.
    Boolean,
    /// A URL.
    Url,
    /// One of the event type's locations.
    RadioInput,
}

impl FieldType {
    /// Whether answers come from a list of options.
    pub const fn has_options(self) -> bool {
        matches!(self, Self::Select | Self::Multiselect | Self::Checkbox | Self::Radio)
    }

    /// Whether the field has room for a hint of what to write.
    pub const fn has_placeholder(self) -> bool {
        use FieldType::{Boolean, Checkbox, Multiselect, Radio, RadioInput};
        !matches!(self, Multiselect | Checkbox | Radio | Boolean | RadioInput)
    }
}

/// One field of the booking form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BookingField {
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// The key of its answer in `bookingFieldsResponses`; unique in a form.
    pub slug: String,
    /// Shown above it; `None`: the booking page's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Shown in it while it is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    /// Whether it must be answered.
    #[serde(default)]
    pub required: bool,
    /// Kept, but not asked.
    #[serde(default)]
    pub hidden: bool,
    /// What may be chosen; empty for types without options.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Not to be changed where the booking page's address has an answer for it.
    #[serde(default)]
    pub disable_on_prefill: bool,
    /// Every form has it, or may have it without naming a type.
    #[serde(default)]
    pub is_default: bool,
}

/// The slugs of the fields that stand on every form.
const NAME: &str = "name";
const EMAIL: &str = "email";
const RESCHEDULE_REASON: &str = "rescheduleReason";
/// On a form where there is more than one location.
const LOCATION: &str = "location";
const GUESTS: &str = "guests";

/// The slug of the field that asks for the booker's phone.
const ATTENDEE_PHONE: &str = "attendeePhoneNumber";

impl BookingField {
    /// Whether it asks for the booker's own phone number.
    pub fn is_attendee_phone(&self) -> bool {
        self.kind == FieldType::Phone && self.slug == ATTENDEE_PHONE
    }

    /// The field every form has, or may have, under that slug; `None`: no such slug.
    pub fn default_of(slug: &str) -> Option<Self> {
        let (kind, required, label) = match slug {
            NAME => (FieldType::Name, true, Some("Your name")),
            EMAIL => (FieldType::Email, true, Some("Email address")),
            LOCATION => (FieldType::RadioInput, false, Some("Location")),
            "title" => (FieldType::Text, false, None),
            "notes" => (FieldType::Textarea, false, None),
            GUESTS => (FieldType::Multiemail, false, None),
            RESCHEDULE_REASON => (FieldType::Textarea, false, None),
            _ => return None,
        };
        // Clients read both of name and email as texts that are always there.
        let placeholder = matches!(kind, FieldType::Name | FieldType::Email).then(String::new);
        Some(Self {
            kind,
            slug: slug.to_owned(),
            label: label.map(str::to_owned),
            placeholder,
            required,
            hidden: false,
            options: Vec::new(),
            disable_on_prefill: false,
            is_default: true,
        })
    }
}

impl EventTypeSettings {
    /// The whole booking form in the order of the API: name, email, location where
    /// there is a choice, the reason for rescheduling, then the other default
    /// fields its owner named, then the owner's own.
    pub fn form(&self) -> Vec<BookingField> {
        let stated = |slug: &str| {
            let field = self.booking_fields.iter().find(|field| field.slug == slug);
            field.cloned().or_else(|| BookingField::default_of(slug))
        };
        let choice = self.locations.len() > 1;
        let head = [Some(NAME), Some(EMAIL), choice.then_some(LOCATION), Some(RESCHEDULE_REASON)];
        let in_head = |slug: &str| matches!(slug, NAME | EMAIL | LOCATION | RESCHEDULE_REASON);
        let tail = || self.booking_fields.iter().filter(|field| !in_head(&field.slug));
        let defaults = tail().filter(|field| field.is_default);
        let customs = tail().filter(|field| !field.is_default);
        let mut form: Vec<BookingField> = head.into_iter().flatten().filter_map(stated).collect();
        form.extend(defaults.chain(customs).cloned());
        for field in &mut form {
            field.hidden |= self.disable_guests && field.is_default && field.slug == GUESTS;
        }
        form
    }

    /// The fields of [`Self::form`] a booker is asked.
    pub fn visible_form(&self) -> Vec<BookingField> {
        self.form().into_iter().filter(|field| !field.hidden).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_type::Location;

    fn custom(slug: &str) -> BookingField {
        BookingField {
            kind: FieldType::Text,
            slug: slug.to_owned(),
            is_default: false,
            ..BookingField::default_of("title").unwrap()
        }
    }

    fn slugs(settings: &EventTypeSettings) -> Vec<String> {
        settings.form().into_iter().map(|field| field.slug).collect()
    }

    #[test]
    fn every_form_asks_for_name_and_email_and_the_reason_for_rescheduling() {
        let form = EventTypeSettings::default().form();
        let shown: Vec<_> =
            form.iter().map(|field| (field.slug.as_str(), field.required)).collect();
        assert_eq!(shown, [("name", true), ("email", true), ("rescheduleReason", false)]);
        assert!(form.iter().all(|field| field.is_default));
    }

    #[test]
    fn the_form_keeps_its_order_whatever_the_owner_said_first() {
        let settings = EventTypeSettings {
            locations: vec![Location::AttendeePhone, Location::integration("cal-video")],
            booking_fields: vec![
                custom("favourite-colour"),
                BookingField::default_of("notes").unwrap(),
                BookingField {
                    label: Some("Who are you?".to_owned()),
                    ..BookingField::default_of("name").unwrap()
                },
            ],
            ..EventTypeSettings::default()
        };
        assert_eq!(
            slugs(&settings),
            ["name", "email", "location", "rescheduleReason", "notes", "favourite-colour"]
        );
        assert_eq!(settings.form()[0].label.as_deref(), Some("Who are you?"));
    }

    #[test]
    fn one_location_leaves_no_choice() {
        let mut settings = EventTypeSettings {
            booking_fields: vec![BookingField::default_of("location").unwrap()],
            ..EventTypeSettings::default()
        };
        assert!(!slugs(&settings).contains(&"location".to_owned()));
        settings.locations.push(Location::AttendeeDefined);
        assert!(slugs(&settings).contains(&"location".to_owned()));
    }

    #[test]
    fn disabled_guests_are_not_asked_for() {
        let settings = EventTypeSettings {
            disable_guests: true,
            booking_fields: vec![BookingField::default_of("guests").unwrap()],
            ..EventTypeSettings::default()
        };
        assert!(settings.form().iter().any(|field| field.slug == "guests" && field.hidden));
        assert!(settings.visible_form().iter().all(|field| field.slug != "guests"));
    }
}
