//! Hours are those of the wall, whatever the clock does.

use meridian_scheduling::Day;

use crate::support::{Case, daily, on, on_date};

/// Starts on one date of a zone, as `HH:MM` there.
fn on_the_wall(case: &Case, date: &str, zone: &str) -> Vec<String> {
    let day = date.parse::<chrono::NaiveDate>().unwrap();
    let (before, after) = (day.pred_opt().unwrap(), day.succ_opt().unwrap().succ_opt().unwrap());
    let prefix = format!("{} ", day.format("%m-%d"));
    case.starts(&before.to_string(), &after.to_string(), zone)
        .into_iter()
        .filter_map(|start| start.strip_prefix(&prefix).map(str::to_owned))
        .collect()
}

#[test]
fn working_hours_keep_their_place_on_the_wall_when_clocks_change() {
    let changes = [
        ("America/New_York", ["2026-03-07", "2026-03-08", "2026-03-09", "2026-11-01"]),
        ("Europe/Rome", ["2026-03-28", "2026-03-29", "2026-03-30", "2026-10-25"]),
        ("Australia/Lord_Howe", ["2026-04-04", "2026-04-05", "2026-10-04", "2026-10-05"]),
        ("America/Santiago", ["2026-04-04", "2026-04-05", "2026-09-06", "2026-09-07"]),
        ("Pacific/Auckland", ["2026-04-05", "2026-04-06", "2026-09-27", "2026-09-28"]),
    ];
    for (zone, dates) in changes {
        let morning = Case::new(zone, 60, vec![daily("09:00", "12:00")]);
        let afternoon = Case::new(zone, 30, vec![daily("13:30", "15:00")]);
        let odd = Case::new(zone, 30, vec![daily("09:15", "10:15")]);
        for date in dates {
            assert_eq!(on_the_wall(&morning, date, zone), ["09:00", "10:00", "11:00"], "{date}");
            assert_eq!(on_the_wall(&afternoon, date, zone), ["13:30", "14:00", "14:30"], "{date}");
            assert_eq!(on_the_wall(&odd, date, zone), ["09:30"], "{zone} {date}");
        }
    }
}

#[test]
fn hours_before_a_change_do_not_leak_into_the_day_before() {
    let night = Case::new("America/New_York", 60, vec![daily("00:00", "06:00")]);
    let spring = night.starts("2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", "America/New_York");
    let spring: Vec<&str> = spring.iter().map(String::as_str).collect();
    // 02:00 is never shown: five hours are left.
    assert_eq!(spring, ["03-08 00:00", "03-08 01:00", "03-08 03:00", "03-08 04:00", "03-08 05:00"]);
}

#[test]
fn an_hour_shown_twice_belongs_to_hours_that_span_it() {
    let night = Case::new("America/New_York", 60, vec![daily("00:00", "03:00")]);
    let autumn = on_the_wall(&night, "2026-11-01", "America/New_York");
    assert_eq!(autumn, ["00:00", "01:00", "01:00", "02:00"]);
}

#[test]
fn hours_that_begin_in_a_gap_begin_where_it_ends() {
    let early = Case::new("Europe/Rome", 30, vec![daily("02:30", "04:00")]);
    assert_eq!(on_the_wall(&early, "2026-03-29", "Europe/Rome"), ["03:00", "03:30"]);
    assert_eq!(on_the_wall(&early, "2026-03-30", "Europe/Rome"), ["02:30", "03:00", "03:30"]);
}

#[test]
fn midnight_may_be_missing() {
    // Clocks in Santiago go from 24:00 to 01:00 on the night to 2026-09-06.
    let night = Case::new("America/Santiago", 30, vec![daily("00:00", "02:00")]);
    assert_eq!(on_the_wall(&night, "2026-09-06", "America/Santiago"), ["01:00", "01:30"]);
}

#[test]
fn zones_off_the_full_hour_start_at_full_hours_of_their_own() {
    for zone in ["Asia/Kolkata", "Asia/Kathmandu", "Australia/Eucla", "America/St_Johns"] {
        let case = Case::new(zone, 60, vec![daily("09:00", "12:00")]);
        let own = on_the_wall(&case, "2026-06-03", zone);
        assert_eq!(own, ["09:00", "10:00", "11:00"], "{zone}");
    }
}

