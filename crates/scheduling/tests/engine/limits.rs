//! How much may be booked in a day, week, month or year.

use meridian_kernel::Zone;
use meridian_scheduling::{
    Booked, BookingWindow, Counted, Interval, Limits, Measure, PerPeriod, Reasons, SeatedSlot,
    SharedTime, Span, load_range, tally,
};

use crate::support::{Case, at, daily, interval, zone};

const NONE: PerPeriod = PerPeriod { day: None, week: None, month: None, year: None };

/// One slot a day at noon, and bookings of an hour.
fn noon(limits: Limits, bookings: &[&str]) -> Case {
    let mut case = Case::new("Europe/Rome", 60, vec![daily("12:00", "13:00")])
        .with_rules(|rules| rules.limits = limits);
    let own = |start: &&str| Counted { start: at(start), minutes: 60, of_team: false };
    case.counted = bookings.iter().map(own).collect();
    case
}

fn days(case: &Case, from: &str, until: &str) -> Vec<String> {
    let starts = case.starts(from, until, "Europe/Rome");
    starts.into_iter().map(|start| start[..5].to_owned()).collect()
}

fn bookings(per_period: PerPeriod) -> Limits {
    Limits { bookings: per_period, ..Limits::default() }
}

#[test]
fn a_full_period_has_no_slots_and_its_neighbours_have() {
    // A Wednesday, the last of its month but one.
    let booked = ["2026-12-30T08:00:00Z"];
    let free = |per_period| days(&noon(bookings(per_period), &booked), "2026-12-25", "2027-01-06");
    let all: Vec<String> = (25..=31)
        .map(|day| format!("12-{day}"))
        .chain((1..=5).map(|day| format!("01-0{day}")))
        .collect();
    let without = |gone: std::ops::Range<usize>| [&all[..gone.start], &all[gone.end..]].concat();
    assert_eq!(free(PerPeriod { day: Some(2), ..NONE }), all);
    assert_eq!(free(PerPeriod { day: Some(1), ..NONE }), without(5..6));
    // Sunday 12-27 to Saturday 01-02.
    assert_eq!(free(PerPeriod { week: Some(1), ..NONE }), without(2..9));
    assert_eq!(free(PerPeriod { month: Some(1), ..NONE }), without(0..7));
    assert_eq!(free(PerPeriod { year: Some(1), ..NONE }), without(0..7));
}

#[test]
fn a_limit_on_time_counts_what_is_asked_for_too() {
    let minutes =
        |most| Limits { minutes: PerPeriod { day: Some(most), ..NONE }, ..Limits::default() };
    let booked = ["2026-06-03T06:00:00Z"];
    let free = |most| days(&noon(minutes(most), &booked), "2026-06-03", "2026-06-05");
    assert_eq!(free(120), ["06-03", "06-04"]);
    assert_eq!(free(119), ["06-04"]);
    // An hour alone is too long.
    assert_eq!(free(45), [""; 0]);
    let case = noon(minutes(45), &[]);
    assert_eq!(case.verdict("2026-06-04T10:00:00Z"), Reasons::DURATION_LIMIT);
}

#[test]
fn a_limit_of_the_team_counts_bookings_of_the_team() {
    let mut case = noon(
        Limits { team_bookings: PerPeriod { day: Some(1), ..NONE }, ..Limits::default() },
        &["2026-06-03T06:00:00Z"],
    );
    assert_eq!(days(&case, "2026-06-03", "2026-06-05"), ["06-03", "06-04"]);
    case.counted[0].of_team = true;
    assert_eq!(days(&case, "2026-06-03", "2026-06-05"), ["06-04"]);
    assert_eq!(case.verdict("2026-06-03T10:00:00Z"), Reasons::BOOKING_LIMIT);
}

#[test]
fn a_slot_belongs_to_the_period_it_starts_in() {
    let mut case = Case::new("UTC", 120, vec![daily("23:00", "22:00")])
        .with_rules(|rules| rules.limits = bookings(PerPeriod { day: Some(1), ..NONE }));
    case.counted =
        vec![Counted { start: at("2026-06-04T05:00:00Z"), minutes: 120, of_team: false }];
    // From 23:00 on the third it reaches into the full day, from the fourth out of it.
    assert!(case.verdict("2026-06-03T23:00:00Z").is_empty());
    assert_eq!(case.verdict("2026-06-04T23:30:00Z"), Reasons::BOOKING_LIMIT);
    assert!(case.verdict("2026-06-05T00:00:00Z").is_empty());
}

