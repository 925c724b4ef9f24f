//! What a managed user starts with, where its client says so.

use crate::event_type::{EventTypeSettings, Location};

/// An event type to begin with.
#[derive(Clone, Debug, PartialEq)]
pub struct DefaultEventType {
    /// Unique among the user's.
    pub slug: &'static str,
    /// For people.
    pub title: &'static str,
    /// How long it is.
    pub length_minutes: u32,
    /// Everything else.
    pub settings: EventTypeSettings,
}

/// Half an hour and an hour, each where the attendee says and as a video call
/// (contract: auth-oauth, "Managed users").
pub fn default_event_types() -> [DefaultEventType; 4] {
    let made = |slug, title, length_minutes, location: Location| DefaultEventType {
        slug,
        title,
        length_minutes,
        settings: EventTypeSettings { locations: vec![location], ..EventTypeSettings::default() },
    };
    let video = || Location::integration("cal-video");
    [
        made("thirty-minutes", "30 Minutes", 30, Location::AttendeeDefined),
        made("sixty-minutes", "60 Minutes", 60, Location::AttendeeDefined),
        made("thirty-minutes-video", "30 Minutes", 30, video()),
        made("sixty-minutes-video", "60 Minutes", 60, video()),
    ]
}
