//! Answers that list slots, written as text: a month has hundreds of them, and each
//! is a date and an offset that the one before had already.

use std::fmt::Write;

use chrono::{DateTime, NaiveDate, TimeDelta};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use meridian_gateway::Reply;
use meridian_kernel::{Instant, Zone};
use meridian_scheduling::{Interval, LocalClock, Seats, Slot};

use super::query::Format;

/// What a slot is written with: the texts before its start, before its end, and
/// around them all. Versions differ in these.
pub struct Shape {
    /// Around the days.
    pub envelope: (&'static str, &'static str),
    /// Before the start, where only starts are asked for.
    pub start_alone: &'static str,
    /// Before the start.
    pub start: &'static str,
    /// Before the end.
    pub end: &'static str,
    /// Writes what is known of a shared slot, behind the rest.
    pub seats: fn(&Seats<'_>, &mut String),
}

/// 2024-09-04
pub const SHAPE: Shape = Shape {
    envelope: (r#"{"status":"success","data":{"#, "}}"),
    start_alone: r#"{"start":"#,
    start: r#"{"start":"#,
    end: r#","end":"#,
    seats,
};

/// `{"start":"2050-09-05T09:00:00.000+02:00","end":"2050-09-05T10:00:00.000+02:00"},`
const LONGEST_SLOT: usize = 90;

/// `,"seatsBooked":1,"seatsRemaining":4,"seatsTotal":5,"bookingUid":"mg3EVprisqeBSLKZey4rKf"`
const LONGEST_SEATS: usize = 100;

const MINUTE_MILLIS: i64 = 60 * 1_000;
const HOUR_MILLIS: i64 = 60 * MINUTE_MILLIS;
const DAY_MILLIS: i64 = 24 * HOUR_MILLIS;

/// 200 with the slots, which come in order, by date in a zone.
pub fn slots(slots: &[Slot<'_>], length: u32, zone: Zone, format: Format, shape: &Shape) -> Reply {
    let headers = HeaderMap::from_iter([(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    )]);
    let body = body(slots, length, zone, format, shape).into();
    Reply { status: StatusCode::OK, headers, body }
}

fn body(slots: &[Slot<'_>], length: u32, zone: Zone, format: Format, shape: &Shape) -> String {
    let seats = slots.first().is_some_and(|slot| slot.seats.is_some());
    let longest = LONGEST_SLOT + if seats { LONGEST_SEATS } else { 0 };
    let mut text = String::with_capacity(64 + slots.len() * longest);
    text.push_str(shape.envelope.0);
    let mut wall = Wall::new(slots, length, zone);
    let mut today = None;
    for slot in slots {
        let day = wall.clock.day(slot.start);
        if today == Some(day) {
            text.push(',');
        } else {
            text.push_str(if today.is_some() { "]," } else { "" });
            text.push('"');
            text.push_str(wall.date(day));
            text.push_str("\":[");
            today = Some(day);
        }
        text.push_str(if format == Format::Range { shape.start } else { shape.start_alone });
        wall.write(slot.start, &mut text);
        if format == Format::Range {
            text.push_str(shape.end);
            wall.write(slot.start.plus_minutes(i64::from(length)), &mut text);
        }
        if let Some(seats) = &slot.seats {
            (shape.seats)(seats, &mut text);
        }
        text.push('}');
    }
    text.push_str(if today.is_some() { "]" } else { "" });
    text.push_str(shape.envelope.1);
    text
}

fn seats(seats: &Seats<'_>, text: &mut String) {
    let (booked, total) = (seats.taken, seats.total);
    let remaining = seats.remaining();
    // Writing to a text never fails.
    let _ = write!(
        text,
        r#","seatsBooked":{booked},"seatsRemaining":{remaining},"seatsTotal":{total}"#
    );
    push_booking_uid(seats, text);
}

/// The booking that further bookers join, once there is one.
pub fn push_booking_uid(seats: &Seats<'_>, text: &mut String) {
    if let Some(uid) = seats.booking_uid {
        text.push_str(r#","bookingUid":""#);
        // Uids are letters, digits and dashes.
        text.push_str(uid);
        text.push('"');
    }
}

/// Writes instants as a zone's wall shows them.
struct Wall {
    clock: LocalClock,
    is_utc: bool,
    /// The last day written, and its text.
    date: (i64, String),
    /// The last offset written, and its text.
    offset: (i64, String),
}

impl Wall {
    fn new(slots: &[Slot<'_>], length: u32, zone: Zone) -> Self {
        let first = slots.first().map_or(Instant::EARLIEST, |slot| slot.start);
        let last = slots.last().map_or(first, |slot| slot.start);
        let last = last.plus_minutes(i64::from(length));
        Self {
            clock: LocalClock::covering(zone, Interval::new(first, last)),
            is_utc: zone.is_utc(),
            date: (i64::MIN, String::new()),
            offset: (i64::MIN, String::new()),
        }
    }

    fn date(&mut self, day: i64) -> &str {
        if self.date.0 != day {
            self.date = (day, date(day).map(|date| date.to_string()).unwrap_or_default());
        }
        &self.date.1
    }

    /// `+02:00`, or `Z` where the zone is UTC.
    fn offset(&mut self, offset: i64) -> &str {
        if self.offset.0 != offset {
            let sign = if offset < 0 { '-' } else { '+' };
            let minutes = offset.abs() / MINUTE_MILLIS;
            let text = format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60);
            self.offset = (offset, if self.is_utc { "Z".to_owned() } else { text });
        }
        &self.offset.1
    }

    /// `"2050-09-05T09:00:00.000+02:00"`
    fn write(&mut self, instant: Instant, text: &mut String) {
        let offset = self.clock.offset(instant);
        let civil = instant.millis() + offset;
        let of_day = civil.rem_euclid(DAY_MILLIS);
        text.push('"');
        text.push_str(self.date(civil.div_euclid(DAY_MILLIS)));
        text.push('T');
        push_two_digits(of_day / HOUR_MILLIS, text);
        text.push(':');
        push_two_digits(of_day % HOUR_MILLIS / MINUTE_MILLIS, text);
        text.push(':');
        push_two_digits(of_day % MINUTE_MILLIS / 1_000, text);
        // Slots start at whole minutes of their host's wall.
        text.push_str(".000");
        text.push_str(self.offset(offset));
        text.push('"');
    }
}

fn push_two_digits(number: i64, text: &mut String) {
    let digit = |digit: i64| char::from(b'0' + u8::try_from(digit % 10).unwrap_or(0));
    text.push(digit(number / 10));
    text.push(digit(number));
}

fn date(day: i64) -> Option<NaiveDate> {
    DateTime::UNIX_EPOCH.date_naive().checked_add_signed(TimeDelta::try_days(day)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn slot(start: &str) -> Slot<'static> {
        Slot { start: at(start), seats: None }
    }

    fn written(starts: &[&str], length: u32, zone: &str, format: Format) -> String {
        let slots: Vec<Slot<'_>> = starts.iter().map(|start| slot(start)).collect();
        body(&slots, length, Zone::parse(zone).unwrap(), format, &SHAPE)
    }

    #[test]
    fn shared_slots_say_how_many_seats_are_left() {
        let seats = |taken, booking_uid| Some(Seats { taken, total: 2, booking_uid });
        let slots = [
            Slot { seats: seats(0, None), ..slot("2050-09-05T09:00Z") },
            Slot { seats: seats(3, Some("uid")), ..slot("2050-09-05T10:00Z") },
        ];
        assert_eq!(
            body(&slots, 60, Zone::UTC, Format::Time, &SHAPE),
            concat!(
                r#"{"status":"success","data":{"2050-09-05":["#,
                r#"{"start":"2050-09-05T09:00:00.000Z","#,
                r#""seatsBooked":0,"seatsRemaining":2,"seatsTotal":2},"#,
                r#"{"start":"2050-09-05T10:00:00.000Z","#,
                r#""seatsBooked":3,"seatsRemaining":0,"seatsTotal":2,"bookingUid":"uid"}]}}"#
            )
        );
    }

    #[test]
    fn no_slots_are_an_empty_object() {
        assert_eq!(written(&[], 60, "UTC", Format::Time), r#"{"status":"success","data":{}}"#);
    }

    #[test]
    fn slots_are_grouped_by_the_date_of_the_zone() {
        let starts = ["2050-09-05T21:00Z", "2050-09-05T22:00Z", "2050-09-06T07:30Z"];
        assert_eq!(
            written(&starts, 60, "UTC", Format::Time),
            concat!(
                r#"{"status":"success","data":{"2050-09-05":[{"start":"2050-09-05T21:00:00.000Z"},"#,
                r#"{"start":"2050-09-05T22:00:00.000Z"}],"#,
                r#""2050-09-06":[{"start":"2050-09-06T07:30:00.000Z"}]}}"#
            )
        );
        assert_eq!(
            written(&starts, 60, "Europe/Rome", Format::Time),
            concat!(
                r#"{"status":"success","data":{"2050-09-05":["#,
                r#"{"start":"2050-09-05T23:00:00.000+02:00"}],"#,
                r#""2050-09-06":[{"start":"2050-09-06T00:00:00.000+02:00"},"#,
                r#"{"start":"2050-09-06T09:30:00.000+02:00"}]}}"#
            )
        );
    }

    #[test]
    fn a_range_shows_the_end_even_over_midnight_and_a_clock_change() {
        assert_eq!(
            written(&["2026-03-08T06:30Z"], 60, "America/New_York", Format::Range),
            concat!(
                r#"{"status":"success","data":{"2026-03-08":["#,
                r#"{"start":"2026-03-08T01:30:00.000-05:00","end":"2026-03-08T03:30:00.000-04:00"}]}}"#
            )
        );
        assert_eq!(
            written(&["2026-06-08T23:30Z"], 60, "UTC", Format::Range),
            concat!(
                r#"{"status":"success","data":{"2026-06-08":["#,
                r#"{"start":"2026-06-08T23:30:00.000Z","end":"2026-06-09T00:30:00.000Z"}]}}"#
            )
        );
    }

    #[test]
    fn every_instant_is_written_as_the_api_writes_instants() {
        for zone in ["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"] {
            let zone = Zone::parse(zone).unwrap();
            for start in ["2026-01-01T00:15Z", "2026-07-31T23:45Z", "1990-02-03T04:05Z"] {
                let mut text = String::new();
                Wall::new(&[slot(start)], 30, zone).write(at(start), &mut text);
                assert_eq!(text, format!("\"{}\"", at(start).to_iso_in(zone)), "{zone}");
            }
        }
    }
}
