//! Asks whoever runs the rooms who came to a call, and tells webhooks who did not.

use meridian_domain::jobs::CallCheck;
use meridian_domain::webhook::{Call, Participant, who_missed};
use meridian_edge::{WitDatabase, video};
use meridian_kernel::{Instant, OrganizationNumber, UserId, WireId};
use meridian_store::bookings::{self, Booking};
use meridian_store::deliveries::{self, BookingEvent};
use meridian_store::jobs::{Job, Payload};
use meridian_store::{DatabaseError, Scope};
use meridian_video::{Provider, Room, Session};

use super::worker::Outcome;

/// Looks at the call of a job: its events are written, and the job ended, in one batch.
pub(crate) async fn check(scope: &Scope<'_, WitDatabase>, job: &Job) -> Outcome {
    let check = match &job.payload {
        Payload::Plain(text) => CallCheck::from_payload(text),
        Payload::Sealed(_) => None,
    };
    let Some(CallCheck { booking_uid }) = check else {
        return Outcome::Hopeless("the payload is no look at a call".to_owned());
    };
    // Where nobody runs rooms it is not known who came.
    let Some(provider) = video::provider().await else { return Outcome::Done };
    let booking = match bookings::find_primary(scope, &booking_uid).await {
        Ok(Some(booking)) => booking,
        Ok(None) => return Outcome::Done,
        Err(_) => return Outcome::Failed("the booking cannot be read".to_owned()),
    };
    let joined = match who_came(&provider, &booking, scope.organization()).await {
        Ok(Some(joined)) => joined,
        Ok(None) => return Outcome::Done,
        Err(error) => return Outcome::Failed(error),
    };
    tell(scope, job, &missed(&booking, &joined)).await
}

/// Everybody who came to the booking's room; `None` where there is no such room, and so
/// nothing is known.
async fn who_came(
    provider: &Provider,
    booking: &Booking,
    organization: OrganizationNumber,
) -> Result<Option<Vec<Participant>>, String> {
    let room = booking.uid.as_str();
    let read = |status, body: &[u8]| Session::read_all(status, body, room);
    let sessions = video::ask(provider.sessions(room), read).await?;
    if sessions.is_empty() {
        let read = |status, body: &[u8]| Room::read(status, body, room);
        if video::ask(provider.room(room), read).await?.is_none() {
            return Ok(None);
        }
    }
    let everybody = sessions.iter().flat_map(|session| &session.participants);
    Ok(Some(everybody.map(|one| participant(one, organization)).collect()))
}

/// Users come in with a token that has their id.
fn participant(one: &meridian_video::Participant, organization: OrganizationNumber) -> Participant {
    let user = one.user_id.as_deref().and_then(|id| UserId::parse(id).ok());
    Participant {
        user: user.filter(|user| user.organization() == organization),
        email: None,
        name: one.user_name.clone(),
        joined_at: Instant::from_millis(one.join_time.saturating_mul(1000)),
        stayed: one.duration,
    }
}

/// What webhooks are told of those who did not come.
fn missed(booking: &Booking, joined: &[Participant]) -> Vec<BookingEvent> {
    let hosts: Vec<UserId> = booking.hosts().map(|host| host.id).collect();
    let call = Call {
        booking: booking.id,
        status: &booking.status,
        location: booking.location.as_deref(),
        start: booking.start,
        hosts: &hosts,
    };
    let moved_by = booking.rescheduled_by_email.as_deref();
    let event = |one| meridian_payloads::call_missed(one, booking, joined, moved_by);
    who_missed(&call, joined).iter().map(event).collect()
}

async fn tell(scope: &Scope<'_, WitDatabase>, job: &Job, events: &[BookingEvent]) -> Outcome {
    if events.is_empty() {
        return Outcome::Done;
    }
    let mut batch = vec![job.done()];
    batch.extend(deliveries::booking_events(events, scope.organization(), Instant::now()));
    match scope.work(batch).await {
        Ok(_) => Outcome::Done,
        Err(DatabaseError::Precondition(0)) => {
            Outcome::Failed("another worker has the job".to_owned())
        }
        Err(_) => Outcome::Failed("the events cannot be written".to_owned()),
    }
}
