//! Slots that several bookers share.

use meridian_scheduling::{Host, Interval, Reasons, SeatedSlot, SharedTime};

use crate::support::{Case, daily, dates, interval};

fn ten() -> Interval {
    interval("2026-06-03T10:00:00Z", "2026-06-03T11:00:00Z")
}

fn seated(slot: Interval, taken: u32, booking: Option<&str>) -> SeatedSlot {
    SeatedSlot { slot, taken, booking_uid: booking.map(str::to_owned) }
}

/// Three seats, hourly from nine to twelve, and a slot with seats taken.
fn shared(slot: Interval, taken: u32, booking: Option<&str>) -> Case {
    let mut case = Case::new("UTC", 60, vec![daily("09:00", "12:00")])
        .with_rules(|rules| rules.seats = Some(3))
        .with_host(|host| host.shared = vec![SharedTime { slot: slot.start, taken: slot }]);
    case.seated = vec![seated(slot, taken, booking)];
    case
}

fn day(case: &Case) -> Vec<String> {
    let starts = case.starts("2026-06-03", "2026-06-04", "UTC");
    starts.into_iter().map(|start| start[6..].to_owned()).collect()
}

#[test]
fn a_shared_slot_stays_at_exactly_its_start_and_keeps_others_out() {
    assert_eq!(day(&shared(ten(), 2, Some("b"))), ["09:00 0/3", "10:00 2/3", "11:00 0/3"]);
    let off_grid = interval("2026-06-03T09:20:00Z", "2026-06-03T10:20:00Z");
    let case = shared(off_grid, 2, Some("b"));
    assert_eq!(day(&case), ["09:20 2/3", "11:00 0/3"]);
    assert!(case.verdict("2026-06-03T09:20:00Z").is_empty());
    assert_eq!(case.verdict("2026-06-03T09:25:00Z"), Reasons::BUSY);
}

#[test]
fn seats_booked_and_seats_reserved_add_up() {
    let mut case = shared(ten(), 1, Some("b"));
    case.seated.push(seated(ten(), 2, None));
    assert_eq!(day(&case), ["09:00 0/3", "10:00 3/3", "11:00 0/3"]);
    assert_eq!(case.verdict("2026-06-03T10:00:00Z"), Reasons::SEATS_FULL);
}

#[test]
fn another_length_is_another_slot() {
    let mut case = shared(ten(), 2, Some("b"));
    case.length = 30;
    assert_eq!(day(&case), ["09:00 0/3", "09:30 0/3", "11:00 0/3", "11:30 0/3"]);
    assert_eq!(case.verdict("2026-06-03T10:00:00Z"), Reasons::BUSY);
}

#[test]
fn who_joins_a_booking_takes_nobodys_time() {
    // Something else came upon the host, whose booking stands all the same.
    let mut case = shared(ten(), 1, Some("b"));
    case.hosts[0].busy = vec![interval("2026-06-03T10:30:00Z", "2026-06-03T11:00:00Z")];
    assert_eq!(day(&case)[1], "10:00 1/3");
    // While seats are only reserved, there is no booking to join.
    case.seated[0].booking_uid = None;
    assert_eq!(day(&case), ["09:00 0/3", "11:00 0/3"]);
    assert_eq!(case.verdict("2026-06-03T10:00:00Z"), Reasons::BUSY);
}

#[test]
fn a_shared_slot_needs_its_hosts_at_work() {
    let case = shared(ten(), 1, Some("b"));
    let off = case.with_host(|host| host.days_off = vec![dates("2026-06-03", "2026-06-03")]);
    assert_eq!(day(&off), [""; 0]);
    let evening = interval("2026-06-03T20:00:00Z", "2026-06-03T21:00:00Z");
    assert_eq!(day(&shared(evening, 1, Some("b"))).len(), 3);
}

#[test]
fn one_who_holds_the_slot_is_enough_of_a_group_and_all_fixed_ones_are_needed() {
    let mut case = shared(ten(), 1, Some("b"));
    let busy = Host {
        busy: vec![interval("2026-06-03T10:00:00Z", "2026-06-03T11:00:00Z")],
        shared: Vec::new(),
        ..case.hosts[0].clone()
    };
    case.hosts[0].fixed = false;
    case.hosts.push(Host { fixed: false, ..busy.clone() });
    assert_eq!(day(&case)[1], "10:00 1/3");
    case.hosts[1].fixed = true;
    assert_eq!(day(&case), ["09:00 0/3", "11:00 0/3"]);
}

#[test]
fn a_full_slot_is_not_the_first_free_one() {
    let nine = interval("2026-06-03T09:00:00Z", "2026-06-03T10:00:00Z");
    let case = shared(nine, 3, Some("b")).with_rules(|rules| rules.first_slot_only = true);
    assert_eq!(day(&case), ["10:00 0/3"]);
}

#[test]
fn without_seats_a_slot_that_was_shared_once_is_taken() {
    let case = shared(ten(), 1, Some("b")).with_rules(|rules| rules.seats = None);
    assert_eq!(day_of_unshared(&case), ["06-03 09:00", "06-03 11:00"]);
    assert_eq!(case.verdict("2026-06-03T10:00:00Z"), Reasons::BUSY);
}

fn day_of_unshared(case: &Case) -> Vec<String> {
    case.starts("2026-06-03", "2026-06-04", "UTC")
}

#[test]
fn more_taken_than_there_are_leaves_none() {
    let case = shared(ten(), 5, Some("b"));
    assert_eq!(day(&case)[1], "10:00 5/3");
    assert_eq!(case.verdict("2026-06-03T10:00:00Z"), Reasons::SEATS_FULL);
}
