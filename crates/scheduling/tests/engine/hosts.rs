//! Several hosts, and what takes them away.

use meridian_scheduling::{Host, Reasons, Restriction, Schedule, Travel};

use crate::support::{Case, daily, dates, interval, zone};

fn host(zone_name: &str, start: &str, end: &str) -> Host {
    let rules = vec![daily(start, end)];
    Host::working(Schedule { zone: zone(zone_name), rules, overrides: Vec::new() })
}

fn of_group(group: &str, start: &str, end: &str) -> Host {
    Host { fixed: false, group: group.to_owned(), ..host("UTC", start, end) }
}

fn together(hosts: Vec<Host>) -> Vec<String> {
    let mut case = Case::new("UTC", 60, Vec::new());
    case.hosts = hosts;
    let starts = case.starts("2026-06-03", "2026-06-04", "UTC");
    starts.into_iter().map(|start| start[6..].to_owned()).collect()
}

#[test]
fn one_host_of_every_group_is_needed() {
    let hosts = vec![
        of_group("sales", "09:00", "11:00"),
        of_group("sales", "14:00", "16:00"),
        of_group("law", "10:00", "15:00"),
    ];
    assert_eq!(together(hosts.clone()), ["10:00", "14:00"]);
    let with_fixed = [hosts.clone(), vec![host("UTC", "12:00", "20:00")]].concat();
    assert_eq!(together(with_fixed), ["14:00"]);
    let with_nobody_in = [hosts, vec![of_group("tax", "20:00", "20:00")]].concat();
    assert_eq!(together(with_nobody_in), [""; 0]);
}

#[test]
fn fixed_hosts_without_a_common_time_have_no_slots_whoever_else_is_free() {
    let apart = vec![host("UTC", "09:00", "10:00"), host("UTC", "12:00", "13:00")];
    let with_others = [apart, vec![of_group("", "00:00", "23:59")]].concat();
    assert_eq!(together(with_others), [""; 0]);
}

#[test]
fn nobody_has_no_slots() {
    assert_eq!(together(Vec::new()), [""; 0]);
}

#[test]
fn fixed_hosts_set_the_grid() {
    // Full hours in Kolkata are half hours in UTC.
    let kolkata = host("Asia/Kolkata", "00:00", "23:59");
    let others = of_group("", "09:00", "12:00");
    assert_eq!(together(vec![others.clone(), kolkata.clone()]), ["09:30", "10:30"]);
    let kolkata = Host { fixed: false, ..kolkata };
    assert_eq!(
        together(vec![Host { fixed: true, ..others }, kolkata]),
        ["09:00", "10:00", "11:00"]
    );
}

fn traveller(days: (&str, Option<&str>), to: &str) -> Case {
    let travel = Travel {
        from: days.0.parse().unwrap(),
        to: days.1.map(|day| day.parse().unwrap()),
        zone: zone(to),
    };
    Case::new("Europe/Rome", 60, vec![daily("09:00", "10:00")])
        .with_host(|host| host.travel = vec![travel])
}

#[test]
fn hours_travel_with_their_host_on_civil_days() {
    let case = traveller(("2026-06-04", Some("2026-06-05")), "America/New_York");
    assert_eq!(
        case.starts("2026-06-03", "2026-06-07", "UTC"),
        ["06-03 07:00", "06-04 13:00", "06-05 13:00", "06-06 07:00"]
    );
    let for_good = traveller(("2026-06-05", None), "Asia/Kolkata");
    assert_eq!(
        for_good.starts("2026-06-04", "2026-06-07", "UTC"),
        ["06-04 07:00", "06-05 03:30", "06-06 03:30"]
    );
}

#[test]
fn starts_are_rounded_on_the_wall_of_the_journey() {
    let mut case = traveller(("2026-06-04", Some("2026-06-04")), "Asia/Kolkata");
    case.hosts[0].schedule.rules = vec![daily("09:15", "12:00")];
    // 10:00 in Kolkata.
    assert_eq!(case.starts("2026-06-04", "2026-06-05", "UTC")[0], "06-04 04:30");
}

