//! Whether a start may be booked, and why not.

use meridian_scheduling::{
    BookingWindow, Counted, Reasons, Restriction, Schedule, Span, check, slots,
};

use crate::support::{Case, at, daily, dates, interval, zone};

fn office() -> Case {
    let busy = interval("2026-06-04T10:00:00Z", "2026-06-04T10:30:00Z");
    let case = Case::new("UTC", 30, vec![daily("09:00", "12:00")]).with_busy(vec![busy]);
    case.at("2026-06-03T12:00:00Z").with_rules(|rules| {
        rules.minimum_notice = 60;
        rules.after_buffer = 10;
        rules.booking_window = BookingWindow::Ahead(Span { days: 3, business: false });
    })
}

#[test]
fn a_start_off_the_grid_but_inside_the_hours_may_be_booked() {
    for start in ["2026-06-04T09:00:00Z", "2026-06-04T09:07:00Z", "2026-06-04T11:30:00Z"] {
        assert_eq!(office().verdict(start), Reasons::empty(), "{start}");
    }
}

#[test]
fn every_refusal_has_its_reason() {
    let hours = Reasons::OUTSIDE_SCHEDULE;
    for (start, reasons) in [
        ("2026-06-03T11:00:00Z", Reasons::PAST | Reasons::TOO_SOON),
        ("2026-06-03T12:30:00Z", Reasons::TOO_SOON | hours),
        ("2026-06-09T09:00:00Z", Reasons::OUTSIDE_WINDOW),
        ("2026-06-04T08:45:00Z", hours),
        ("2026-06-04T11:45:00Z", hours),
        ("2026-06-04T09:25:00Z", Reasons::BUSY),
        ("2026-06-04T10:29:00Z", Reasons::BUSY),
    ] {
        assert_eq!(office().verdict(start), reasons, "{start}");
    }
}

#[test]
fn all_reasons_are_told_at_once() {
    let mut case = office();
    case.hosts[0].days_off = vec![dates("2026-06-10", "2026-06-10")];
    case.hosts[0].busy.push(interval("2026-06-10T13:00:00Z", "2026-06-10T14:00:00Z"));
    case.hosts[0].held = vec![interval("2026-06-10T13:00:00Z", "2026-06-10T14:00:00Z")];
    case.counted = vec![Counted { start: at("2026-06-10T09:00:00Z"), minutes: 60, of_team: false }];
    case.rules.limits.bookings.day = Some(1);
    case.rules.limits.minutes.week = Some(75);
    let schedule =
        Schedule { zone: zone("UTC"), rules: vec![daily("09:00", "10:00")], overrides: Vec::new() };
    case.rules.restriction = Some(Restriction { schedule, on_bookers_wall: false });
    let all = Reasons::OUTSIDE_WINDOW
        | Reasons::OUTSIDE_SCHEDULE
        | Reasons::RESTRICTED
        | Reasons::BUSY
        | Reasons::OUT_OF_OFFICE
        | Reasons::BOOKING_LIMIT
        | Reasons::DURATION_LIMIT
        | Reasons::RESERVED;
    assert_eq!(case.verdict("2026-06-10T13:00:00Z"), all);
}

#[test]
fn a_window_of_days_gives_every_zone_its_due() {
    let case = office();
    // The sixth ends at 12:00 UTC of the seventh where the day ends last.
    assert_eq!(case.verdict("2026-06-07T11:30:00Z"), Reasons::empty());
    assert_eq!(case.verdict("2026-06-08T09:00:00Z"), Reasons::OUTSIDE_WINDOW);
}

#[test]
fn each_host_answers_for_itself() {
    let mut case = office();
    let mut other = case.hosts[0].clone();
    other.busy.clear();
    case.hosts.push(other);
    let reasons = case.reasons("2026-06-04T10:00:00Z", None);
    assert_eq!(reasons, [Reasons::BUSY, Reasons::empty()]);
}

#[test]
fn many_starts_are_answered_in_their_order() {
    let case = office();
    let starts = ["2026-06-09T09:00:00Z", "2026-06-04T09:00:00Z", "2026-06-04T10:00:00Z"].map(at);
    let answers = check(&case.question(&[]), &starts, None);
    assert_eq!(answers, [[Reasons::OUTSIDE_WINDOW], [Reasons::empty()], [Reasons::BUSY]]);
}

#[test]
fn a_rolling_window_takes_what_it_shows_and_nothing_later() {
    let case = office().with_rules(|rules| {
        rules.booking_window = BookingWindow::Rolling(Span { days: 2, business: true });
    });
    for zone_name in ["UTC", "Pacific/Auckland", "America/Los_Angeles"] {
        let range = interval("2026-06-03", "2026-07-03");
        let shown = slots(&case.question(&[]), range, zone(zone_name));
        assert!(!shown.is_empty());
        for slot in shown {
            let reasons = check(&case.question(&[]), &[slot.start], None);
            assert_eq!(reasons, [[Reasons::empty()]], "{zone_name} {}", slot.start);
        }
    }
    assert_eq!(case.verdict("2026-06-10T09:00:00Z"), Reasons::OUTSIDE_WINDOW);
}

#[test]
fn a_start_just_at_the_notice_is_soon_enough() {
    let case = office().at("2026-06-04T08:00:00Z");
    assert_eq!(
        case.verdict("2026-06-04T08:59:59.999Z"),
        Reasons::TOO_SOON | Reasons::OUTSIDE_SCHEDULE
    );
    assert_eq!(case.verdict("2026-06-04T09:00:00Z"), Reasons::empty());
}

#[test]
fn a_rolling_window_ends_on_the_same_day_wherever_the_asked_range_ends() {
    // Optimized starts depend on where free time ends, and that on what is asked.
    let case = Case::new("UTC", 60, vec![daily("00:00", "23:59")]).at("2026-06-03T23:09:00Z");
    let case = case.with_rules(|rules| {
        rules.optimized = true;
        rules.booking_window = BookingWindow::Rolling(Span { days: 1, business: false });
    });
    let last = |end| case.starts("2026-06-03", end, "UTC").pop().unwrap();
    assert_eq!(last("2026-06-04T04:00:00Z"), "06-04 03:00");
    assert_eq!(last("2026-06-04T04:10:00Z"), "06-04 03:10");
}
