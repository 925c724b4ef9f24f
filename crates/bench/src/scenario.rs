//! An organisation with one host, one event type and a week of bookings; and the
//! requests that are measured on it.

use std::net::SocketAddr;

use anyhow::Context;
use meridian_kernel::{Instant, OrganizationNumber};
use serde_json::{Value, json};

use crate::client::{Ask, Client};
use crate::process::PLATFORM_SECRET;

/// Minutes.
pub const DAY: i64 = 24 * 60;

/// Bookings last half an hour.
pub const LENGTH: i64 = 30;

/// Of the week that is asked for: 20 bookings, four a working day, in minutes of
/// the UTC day. The host's hours, 9 to 17 in Rome, hold them all the year.
pub const TAKEN: [i64; 4] = [8 * 60, 9 * 60 + 30, 11 * 60, 12 * 60 + 30];

/// Starts of new bookings in a day, likewise.
const STARTS_A_DAY: u64 = 14;

/// Working days that new bookings are spread over: twenty years of them, so that no
/// day is fuller than a busy host's.
const DAYS: u64 = 5_200;

/// Most new bookings of one run.
pub const MOST_BOOKINGS: u64 = DAYS * STARTS_A_DAY;

/// An organisation to measure on.
#[derive(Clone, Debug)]
pub struct Scenario {
    key: String,
    event_type: i64,
    /// The Monday of the week that is asked for, 00:00 UTC.
    monday: Instant,
}

impl Scenario {
    /// Makes it through the API.
    pub async fn provision(address: SocketAddr) -> anyhow::Result<Self> {
        let mut client = Client::connect(address).await?;
        let key = provision(&mut client, "measured").await?.key;
        let body = json!({"title": "Intro", "slug": "intro", "lengthInMinutes": LENGTH});
        let ask = Ask::post("/v2/event-types", &body).bearer(&key).version("2024-06-14");
        let data = client.data(ask.request()?).await?;
        let scenario = Self { key, event_type: id(&data)?, monday: monday_after(Instant::now()) };
        for day in 0..5 {
            for minute in TAKEN {
                let start = scenario.monday.plus_minutes(day * DAY + minute);
                client.data(scenario.book(start).request()?).await?;
            }
        }
        Ok(scenario)
    }

    /// The caller's profile.
    pub fn me(&self) -> Ask {
        Ask::get("/v2/me").bearer(&self.key)
    }

    /// The slots of the week, as a booking page asks for them.
    pub fn slots(&self) -> Ask {
        slots(self.event_type, self.monday, 7)
    }

    /// A page of the host's bookings.
    pub fn list(&self) -> Ask {
        list(&self.key)
    }

    /// A booking of a slot that is free, another one for every number.
    pub fn book_number(&self, number: u64) -> Ask {
        self.book(nth_start(self.monday, number))
    }

    fn book(&self, start: Instant) -> Ask {
        book(self.event_type, start)
    }
}

/// A free start of whoever works office hours in Rome, another one for each of
/// [`MOST_BOOKINGS`] numbers, two weeks after the Monday at the earliest.
pub fn nth_start(monday: Instant, number: u64) -> Instant {
    let number = (number % MOST_BOOKINGS) as i64;
    let (day, slot) = (number % DAYS as i64, number / DAYS as i64);
    let date = 14 + day / 5 * 7 + day % 5;
    monday.plus_minutes(date * DAY + 8 * 60 + slot * LENGTH)
}

/// The slots of so many days.
pub fn slots(event_type: i64, first: Instant, days: i64) -> Ask {
    let date = |instant: Instant| instant.to_iso().chars().take(10).collect::<String>();
    let (start, end) = (date(first), date(first.plus_minutes((days - 1) * DAY)));
    Ask::get(format!(
        "/v2/slots?eventTypeId={event_type}&start={start}&end={end}&timeZone=Europe/Rome"
    ))
    .version("2024-09-04")
}

/// A page of the first 20 bookings of whoever has the key.
pub fn list(key: &str) -> Ask {
    Ask::get("/v2/bookings?take=20").bearer(key).version("2024-08-13")
}

/// A booking of somebody's.
pub fn book(event_type: i64, start: Instant) -> Ask {
    let body = json!({
        "eventTypeId": event_type,
        "start": start,
        "attendee": {
            "name": "Ada Attendee",
            "email": "ada@example.org",
            "timeZone": "Europe/London",
            "language": "en",
        },
    });
    Ask::post("/v2/bookings", &body).version("2024-08-13")
}

/// An organisation, with its owner's key.
#[derive(Clone, Debug)]
pub struct Provisioned {
    /// Its number.
    pub number: OrganizationNumber,
    /// Its owner's key.
    pub key: String,
}

/// Provisions an organisation.
pub async fn provision(client: &mut Client, slug: &str) -> anyhow::Result<Provisioned> {
    let owner = json!({
        "email": format!("{slug}@example.com"),
        "name": "Olga Owner",
        "username": slug,
        "timeZone": "Europe/Rome",
    });
    let body = json!({"slug": slug, "name": slug, "owner": owner});
    let ask = Ask::post("/platform/organizations", &body).bearer(PLATFORM_SECRET);
    let data = client.data(ask.request()?).await?;
    let key = data.get("apiKey").and_then(Value::as_str).context("an organisation's first key")?;
    let number = OrganizationNumber::from_wire_id(id(&data)?).context("an organisation's id")?;
    Ok(Provisioned { number, key: key.to_owned() })
}

/// The id of what was made.
pub fn id(made: &Value) -> anyhow::Result<i64> {
    made.get("id").and_then(Value::as_i64).with_context(|| format!("no id: {made}"))
}

/// The first Monday at least a week away.
pub fn monday_after(now: Instant) -> Instant {
    const DAY_MILLIS: i64 = DAY * 60_000;
    let day = now.millis() / DAY_MILLIS + 7;
    // 1970 began on a Thursday.
    let weekday = (day + 3) % 7;
    Instant::from_millis((day + (7 - weekday) % 7) * DAY_MILLIS)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_week_begins_on_a_monday_at_least_a_week_away() {
        let monday = Instant::parse("2026-12-07").unwrap();
        for (now, expected) in [
            ("2026-11-25T16:00:00Z", monday),
            ("2026-11-30T00:00:00Z", monday),
            ("2026-11-30T23:59:59Z", monday),
            ("2026-12-01T00:00:00Z", monday.plus_minutes(7 * DAY)),
        ] {
            assert_eq!(monday_after(Instant::parse(now).unwrap()), expected, "{now}");
        }
    }

    #[test]
    fn no_two_numbers_book_the_same_slot() {
        let monday = monday_after(Instant::now());
        let scenario = Scenario { key: String::new(), event_type: 1, monday };
        let ask = |number| format!("{:?}", scenario.book_number(number));
        let asks: HashSet<String> = (0..MOST_BOOKINGS).map(ask).collect();
        assert_eq!(asks.len() as u64, MOST_BOOKINGS);
    }
}
