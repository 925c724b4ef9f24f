//! Holding a slot: look who is free, choose, and let the write decide.

use meridian_edge::WitDatabase;
use meridian_gateway::{ApiError, Principal};
use meridian_kernel::limits::MAX_EVENT_LENGTH_MINUTES;
use meridian_kernel::{Instant, OrganizationNumber, UserId, UuidUid, WireId};
use meridian_scheduling::{Candidate, Fairness, Interval, choose};
use meridian_store::Scope;
use meridian_store::availability::{Range, Selector};
use meridian_store::reservations::{self, Claim, ClaimOutcome, Reservation};

use super::input::{ReserveInput, SlotLength};
use super::refusal::{
    already_booked, already_reserved, duration_needs_caller, duration_not_yours,
    event_type_not_found, no_hosts, nobody_free, reservation_not_found, wrong_length,
};
use crate::bookable::{self, Bookable, EventType, LengthError};

/// How often hosts are chosen anew because somebody was quicker.
const MAX_TRIES: usize = 64;

/// 401 where a duration is asked for by nobody in particular.
pub fn check_caller(input: &ReserveInput, caller: Option<&Principal>) -> Result<(), ApiError> {
    if input.duration.is_some() && caller.is_none() {
        return Err(duration_needs_caller());
    }
    Ok(())
}

/// Holds a slot, as a new reservation or in place of what one held before.
pub async fn claim(
    scope: &Scope<'_, WitDatabase>,
    input: &ReserveInput,
    caller: Option<&Principal>,
    existing: Option<&str>,
    now: Instant,
) -> Result<Reservation, ApiError> {
    let mut checked = false;
    for _ in 0..MAX_TRIES {
        let bookable = load(scope, input, existing, now).await?;
        let Some(event_type) = &bookable.event_type else {
            return Err(event_type_not_found(input.event_type_id));
        };
        if !checked {
            check_duration(scope, input, caller).await?;
            checked = true;
        }
        let (hosts, length) = free_hosts(&bookable, event_type, input, now)?;
        let reservation = Reservation {
            uid: match existing {
                Some(uid) => uid.to_owned(),
                None => UuidUid::generate(scope.organization()).as_str().to_owned(),
            },
            event_type_id: input.event_type_id,
            start: input.start,
            end: input.start.plus_minutes(i64::from(length)),
            duration_minutes: input.minutes(),
            expires_at: now.plus_minutes(i64::from(input.minutes())),
            is_seat: event_type.is_shared,
        };
        match write(scope, &reservation, &hosts, event_type, existing, now).await? {
            ClaimOutcome::Held => return Ok(reservation),
            ClaimOutcome::Awaited => return Err(already_booked()),
            ClaimOutcome::Gone => return Err(reservation_not_found(&reservation.uid)),
            // Somebody was quicker: look again who is free.
            ClaimOutcome::Taken => {}
        }
    }
    Err(already_reserved())
}

async fn load(
    scope: &Scope<'_, WitDatabase>,
    input: &ReserveInput,
    existing: Option<&str>,
    now: Instant,
) -> Result<Bookable, ApiError> {
    // Nobody knows yet how long the event type is.
    let longest = i64::from(MAX_EVENT_LENGTH_MINUTES);
    let range = Range {
        from: input.start,
        to: input.start.plus_minutes(longest),
        now,
        ignoring_booking: None,
        ignoring_reservation: existing,
    };
    let found = bookable::load(scope, Selector::Id(input.event_type_id), &range).await?;
    found.ok_or_else(|| event_type_not_found(input.event_type_id))
}

/// Who says how long, other than as usual, has to belong to the event type. Members
/// of an organisation do; accounts without one do by a team, or as its owner.
async fn check_duration(
    scope: &Scope<'_, WitDatabase>,
    input: &ReserveInput,
    caller: Option<&Principal>,
) -> Result<(), ApiError> {
    if input.duration.is_none() {
        return Ok(());
    }
    let caller = caller.ok_or_else(duration_needs_caller)?;
    let own = caller.organization.number;
    if own != input.event_type_id.organization() {
        return Err(duration_not_yours());
    }
    if own != OrganizationNumber::NONE || caller.is_system_admin {
        return Ok(());
    }
    let user = caller.user_id;
    match reservations::may_choose_duration(scope, user, input.event_type_id).await? {
        true => Ok(()),
        false => Err(duration_not_yours()),
    }
}

/// Whose time is held, and how long the slot is.
fn free_hosts(
    bookable: &Bookable,
    event_type: &EventType,
    input: &ReserveInput,
    now: Instant,
) -> Result<(Vec<UserId>, u32), ApiError> {
    if bookable.facts.is_empty() {
        let is_team = event_type.owner.is_none();
        return Err(if is_team { no_hosts() } else { event_type_not_found(event_type.id) });
    }
    let length = length(bookable, event_type, input).map_err(wrong_length)?;
    let slot = Interval::new(input.start, input.start.plus_minutes(i64::from(length)));
    let reasons = bookable.question(length, now, slot).check(&[input.start], None);
    let reasons = reasons.into_iter().next().unwrap_or_default();
    let candidates: Vec<Candidate<'_>> = bookable
        .facts
        .iter()
        .zip(&reasons)
        .map(|(host, reasons)| Candidate {
            free: reasons.is_empty(),
            fixed: host.is_fixed,
            group: &host.group,
            priority: host.priority,
            weight: host.weight,
            booked: 0,
            last_booked_at: host.last_booked_at,
        })
        .collect();
    let chosen = choose(&candidates, Fairness::Turns)
        .map_err(|nobody| nobody_free(nobody, bookable, &reasons, (input.start, length)))?;
    let user = |index: usize| bookable.facts.get(index).map(|host| host.user_id);
    Ok((chosen.into_iter().filter_map(user).collect(), length))
}

fn length(
    bookable: &Bookable,
    event_type: &EventType,
    input: &ReserveInput,
) -> Result<u32, LengthError> {
    match input.length {
        None => Ok(bookable.own_length()),
        Some(SlotLength::Given(minutes)) => bookable.length(minutes),
        Some(SlotLength::Chosen(_)) if event_type.length_options.is_empty() => {
            Err(LengthError::NotChoosable)
        }
        Some(SlotLength::Chosen(minutes)) => bookable.length(minutes),
    }
}

async fn write(
    scope: &Scope<'_, WitDatabase>,
    reservation: &Reservation,
    hosts: &[UserId],
    event_type: &EventType,
    existing: Option<&str>,
    now: Instant,
) -> Result<ClaimOutcome, ApiError> {
    let needs = (
        reservation.start.plus_minutes(-i64::from(event_type.before_buffer)),
        reservation.end.plus_minutes(i64::from(event_type.after_buffer)),
    );
    let claim = Claim { reservation, hosts, needs, now };
    Ok(match existing {
        Some(_) => reservations::replace(scope, &claim).await?,
        None => reservations::create(scope, &claim).await?,
    })
}
