//! What Cal.com's own slot code does that clients may see, row by row of what was
//! measured of it: the same here, or civil time where it goes wrong.

use meridian_kernel::Zone;
use meridian_scheduling::{
    BookingWindow, Counted, PerPeriod, Reasons, SeatedSlot, SharedTime, Span,
};

use crate::support::{Case, at, daily, dates, interval, on_date, zone};

const NEW_YORK: &str = "America/New_York";

#[test]
fn row_1_an_afternoon_rule_stays_where_it_is_on_the_day_clocks_change() {
    let case = Case::new(NEW_YORK, 60, vec![daily("13:30", "17:00")])
        .with_rules(|rules| rules.slot_interval = Some(30));
    for (day, next) in [("2026-03-08", "2026-03-09"), ("2026-11-01", "2026-11-02")] {
        let starts = case.starts(day, &format!("{next}T04:59:00Z"), NEW_YORK);
        let prefix = &day[5..];
        let wall = ["13:30", "14:00", "14:30", "15:00", "15:30", "16:00"];
        assert_eq!(starts, wall.map(|time| format!("{prefix} {time}")));
    }
}

#[test]
fn row_2_a_start_off_the_grid_stays_where_it_is_on_the_day_clocks_change() {
    for name in [NEW_YORK, "Europe/Rome", "Pacific/Auckland", "Antarctica/Troll"] {
        let case = Case::new(name, 60, vec![daily("09:15", "12:15")])
            .with_rules(|rules| rules.slot_interval = Some(15));
        let year = case.starts("2026-01-02", "2026-12-31", name);
        let firsts = year.chunks(9).map(|day| day[0].split_once(' ').unwrap().1);
        assert!(firsts.clone().count() > 360);
        assert!(firsts.clone().all(|first| first == "09:15"), "{name}");
    }
}

#[test]
fn row_3_a_rule_before_the_change_does_not_leak_into_the_day_before() {
    let case = Case::new(NEW_YORK, 60, vec![daily("00:00", "06:00")]);
    let starts = case.starts("2026-03-08", "2026-03-09T04:00:00Z", NEW_YORK);
    assert_eq!(starts, ["03-08 00:00", "03-08 01:00", "03-08 03:00", "03-08 04:00", "03-08 05:00"]);
}

#[test]
fn row_4_a_start_after_a_busy_time_is_rounded_on_the_hosts_wall() {
    // Busy until 11:00 in Kolkata, 05:30 UTC.
    let case = Case::new("Asia/Kolkata", 60, vec![daily("09:00", "14:00")])
        .with_busy(vec![interval("2026-06-03T03:00:00Z", "2026-06-03T05:30:00Z")]);
    for looker in ["Asia/Kolkata", "UTC"] {
        let first = case.starts("2026-06-03", "2026-06-04", looker).remove(0);
        let shown = zone(looker).civil(at("2026-06-03T05:30:00Z"));
        assert_eq!(first, shown.format("%m-%d %H:%M").to_string());
    }
}

#[test]
fn row_5_starts_off_the_grid_are_rounded_up_to_what_divides_the_frequency() {
    let first = |frequency, rule: &str| {
        let case = Case::new("UTC", 30, vec![daily(rule, "12:00")])
            .with_rules(|rules| rules.slot_interval = Some(frequency));
        case.starts("2026-06-03", "2026-06-04", "UTC").remove(0)
    };
    for (frequency, expected) in [
        (60, "06-03 10:00"),
        (90, "06-03 09:30"),
        (40, "06-03 09:20"),
        (45, "06-03 09:15"),
        (50, "06-03 09:10"),
        (25, "06-03 09:05"),
        (7, "06-03 09:01"),
    ] {
        assert_eq!(first(frequency, "09:01"), expected, "{frequency}");
    }
    // After a minimum notice too.
    let case = Case::new("UTC", 60, vec![daily("09:00", "17:00")])
        .at("2026-06-03T09:07:20Z")
        .with_rules(|rules| rules.minimum_notice = 90);
    assert_eq!(case.starts("2026-06-03", "2026-06-04", "UTC")[0], "06-03 11:00");
}

#[test]
fn row_6_the_offset_adds_up() {
    let case = Case::new("UTC", 30, vec![daily("09:00", "11:00")])
        .with_rules(|rules| rules.offset_start = 5);
    assert_eq!(
        case.starts("2026-06-03", "2026-06-04", "UTC"),
        ["06-03 09:05", "06-03 09:40", "06-03 10:15"]
    );
}

#[test]
fn row_7_full_shared_slots_stay_in_the_list() {
    let slot = interval("2026-06-03T10:00:00Z", "2026-06-03T11:00:00Z");
    let mut case = Case::new("UTC", 60, vec![daily("09:00", "12:00")])
        .with_rules(|rules| rules.seats = Some(2))
        .with_host(|host| host.shared = vec![SharedTime { slot: slot.start, taken: slot }]);
    case.seated = vec![SeatedSlot { slot, taken: 2, booking_uid: Some("full".to_owned()) }];
    assert_eq!(
        case.starts("2026-06-03", "2026-06-04", "UTC"),
        ["06-03 09:00 0/2", "06-03 10:00 2/2", "06-03 11:00 0/2"]
    );
    assert_eq!(case.verdict("2026-06-03T10:00:00Z"), Reasons::SEATS_FULL);
}

