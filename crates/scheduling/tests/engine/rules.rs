//! What event types and schedules ask for.

use meridian_kernel::Instant;
use meridian_scheduling::{BookingWindow, Day, Host, Interval, Reasons, Schedule, Span, slots};

use crate::support::{Case, at, daily, interval, on, on_date, zone};

fn office() -> Case {
    Case::new("UTC", 60, vec![daily("09:00", "12:00")])
}

#[test]
fn an_override_replaces_its_date_and_several_add_up() {
    let case = office().with_overrides(vec![
        on_date("2026-06-04", "15:00", "16:00"),
        on_date("2026-06-04", "07:00", "08:00"),
        on_date("2026-06-05", "00:00", "00:00"),
        on_date("2026-06-06", "23:00", "23:59"),
    ]);
    assert_eq!(
        case.starts("2026-06-04", "2026-06-07", "UTC"),
        ["06-04 07:00", "06-04 15:00", "06-06 23:00"]
    );
}

#[test]
fn overrides_outside_the_asked_range_do_not_show() {
    let case = office().with_overrides(vec![
        on_date("2026-06-03", "20:00", "22:00"),
        on_date("2026-06-05", "00:00", "02:00"),
    ]);
    let day = case.starts("2026-06-04", "2026-06-05", "UTC");
    assert_eq!(day, ["06-04 09:00", "06-04 10:00", "06-04 11:00"]);
}

#[test]
fn a_slot_lies_inside_the_asked_range() {
    let case = office();
    let cut = case.starts("2026-06-04T10:00:00Z", "2026-06-04T11:30:00Z", "UTC");
    assert_eq!(cut, ["06-04 10:00"]);
    assert!(case.starts("2026-06-04T10:00:00Z", "2026-06-04T10:00:00Z", "UTC").is_empty());
    assert!(case.starts("2026-06-05", "2026-06-04", "UTC").is_empty());
}

#[test]
fn time_ends_and_so_do_its_slots() {
    let case = Case::new("UTC", 60, vec![daily("00:00", "23:59")]);
    let last = Interval::new(at("9999-12-31T20:00:00Z"), Instant::LATEST);
    let slots = slots(&case.question(&[]), last, zone("UTC"));
    assert_eq!(slots.len(), 3);
    let first = Interval::new(Instant::EARLIEST, at("0001-01-02"));
    assert!(meridian_scheduling::slots(&case.question(&[]), first, zone("UTC")).is_empty());
    assert!(case.verdict("9999-12-31T23:59:59.999Z").contains(Reasons::OUTSIDE_SCHEDULE));
}

#[test]
fn buffers_of_both_bookings_keep_them_apart() {
    // Booked 10:00-10:30, with 15 minutes of its own before and 5 after.
    let busy = interval("2026-06-04T09:45:00Z", "2026-06-04T10:35:00Z");
    let case = Case::new("UTC", 15, vec![daily("09:00", "12:00")]).with_busy(vec![busy]);
    let case = case.with_rules(|rules| {
        rules.before_buffer = 10;
        rules.after_buffer = 20;
    });
    let starts = case.starts("2026-06-04", "2026-06-05", "UTC");
    // The last before ends at 09:15 or sooner: 09:45 less my 20 is 09:25. The first
    // after begins at 10:45: 10:35 and my 10.
    assert_eq!(starts[..2], ["06-04 09:00", "06-04 10:45"]);
}

#[test]
fn a_notice_moves_the_first_start_up_to_the_grid() {
    let case = Case::new("UTC", 30, vec![daily("09:00", "12:00")]);
    let case = case.at("2026-06-04T09:40:30Z").with_rules(|rules| rules.minimum_notice = 60);
    assert_eq!(case.starts("2026-06-04", "2026-06-05", "UTC"), ["06-04 11:00", "06-04 11:30"]);
}

#[test]
fn without_a_notice_nothing_starts_within_a_minute() {
    let case = Case::new("UTC", 60, vec![daily("09:00", "12:00")]).at("2026-06-04T10:00:00Z");
    assert_eq!(case.starts("2026-06-04", "2026-06-05", "UTC"), ["06-04 11:00"]);
}

#[test]
fn interval_and_offset_decide_the_starts() {
    let case = office().with_rules(|rules| rules.slot_interval = Some(45));
    assert_eq!(
        case.starts("2026-06-04", "2026-06-05", "UTC"),
        ["06-04 09:00", "06-04 09:45", "06-04 10:30"]
    );
    let case = office().with_rules(|rules| rules.offset_start = 10);
    assert_eq!(case.starts("2026-06-04", "2026-06-05", "UTC"), ["06-04 09:10", "06-04 10:20"]);
}