#[test]
fn a_day_off_abroad_is_a_day_there() {
    let mut case = traveller(("2026-06-04", Some("2026-06-04")), "Pacific/Auckland");
    case.hosts[0].schedule.rules = vec![daily("00:00", "23:59")];
    case.hosts[0].days_off = vec![dates("2026-06-04", "2026-06-04")];
    // The fourth is over in Auckland at noon UTC; hours of the fifth begin at home.
    assert_eq!(case.verdict("2026-06-04T11:00:00Z"), Reasons::OUT_OF_OFFICE);
    assert_eq!(case.verdict("2026-06-04T12:00:00Z"), Reasons::OUTSIDE_SCHEDULE);
    assert!(case.verdict("2026-06-04T22:00:00Z").is_empty());
}

#[test]
fn days_off_are_whole_days_of_the_hosts_calendar() {
    let case = Case::new("America/New_York", 60, vec![daily("22:00", "02:00")])
        .with_host(|host| host.days_off = vec![dates("2026-06-04", "2026-06-05")]);
    assert_eq!(
        case.starts("2026-06-03T16:00:00Z", "2026-06-06T16:00:00Z", "America/New_York"),
        ["06-03 22:00", "06-03 23:00", "06-06 00:00", "06-06 01:00"]
    );
}

#[test]
fn what_somebody_is_just_booking_is_reserved_and_not_busy() {
    let held = interval("2026-06-03T10:00:00Z", "2026-06-03T11:00:00Z");
    let case = Case::new("UTC", 60, vec![daily("09:00", "12:00")])
        .with_host(|host| host.held = vec![held]);
    assert_eq!(case.starts("2026-06-03", "2026-06-04", "UTC"), ["06-03 09:00", "06-03 11:00"]);
    assert_eq!(case.verdict("2026-06-03T10:30:00Z"), Reasons::RESERVED);
}

fn restricted(on_bookers_wall: bool) -> Case {
    let rules = vec![daily("10:00", "13:00")];
    let schedule = Schedule { zone: zone("Europe/Rome"), rules, overrides: Vec::new() };
    Case::new("UTC", 60, vec![daily("00:00", "23:59")]).with_rules(|rules| {
        rules.restriction = Some(Restriction { schedule, on_bookers_wall });
    })
}

#[test]
fn slots_lie_inside_a_restriction() {
    let case = restricted(false);
    for looker in ["UTC", "Asia/Kolkata"] {
        let starts = case.starts("2026-06-03", "2026-06-04", looker);
        assert_eq!(starts.len(), 3, "{starts:?}");
    }
    assert_eq!(case.starts("2026-06-03", "2026-06-04", "UTC")[0], "06-03 08:00");
    assert!(case.verdict("2026-06-03T10:00:00Z").is_empty());
    assert_eq!(case.verdict("2026-06-03T10:01:00Z"), Reasons::RESTRICTED);
}

#[test]
fn a_restriction_may_hang_on_the_bookers_wall() {
    let case = restricted(true);
    let starts = case.starts("2026-06-03", "2026-06-04", "America/New_York");
    assert_eq!(starts, ["06-03 10:00", "06-03 11:00", "06-03 12:00"]);
    let start = "2026-06-03T14:00:00Z";
    assert!(case.reasons(start, Some(zone("America/New_York")))[0].is_empty());
    assert_eq!(case.reasons(start, Some(zone("Europe/Rome"))), [Reasons::RESTRICTED]);
    // Where nobody knows the booker's wall, it cannot restrict.
    assert!(case.verdict(start).is_empty());
}

#[test]
fn optimized_slots_fill_what_busy_times_leave() {
    let busy = interval("2026-06-03T09:00:00Z", "2026-06-03T09:20:00Z");
    let case = Case::new("UTC", 60, vec![daily("09:00", "12:20")]).with_busy(vec![busy]);
    assert_eq!(case.starts("2026-06-03", "2026-06-04", "UTC"), ["06-03 10:00", "06-03 11:00"]);
    let case = case.with_rules(|rules| rules.optimized = true);
    assert_eq!(
        case.starts("2026-06-03", "2026-06-04", "UTC"),
        ["06-03 09:20", "06-03 10:20", "06-03 11:20"]
    );
}
