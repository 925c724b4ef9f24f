//! What an answer means for a delivery and for its endpoint.

use chrono::DateTime;
use meridian_kernel::Instant;

use super::next_attempt;

/// After how long of nothing but failures an endpoint is called no more, in
/// milliseconds: five days.
const LONGEST_FAILING: i64 = 5 * 24 * 60 * 60 * 1000;

/// How long a subscriber may put a delivery off at a time, in milliseconds: a day.
const LONGEST_DEFERRAL: i64 = 24 * 60 * 60 * 1000;

/// How soon a subscriber may want it again, in milliseconds.
const SHORTEST_DEFERRAL: i64 = 1_000;

/// For how long after it happened an event may be put off, in milliseconds: five
/// days. Then putting off is failing.
const LONGEST_PATIENCE: i64 = 5 * 24 * 60 * 60 * 1000;

/// Why a webhook is switched off that its subscriber says is gone.
pub const GONE: &str = "the subscriber answered 410 Gone";

/// Why a webhook is switched off that does not work.
pub const FAILED_FOR_DAYS: &str = "every delivery failed for five days";

/// What is known of a delivery that was just attempted.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Tells it apart from other deliveries: what they wait is spread by it.
    pub key: &'a str,
    /// Which attempt it was, from 1.
    pub number: u32,
    /// Of those before, how many the subscriber put off.
    pub deferrals: u32,
    /// When it happened what is told.
    pub happened_at: Instant,
    /// Since when the endpoint has done nothing but fail.
    pub failing_since: Option<Instant>,
    /// The status of the answer; `None`: there was none.
    pub status: Option<u16>,
    /// The answer's `Retry-After`.
    pub retry_after: Option<&'a str>,
}

/// What becomes of the delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// The subscriber has it.
    Delivered,
    /// It is tried again then.
    Again(Instant),
    /// The subscriber wants to be left alone until then.
    Deferred(Instant),
    /// It was tried often enough.
    GivenUp,
    /// Its webhook is switched off, for this reason.
    SwitchOff(&'static str),
}

/// Judges an attempt.
pub fn judge(attempt: &Attempt<'_>, now: Instant) -> Judgement {
    match attempt.status {
        Some(200..=299) => return Judgement::Delivered,
        Some(410) => return Judgement::SwitchOff(GONE),
        Some(429 | 503) => {
            let is_young = now.millis() - attempt.happened_at.millis() < LONGEST_PATIENCE;
            let until = attempt.retry_after.filter(|_| is_young);
            if let Some(until) = until.and_then(|text| deferral(text, now)) {
                return Judgement::Deferred(until);
            }
        }
        _ => {}
    }
    let failing = attempt.failing_since.map_or(0, |since| now.millis() - since.millis());
    if failing >= LONGEST_FAILING {
        return Judgement::SwitchOff(FAILED_FOR_DAYS);
    }
    let failures = attempt.number.saturating_sub(attempt.deferrals);
    next_attempt(failures, attempt.key, now).map_or(Judgement::GivenUp, Judgement::Again)
}

/// When a `Retry-After` ends, in seconds or as a date (RFC 9110, 10.2.3), within
/// bounds; `None` where it is neither.
fn deferral(text: &str, now: Instant) -> Option<Instant> {
    let text = text.trim();
    let wait = if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
        text.parse::<i64>().unwrap_or(i64::MAX).saturating_mul(1000)
    } else {
        DateTime::parse_from_rfc2822(text).ok()?.timestamp_millis().saturating_sub(now.millis())
    };
    Some(now.plus_millis(wait.clamp(SHORTEST_DEFERRAL, LONGEST_DEFERRAL)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_millis(1_800_000_000_000);
    const DAY: i64 = 24 * 60 * 60 * 1000;

    fn answered(status: u16) -> Attempt<'static> {
        Attempt {
            key: "1",
            number: 1,
            deferrals: 0,
            happened_at: NOW,
            failing_since: None,
            status: Some(status),
            retry_after: None,
        }
    }

    fn wait(judgement: Judgement) -> i64 {
        match judgement {
            Judgement::Again(at) | Judgement::Deferred(at) => (at.millis() - NOW.millis()) / 1000,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn whatever_is_no_success_is_tried_again() {
        for status in [200, 201, 204, 299] {
            assert_eq!(judge(&answered(status), NOW), Judgement::Delivered, "{status}");
        }
        for status in [301, 302, 400, 404, 429, 500, 503] {
            assert_eq!(wait(judge(&answered(status), NOW)), 5, "{status}");
        }
        assert_eq!(wait(judge(&Attempt { status: None, ..answered(0) }, NOW)), 5);
        let last = Attempt { number: 10, ..answered(500) };
        assert_eq!(judge(&last, NOW), Judgement::GivenUp);
    }

    #[test]
    fn retry_after_is_kept_to_within_bounds_and_costs_no_attempt() {
        let deferred =
            |status, text| judge(&Attempt { retry_after: Some(text), ..answered(status) }, NOW);
        let later = |seconds: i64| Judgement::Deferred(NOW.plus_millis(seconds * 1000));
        assert_eq!(deferred(429, "120"), later(120));
        assert_eq!(deferred(503, " 7 "), later(7));
        assert_eq!(deferred(429, "Fri, 15 Jan 2027 08:01:00 GMT"), later(60));
        assert_eq!(deferred(429, "0"), later(1));
        assert_eq!(deferred(429, "Thu, 01 Jan 1970 00:00:00 GMT"), later(1));
        assert_eq!(deferred(429, "99999999999999999999"), later(86_400));
        // Nonsense, and answers that it means nothing in, are failures like any other.
        for (status, text) in [(429, "soon"), (429, ""), (429, "-5"), (500, "120")] {
            assert!(matches!(deferred(status, text), Judgement::Again(_)), "{status} {text}");
        }
        let after = Attempt { number: 4, deferrals: 3, ..answered(500) };
        assert_eq!(wait(judge(&after, NOW)), 5);
    }

    #[test]
    fn nothing_is_put_off_for_ever() {
        let happened_at = NOW.plus_millis(-5 * DAY);
        let old = Attempt { retry_after: Some("60"), happened_at, number: 10, ..answered(429) };
        assert_eq!(judge(&old, NOW), Judgement::GivenUp);
    }

    #[test]
    fn who_is_gone_or_failed_for_five_days_is_switched_off() {
        assert_eq!(judge(&answered(410), NOW), Judgement::SwitchOff(GONE));
        let since = |days: i64| Some(NOW.plus_millis(-days * DAY));
        let failing = |days| Attempt { failing_since: since(days), ..answered(500) };
        assert_eq!(judge(&failing(5), NOW), Judgement::SwitchOff(FAILED_FOR_DAYS));
        assert!(matches!(judge(&failing(4), NOW), Judgement::Again(_)));
        let recovered = Attempt { status: Some(200), ..failing(6) };
        assert_eq!(judge(&recovered, NOW), Judgement::Delivered);
    }
}
