//! Reservations, against each other and against bookings.

use meridian_tests::{assert_nothing_overlaps, in_both_modes, race};
use serde_json::json;

use super::{BOOKED, RESERVED, TAKEN, TRIES, World, apart, identical, place, uid, winner};

/// The same for all in every other round, else each something that overlaps.
fn minute(round: usize, contender: usize) -> i64 {
    if identical(round) { 0 } else { apart(10, contender) }
}

#[test]
fn of_reservations_that_overlap_one_holds_and_its_holder_books() {
    in_both_modes(|server| {
        let world = World::new(server);
        let types = [world.0.event_type("hour", 60), world.0.event_type("half", 30)];
        let wish = |round: usize, contender: usize| {
            let of = if identical(round) { 0 } else { contender % 2 };
            (types[of], place(round).plus_minutes(minute(round, contender)))
        };
        let rounds = race(TRIES, 4, |round, contender| {
            let (event_type, start) = wish(round, contender);
            world.reserve(event_type, start)
        });
        for (round, answers) in rounds.iter().enumerate() {
            let winner = winner(answers, &[RESERVED]);
            let (event_type, start) = wish(round, winner);
            assert_eq!(world.book(event_type, start).error(400), TAKEN.1);
            let held = uid(&answers[winner].data(201));
            world.book_held(event_type, start, &held).data(201);
        }
        let kept = world.accepted();
        assert_eq!(kept.len(), TRIES);
        assert_nothing_overlaps(&kept, |_| (0, 0));
    });
}

#[test]
fn a_time_is_reserved_or_booked() {
    in_both_modes(|server| {
        let world = World::new(server);
        let event_type = world.0.event_type("hour", 60);
        let start = |round, contender| place(round).plus_minutes(minute(round, contender));
        let rounds = race(TRIES, 4, |round, contender| {
            let start = start(round, contender);
            if contender % 2 == 0 {
                world.reserve(event_type, start)
            } else {
                world.book(event_type, start)
            }
        });
        let mut booked = 0;
        for (round, answers) in rounds.iter().enumerate() {
            let winner = winner(answers, &[RESERVED, BOOKED, TAKEN]);
            // Whatever won, nobody else gets in.
            assert_eq!(world.book(event_type, start(round, 0)).error(400), TAKEN.1);
            booked += winner % 2;
        }
        assert_eq!(world.accepted().len(), booked);
    });
}

#[test]
fn whoever_holds_a_time_books_it_once_and_nobody_else_does() {
    in_both_modes(|server| {
        let world = World::new(server);
        let event_type = world.0.event_type("hour", 60);
        let held: Vec<String> = (0..TRIES)
            .map(|round| uid(&world.reserve(event_type, place(round)).data(201)))
            .collect();
        // The holder, twice at once: by the body and by the header; a stranger who
        // books; and one who reserves.
        let rounds = race(TRIES, 4, |round, contender| {
            let start = place(round).plus_minutes(minute(round, contender / 2));
            match contender {
                0 => world.book_held(event_type, place(round), &held[round]),
                1 => {
                    let holder = world.0.bookings().with("x-cal-reservation-uid", &held[round]);
                    let body = world.0.booking(event_type, &place(round).to_iso());
                    holder.post("/v2/bookings", &body)
                }
                2 => world.book(event_type, start),
                _ => world.reserve(event_type, start),
            }
        });
        for (answers, held) in rounds.iter().zip(&held) {
            let winner = winner(answers, &[TAKEN, RESERVED, BOOKED]);
            assert!(winner < 2, "a stranger won");
            let path = format!("/v2/slots/reservations/{held}");
            assert_eq!(world.0.slots().get(&path).data(200), json!(null), "it was used up");
        }
        assert_eq!(world.accepted().len(), TRIES);
    });
}