#[test]
fn periods_are_civil_and_cover_every_start_that_is_asked_about() {
    let limits = Limits {
        bookings: PerPeriod { day: Some(1), week: Some(2), month: Some(3), year: Some(4) },
        ..Limits::default()
    };
    let show = |zone_name: &str, range: Interval| {
        let periods = limits.periods(zone(zone_name), range).into_iter();
        let all = periods.map(|p| format!("{} {} {}", p.interval.start, p.interval.end, p.most));
        all.collect::<Vec<_>>()
    };
    // Clocks in New York change on 2026-03-08, a Sunday.
    let range = interval("2026-03-08T06:00:00Z", "2026-03-09T04:00:01Z");
    assert_eq!(
        show("America/New_York", range),
        [
            "2026-03-08T05:00:00.000Z 2026-03-09T04:00:00.000Z 1",
            "2026-03-09T04:00:00.000Z 2026-03-10T04:00:00.000Z 1",
            "2026-03-08T05:00:00.000Z 2026-03-15T04:00:00.000Z 2",
            "2026-03-01T05:00:00.000Z 2026-04-01T04:00:00.000Z 3",
            "2026-01-01T05:00:00.000Z 2027-01-01T05:00:00.000Z 4",
        ]
    );
    assert_eq!(show("UTC", interval("2026-03-08", "2026-03-08")), [""; 0]);
    // The thirtieth never was.
    let days = Limits { bookings: PerPeriod { day: Some(1), ..NONE }, ..Limits::default() };
    let apia = days.periods(zone("Pacific/Apia"), interval("2011-12-30", "2011-12-31"));
    let bounds: Vec<String> = apia.iter().map(|p| p.interval.start.to_iso()).collect();
    assert_eq!(bounds, ["2011-12-29T10:00:00.000Z", "2011-12-30T10:00:00.000Z"]);
}

#[test]
fn a_start_has_one_period_of_each_kind() {
    let each = PerPeriod { day: Some(1), week: Some(1), month: Some(1), year: Some(1) };
    let limits = Limits { bookings: each, minutes: each, team_bookings: each };
    let start = at("2026-06-03T00:00:00Z");
    let periods = limits.periods_of(Zone::UTC, start);
    assert_eq!(periods.len(), 12);
    assert!(periods.iter().all(|period| period.interval.has(start)));
    let of_team = periods.iter().filter(|period| period.measure == Measure::TeamBookings);
    assert_eq!(of_team.count(), 4);
}

#[test]
fn counting_looks_at_starts_alone() {
    let each = PerPeriod { day: Some(9), ..NONE };
    let limits = Limits { bookings: each, minutes: each, team_bookings: each };
    let periods = limits.periods(Zone::UTC, interval("2026-06-03", "2026-06-05"));
    let counted = |start, minutes, of_team| Counted { start: at(start), minutes, of_team };
    let list = [
        counted("2026-06-04T00:00:00Z", 30, false),
        counted("2026-06-03T23:59:00Z", 60, false),
        counted("2026-06-03T00:00:00Z", 15, false),
        counted("2026-06-02T23:59:59Z", 15, false),
        counted("2026-06-03T12:00:00Z", 15, true),
    ];
    let so_far: Vec<u64> =
        tally(&periods, &list).iter().map(|booked: &Booked| booked.so_far).collect();
    assert_eq!(so_far, [2, 1, 75, 30, 1, 0]);
}

#[test]
fn one_more_seat_is_not_one_more_booking() {
    let mut case = noon(bookings(PerPeriod { day: Some(1), ..NONE }), &["2026-06-03T10:00:00Z"]);
    let slot = interval("2026-06-03T10:00:00Z", "2026-06-03T11:00:00Z");
    case.rules.seats = Some(3);
    case.hosts[0].shared = vec![SharedTime { slot: slot.start, taken: slot }];
    case.seated = vec![SeatedSlot { slot, taken: 1, booking_uid: Some("b".to_owned()) }];
    assert_eq!(
        case.starts("2026-06-03", "2026-06-05", "Europe/Rome"),
        ["06-03 12:00 1/3", "06-04 12:00 0/3"]
    );
    // Where nobody has booked yet, it is.
    case.seated[0].booking_uid = None;
    assert_eq!(case.starts("2026-06-03", "2026-06-05", "Europe/Rome"), ["06-04 12:00 0/3"]);
}

#[test]
fn a_rolling_window_counts_no_day_that_is_full() {
    let mut case = noon(bookings(PerPeriod { day: Some(1), ..NONE }), &["2026-06-03T06:00:00Z"]);
    case.now = at("2026-06-02T20:00:00Z");
    case.rules.booking_window = BookingWindow::Rolling(Span { days: 2, business: false });
    assert_eq!(days(&case, "2026-06-02", "2026-06-20"), ["06-04", "06-05"]);
    // What is needed reaches back to now, wherever the window begins.
    let window = interval("2026-06-10", "2026-06-20");
    let range = load_range(&case.rules, case.now, window);
    assert_eq!(range, Interval::new(case.now, window.end));
    case.rules.booking_window = BookingWindow::Unlimited;
    assert_eq!(load_range(&case.rules, case.now, window), window);
}
