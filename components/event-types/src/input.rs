//! An event type as its owner wants it: what was asked, on top of what there was.

use meridian_domain::event_type::{EventTypeSettings, HostsAsked, Reach, Stated, check};
use meridian_gateway::ApiError;
use meridian_kernel::{Patch, ScheduleId};
use meridian_store::event_types::{Draft, EventType, MAX_SETTINGS_BYTES};

use crate::{connections::BUILT_IN, errors};

/// The values of an event type, without those only the database can judge.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    /// The title.
    pub title: String,
    /// Slugified.
    pub slug: String,
    /// Minutes.
    pub length_minutes: u32,
    /// Shown to its owner only.
    pub hidden: bool,
    /// Minutes; `None`: the length.
    pub slot_interval: Option<u32>,
    /// Minutes.
    pub minimum_booking_notice: u32,
    /// Minutes.
    pub before_event_buffer: u32,
    /// Minutes.
    pub after_event_buffer: u32,
    /// Minutes.
    pub offset_start: u32,
    /// Everything else.
    pub settings: EventTypeSettings,
}

/// A request to make or change an event type, read and valid field by field.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The event type as it would be.
    pub values: Values,
    /// The schedule, if it was spoken of.
    pub schedule: Patch<ScheduleId>,
    /// What was spoken of.
    pub stated: Stated,
    /// How bookers may be reached.
    pub reach: Reach,
}

/// The same of a team's event type.
#[derive(Clone, Debug, PartialEq)]
pub struct TeamInput {
    /// What every event type has.
    pub input: Input,
    /// What was said of the hosts.
    pub hosts: HostsAsked,
    /// The restriction schedule, if one was named.
    pub restriction: Option<ScheduleId>,
}

impl Values {
    /// As stored.
    pub fn stored(event_type: &EventType) -> Result<Self, ApiError> {
        Ok(Self {
            title: event_type.title.clone(),
            slug: event_type.slug.clone(),
            length_minutes: event_type.length_minutes,
            hidden: event_type.hidden,
            slot_interval: event_type.slot_interval,
            minimum_booking_notice: event_type.minimum_booking_notice,
            before_event_buffer: event_type.before_event_buffer,
            after_event_buffer: event_type.after_event_buffer,
            offset_start: event_type.offset_start,
            settings: EventTypeSettings::from_stored(&event_type.settings)
                .map_err(ApiError::internal)?,
        })
    }
}

impl Input {
    /// Holds the rules between the fields, and gives what the store writes.
    pub fn decide(self) -> Result<Draft, ApiError> {
        let values = self.values;
        check(&values.settings, values.length_minutes, self.stated, BUILT_IN, self.reach)
            .map_err(|rule| errors::broken_rule(rule, values.length_minutes))?;
        let settings = values.settings.to_stored().map_err(ApiError::internal)?;
        if settings.len() > MAX_SETTINGS_BYTES {
            return Err(ApiError::bad_request(format!(
                "The settings of an event type must not be longer than {MAX_SETTINGS_BYTES} bytes \
                 together; these are {}.",
                settings.len()
            )));
        }
        Ok(Draft {
            slug: values.slug,
            title: values.title,
            length_minutes: values.length_minutes,
            hidden: values.hidden,
            slot_interval: values.slot_interval,
            minimum_booking_notice: values.minimum_booking_notice,
            before_event_buffer: values.before_event_buffer,
            after_event_buffer: values.after_event_buffer,
            offset_start: values.offset_start,
            settings,
        })
    }
}