#[test]
fn what_is_left_after_a_busy_time_starts_at_full_hours_of_the_hosts_zone() {
    let case = Case::new("Asia/Kolkata", 60, vec![daily("09:00", "14:00")]);
    // 10:00 to 11:00 in Kolkata.
    let busy = crate::support::interval("2026-06-03T04:30:00Z", "2026-06-03T05:30:00Z");
    let case = case.with_busy(vec![busy]);
    let own = on_the_wall(&case, "2026-06-03", "Asia/Kolkata");
    assert_eq!(own, ["09:00", "11:00", "12:00", "13:00"]);
}

#[test]
fn days_are_the_hosts_own_on_both_sides_of_the_date_line() {
    let mondays = vec![on(&[Day::Monday], "09:00", "11:00")];
    // 2026-06-08 is a Monday.
    let kiritimati = Case::new("Pacific/Kiritimati", 60, mondays.clone());
    assert_eq!(
        kiritimati.starts("2026-06-06", "2026-06-11", "Pacific/Pago_Pago"),
        ["06-07 08:00", "06-07 09:00"]
    );
    let pago_pago = Case::new("Pacific/Pago_Pago", 60, mondays);
    assert_eq!(
        pago_pago.starts("2026-06-06", "2026-06-11", "Pacific/Kiritimati"),
        ["06-09 10:00", "06-09 11:00"]
    );
}

#[test]
fn a_date_that_never_was_has_no_hours() {
    // Samoa went from the end of 2011-12-29 to the beginning of 2011-12-31.
    let case = Case::new("Pacific/Apia", 60, vec![daily("09:00", "10:00")]).at("2011-01-01");
    assert_eq!(
        case.starts("2011-12-28", "2012-01-02", "Pacific/Apia"),
        ["12-28 09:00", "12-29 09:00", "12-31 09:00", "01-01 09:00", "01-02 09:00"]
    );
}

#[test]
fn hours_to_the_last_minute_reach_midnight_and_join_the_next_day() {
    let case = Case::new("Europe/Rome", 60, vec![daily("22:30", "23:59"), daily("00:00", "01:30")]);
    // One range from 22:30 to 01:30: its starts do not begin anew at midnight.
    let night = case.starts("2026-06-03T20:30:00Z", "2026-06-03T23:30:00Z", "Europe/Rome");
    assert_eq!(night, ["06-03 23:00", "06-04 00:00"]);
}

#[test]
fn hours_may_run_over_midnight_until_an_override_of_the_next_day() {
    let night = Case::new("Europe/Rome", 60, vec![on(&[Day::Wednesday], "22:00", "02:00")]);
    let range = ("2026-06-03", "2026-06-06");
    // 2026-06-03 is a Wednesday.
    assert_eq!(
        night.starts(range.0, range.1, "Europe/Rome"),
        ["06-03 22:00", "06-03 23:00", "06-04 00:00", "06-04 01:00"]
    );
    let night = night.with_overrides(vec![on_date("2026-06-04", "08:00", "09:00")]);
    assert_eq!(
        night.starts(range.0, range.1, "Europe/Rome"),
        ["06-03 22:00", "06-03 23:00", "06-04 08:00"]
    );
}

#[test]
fn a_start_is_rounded_over_half_an_hour_shown_twice() {
    // Clocks on Lord Howe go from 02:00 back to 01:30 at 15:00 UTC.
    let case = Case::new("Australia/Lord_Howe", 60, vec![daily("00:00", "04:00")]);
    let until_quarter_to_two =
        crate::support::interval("2026-04-04T13:00:00Z", "2026-04-04T14:45:00Z");
    let case = case.with_busy(vec![until_quarter_to_two]);
    assert_eq!(
        case.starts("2026-04-04T13:00:00Z", "2026-04-04T18:00:00Z", "UTC"),
        ["04-04 15:30", "04-04 16:30"]
    );
}
