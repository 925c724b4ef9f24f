//! How much of everything an event type may have. Lengths of texts are in
//! characters.

/// A title.
pub const TITLE: usize = 255;
/// A slug, of an event type or of a field.
pub const SLUG: usize = 255;
/// A description.
pub const DESCRIPTION: usize = 10_000;
/// The template of titles.
pub const CUSTOM_NAME: usize = 400;
/// A label or a hint of a field, and an option.
pub const LABEL: usize = 500;
/// An address, or the id of a calendar.
pub const ADDRESS: usize = 1_000;
/// Lengths a booker may choose from.
pub const LENGTH_OPTIONS: usize = 50;
/// Locations.
pub const LOCATIONS: usize = 50;
/// Fields of the booking form.
pub const FIELDS: usize = 100;
/// Options of a field.
pub const OPTIONS: usize = 200;
/// Minutes between starts: a day.
pub const SLOT_INTERVAL: u32 = 1_440;
/// Minutes that starts are shifted by: a day.
pub const OFFSET: u32 = 1_440;
/// Minutes of notice, and of what is measured like it: two years.
pub const MINUTES: u32 = 1_051_200;
/// Days of a booking window: ten years.
pub const WINDOW_DAYS: u32 = 3_650;
/// Bookings per period, and ahead per booker.
pub const BOOKINGS: u32 = 1_000_000;
/// Minutes booked per period: the longest year, many times over.
pub const BOOKED_MINUTES: u32 = 10_000_000;
/// What limits of minutes are multiples of.
pub const BOOKED_MINUTES_STEP: u32 = 15;
/// Weeks, months or years between the bookings of a series.
pub const RECURRENCE_INTERVAL: u32 = 100;
/// Bookings of a series: they are made at once, all or none.
pub const OCCURRENCES: u32 = 100;
/// Hosts of an event type.
pub const HOSTS: usize = 1_000;
/// The share of a host.
pub const WEIGHT: u32 = 1_000_000;
/// The name of a group of hosts.
pub const GROUP: usize = 100;
/// Seats of a slot.
pub const SEATS: u32 = 10_000;
