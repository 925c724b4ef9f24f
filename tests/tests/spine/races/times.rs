//! Whoever wants the time of one host.

use std::sync::Mutex;

use meridian_tests::{assert_nothing_overlaps, in_both_modes, instant, race};
use serde_json::{Value, json};

use super::{TAKEN, TRIES, World, apart, identical, place, uid, winner, winners};

#[test]
fn of_bookings_that_overlap_one_is_made() {
    in_both_modes(|server| {
        let world = World::new(server);
        let types = [world.0.event_type("hour", 60), world.0.event_type("half", 30)];
        let rounds = race(TRIES, 4, |round, contender| {
            let (event_type, minute) =
                if identical(round) { (0, 0) } else { (contender % 2, apart(10, contender)) };
            world.book(types[event_type], place(round).plus_minutes(minute))
        });
        for answers in &rounds {
            winner(answers, &[TAKEN]);
        }
        let kept = world.accepted();
        assert_eq!(kept.len(), TRIES);
        assert_nothing_overlaps(&kept, |_| (0, 0));
    });
}

#[test]
fn of_waiting_bookings_that_overlap_one_is_confirmed_or_another_one_is_made() {
    const WAITING: usize = 3;
    const CLASHES: (u16, &str) = (400, "already has another booking at this time");
    in_both_modes(|server| {
        let world = World::new(server);
        let policy = json!({"confirmationPolicy": {
            "type": "always", "blockUnconfirmedBookingsInBooker": false}});
        let asked = world.0.event_type_with("asked", 60, &policy);
        let plain = world.0.event_type("plain", 60);
        let at = |round: usize, contender: usize| {
            let minute = if identical(round) { 0 } else { apart(10, contender) };
            place(round).plus_minutes(minute)
        };
        let waiting = race(TRIES, WAITING, |round, contender| {
            let booking = world.book(asked, at(round, contender)).data(201);
            assert_eq!(booking["status"], "pending");
            uid(&booking)
        });
        let rounds =
            race(TRIES, WAITING + 1, |round, contender| match waiting[round].get(contender) {
                Some(uid) => world.act(uid, "confirm", &json!({})),
                None => world.book(plain, at(round, contender)),
            });
        let bookings = world.bookings();
        let status = |uid: &str| {
            let is_it = |booking: &&Value| booking["uid"] == uid;
            bookings.iter().find(is_it).unwrap_or_else(|| panic!("{uid} is gone"))["status"].clone()
        };
        for (answers, waiting) in rounds.iter().zip(&waiting) {
            let winner = winner(answers, &[TAKEN, CLASHES]);
            for (contender, uid) in waiting.iter().enumerate() {
                let expected = if contender == winner { "accepted" } else { "pending" };
                assert_eq!(status(uid), expected, "{uid}");
            }
        }
        assert_nothing_overlaps(&bookings, |_| (0, 0));
        assert_eq!(bookings.iter().filter(|one| one["status"] == "accepted").count(), TRIES);
    });
}

#[test]
fn of_moves_into_one_time_one_arrives_and_the_others_stay() {
    const MOVING: usize = 4;
    in_both_modes(|server| {
        let world = World::new(server);
        let event_type = world.0.event_type("moving", 60);
        let home = |contender: usize| place(TRIES + contender);
        let moving: Vec<Mutex<String>> = (0..MOVING)
            .map(|contender| Mutex::new(world.booked(event_type, home(contender))))
            .collect();
        // The last contender makes a new booking there.
        let rounds = race(TRIES, MOVING + 1, |round, contender| {
            let minute = if identical(round) { 0 } else { apart(10, contender) };
            let start = place(round).plus_minutes(minute);
            let Some(moving) = moving.get(contender) else {
                return world.book(event_type, start);
            };
            let mut moving = moving.lock().unwrap();
            let answer = world.reschedule(&moving, start);
            if answer.status == 201 {
                let moved = answer.data(201);
                assert_eq!(moved["rescheduledFromUid"], moving.as_str());
                *moving = uid(&moved);
            }
            answer
        });
        let mut made = MOVING;
        for answers in &rounds {
            made += usize::from(winner(answers, &[TAKEN]) == MOVING);
        }
        for moving in moving {
            assert_eq!(world.read(&moving.into_inner().unwrap())["status"], "accepted");
        }
        let kept = world.accepted();
        assert_eq!(kept.len(), made);
        assert_nothing_overlaps(&kept, |_| (0, 0));
    });
}

#[test]
fn a_series_is_booked_as_a_whole_or_not_at_all() {
    const WEEK: i64 = 7 * 24 * 60;
    /// Three hours apart, in weeks of 56 rounds; a block has room for both series.
    const ROUNDS_OF_A_BLOCK: usize = 56;
    const WEEKS_OF_A_BLOCK: i64 = 5;
    in_both_modes(|server| {
        let world = World::new(server);
        let weekly =
            json!({"recurrence": {"interval": 1, "occurrences": 4, "frequency": "weekly"}});
        let series = world.0.event_type_with("series", 60, &weekly);
        let single = world.0.event_type("single", 60);
        let place_in_week = |round: usize, week: i64| {
            let block = i64::try_from(round / ROUNDS_OF_A_BLOCK).unwrap();
            let weeks = block * WEEKS_OF_A_BLOCK + week;
            place(round % ROUNDS_OF_A_BLOCK).plus_minutes(weeks * WEEK)
        };
        // Weeks 0 to 3, weeks 1 to 4, and one booking in each of weeks 1 and 3.
        let rounds = race(TRIES, 4, |round, contender| {
            let (event_type, week) =
                [(series, 0), (series, 1), (single, 1), (single, 3)][contender];
            let start = place_in_week(round, week).to_iso();
            let mut body = world.0.booking(event_type, &start);
            // No clock is changed there.
            body["attendee"]["timeZone"] = json!("UTC");
            world.0.bookings().post("/v2/bookings", &body)
        });
        let mut expected = 0;
        for answers in &rounds {
            match winners(answers, &[TAKEN])[..] {
                [series @ (0 | 1)] => {
                    let made = answers[series].data(201);
                    assert_eq!(made.as_array().unwrap().len(), 4, "{made}");
                    expected += 4;
                }
                // What is in nobody's way but a loser's is made.
                [2, 3] => expected += 2,
                ref other => panic!("{other:?} won"),
            }
        }
        let kept = world.accepted();
        assert_eq!(kept.len(), expected);
        assert_nothing_overlaps(&kept, |_| (0, 0));
        for booking in kept.iter().filter(|booking| booking["recurringBookingUid"].is_string()) {
            assert_eq!(instant(booking, "end").minutes_since(instant(booking, "start")), 60);
        }
    });
}
