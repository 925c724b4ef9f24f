//! Whether one start may be booked, and why not.

use meridian_scheduling::{BookingWindow, Reason, Span, check, slots};

use crate::support::{Case, at, daily, interval, zone};

fn verdict(case: &Case, start: &str) -> Result<(), Reason> {
    check(&case.question(), at(start))[0]
}

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
        assert_eq!(verdict(&office(), start), Ok(()), "{start}");
    }
}

#[test]
fn every_refusal_has_its_reason() {
    for (start, reason) in [
        ("2026-06-03T11:00:00Z", Reason::Past),
        ("2026-06-03T12:30:00Z", Reason::OutOfBounds),
        ("2026-06-09T09:00:00Z", Reason::OutOfBounds),
        ("2026-06-04T08:45:00Z", Reason::OutsideSchedule),
        ("2026-06-04T11:45:00Z", Reason::OutsideSchedule),
        ("2026-06-04T09:25:00Z", Reason::Busy),
        ("2026-06-04T10:29:00Z", Reason::Busy),
    ] {
        assert_eq!(verdict(&office(), start), Err(reason), "{start}");
    }
}

#[test]
fn a_window_of_days_gives_every_zone_its_due() {
    let case = office();
    // The sixth ends at 12:00 UTC of the seventh where the day ends last.
    assert_eq!(verdict(&case, "2026-06-07T11:30:00Z"), Ok(()));
    assert_eq!(verdict(&case, "2026-06-08T09:00:00Z"), Err(Reason::OutOfBounds));
}

#[test]
fn each_host_answers_for_itself() {
    let mut case = office();
    let mut other = case.hosts[0].clone();
    other.busy.clear();
    case.hosts.push(other);
    assert_eq!(check(&case.question(), at("2026-06-04T10:00:00Z")), [Err(Reason::Busy), Ok(())]);
}

#[test]
fn a_rolling_window_takes_what_it_shows_and_nothing_later() {
    let case = office().with_rules(|rules| {
        rules.booking_window = BookingWindow::Rolling(Span { days: 2, business: true });
    });
    for zone_name in ["UTC", "Pacific/Auckland", "America/Los_Angeles"] {
        let range = interval("2026-06-03", "2026-07-03");
        let shown = slots(&case.question(), range, zone(zone_name));
        assert!(!shown.is_empty());
        for start in shown {
            assert_eq!(check(&case.question(), start), [Ok(())], "{zone_name} {start}");
        }
    }
    assert_eq!(verdict(&case, "2026-06-10T09:00:00Z"), Err(Reason::OutOfBounds));
}
