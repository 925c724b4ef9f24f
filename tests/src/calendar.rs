//! What a list of bookings says of the time of their hosts.

use meridian_kernel::Instant;
use serde_json::Value;

use crate::Client;

/// How many bookings a page may have.
const PAGE: usize = 250;

/// All bookings of a list, page after page, the oldest first.
#[track_caller]
pub fn all_bookings(client: &Client, path: &str) -> Vec<Value> {
    let client = client.version("2024-08-13");
    let mut bookings = Vec::new();
    loop {
        let skip = bookings.len();
        let query = format!("{path}?sortCreated=asc&take={PAGE}&skip={skip}");
        let page = client.get(&query);
        let rows = page.data(200).as_array().expect("a list").clone();
        if rows.is_empty() {
            assert_eq!(page.json()["pagination"]["totalItems"], skip, "{query}");
            return bookings;
        }
        bookings.extend(rows);
    }
}

/// The instant a field of a booking names.
#[track_caller]
pub fn instant(booking: &Value, field: &str) -> Instant {
    let text = booking[field].as_str().unwrap_or_else(|| panic!("no {field}: {booking}"));
    Instant::parse(text).unwrap_or_else(|error| panic!("{error}: {booking}"))
}

/// Fails where a host has two accepted bookings at one time. Each takes the minutes
/// before and after it that are said of its event type.
#[track_caller]
pub fn assert_nothing_overlaps<'a>(
    bookings: impl IntoIterator<Item = &'a Value>,
    buffers: impl Fn(&Value) -> (i64, i64),
) {
    let mut taken: Vec<(i64, Instant, Instant, &Value)> = Vec::new();
    for booking in bookings.into_iter().filter(|one| one["status"] == "accepted") {
        let (before, after) = buffers(booking);
        let from = instant(booking, "start").plus_minutes(-before);
        let to = instant(booking, "end").plus_minutes(after);
        for host in booking["hosts"].as_array().expect("hosts") {
            taken.push((host["id"].as_i64().expect("a host's id"), from, to, booking));
        }
    }
    taken.sort_by_key(|(host, from, _, _)| (*host, *from));
    for pair in taken.windows(2) {
        let [(one, _, end, before), (other, start, _, after)] = pair else { continue };
        assert!(one != other || end <= start, "host {one} is in two places:\n{before}\n{after}");
    }
}