#[test]
fn only_the_first_slot_of_the_lookers_day_where_asked() {
    let case = office().with_rules(|rules| rules.first_slot_only = true);
    assert_eq!(case.starts("2026-06-04", "2026-06-06", "UTC"), ["06-04 09:00", "06-05 09:00"]);
    // In Auckland 12:00 UTC is midnight: the hours of a day fall on one date.
    let case = Case::new("UTC", 60, vec![daily("10:00", "14:00")]);
    let case = case.with_rules(|rules| rules.first_slot_only = true);
    assert_eq!(
        case.starts("2026-06-04", "2026-06-05", "Pacific/Auckland"),
        ["06-04 22:00", "06-05 00:00"]
    );
}

fn ahead(days: u32, business: bool) -> BookingWindow {
    BookingWindow::Ahead(Span { days, business })
}

#[test]
fn days_ahead_end_with_the_lookers_day() {
    let case = Case::new("UTC", 360, vec![daily("00:00", "23:59")]).at("2026-06-04T01:00:00Z");
    let case = case.with_rules(|rules| rules.booking_window = ahead(1, false));
    let last = |zone| case.starts("2026-06-04", "2026-06-09", zone).pop().unwrap();
    assert_eq!(last("UTC"), "06-05 20:00");
    // In Los Angeles it is still the third.
    assert_eq!(last("America/Los_Angeles"), "06-04 19:00");
}

#[test]
fn business_days_ahead_leave_the_weekend_out() {
    // A Friday.
    let case = office().at("2026-06-05T08:00:00Z");
    let case = case.with_rules(|rules| rules.booking_window = ahead(1, true));
    let last = case.starts("2026-06-05", "2026-06-12", "UTC").pop();
    assert_eq!(last.as_deref(), Some("06-08 11:00"));
}

#[test]
fn a_window_of_dates_is_the_hosts_and_keeps_both_ends() {
    let case = Case::new("America/New_York", 60, vec![daily("23:00", "23:59")]);
    let date = |text: &str| text.parse().unwrap();
    let case = case.with_rules(|rules| {
        rules.booking_window =
            BookingWindow::Dates { from: date("2026-10-31"), to: date("2026-11-02") };
    });
    // Clocks change on the first: the range is that of the wall all the same.
    assert_eq!(
        case.starts("2026-10-29", "2026-11-06", "America/New_York"),
        ["10-31 23:00", "11-01 23:00", "11-02 23:00"]
    );
}

#[test]
fn a_rolling_window_counts_days_that_can_be_booked() {
    let mondays = Case::new("UTC", 60, vec![on(&[Day::Monday], "09:00", "10:00")]);
    let mondays = mondays.at("2026-06-02T00:00:00Z").with_rules(|rules| {
        rules.booking_window = BookingWindow::Rolling(Span { days: 3, business: false });
    });
    let month = ("2026-06-02", "2026-07-30");
    assert_eq!(
        mondays.starts(month.0, month.1, "UTC"),
        ["06-08 09:00", "06-15 09:00", "06-22 09:00"]
    );
    // What was counted lies before the asked range too.
    assert_eq!(mondays.starts("2026-06-20", month.1, "UTC"), ["06-22 09:00"]);
    // A day that is booked out opens another.
    let taken = interval("2026-06-15T09:00:00Z", "2026-06-15T10:00:00Z");
    assert_eq!(
        mondays.with_busy(vec![taken]).starts(month.0, month.1, "UTC"),
        ["06-08 09:00", "06-22 09:00", "06-29 09:00"]
    );
}

fn host(zone_name: &str, start: &str, end: &str, fixed: bool) -> Host {
    let rules = vec![daily(start, end)];
    let schedule = Schedule { zone: zone(zone_name), rules, overrides: Vec::new() };
    Host { fixed, ..Host::working(schedule) }
}

#[test]
fn fixed_hosts_must_all_be_free() {
    let mut case = office();
    case.hosts.push(host("UTC", "10:00", "15:00", true));
    assert_eq!(case.starts("2026-06-04", "2026-06-05", "UTC"), ["06-04 10:00", "06-04 11:00"]);
    case.hosts.push(host("UTC", "20:00", "21:00", true));
    assert!(case.starts("2026-06-04", "2026-06-05", "UTC").is_empty());
}

#[test]
fn one_of_the_others_is_enough_but_it_must_be_free_throughout() {
    let mut case = Case::new("UTC", 60, Vec::new());
    case.hosts = vec![host("UTC", "09:00", "10:30", false), host("UTC", "10:30", "12:00", false)];
    // 10:00-11:00 would change hosts midway.
    assert_eq!(case.starts("2026-06-04", "2026-06-05", "UTC"), ["06-04 09:00", "06-04 11:00"]);
    case.hosts.push(host("UTC", "11:00", "12:00", true));
    assert_eq!(case.starts("2026-06-04", "2026-06-05", "UTC"), ["06-04 11:00"]);
    case.hosts.push(host("UTC", "20:00", "21:00", true));
    assert!(case.starts("2026-06-04", "2026-06-05", "UTC").is_empty());
}
