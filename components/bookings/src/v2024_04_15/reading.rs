//! Reading bookings as 2024-04-15 does.

use std::collections::BTreeMap;

use meridian_gateway::validate::{self, Fields, integer};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{Instant, UuidUid};
use meridian_store::bookings::{self, Booking, Filter, SeriesTime, Viewer};
use serde::Serialize;
use serde_json::Value;

use super::output::LegacyOutput;
use crate::admission::instead_of_not_found;
use crate::get_booking::load_by_seat;
use crate::list_bookings::{log_unreadable, showing_attendees};
use crate::list_input::status;
use crate::managed::{Managed, manages};

/// How many bookings a page has where nobody says otherwise, and at most.
const DEFAULT_LIMIT: u32 = 10;
const MAX_LIMIT: i64 = 250;

/// A page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LegacyPage<'a> {
    bookings: Vec<LegacyOutput<'a>>,
    recurring_info: Vec<RecurringInfo<'a>>,
    total_count: u64,
    next_cursor: Option<u64>,
}

/// A series some bookings of the page belong to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RecurringInfo<'a> {
    recurring_event_id: &'a str,
    count: usize,
    first_date: Instant,
    /// The starts by status.
    bookings: BTreeMap<String, Vec<Instant>>,
}

/// `GET /v2/bookings`: what the caller organises, hosts or attends.
pub async fn list_bookings(request: Request) -> Result<Reply, ApiError> {
    let caller = request.principal()?;
    let filter = read_filter(&request, Viewer::User(caller.user_id))?;
    let scope = meridian_edge::scope(&request).await?;
    let mut page = bookings::list(&scope, &filter).await?;
    log_unreadable(&request, &page);
    let shows = showing_attendees(&scope, caller, &page.bookings).await?;
    for booking in &mut page.bookings {
        let shown = shows.contains(&booking.event_type_id) || manages(Some(caller), booking);
        if booking.seats_per_slot.is_some() && !shown {
            booking.attendees.clear();
        }
    }
    let mut series: Vec<&str> =
        page.bookings.iter().filter_map(|booking| booking.recurring_uid.as_deref()).collect();
    series.sort_unstable();
    series.dedup();
    let times = if series.is_empty() {
        Vec::new()
    } else {
        bookings::series_times(&scope, &series).await?
    };
    let reached = u64::from(filter.skip) + u64::from(filter.take);
    Reply::ok(&LegacyPage {
        bookings: page.bookings.iter().map(LegacyOutput::of_booking).collect(),
        recurring_info: series.iter().filter_map(|uid| recurring_info(uid, &times)).collect(),
        total_count: page.total,
        next_cursor: (reached < page.total).then_some(reached),
    })
}

fn read_filter(request: &Request, viewer: Viewer) -> Result<Filter<'static>, ApiError> {
    let query = validate::query_object(request);
    let mut fields = Fields::of(&query);
    let statuses = fields.optional("filters[status]", status).into_iter().collect();
    let limit = fields.optional("limit", integer(1, MAX_LIMIT));
    let cursor = fields.optional("cursor", integer(0, i64::from(u32::MAX)));
    fields.finish()?;
    let number = |value: Option<i64>| value.and_then(|value| u32::try_from(value).ok());
    let (take, skip) = (number(limit).unwrap_or(DEFAULT_LIMIT), number(cursor).unwrap_or_default());
    Ok(Filter { statuses, ..Filter::of(viewer, take, skip, request.now) })
}

fn recurring_info<'a>(uid: &'a str, times: &[SeriesTime]) -> Option<RecurringInfo<'a>> {
    let own: Vec<&SeriesTime> = times.iter().filter(|time| time.recurring_uid == uid).collect();
    let mut bookings: BTreeMap<String, Vec<Instant>> = BTreeMap::new();
    for status in ["ACCEPTED", "CANCELLED", "PENDING", "REJECTED"] {
        bookings.insert(status.to_owned(), Vec::new());
    }
    for time in &own {
        bookings.entry(time.status.to_ascii_uppercase()).or_default().push(time.start);
    }
    let first_date = own.first()?.start;
    Some(RecurringInfo { recurring_event_id: uid, count: own.len(), first_date, bookings })
}

/// `GET /v2/bookings/:bookingUid`
pub async fn get_booking(request: Request) -> Result<Reply, ApiError> {
    let booking = load(&request).await?;
    Reply::ok(&LegacyOutput::of_booking(&booking))
}

/// `GET /v2/bookings/:bookingUid/reschedule`: what is about to be moved, named by the
/// uid of a booking or of a seat.
pub async fn get_booking_to_move(request: Request) -> Result<Reply, ApiError> {
    let uid = request.parameter("bookingUid");
    if UuidUid::parse(uid).is_none() {
        return get_booking(request).await;
    }
    let unknown = || not_found(uid);
    let managed = load_by_seat(&request, uid).await;
    let mut booking = managed.map_err(|error| instead_of_not_found(error, unknown))?.booking;
    // Whoever has the uid of a seat sees that seat.
    booking.attendees.retain(|attendee| attendee.seat_uid.as_deref() == Some(uid));
    let output = LegacyOutput::of_booking(&booking);
    let mut shown = serde_json::to_value(&output).map_err(ApiError::internal)?;
    if let Some(object) = shown.as_object_mut() {
        object.insert("seatReferenceUid".to_owned(), Value::from(uid));
    }
    Reply::ok(&shown)
}

async fn load(request: &Request) -> Result<Booking, ApiError> {
    let uid = request.parameter("bookingUid");
    let managed = Managed::load(request, uid).await;
    let managed = managed.map_err(|error| instead_of_not_found(error, || not_found(uid)))?;
    let mut booking = managed.booking;
    let shows = managed.settings.seats.is_some_and(|seats| seats.show_attendee_info);
    let hidden = booking.seats_per_slot.is_some() && !shows;
    if hidden && !manages(request.principal.as_ref(), &booking) {
        booking.attendees.clear();
    }
    Ok(booking)
}

/// 404
fn not_found(uid: &str) -> ApiError {
    ApiError::not_found(format!("Booking with UID={uid} does not exist."))
}
