//! Random questions, answered a second time minute by minute.

mod days;
mod naive;
mod random;
mod world;

use std::collections::{HashMap, HashSet};

use meridian_kernel::Instant;
use meridian_scheduling::{BookingWindow, Host, Question, Reasons, Slot, check, slots};

use crate::support::zone;
use naive::{Naive, NaiveSlot};
use random::Random;
use world::World;

/// Seeds `0..CASES`. `World::random(seed)` is the case that a failure names.
const CASES: u64 = 3_000;

fn naive_form(slot: &Slot<'_>) -> NaiveSlot {
    let seats = slot.seats.map(|seats| (seats.taken, seats.booking_uid.map(str::to_owned)));
    (slot.start, seats)
}

/// How the engine's list differs from the oracle's.
fn difference(answer: &[NaiveSlot], expected: &[NaiveSlot]) -> String {
    let only = |name: &str, these: &[NaiveSlot], those: &[NaiveSlot]| {
        let missing = these.iter().filter(|slot| !those.contains(slot));
        let lines = missing.map(|(start, seats)| format!("{name}: {start} {seats:?}\n"));
        lines.collect::<String>()
    };
    only("engine only", answer, expected) + &only("oracle only", expected, answer)
}

/// How the hosts serve, in a word.
fn kind(hosts: &[Host]) -> &'static str {
    let fixed = hosts.iter().filter(|host| host.fixed).count();
    let others: Vec<&Host> = hosts.iter().filter(|host| !host.fixed).collect();
    let one_group = others.windows(2).all(|pair| pair[0].group == pair[1].group);
    match (fixed, others.len(), one_group) {
        (1, 0, _) => "one",
        (_, 0, _) => "collective",
        (0, _, true) => "round robin",
        (0, ..) => "groups",
        (_, _, true) => "round robin with fixed",
        _ => "groups with fixed",
    }
}

#[test]
fn random_questions_have_the_answers_of_a_look_at_every_minute() {
    let mut found: HashMap<&str, usize> = HashMap::new();
    let mut shared = 0;
    for seed in 0..CASES {
        let world = World::random(seed);
        let booked = world.booked();
        let answer = slots(&world.question(&booked), world.window, world.looker);
        let answer: Vec<NaiveSlot> = answer.iter().map(naive_form).collect();
        let expected = Naive::new(&world).slots();
        let difference = difference(&answer, &expected);
        assert!(answer == expected, "seed {seed}\n{difference}\n{world:?}");
        *found.entry(kind(&world.hosts)).or_default() += answer.len();
        shared += answer.iter().filter(|(_, seats)| matches!(seats, Some((1.., _)))).count();
    }
    // The cases are worth something only where there is something to find.
    assert!(found.len() == 6 && found.values().all(|slots| *slots > 500), "{found:?}");
    assert!(shared > 100, "{shared}");
}

/// Whether all fixed hosts and one of each group have nothing against a start.
fn serve(hosts: &[Host], reasons: &[Reasons]) -> bool {
    let free = |host: &Host| {
        let same = |other: &Host| !host.fixed && !other.fixed && host.group == other.group;
        let mut all = hosts.iter().zip(reasons);
        all.any(|(other, reasons)| reasons.is_empty() && (std::ptr::eq(other, host) || same(other)))
    };
    !hosts.is_empty() && hosts.iter().all(free)
}

#[test]
fn whatever_is_shown_with_room_may_be_booked_from_anywhere() {
    let mut booked_slots = 0;
    for seed in 0..CASES {
        let world = World::random(seed);
        let booked = world.booked();
        let question = world.question(&booked);
        for looker in [world.looker, zone("Pacific/Kiritimati"), zone("Pacific/Pago_Pago")] {
            let shown = slots(&question, world.window, looker);
            let free = |slot: &&Slot<'_>| slot.seats.is_none_or(|seats| seats.remaining() > 0);
            // Of the longest lists one in many, the last always among them.
            let free = shown.iter().rev().filter(free).map(|slot| slot.start);
            let starts: Vec<Instant> = free.step_by(1 + shown.len() / 40).collect();
            for booker in [None, Some(looker)] {
                let answers = check(&question, &starts, booker);
                for (start, reasons) in starts.iter().zip(answers) {
                    assert!(
                        serve(&world.hosts, &reasons),
                        "seed {seed}: {start} {reasons:?}\n{world:?}"
                    );
                }
            }
            booked_slots += starts.len();
        }
    }
    assert!(booked_slots > 30_000, "{booked_slots}");
}

/// A rolling window is told apart: how far it reaches depends on all there is.
fn without_rolling(question: &Question<'_>, reasons: Vec<Vec<Reasons>>) -> Vec<Vec<Reasons>> {
    if !matches!(question.rules.booking_window, BookingWindow::Rolling(_)) {
        return reasons;
    }
    let of_host = |reasons: Reasons| reasons - Reasons::OUTSIDE_WINDOW;
    reasons.into_iter().map(|hosts| hosts.into_iter().map(of_host).collect()).collect()
}

#[test]
fn random_starts_are_refused_for_what_a_look_at_every_minute_finds() {
    let (mut seen, mut accepted) = (HashSet::new(), 0);
    for seed in 0..CASES {
        let world = World::random(seed);
        let booked = world.booked();
        let question = world.question(&booked);
        let naive = Naive::new(&world);
        let random = &mut Random::seeded(seed ^ 0xC0FF_EE00);
        let mut starts: Vec<Instant> = (0..6).map(|_| naive.start(random.below(1 << 20))).collect();
        let seated = world.seated.iter().map(|seated| seated.slot.start);
        starts.extend(seated.filter(|start| naive.knows(*start)));
        let booker = random.maybe(2, |_| world.looker);
        let answers = without_rolling(&question, check(&question, &starts, booker));
        for (start, reasons) in starts.iter().zip(answers) {
            let expected = naive.check(*start, booker);
            assert!(
                reasons == expected,
                "seed {seed}: {start} {reasons:?} {expected:?}\n{world:?}"
            );
            accepted += reasons.iter().filter(|reasons| reasons.is_empty()).count();
            seen.extend(reasons.into_iter().flat_map(|reasons| reasons.iter()));
        }
    }
    assert!(seen.len() == 11 && accepted > 1_000, "{seen:?} {accepted}");
}
