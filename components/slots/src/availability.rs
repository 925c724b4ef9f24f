//! `meridian:platform/availability`, provided: whether hosts are free.

use http::StatusCode;
use meridian_gateway::ApiError;
use meridian_kernel::{EventTypeId, Instant, OrganizationNumber, WireId};
use meridian_scheduling::check;
use meridian_store::availability::{Range, Selector};

use bindings::exports::meridian::platform::availability::{Error, Guest, Host, Question, Reason};

use crate::bookable;

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
    async fn check(question: Question) -> Result<Vec<Host>, Error> {
        answer(question).await.map_err(|error| match error.status {
            StatusCode::NOT_FOUND => Error::UnknownEventType,
            _ => Error::Unavailable(error.cause.unwrap_or(error.message)),
        })
    }
}

async fn answer(question: Question) -> Result<Vec<Host>, ApiError> {
    let unknown = || ApiError::not_found("Event Type not found");
    let number = OrganizationNumber::new(question.organization).ok_or_else(unknown)?;
    let id = EventTypeId::from_wire(question.event_type_id).map_err(|_| unknown())?;
    let (start, now) = (Instant::from_millis(question.start), Instant::from_millis(question.now));
    let length = question.length_minutes;
    let range = Range {
        from: start,
        to: start.plus_minutes(i64::from(length)),
        ignoring_booking: question.ignoring_booking_uid.as_deref(),
    };
    let scope = meridian_edge::scope_for_seam(number).await?;
    let found = bookable::load(&scope, Selector::Id(id), range, now).await?.ok_or_else(unknown)?;
    let user_id = found.owner.wire();
    let answers = check(&found.question(length, now), start);
    Ok(answers.into_iter().map(|answer| host(user_id, answer)).collect())
}

fn host(user_id: i64, answer: Result<(), meridian_scheduling::Reason>) -> Host {
    let reason = answer.err().map(|reason| match reason {
        meridian_scheduling::Reason::Past => Reason::Past,
        meridian_scheduling::Reason::OutOfBounds => Reason::OutOfBounds,
        meridian_scheduling::Reason::OutsideSchedule => Reason::OutsideSchedule,
        meridian_scheduling::Reason::Busy => Reason::Busy,
    });
    Host { user_id, reason }
}