#[test]
fn row_8_buffers_of_two_bookings_add_up_and_calendars_have_none() {
    let office = || {
        Case::new("UTC", 15, vec![daily("08:00", "12:00")]).with_rules(|rules| {
            rules.before_buffer = 10;
            rules.after_buffer = 20;
        })
    };
    // A booking 10:00-10:30 with 15 before and 5 after comes as 09:45-10:35.
    let booking =
        office().with_busy(vec![interval("2026-06-03T09:45:00Z", "2026-06-03T10:35:00Z")]);
    // What a calendar says comes as it is.
    let calendar =
        office().with_busy(vec![interval("2026-06-03T10:00:00Z", "2026-06-03T10:30:00Z")]);
    let verdicts = |case: &Case, starts: [&str; 4]| {
        starts.map(|time| case.verdict(&format!("2026-06-03T{time}:00Z")).is_empty())
    };
    let free_at_the_edges = [true, false, false, true];
    assert_eq!(verdicts(&booking, ["09:10", "09:11", "10:44", "10:45"]), free_at_the_edges);
    assert_eq!(verdicts(&calendar, ["09:25", "09:26", "10:39", "10:40"]), free_at_the_edges);
}

#[test]
fn row_9_an_override_replaces_its_day_closes_it_or_reaches_midnight_and_never_leaks() {
    let case = Case::new("UTC", 60, vec![daily("09:00", "11:00")]).with_overrides(vec![
        on_date("2026-06-02", "22:00", "23:59"),
        on_date("2026-06-03", "14:00", "16:00"),
        on_date("2026-06-04", "00:00", "00:00"),
        on_date("2026-06-05", "22:00", "23:59"),
        on_date("2026-06-06", "00:00", "02:00"),
    ]);
    assert_eq!(
        case.starts("2026-06-03", "2026-06-06", "UTC"),
        ["06-03 14:00", "06-03 15:00", "06-05 22:00", "06-05 23:00"]
    );
}

#[test]
fn row_10_weekly_limits_begin_on_sunday_and_count_days_of_their_own_zone() {
    let mut case = Case::new(NEW_YORK, 60, vec![daily("23:00", "23:59")]).with_rules(|rules| {
        rules.limits.bookings = PerPeriod { week: Some(1), ..PerPeriod::default() }
    });
    // Saturday 2026-06-06 23:00 in New York is Sunday 03:00 UTC.
    let saturday = at("2026-06-07T03:00:00Z");
    case.counted = vec![Counted { start: saturday, minutes: 60, of_team: false }];
    assert_eq!(
        case.starts("2026-06-05", "2026-06-09T12:00:00Z", NEW_YORK),
        ["06-07 23:00", "06-08 23:00"]
    );
}

#[test]
fn row_10_a_window_of_dates_is_civil_across_a_change_of_clocks() {
    let date = |text: &str| text.parse().unwrap();
    let case = Case::new(NEW_YORK, 60, vec![daily("00:00", "01:00"), daily("23:00", "23:59")])
        .at("2026-10-20")
        .with_rules(|rules| {
            let (from, to) = (date("2026-11-01"), date("2026-11-02"));
            rules.booking_window = BookingWindow::Dates { from, to };
        });
    assert_eq!(
        case.starts("2026-10-30", "2026-11-05", NEW_YORK),
        ["11-01 00:00", "11-01 23:00", "11-02 00:00", "11-02 23:00"]
    );
}

#[test]
fn row_11_days_out_of_office_have_no_slots() {
    let case = Case::new("Europe/Rome", 240, vec![daily("09:00", "13:00")])
        .with_host(|host| host.days_off = vec![dates("2050-09-06", "2050-09-09")]);
    assert_eq!(case.starts("2050-09-05", "2050-09-11", "UTC"), ["09-05 07:00", "09-10 07:00"]);
    assert_eq!(case.verdict("2050-09-07T07:00:00Z"), Reasons::OUT_OF_OFFICE);
}

#[test]
fn row_12_days_are_those_of_the_asked_zone() {
    // 23:00 in Rome is the next day in Auckland: one slot a day is another one there.
    let case = Case::new("Europe/Rome", 60, vec![daily("13:00", "15:00")])
        .with_rules(|rules| rules.first_slot_only = true);
    let window = ("2026-06-03", "2026-06-05");
    assert_eq!(case.starts(window.0, window.1, "UTC"), ["06-03 11:00", "06-04 11:00"]);
    assert_eq!(
        case.starts(window.0, window.1, "Pacific/Auckland"),
        ["06-03 23:00", "06-04 00:00", "06-05 00:00"]
    );
}

#[test]
fn a_rolling_window_of_three_days_shows_three_mondays() {
    let mondays = vec![crate::support::on(&[meridian_scheduling::Day::Monday], "09:00", "10:00")];
    let case = Case::new("UTC", 60, mondays).at("2026-11-10").with_rules(|rules| {
        rules.booking_window = BookingWindow::Rolling(Span { days: 3, business: false });
    });
    assert_eq!(
        case.starts("2026-11-10", "2026-12-31", "UTC"),
        ["11-16 09:00", "11-23 09:00", "11-30 09:00"]
    );
    assert!(
        case.reasons("2026-12-07T09:00:00Z", Some(Zone::UTC))[0].contains(Reasons::OUTSIDE_WINDOW)
    );
}
