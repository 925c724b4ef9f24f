//! Slots in the form of the API, written without a detour: a slow floor would
//! flatter what is compared with it.

use std::fmt::Write;

use meridian_kernel::{Instant, Zone};
use meridian_scheduling::{Interval, LocalClock};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// The slots by date in a zone. Starts come in order.
pub fn body(starts: &[Instant], zone: Zone) -> String {
    let mut text = String::with_capacity(64 + starts.len() * 48);
    text.push_str(r#"{"status":"success","data":{"#);
    let first = starts.first().copied().unwrap_or(Instant::EARLIEST);
    let last = starts.last().copied().unwrap_or(first);
    let clock = LocalClock::covering(zone, Interval::new(first, last));
    let (mut today, mut date, mut offset) = (i64::MIN, String::new(), (i64::MIN, String::new()));
    for start in starts {
        let civil = clock.civil(*start);
        let day = civil.div_euclid(DAY);
        if day == today {
            text.push(',');
        } else {
            text.push_str(if today == i64::MIN { "\"" } else { "],\"" });
            date = Instant::from_millis(day * DAY).to_iso().chars().take(10).collect();
            text.push_str(&date);
            text.push_str("\":[");
            today = day;
        }
        let ahead = civil - start.millis();
        if offset.0 != ahead {
            let sign = if ahead < 0 { '-' } else { '+' };
            let minutes = ahead.abs() / MINUTE;
            offset = (ahead, format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
        }
        let minute = civil.rem_euclid(DAY) / MINUTE;
        // Writing to a text never fails.
        let _ = write!(
            text,
            r#"{{"start":"{date}T{:02}:{:02}:00.000{}"}}"#,
            minute / 60,
            minute % 60,
            offset.1
        );
    }
    text.push_str(if today == i64::MIN { "}}" } else { "]}}" });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_have_the_form_of_the_api() {
        let rome = Zone::parse("Europe/Rome").unwrap();
        assert_eq!(body(&[], rome), r#"{"status":"success","data":{}}"#);
        let starts = ["2050-09-05T21:00Z", "2050-09-05T22:00Z", "2050-09-06T07:30Z"];
        let starts: Vec<Instant> =
            starts.iter().map(|text| Instant::parse(text).unwrap()).collect();
        assert_eq!(
            body(&starts, rome),
            concat!(
                r#"{"status":"success","data":{"2050-09-05":["#,
                r#"{"start":"2050-09-05T23:00:00.000+02:00"}],"#,
                r#""2050-09-06":[{"start":"2050-09-06T00:00:00.000+02:00"},"#,
                r#"{"start":"2050-09-06T09:30:00.000+02:00"}]}}"#
            )
        );
    }
}
