//! What can become of one booking: only one of it does.

use meridian_tests::{in_both_modes, race};
use serde_json::json;

use super::{TRIES, World, place, uid, winner};

#[test]
fn a_booking_is_moved_or_cancelled_once() {
    const OVER: (u16, &str) = (400, "has been cancelled");
    in_both_modes(|server| {
        let world = World::new(server);
        let event_type = world.0.event_type("coveted", 30);
        let bookings: Vec<String> =
            (0..TRIES).map(|round| world.booked(event_type, place(round))).collect();
        // Three take it to different times, the fourth cancels it.
        let rounds = race(TRIES, 4, |round, contender| {
            let uid = &bookings[round];
            match contender {
                0..3 => {
                    let later = 30 * (i64::try_from(contender).unwrap() + 1);
                    world.reschedule(uid, place(round).plus_minutes(later))
                }
                _ => world.act(uid, "cancel", &json!({"cancellationReason": "ill"})),
            }
        });
        let mut left = 0;
        for (answers, booking) in rounds.iter().zip(&bookings) {
            let winner = winner(answers, &[OVER]);
            let old = world.read(booking);
            assert_eq!(old["status"], "cancelled");
            let next = match winner {
                0..3 => json!(uid(&answers[winner].data(201))),
                _ => json!(null),
            };
            assert_eq!(old["rescheduledToUid"], next);
            left += usize::from(winner < 3);
        }
        assert_eq!(world.accepted().len(), left);
    });
}

#[test]
fn a_waiting_booking_is_confirmed_or_declined_once() {
    in_both_modes(|server| {
        let world = World::new(server);
        let policy = json!({"confirmationPolicy": {
            "type": "always", "blockUnconfirmedBookingsInBooker": true}});
        let event_type = world.0.event_type_with("asked", 30, &policy);
        let bookings: Vec<String> =
            (0..TRIES).map(|round| world.booked(event_type, place(round))).collect();
        let rounds = race(TRIES, 4, |round, contender| {
            let action = ["confirm", "decline", "confirm", "decline"][contender];
            world.act(&bookings[round], action, &json!({"reason": "full"}))
        });
        for (round, answers) in rounds.iter().enumerate() {
            let winner = winner(answers, &[(400, "")]);
            let expected = ["accepted", "rejected"][winner % 2];
            assert_eq!(answers[winner].data(200)["status"], expected);
            assert_eq!(world.read(&bookings[round])["status"], expected);
            // The time of one that was declined is free, that of another one is not.
            let again = world.book(event_type, place(round));
            let status = if expected == "accepted" { 400 } else { 201 };
            assert_eq!(again.status, status, "{}", again.text);
        }
    });
}
