//! An event type in the shape of 2024-04-15.

use meridian_domain::event_type::{
    BookingLimits, BookingWindow, EventTypeSettings, Frequency, Recurrence,
};
use meridian_gateway::ApiError;
use meridian_kernel::{EventTypeId, ScheduleId, SchedulingType, TeamId, UserId};
use meridian_store::event_types::{Belongs, EventType};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{booking_fields, locations};
use crate::present;

/// A bound per civil period.
#[derive(Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub struct LimitsView {
    #[serde(skip_serializing_if = "Option::is_none")]
    per_day: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    per_week: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    per_month: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    per_year: Option<u32>,
}

impl From<BookingLimits> for LimitsView {
    fn from(limits: BookingLimits) -> Self {
        Self {
            per_day: limits.day,
            per_week: limits.week,
            per_month: limits.month,
            per_year: limits.year,
        }
    }
}

/// A series. Frequencies are numbered as in RFC 5545 libraries: yearly 0, monthly 1,
/// weekly 2.
#[derive(Serialize)]
pub struct RecurringView {
    interval: u32,
    count: u32,
    freq: u32,
}

impl From<Recurrence> for RecurringView {
    fn from(recurrence: Recurrence) -> Self {
        Self {
            interval: recurrence.interval,
            count: recurrence.occurrences,
            freq: match recurrence.frequency {
                Frequency::Yearly => 0,
                Frequency::Monthly => 1,
                Frequency::Weekly => 2,
            },
        }
    }
}

/// How far ahead bookings may be made.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PeriodView {
    period_type: &'static str,
    period_start_date: Option<String>,
    period_end_date: Option<String>,
    period_days: Option<u32>,
    period_count_calendar_days: Option<bool>,
}

impl From<Option<BookingWindow>> for PeriodView {
    fn from(window: Option<BookingWindow>) -> Self {
        let days = |days: u32, calendar: bool, rolling: bool| Self {
            period_type: if rolling { "ROLLING_WINDOW" } else { "ROLLING" },
            period_start_date: None,
            period_end_date: None,
            period_days: Some(days),
            period_count_calendar_days: Some(calendar),
        };
        match window {
            Some(BookingWindow::BusinessDays { value, rolling }) => days(value, false, rolling),
            Some(BookingWindow::CalendarDays { value, rolling }) => days(value, true, rolling),
            Some(BookingWindow::Range { value }) => Self {
                period_type: "RANGE",
                period_start_date: Some(format!("{}T00:00:00.000Z", value.first)),
                period_end_date: Some(format!("{}T00:00:00.000Z", value.last)),
                period_days: None,
                period_count_calendar_days: None,
            },
            None => Self {
                period_type: "UNLIMITED",
                period_start_date: None,
                period_end_date: None,
                period_days: None,
                period_count_calendar_days: None,
            },
        }
    }
}

/// The scheduling type in these clients' words.
pub fn scheduling_type(kind: SchedulingType) -> &'static str {
    match kind {
        SchedulingType::Collective => "COLLECTIVE",
        SchedulingType::RoundRobin => "ROUND_ROBIN",
        SchedulingType::Managed => "MANAGED",
    }
}

/// An event type as these clients get it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventTypeView {
    id: EventTypeId,
    length: u32,
    slug: String,
    title: String,
    description: String,
    hidden: bool,
    locations: Vec<Value>,
    offset_start: u32,
    user_id: Option<UserId>,
    team_id: Option<TeamId>,
    parent_id: Option<EventTypeId>,
    event_name: Option<String>,
    booking_fields: Vec<Value>,
    time_zone: Option<String>,
    #[serde(flatten)]
    period: PeriodView,
    lock_time_zone_toggle_on_booking_page: bool,
    requires_confirmation: bool,
    requires_booker_email_verification: bool,
    recurring_event: Option<RecurringView>,
    disable_guests: bool,
    hide_calendar_notes: bool,
    minimum_booking_notice: u32,
    before_event_buffer: u32,
    after_event_buffer: u32,
    seats_per_time_slot: Option<u32>,
    only_show_first_available_slot: bool,
    seats_show_attendees: bool,
    seats_show_availability_count: bool,
    scheduling_type: Option<&'static str>,
    schedule_id: Option<ScheduleId>,
    price: u32,
    currency: &'static str,
    slot_interval: Option<u32>,
    metadata: Map<String, Value>,
    success_redirect_url: Option<String>,
    booking_limits: Option<LimitsView>,
    duration_limits: Option<LimitsView>,
    is_instant_event: bool,
    assign_all_team_members: bool,
    use_event_type_destination_calendar_email: bool,
}

