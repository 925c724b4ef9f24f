//! How long a key is good for.

use meridian_kernel::{Instant, Zone};

/// A key works through the whole of the UTC day it expires on: the first instant
/// at which it does not.
pub fn end_of_day(expires_at: Instant) -> Instant {
    match Zone::UTC.date(expires_at).succ_opt() {
        Some(next_day) => Zone::UTC.start_of_day(next_day),
        None => Instant::LATEST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn a_key_works_through_the_whole_of_its_last_utc_day() {
        let next_day = instant("2026-03-09T00:00:00.000Z");
        for expires_at in ["2026-03-08T00:00:00.000Z", "2026-03-08T23:59:59.999Z"] {
            assert_eq!(end_of_day(instant(expires_at)), next_day, "{expires_at}");
        }
    }
}
