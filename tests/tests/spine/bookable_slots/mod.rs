//! Every slot that is offered can be booked, and every start that can be booked is
//! offered: random hosts in odd zones, on the days their clocks change, through the
//! whole stack.
//!
//! A list with a slot at every minute is the whole truth about whole minutes: the list
//! as it is must be a part of it, all of it must be bookable, and nothing else.

mod near;
mod stage;

use meridian_kernel::Instant;
use meridian_tests::in_both_modes;

use stage::{Shape, Stage, TAKEN};

/// How many worlds each test makes in each mode.
const WORLDS: u64 = 8;

/// How many slots they offer together at least: else nothing was tried.
const LEAST: usize = 100;

/// How many slots of a list are booked, and how many stretches of bookable minutes
/// are looked at from both ends.
const SLOTS_TRIED: usize = 24;
const STRETCHES_TRIED: usize = 6;

/// How many other starts are tried.
const OTHERS_TRIED: usize = 12;

/// What is said where a limit is reached, and where no seat is left.
const LIMIT: (u16, &str) = (409, "its booking limit has been reached");
const FULL: (u16, &str) = (409, "No more seats left at this seated booking.");

#[test]
fn what_a_host_offers_can_be_booked_and_nothing_else() {
    worlds(Shape::Personal, 100);
}

#[test]
fn what_a_whole_team_offers_can_be_booked_and_nothing_else() {
    worlds(Shape::Collective, 200);
}

#[test]
fn what_a_team_offers_by_turns_can_be_booked_and_nothing_else() {
    worlds(Shape::RoundRobin, 300);
}

#[test]
fn what_is_shared_can_be_booked_while_seats_are_free() {
    worlds(Shape::Shared, 400);
}

fn worlds(shape: Shape, first_seed: u64) {
    in_both_modes(|server| {
        let mut offered = 0;
        for seed in first_seed..first_seed + WORLDS {
            let mut stage = Stage::new(server, shape, seed);
            offered += check(&mut stage, &[]);
            keep_one(&mut stage, shape);
        }
        assert!(offered > LEAST, "only {offered} slots in all worlds");
    });
}

/// Books and cancels; how many slots are offered. `refusals`: what else than being
/// taken may keep starts from being booked.
fn check(stage: &mut Stage, refusals: &[(u16, &str)]) -> usize {
    let offered = stage.offered();
    for start in stage.random.some(SLOTS_TRIED, &offered) {
        stage.book_and_cancel(start);
    }
    let all = stage.every_minute();
    for start in &offered {
        assert!(all.contains(start), "{} is offered on its grid only", start.to_iso());
    }
    let refusals = [&[stage.taken(), TAKEN], refusals].concat();
    let stretches = stretches(&all);
    for (first, last) in stage.random.some(STRETCHES_TRIED, &stretches) {
        stage.book_and_cancel(first);
        stage.book_and_cancel(last);
        for start in [first.plus_minutes(-1), last.plus_minutes(1)] {
            if stage.is_asked_for(start) {
                stage.refuses(start, &refusals);
            }
        }
    }
    let others: Vec<Instant> =
        stage.quarters().into_iter().filter(|start| !all.contains(start)).collect();
    for start in stage.random.some(OTHERS_TRIED, &others) {
        stage.refuses(start, &refusals);
    }
    offered.len()
}

/// Minutes without a gap, by the first and the last.
fn stretches(starts: &[Instant]) -> Vec<(Instant, Instant)> {
    let mut stretches: Vec<(Instant, Instant)> = Vec::new();
    for start in starts {
        match stretches.last_mut() {
            Some((_, last)) if last.plus_minutes(1) == *start => *last = *start,
            _ => stretches.push((*start, *start)),
        }
    }
    stretches
}

/// One booking stays: what it takes is gone, and all is so again.
fn keep_one(stage: &mut Stage, shape: Shape) {
    let before = stage.every_minute();
    let Some(kept) = (!before.is_empty()).then(|| stage.random.pick(&before)) else { return };
    stage.book(kept).data(201);
    let after = stage.every_minute();
    let lost: Vec<Instant> = before.into_iter().filter(|start| !after.contains(start)).collect();
    let in_its_way = |start: &&Instant| stage.would_overlap(kept, **start);
    match shape {
        Shape::Personal | Shape::Collective => {
            assert!(lost.contains(&kept));
            assert!(!after.iter().any(|start| in_its_way(&start)), "taken time is offered");
            let limited: Vec<Instant> =
                lost.iter().filter(|start| !in_its_way(start)).copied().collect();
            assert!(stage.is_limited || limited.is_empty(), "{limited:?} went for nothing");
            for start in stage.random.some(OTHERS_TRIED, &limited) {
                stage.refuses(start, &[LIMIT]);
            }
            check(stage, &[LIMIT]);
        }
        // Others stand in.
        Shape::RoundRobin => {
            check(stage, &[LIMIT]);
        }
        Shape::Shared => {
            assert!(after.contains(&kept), "a seat is left");
            assert!(
                !after.iter().any(|start| *start != kept && in_its_way(&start)),
                "taken time is offered"
            );
            check(stage, &[]);
            stage.book(kept).data(201);
            stage.refuses(kept, &[FULL]);
            assert!(!stage.every_minute().contains(&kept), "the last seat is gone");
            check(stage, &[FULL]);
        }
    }
}
