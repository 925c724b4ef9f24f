//! The answer of `GET /v2/slots`, written as text: a month has hundreds of slots,
//! and each is a date and an offset that the one before had already.

use chrono::{DateTime, NaiveDate, TimeDelta};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use meridian_gateway::Reply;
use meridian_kernel::{Instant, Zone};
use meridian_scheduling::{Interval, LocalClock};

use super::query::Format;

/// `{"start":"2050-09-05T09:00:00.000+02:00","end":"2050-09-05T10:00:00.000+02:00"},`
const LONGEST_SLOT: usize = 90;

const MINUTE_MILLIS: i64 = 60 * 1_000;
const HOUR_MILLIS: i64 = 60 * MINUTE_MILLIS;
const DAY_MILLIS: i64 = 24 * HOUR_MILLIS;

/// 200 with the slots by date in a zone. Starts come in order.
pub fn slots(starts: &[Instant], length: u32, zone: Zone, format: Format) -> Reply {
    let headers = HeaderMap::from_iter([(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    )]);
    Reply { status: StatusCode::OK, headers, body: body(starts, length, zone, format).into() }
}

fn body(starts: &[Instant], length: u32, zone: Zone, format: Format) -> String {
    let mut text = String::with_capacity(64 + starts.len() * LONGEST_SLOT);
    text.push_str(r#"{"status":"success","data":{"#);
    let mut wall = Wall::new(starts, length, zone);
    let mut today = None;
    for start in starts {
        let day = wall.clock.day(*start);
        if today == Some(day) {
            text.push(',');
        } else {
            text.push_str(if today.is_some() { "]," } else { "" });
            text.push('"');
            text.push_str(wall.date(day));
            text.push_str("\":[");
            today = Some(day);
        }
        text.push_str(r#"{"start":"#);
        wall.write(*start, &mut text);
        if format == Format::Range {
            text.push_str(r#","end":"#);
            wall.write(start.plus_minutes(i64::from(length)), &mut text);
        }
        text.push('}');
    }
    text.push_str(if today.is_some() { "]}}" } else { "}}" });
    text
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
    fn new(starts: &[Instant], length: u32, zone: Zone) -> Self {
        let first = starts.first().copied().unwrap_or(Instant::EARLIEST);
        let last = starts.last().copied().unwrap_or(first).plus_minutes(i64::from(length));
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

    fn written(starts: &[&str], length: u32, zone: &str, format: Format) -> String {
        let starts: Vec<Instant> = starts.iter().map(|start| at(start)).collect();
        body(&starts, length, Zone::parse(zone).unwrap(), format)
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
                Wall::new(&[at(start)], 30, zone).write(at(start), &mut text);
                assert_eq!(text, format!("\"{}\"", at(start).to_iso_in(zone)), "{zone}");
            }
        }
    }
}
