//! What clients of 2024-04-15 send.

use meridian_domain::event_type::{
    BookingField, EventTypeSettings, Location, Reach, Seats, Stated,
};
use meridian_gateway::{
    ApiError,
    validate::{Fields, Violation, boolean, count, text},
};
use meridian_kernel::{
    Patch,
    limits::{MAX_BUFFER_MINUTES, MAX_EVENT_LENGTH_MINUTES},
};
use serde_json::Value;

use super::{booking_fields, locations};
use crate::input::{Input, Values};
use crate::parse::{bounds, rules};

/// A new event type.
pub fn new_event_type(body: &Value) -> Result<Input, ApiError> {
    let mut fields = Fields::of(body);
    let title = fields.required("title", text(1, bounds::TITLE));
    let slug = fields.required("slug", rules::slug());
    let length_minutes = fields.required("length", count(1, MAX_EVENT_LENGTH_MINUTES));
    let values = Values { title, slug, length_minutes, ..Values::default() };
    read(fields, values)
}

/// An event type after a change.
pub fn changed_event_type(body: &Value, stored: Values) -> Result<Input, ApiError> {
    let mut fields = Fields::of(body);
    let title = fields.patch("title", text(1, bounds::TITLE)).or(stored.title);
    let slug = fields.patch("slug", rules::slug()).or(stored.slug);
    let length = fields.patch("length", count(1, MAX_EVENT_LENGTH_MINUTES));
    let length_minutes = length.or(stored.length_minutes);
    read(fields, Values { title, slug, length_minutes, ..stored })
}

/// Everything but what a new event type must have.
fn read(mut fields: Fields<'_>, stored: Values) -> Result<Input, ApiError> {
    let f = &mut fields;
    let buffer = || count(0, MAX_BUFFER_MINUTES);
    let s = stored.settings;
    let settings = EventTypeSettings {
        description: f.patch("description", text(0, bounds::DESCRIPTION)).or(s.description),
        locations: places(f, s.locations),
        booking_fields: form(f, s.booking_fields),
        disable_guests: f.patch("disableGuests", boolean()).or(s.disable_guests),
        seats: seats(f, s.seats),
        ..s
    };
    let values = Values {
        hidden: f.patch("hidden", boolean()).or(stored.hidden),
        // 0 is how these clients say that it is the length.
        slot_interval: f
            .patch("slotInterval", count(0, bounds::SLOT_INTERVAL))
            .apply(stored.slot_interval)
            .filter(|minutes| *minutes > 0),
        minimum_booking_notice: f
            .patch("minimumBookingNotice", count(0, bounds::MINUTES))
            .or(stored.minimum_booking_notice),
        before_event_buffer: f.patch("beforeEventBuffer", buffer()).or(stored.before_event_buffer),
        after_event_buffer: f.patch("afterEventBuffer", buffer()).or(stored.after_event_buffer),
        settings,
        ..stored
    };
    let stated = Stated {
        seats: f.has("seatsPerTimeSlot"),
        locations: f.has("locations"),
        ..Stated::default()
    };
    fields.finish()?;
    Ok(Input { values, schedule: Patch::Absent, stated, reach: Reach::Email })
}

fn places(fields: &mut Fields<'_>, stored: Vec<Location>) -> Vec<Location> {
    let Some(sent) = fields.raw("locations").filter(|sent| !sent.is_null()) else { return stored };
    let kinds = fields.objects("locations", bounds::LOCATIONS, |place| {
        place.required("type", text(1, bounds::SLUG));
        for name in ["address", "link", "hostPhoneNumber"] {
            place.optional(name, text(0, bounds::ADDRESS));
        }
        place.optional("displayLocationPublicly", boolean());
    });
    if kinds.is_none() {
        return stored;
    }
    let objects = sent.as_array().into_iter().flatten().filter_map(Value::as_object);
    let places: Vec<Location> = objects.map(locations::read).collect();
    let long = |place: &Location| matches!(place, Location::Unknown { location } if location.len() > bounds::ADDRESS);
    if places.iter().any(long) {
        let text = format!("must not be longer than {} bytes each", bounds::ADDRESS);
        fields.refuse("locations", &Violation::new("maxLength", text));
    }
    if places.is_empty() { EventTypeSettings::default().locations } else { places }
}

fn form(fields: &mut Fields<'_>, stored: Vec<BookingField>) -> Vec<BookingField> {
    let asked = fields.objects("bookingFields", bounds::FIELDS, booking_fields::read);
    let Some(asked) = asked else { return stored };
    let mut form: Vec<BookingField> = Vec::new();
    for field in asked.into_iter().flatten() {
        if form.iter().any(|other| other.slug == field.slug) {
            let text = format!("must not have two fields with the name {}", field.slug);
            fields.refuse("bookingFields", &Violation::new("arrayUnique", text));
        }
        form.push(field);
    }
    form
}

fn seats(fields: &mut Fields<'_>, stored: Option<Seats>) -> Option<Seats> {
    let asked = fields.patch("seatsPerTimeSlot", count(1, bounds::SEATS));
    let asked = asked.map(|seats_per_time_slot| Seats {
        seats_per_time_slot,
        show_attendee_info: stored.is_some_and(|seats| seats.show_attendee_info),
        show_availability_count: stored.is_none_or(|seats| seats.show_availability_count),
    });
    asked.apply(stored)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn minimal() -> Value {
        json!({"title": "Old", "slug": "old", "length": 60})
    }

    #[test]
    fn three_fields_make_an_event_type() {
        let values = new_event_type(&minimal()).unwrap().values;
        assert_eq!((values.length_minutes, values.slug.as_str()), (60, "old"));
        assert_eq!(values.settings, EventTypeSettings::default());
        let message = new_event_type(&json!({})).unwrap_err().message;
        assert!(message.contains("length must be an integer number"), "{message}");
    }

    #[test]
    fn a_change_leaves_what_it_does_not_name() {
        let stored = new_event_type(&json!({
            "title": "Old", "slug": "old", "length": 60, "slotInterval": 15,
            "locations": [{"type": "inPerson", "address": "1 Main St"}], "disableGuests": true,
        }))
        .unwrap()
        .values;
        let same = changed_event_type(&json!({}), stored.clone()).unwrap().values;
        assert_eq!(same, stored);
        let change = json!({"slotInterval": 0, "seatsPerTimeSlot": 3, "length": 30});
        let changed = changed_event_type(&change, stored.clone()).unwrap().values;
        assert_eq!((changed.slot_interval, changed.length_minutes), (None, 30));
        assert_eq!(changed.settings.seats.unwrap().seats_per_time_slot, 3);
        assert_eq!(changed.settings.locations, stored.settings.locations);
    }

    #[test]
    fn wrong_fields_are_named_as_these_clients_know_them() {
        let mut body = minimal();
        body["locations"] = json!([{"address": "x"}]);
        body["bookingFields"] = json!([{"name": "a", "type": "hologram"}]);
        let message = new_event_type(&body).unwrap_err().message;
        for part in ["locations.0.type must be a string", "bookingFields.0.type must be one of"] {
            assert!(message.contains(part), "{part}: {message}");
        }
    }
}
