//! `meridian:platform/availability`, provided: whether hosts are free.

use http::StatusCode;
use meridian_gateway::ApiError;
use meridian_kernel::{EventTypeId, Instant, OrganizationNumber, UserId, WireId, Zone};
use meridian_scheduling::{Interval, Reasons};
use meridian_store::availability::{Range, Selector};

use bindings::exports::meridian::platform::availability::{
    Answer, Error, Guest, Host, Question, Reasons as Flags,
};

use crate::bookable::{self, HostFacts};

#[allow(
    unsafe_code,
    missing_docs,
    clippy::all,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unreachable,
    reason = "generated code"
)]
mod bindings {
    spin_sdk::wit_bindgen::generate!({
        path: "../../wit",
        world: "availability-provider",
        runtime_path: "::spin_sdk::wit_bindgen::rt",
    });
    use super::Provider;
    export!(Provider);
}

struct Provider;

impl Guest for Provider {
    async fn check(question: Question) -> Result<Answer, Error> {
        answer(question).await.map_err(|error| match error.status {
            StatusCode::NOT_FOUND => Error::UnknownEventType,
            _ => Error::Unavailable(error.cause.unwrap_or(error.message)),
        })
    }
}

async fn answer(question: Question) -> Result<Answer, ApiError> {
    let unknown = || ApiError::not_found("Event Type not found");
    let number = OrganizationNumber::new(question.organization).ok_or_else(unknown)?;
    let id = EventTypeId::from_wire(question.event_type_id).map_err(|_| unknown())?;
    let starts: Vec<Instant> = question.starts.into_iter().map(Instant::from_millis).collect();
    let now = Instant::from_millis(question.now);
    let length = question.length_minutes;
    let window = Interval::new(
        starts.iter().copied().min().unwrap_or(now),
        starts.iter().copied().max().unwrap_or(now).plus_minutes(i64::from(length)),
    );
    let range = Range {
        from: window.start,
        to: window.end,
        now,
        ignoring_booking: question.ignoring_booking_uid.as_deref(),
        ignoring_reservation: question.reservation_uid.as_deref(),
    };
    let scope = meridian_edge::scope_for_seam(number).await?;
    let found = bookable::load(&scope, Selector::Id(id), &range).await?;
    let mut found = found.ok_or_else(unknown)?;
    if !question.only_hosts.is_empty() {
        let hosts = question.only_hosts.into_iter().filter_map(|id| UserId::from_wire(id).ok());
        found.keep_only(&hosts.collect::<Vec<_>>());
    }
    let booker = question.booker_zone.and_then(|name| Zone::parse(&name).ok());
    let reasons = found.question(length, now, window).check(&starts, booker);
    let flags = |reasons: Reasons| Flags::from_bits_truncate(reasons.bits());
    Ok(Answer {
        hosts: found.facts.iter().map(host).collect(),
        starts: reasons.into_iter().map(|of| of.into_iter().map(flags).collect()).collect(),
        limits_zone: found.limits_zone().name().to_owned(),
    })
}

fn host(facts: &HostFacts) -> Host {
    Host {
        user_id: facts.user_id.wire(),
        is_fixed: facts.is_fixed,
        group: facts.group.clone(),
        priority: facts.priority,
        weight: facts.weight,
        last_booked_at: facts.last_booked_at.map(Instant::millis),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_reasons_are_the_flags_of_the_seam() {
        for (ours, theirs) in [
            (Reasons::PAST, Flags::PAST),
            (Reasons::TOO_SOON, Flags::TOO_SOON),
            (Reasons::OUTSIDE_WINDOW, Flags::OUTSIDE_WINDOW),
            (Reasons::OUTSIDE_SCHEDULE, Flags::OUTSIDE_SCHEDULE),
            (Reasons::RESTRICTED, Flags::RESTRICTED),
            (Reasons::BUSY, Flags::BUSY),
            (Reasons::OUT_OF_OFFICE, Flags::OUT_OF_OFFICE),
            (Reasons::BOOKING_LIMIT, Flags::BOOKING_LIMIT),
            (Reasons::DURATION_LIMIT, Flags::DURATION_LIMIT),
            (Reasons::RESERVED, Flags::RESERVED),
            (Reasons::SEATS_FULL, Flags::SEATS_FULL),
        ] {
            assert_eq!(Flags::from_bits_truncate(ours.bits()), theirs);
        }
        assert_eq!(Flags::all().bits(), Reasons::all().bits());
    }
}