impl EventTypeView {
    /// As whoever may read it sees it.
    pub fn new(event_type: &EventType) -> Result<Self, ApiError> {
        let settings = present::read_settings(event_type)?;
        Ok(Self::with(event_type, settings))
    }

    fn with(event_type: &EventType, settings: EventTypeSettings) -> Self {
        let (scheduling, assign_all_team_members) = match event_type.belongs {
            Belongs::ToTeam { scheduling, assign_all, .. } => (Some(scheduling), assign_all),
            Belongs::ToUser { .. } => (None, false),
        };
        Self {
            id: event_type.id,
            length: event_type.length_minutes,
            slug: event_type.slug.clone(),
            title: event_type.title.clone(),
            hidden: event_type.hidden,
            locations: settings.locations.iter().map(locations::show).collect(),
            offset_start: event_type.offset_start,
            user_id: event_type.belongs.owner(),
            team_id: event_type.belongs.team(),
            parent_id: event_type.belongs.parent(),
            booking_fields: settings.form().iter().map(booking_fields::show).collect(),
            description: settings.description,
            event_name: settings.custom_name,
            time_zone: None,
            period: settings.booking_window.into(),
            lock_time_zone_toggle_on_booking_page: settings.lock_time_zone_toggle_on_booking_page,
            requires_confirmation: settings.confirmation_policy.is_some(),
            requires_booker_email_verification: settings.requires_booker_email_verification,
            recurring_event: settings.recurrence.map(Into::into),
            disable_guests: settings.disable_guests,
            hide_calendar_notes: settings.hide_calendar_notes,
            minimum_booking_notice: event_type.minimum_booking_notice,
            before_event_buffer: event_type.before_event_buffer,
            after_event_buffer: event_type.after_event_buffer,
            seats_per_time_slot: settings.seats.map(|seats| seats.seats_per_time_slot),
            only_show_first_available_slot: settings.only_show_first_available_slot,
            seats_show_attendees: settings.seats.is_some_and(|seats| seats.show_attendee_info),
            seats_show_availability_count: settings
                .seats
                .is_none_or(|seats| seats.show_availability_count),
            scheduling_type: scheduling.map(scheduling_type),
            schedule_id: event_type.schedule_id,
            price: present::PRICE,
            currency: present::CURRENCY,
            slot_interval: event_type.slot_interval,
            metadata: settings.metadata,
            success_redirect_url: settings.success_redirect_url,
            booking_limits: settings.booking_limits_count.map(Into::into),
            duration_limits: settings.booking_limits_duration.map(Into::into),
            is_instant_event: false,
            assign_all_team_members,
            use_event_type_destination_calendar_email: settings.use_destination_calendar_email,
        }
    }
}

/// What everybody is told of an event type in a list.
#[derive(Serialize)]
pub struct PublicEventTypeView {
    id: EventTypeId,
    length: u32,
    slug: String,
    title: String,
    description: String,
}

impl PublicEventTypeView {
    /// Of an event type.
    pub fn new(event_type: &EventType) -> Result<Self, ApiError> {
        Ok(Self {
            id: event_type.id,
            length: event_type.length_minutes,
            slug: event_type.slug.clone(),
            title: event_type.title.clone(),
            description: present::read_settings(event_type)?.description,
        })
    }
}
