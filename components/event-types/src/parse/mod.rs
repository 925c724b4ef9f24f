//! What clients send, read on top of what there is: a field that did not come
//! stays as it was, so that one reading serves new event types and changes alike.

mod booking_fields;
mod bounds;
mod limits;
mod locations;
mod policies;
mod rules;
mod setting;
mod settings;
mod video;
mod window;

use meridian_domain::event_type::Stated;
use meridian_gateway::{
    ApiError,
    validate::{Fields, boolean, count, text},
};
use meridian_kernel::{
    ScheduleId,
    limits::{MAX_BUFFER_MINUTES, MAX_EVENT_LENGTH_MINUTES},
};
use serde_json::Value;

use crate::input::{Input, Values};

/// A new event type.
pub fn new_event_type(body: &Value) -> Result<Input, ApiError> {
    let mut fields = Fields::of(body);
    let title = fields.required("title", text(1, bounds::TITLE));
    let slug = fields.required("slug", rules::slug());
    let length_minutes = fields.required("lengthInMinutes", count(1, MAX_EVENT_LENGTH_MINUTES));
    let values = Values { title, slug, length_minutes, ..Values::default() };
    read(fields, values)
}

/// An event type after a change.
pub fn changed_event_type(body: &Value, stored: Values) -> Result<Input, ApiError> {
    let mut fields = Fields::of(body);
    let title = fields.patch("title", text(1, bounds::TITLE)).or(stored.title);
    let slug = fields.patch("slug", rules::slug()).or(stored.slug);
    let length = fields.patch("lengthInMinutes", count(1, MAX_EVENT_LENGTH_MINUTES));
    let length_minutes = length.or(stored.length_minutes);
    read(fields, Values { title, slug, length_minutes, ..stored })
}

/// Everything but what a new event type must have.
fn read(mut fields: Fields<'_>, stored: Values) -> Result<Input, ApiError> {
    let f = &mut fields;
    let minutes = |least| count(least, bounds::MINUTES);
    let buffer = || count(0, MAX_BUFFER_MINUTES);
    let schedule = f.patch("scheduleId", rules::id::<ScheduleId>());
    let values = Values {
        hidden: f.patch("hidden", boolean()).or(stored.hidden),
        slot_interval: f
            .patch("slotInterval", count(1, bounds::SLOT_INTERVAL))
            .apply(stored.slot_interval),
        minimum_booking_notice: f
            .patch("minimumBookingNotice", minutes(0))
            .or(stored.minimum_booking_notice),
        before_event_buffer: f.patch("beforeEventBuffer", buffer()).or(stored.before_event_buffer),
        after_event_buffer: f.patch("afterEventBuffer", buffer()).or(stored.after_event_buffer),
        offset_start: f
            .patch("offsetStart", count(1, bounds::OFFSET))
            .apply(Some(stored.offset_start))
            .unwrap_or(0),
        settings: settings::settings(f, stored.settings),
        title: stored.title,
        slug: stored.slug,
        length_minutes: stored.length_minutes,
    };
    let stated = Stated {
        seats: fields.has("seats"),
        locations: fields.has("locations"),
        destination_calendar: fields.has("destinationCalendar"),
        use_destination_calendar_email: fields.has("useDestinationCalendarEmail"),
    };
    fields.finish()?;
    Ok(Input { values, schedule, stated })
}

#[cfg(test)]
mod tests;
