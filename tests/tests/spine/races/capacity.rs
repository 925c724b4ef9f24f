//! Whoever wants what only so many can have.

use std::collections::HashMap;

use meridian_tests::{Answer, in_both_modes, race};
use serde_json::json;

use super::{TAKEN, TRIES, World, place, uid, winners};

#[test]
fn no_seat_is_given_twice_and_none_is_left() {
    const SEATS: usize = 3;
    const FULL: (u16, &str) = (409, "No more seats left at this seated booking.");
    in_both_modes(|server| {
        let world = World::new(server);
        let seats = json!({"seats": {"seatsPerTimeSlot": SEATS, "showAttendeeInfo": true,
                                     "showAvailabilityCount": true}});
        let shared = world.0.event_type_with("shared", 60, &seats);
        let plain = world.0.event_type("plain", 30);
        // In some rounds the last one wants the host for itself.
        let wants_all = |round: usize, contender: usize| contender == 4 && round.is_multiple_of(4);
        let rounds = race(TRIES, 5, |round, contender| {
            if wants_all(round, contender) {
                return world.book(plain, place(round));
            }
            let mut body = world.0.booking(shared, &place(round).to_iso());
            body["attendee"]["email"] = json!(format!("ada{contender}@example.org"));
            world.0.bookings().post("/v2/bookings", &body)
        });
        let mut expected = HashMap::new();
        for (round, answers) in rounds.iter().enumerate() {
            let won = winners(answers, &[FULL, TAKEN]);
            if won == [4] && wants_all(round, 4) {
                expected.insert(uid(&answers[4].data(201)), 1);
                continue;
            }
            assert!(won.len() == SEATS && !won.iter().any(|one| wants_all(round, *one)), "{won:?}");
            let bookings: Vec<String> =
                won.iter().map(|one| uid(&answers[*one].data(201))).collect();
            assert!(bookings.iter().all(|one| *one == bookings[0]), "not one booking");
            expected.insert(bookings[0].clone(), SEATS);
        }
        let kept: HashMap<String, usize> = world
            .accepted()
            .iter()
            .map(|booking| (uid(booking), booking["attendees"].as_array().unwrap().len()))
            .collect();
        assert_eq!(kept, expected);
    });
}

#[test]
fn a_day_has_as_many_bookings_as_its_limits_allow() {
    const MOST: usize = 2;
    const LIMITED: (u16, &str) = (409, "limit has been reached");
    in_both_modes(|server| {
        let world = World::new(server);
        let counted = json!({"bookingLimitsCount": {"day": MOST}});
        let measured = json!({"bookingLimitsDuration": {"day": 60 * MOST}});
        let types = [
            world.0.event_type_with("counted", 60, &counted),
            world.0.event_type_with("measured", 60, &measured),
        ];
        // Hours of one day in Rome that are not in each other's way.
        let rounds = race(TRIES, 5, |round, contender| {
            let hour = i64::try_from(7 + contender).unwrap();
            world.book(types[round % 2], place(round * 8).plus_minutes(hour * 60))
        });
        for answers in &rounds {
            assert_eq!(winners(answers, &[LIMITED]).len(), MOST);
        }
        let mut days: HashMap<String, usize> = HashMap::new();
        for booking in world.accepted() {
            *days.entry(booking["start"].as_str().unwrap()[..10].to_owned()).or_default() += 1;
        }
        assert_eq!(days.len(), TRIES);
        assert!(days.values().all(|count| *count == MOST), "{days:?}");
    });
}

#[test]
fn a_booker_has_as_many_bookings_ahead_as_allowed() {
    const MOST: usize = 2;
    const REACHED: (u16, &str) = (400, "the maximum number of active bookings has been reached");
    in_both_modes(|server| {
        let world = World::new(server);
        let limit = json!({"bookerActiveBookingsLimit": {"maximumActiveBookings": MOST}});
        let event_type = world.0.event_type_with("scarce", 15, &limit);
        let rounds = race(TRIES, 5, |round, contender| {
            let minute = 20 * i64::try_from(contender).unwrap();
            let start = place(round).plus_minutes(minute).to_iso();
            let mut body = world.0.booking(event_type, &start);
            body["attendee"]["email"] = json!(format!("booker{round}@example.org"));
            world.0.bookings().post("/v2/bookings", &body)
        });
        for answers in &rounds {
            assert_eq!(winners(answers, &[REACHED]).len(), MOST);
        }
        assert_eq!(world.accepted().len(), TRIES * MOST);
        let made = rounds.iter().flatten().filter(|answer: &&Answer| answer.status == 201);
        assert_eq!(made.count(), TRIES * MOST);
    });
}
