//! What the clients were told, against what there is.

use std::collections::HashMap;

use meridian_tests::{Client, all_bookings, assert_nothing_overlaps, instant};
use serde_json::Value;

use super::actor::{Actor, Known, State};
use super::line::Line;
use super::{CLIENTS, KILLS, World};

/// How many bookings there are at least: else nothing was tried.
const LEAST: usize = 100;

/// Reads all back and compares.
pub fn check(world: &World, line: &Line, actors: &[Actor<'_>]) {
    let most = usize::try_from(CLIENTS).unwrap() * KILLS;
    assert!(line.broken() <= most, "{} requests were not answered", line.broken());
    let known: Vec<&Known> = actors.iter().flat_map(|actor| &actor.known).collect();
    assert!(known.len() >= LEAST, "only {} bookings", known.len());
    let organization = line.as_of(&world.organization.client);
    let path = format!("/v2/organizations/{}/bookings", world.organization.id);
    let listed = all_bookings(&organization, &path);
    let by_uid: HashMap<&str, &Value> = listed.iter().map(|one| (uid(one), one)).collect();
    assert_eq!(by_uid.len(), listed.len(), "a booking is listed twice");
    assert_nothing_overlaps(&listed, |booking| kind_of(world, booking).buffers);
    check_seats(world, &listed);
    let public = line.as_of(&world.organization.public);
    for (index, one) in known.iter().enumerate() {
        if known[index + 1..].iter().any(|later| is_back(one, later)) {
            continue;
        }
        let booking = read(&public, &one.uid);
        let row = by_uid.get(one.uid.as_str()).unwrap_or_else(|| panic!("not listed: {one:?}"));
        assert_eq!((&booking["status"], &booking["start"]), (&row["status"], &row["start"]));
        assert_eq!(instant(&booking, "start"), one.start);
        let fits = |state: &State| fits(one, state, &booking);
        assert!(one.states.iter().any(fits), "{one:?}\nis now\n{booking}");
    }
    check_bookers(&known, actors, &listed);
}

/// A seat that was moved away may have been moved back.
fn is_back(one: &Known, later: &Known) -> bool {
    one.seat_uid.is_some() && one.seat_uid == later.seat_uid && one.uid == later.uid
}

fn uid(booking: &Value) -> &str {
    booking["uid"].as_str().unwrap()
}

fn kind_of<'a>(world: &'a World, booking: &Value) -> &'a super::Kind {
    world.kind(booking["eventTypeId"].as_i64().unwrap())
}

#[track_caller]
fn read(public: &Client, uid: &str) -> Value {
    public.version("2024-08-13").get(&format!("/v2/bookings/{uid}")).data(200)
}

/// Whether a booking is as that state says.
fn fits(known: &Known, state: &State, booking: &Value) -> bool {
    if known.seat_uid.is_some() {
        // A seat that was given up leaves the others where they are.
        return has_seat(known, booking) == state.is_live();
    }
    let to = booking["rescheduledToUid"].as_str();
    match state {
        State::Accepted => booking["status"] == "accepted",
        State::Pending => booking["status"] == "pending",
        State::Rejected => booking["status"] == "rejected",
        State::Cancelled => booking["status"] == "cancelled" && to.is_none(),
        State::Moved(None) => booking["status"] == "cancelled" && to.is_some(),
        State::Moved(new) => booking["status"] == "cancelled" && to == new.as_deref(),
    }
}

fn has_seat(known: &Known, booking: &Value) -> bool {
    let mut attendees = booking["attendees"].as_array().unwrap().iter();
    booking["status"] == "accepted"
        && attendees.any(|one| one["seatUid"].as_str() == known.seat_uid.as_deref())
}

fn check_seats(world: &World, listed: &[Value]) {
    for booking in listed.iter().filter(|booking| booking["status"] == "accepted") {
        if let Some(seats) = kind_of(world, booking).seats {
            let taken = booking["attendees"].as_array().unwrap().len();
            assert!((1..=seats).contains(&taken), "{taken} of {seats} seats: {booking}");
        }
    }
}

/// Everybody booked once: who still has a booking has one, nobody has one who was
/// refused, and nobody is unknown.
fn check_bookers(known: &[&Known], actors: &[Actor<'_>], listed: &[Value]) {
    let mut live: HashMap<&str, usize> = HashMap::new();
    for booking in listed {
        let is_live = booking["status"] == "accepted" || booking["status"] == "pending";
        for attendee in booking["attendees"].as_array().unwrap() {
            *live.entry(attendee["email"].as_str().unwrap()).or_default() += usize::from(is_live);
        }
    }
    let doubtful = actors.iter().flat_map(|actor| &actor.doubtful).map(String::as_str);
    let mut possible: HashMap<&str, Vec<usize>> = doubtful.map(|one| (one, vec![0, 1])).collect();
    // The last that is known of a booker counts: it was moved there.
    for one in known {
        let lives = |state: &State| usize::from(state.is_live() || *state == State::Moved(None));
        possible.insert(&one.email, one.states.iter().map(lives).collect());
    }
    for (email, possible) in &possible {
        let found = live.get(email).copied().unwrap_or_default();
        assert!(possible.contains(&found), "{email} has {found} bookings of {possible:?}");
    }
    for email in live.keys() {
        assert!(possible.contains_key(email), "nobody knows {email}");
    }
}
