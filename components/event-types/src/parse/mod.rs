//! What clients send, read on top of what there is: a field that did not come
//! stays as it was, so that one reading serves new event types and changes alike.

mod booking_fields;
pub mod bounds;
mod limits;
mod locations;
mod policies;
pub mod rules;
mod setting;
mod settings;
mod team;
mod video;
mod window;

use meridian_domain::event_type::{Reach, Stated};
use meridian_gateway::{
    ApiError,
    validate::{Fields, boolean, count, text},
};
use meridian_kernel::{
    ScheduleId, SchedulingType,
    limits::{MAX_BUFFER_MINUTES, MAX_EVENT_LENGTH_MINUTES},
};
use serde_json::Value;

use crate::input::{Input, TeamInput, Values};

/// Whose event type is read: those of teams have more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A user's.
    User,
    /// A team's.
    Team {
        /// Whether the team is part of an organisation.
        in_organization: bool,
    },
}

/// A new event type of a user.
pub fn new_event_type(body: &Value) -> Result<Input, ApiError> {
    let mut fields = Fields::of(body);
    let input = new_values(&mut fields, Whose::User);
    fields.finish()?;
    Ok(input)
}

/// An event type of a user after a change.
pub fn changed_event_type(body: &Value, stored: Values) -> Result<Input, ApiError> {
    let mut fields = Fields::of(body);
    let input = changed_values(&mut fields, stored, Whose::User);
    fields.finish()?;
    Ok(input)
}

/// A new event type of a team.
pub fn new_team_event_type(
    body: &Value,
    whose: Whose,
) -> Result<(SchedulingType, TeamInput), ApiError> {
    let mut fields = Fields::of(body);
    let input = new_values(&mut fields, whose);
    let scheduling = fields.required_some("schedulingType", team::scheduling_type());
    let input = team::read(&mut fields, input, whose, scheduling);
    fields.finish()?;
    // Without one the reading was refused.
    let scheduling = scheduling.ok_or_else(|| ApiError::internal("no scheduling type"))?;
    Ok((scheduling, input))
}

/// An event type of a team after a change.
pub fn changed_team_event_type(
    body: &Value,
    stored: Values,
    whose: Whose,
) -> Result<TeamInput, ApiError> {
    let mut fields = Fields::of(body);
    let input = changed_values(&mut fields, stored, whose);
    let scheduling = fields.optional("schedulingType", team::scheduling_type());
    let input = team::read(&mut fields, input, whose, scheduling);
    fields.finish()?;
    Ok(input)
}

fn new_values(fields: &mut Fields<'_>, whose: Whose) -> Input {
    let title = fields.required("title", text(1, bounds::TITLE));
    let slug = fields.required("slug", rules::slug());
    let length_minutes = fields.required("lengthInMinutes", count(1, MAX_EVENT_LENGTH_MINUTES));
    read(fields, Values { title, slug, length_minutes, ..Values::default() }, whose)
}

fn changed_values(fields: &mut Fields<'_>, stored: Values, whose: Whose) -> Input {
    let title = fields.patch("title", text(1, bounds::TITLE)).or(stored.title);
    let slug = fields.patch("slug", rules::slug()).or(stored.slug);
    let length = fields.patch("lengthInMinutes", count(1, MAX_EVENT_LENGTH_MINUTES));
    let length_minutes = length.or(stored.length_minutes);
    read(fields, Values { title, slug, length_minutes, ..stored }, whose)
}

/// Everything but what a new event type must have.
fn read(f: &mut Fields<'_>, stored: Values, whose: Whose) -> Input {
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
        settings: settings::settings(f, stored.settings, whose),
        title: stored.title,
        slug: stored.slug,
        length_minutes: stored.length_minutes,
    };
    let stated = Stated {
        seats: f.has("seats"),
        locations: f.has("locations"),
        destination_calendar: f.has("destinationCalendar"),
        use_destination_calendar_email: f.has("useDestinationCalendarEmail"),
    };
    let reach = match whose {
        Whose::Team { in_organization: true } => Reach::EmailOrPhone,
        _ => Reach::Email,
    };
    Input { values, schedule, stated, reach }
}

#[cfg(test)]
mod team_tests;
#[cfg(test)]
mod tests;
