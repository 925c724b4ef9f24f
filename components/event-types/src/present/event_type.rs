//! An event type in the shape of 2024-06-14.

use meridian_domain::event_type::{
    BookerActiveBookingsLimit, BookerLayouts, BookingField, BookingLimits, BookingWindow,
    CalVideoSettings, Color, ConfirmationPolicy, DestinationCalendar, DisableCancelling,
    DisableRescheduling, EventTypeSettings, Location, Recurrence, Seats,
};
use meridian_kernel::{EventTypeId, ScheduleId, UserId};
use meridian_store::event_types::EventType;
use serde::Serialize;
use serde_json::{Map, Value};

use super::field::FieldView;
use super::team::TeamView;
use super::user::UserView;

/// Event types cost nothing until payment apps give them a price.
pub const PRICE: u32 = 0;
/// What that nothing is counted in.
pub const CURRENCY: &str = "usd";

/// A setting, or that there is none: `{"disabled":true}`, which is also how a
/// client resets it.
#[derive(Serialize)]
#[serde(untagged)]
enum OrDisabled<T> {
    Set(T),
    Disabled { disabled: bool },
}

impl<T> From<Option<T>> for OrDisabled<T> {
    fn from(setting: Option<T>) -> Self {
        setting.map_or(Self::Disabled { disabled: true }, Self::Set)
    }
}

/// An event type as clients get it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventTypeView {
    id: EventTypeId,
    owner_id: Option<UserId>,
    length_in_minutes: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    length_in_minutes_options: Vec<u32>,
    title: String,
    slug: String,
    description: String,
    locations: Vec<Location>,
    booking_fields: Vec<FieldView>,
    disable_guests: bool,
    slot_interval: Option<u32>,
    minimum_booking_notice: u32,
    before_event_buffer: u32,
    after_event_buffer: u32,
    offset_start: u32,
    recurrence: Option<Recurrence>,
    metadata: Map<String, Value>,
    price: u32,
    currency: &'static str,
    lock_time_zone_toggle_on_booking_page: bool,
    seats: OrDisabled<Seats>,
    seats_per_time_slot: Option<u32>,
    seats_show_availability_count: Option<bool>,
    forward_params_success_redirect: bool,
    success_redirect_url: Option<String>,
    is_instant_event: bool,
    schedule_id: Option<ScheduleId>,
    booking_limits_count: OrDisabled<BookingLimits>,
    booking_limits_duration: OrDisabled<BookingLimits>,
    booker_active_bookings_limit: OrDisabled<BookerActiveBookingsLimit>,
    only_show_first_available_slot: bool,
    booking_window: OrDisabled<BookingWindow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    booker_layouts: Option<BookerLayouts>,
    confirmation_policy: OrDisabled<ConfirmationPolicy>,
    requires_booker_email_verification: bool,
    hide_calendar_notes: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<Color>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_calendar: Option<DestinationCalendar>,
    use_destination_calendar_email: bool,
    hide_calendar_event_details: bool,
    hide_organizer_email: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cal_video_settings: Option<CalVideoSettings>,
    hidden: bool,
    booking_requires_authentication: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    disable_cancelling: Option<DisableCancelling>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disable_rescheduling: Option<DisableRescheduling>,
    interface_language: String,
    allow_rescheduling_past_bookings: bool,
    allow_rescheduling_cancelled_bookings: bool,
    show_optimized_slots: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    users: Option<Vec<UserView>>,
    booking_url: String,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    team: Option<TeamView>,
}

/// Whose an event type is shown to be.
pub struct Belonging {
    /// Who holds its bookings, where they are shown so.
    pub users: Option<Vec<UserView>>,
    /// Where it is booked.
    pub booking_url: String,
    /// What only event types of teams show.
    pub team: Option<TeamView>,
}

impl EventTypeView {
    /// `form` is what of the booking form is shown.
    pub fn new(
        event_type: &EventType,
        settings: EventTypeSettings,
        form: &[BookingField],
        belonging: Belonging,
    ) -> Self {
        let Belonging { users, booking_url, team } = belonging;
        Self {
            id: event_type.id,
            owner_id: event_type.belongs.owner(),
            length_in_minutes: event_type.length_minutes,
            length_in_minutes_options: settings.length_in_minutes_options,
            title: event_type.title.clone(),
            slug: event_type.slug.clone(),
            description: settings.description,
            locations: settings.locations,
            booking_fields: form.iter().map(FieldView::from).collect(),
            disable_guests: settings.disable_guests,
            slot_interval: event_type.slot_interval,
            minimum_booking_notice: event_type.minimum_booking_notice,
            before_event_buffer: event_type.before_event_buffer,
            after_event_buffer: event_type.after_event_buffer,
            offset_start: event_type.offset_start,
            recurrence: settings.recurrence,
            metadata: settings.metadata,
            price: PRICE,
            currency: CURRENCY,
            lock_time_zone_toggle_on_booking_page: settings.lock_time_zone_toggle_on_booking_page,
            seats_per_time_slot: settings.seats.map(|seats| seats.seats_per_time_slot),
            seats_show_availability_count: settings
                .seats
                .map(|seats| seats.show_availability_count),
            seats: settings.seats.into(),
            forward_params_success_redirect: true,
            success_redirect_url: settings.success_redirect_url,
            is_instant_event: false,
            schedule_id: event_type.schedule_id,
            booking_limits_count: settings.booking_limits_count.into(),
            booking_limits_duration: settings.booking_limits_duration.into(),
            booker_active_bookings_limit: settings.booker_active_bookings_limit.into(),
            only_show_first_available_slot: settings.only_show_first_available_slot,
            booking_window: settings.booking_window.into(),
            booker_layouts: settings.booker_layouts,
            confirmation_policy: settings.confirmation_policy.into(),
            requires_booker_email_verification: settings.requires_booker_email_verification,
            hide_calendar_notes: settings.hide_calendar_notes,
            color: settings.color,
            custom_name: settings.custom_name,
            destination_calendar: settings.destination_calendar,
            use_destination_calendar_email: settings.use_destination_calendar_email,
            hide_calendar_event_details: settings.hide_calendar_event_details,
            hide_organizer_email: settings.hide_organizer_email,
            cal_video_settings: settings.cal_video_settings,
            hidden: event_type.hidden,
            booking_requires_authentication: settings.booking_requires_authentication,
            disable_cancelling: settings.disable_cancelling,
            disable_rescheduling: settings.disable_rescheduling,
            interface_language: settings.interface_language,
            allow_rescheduling_past_bookings: settings.allow_rescheduling_past_bookings,
            allow_rescheduling_cancelled_bookings: settings.allow_rescheduling_cancelled_bookings,
            show_optimized_slots: settings.show_optimized_slots,
            users,
            booking_url,
            team,
        }
    }
}
