//! `POST /v2/bookings/:bookingUid/confirm` and `…/decline`

use meridian_domain::booking::{Event, Forbidden, Status};
use meridian_gateway::validate::{self, Fields, text};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_payloads::booking as payloads;
use meridian_store::bookings::{self, AnswerOutcome, Booking, Confirmation, Refusal};
use meridian_store::deliveries::BookingEvent;

use crate::booking_output::BookingOutput;
use crate::managed::{Managed, forbidden, standing};
use crate::notify;

/// How long a reason may be, in characters.
const LONGEST_REASON: usize = 5_000;

/// Accepts a booking that waits for its host, and with it what else of its series
/// waits: all of it, or nothing where somebody has one of the times.
pub async fn confirm_booking(request: Request) -> Result<Reply, ApiError> {
    let waiting = Waiting::load(&request, "confirm").await?;
    let change = waiting.managed.standing()?.confirm();
    change.map_err(|rule| forbidden(rule, waiting.uid()))?;
    let accepted = waiting.with(|booking| Booking {
        status: Status::Accepted.as_str().to_owned(),
        updated_at: request.now,
        ..booking
    });
    waiting.prepare(&request).await?;
    let confirmation = Confirmation {
        bookings: accepted.iter().map(|booking| waiting.managed.opening(booking)).collect(),
        events: waiting.told(Event::Created, &accepted),
        now: request.now,
    };
    let outcome = bookings::confirm(&waiting.managed.scope, &confirmation).await?;
    waiting.answer(&request, outcome, &accepted).await
}

/// Refuses a booking that waits for its host, and with it what else of its series
/// waits.
pub async fn decline_booking(request: Request) -> Result<Reply, ApiError> {
    let reason = read_reason(&request)?;
    let waiting = Waiting::load(&request, "decline").await?;
    let change = waiting.managed.standing()?.decline();
    change.map_err(|rule| forbidden(rule, waiting.uid()))?;
    let rejected = waiting.with(|booking| Booking {
        status: Status::Rejected.as_str().to_owned(),
        rejection_reason: reason.clone(),
        updated_at: request.now,
        ..booking
    });
    waiting.prepare(&request).await?;
    let refusal = Refusal {
        bookings: rejected.iter().map(|booking| waiting.managed.opening(booking)).collect(),
        reason: reason.as_deref(),
        events: waiting.told(Event::Rejected, &rejected),
        now: request.now,
    };
    let outcome = bookings::refuse(&waiting.managed.scope, &refusal).await?;
    waiting.answer(&request, outcome, &rejected).await
}

fn read_reason(request: &Request) -> Result<Option<String>, ApiError> {
    let body = validate::json_body(request)?;
    let mut fields = Fields::of(&body);
    let reason = fields.optional("reason", text(0, LONGEST_REASON));
    fields.finish()?;
    Ok(reason.filter(|reason| !reason.trim().is_empty()))
}

/// A booking that waits, and the others of its series that do.
struct Waiting {
    managed: Managed,
    others: Vec<Booking>,
}

impl Waiting {
    async fn load(request: &Request, verb: &str) -> Result<Self, ApiError> {
        let refusal =
            || ApiError::unauthorized(format!("User is not authorized to {verb} this booking"));
        let uid = request.parameter("bookingUid");
        let managed = Managed::load_own(request, uid, refusal).await?;
        let mut others = Vec::new();
        if let Some(series) = managed.booking.recurring_uid.as_deref() {
            others = bookings::find_series(&managed.scope, series).await?;
            let status = standing(&managed.booking, &managed.settings)?.status;
            let waits = |one: &Booking| {
                status == Status::Pending && one.status == status.as_str() && one.uid != uid
            };
            others.retain(waits);
        }
        Ok(Self { managed, others })
    }

    fn uid(&self) -> &str {
        &self.managed.booking.uid
    }

    /// All of them as they will be; the one that was named first.
    fn with(&self, change: impl Fn(Booking) -> Booking) -> Vec<Booking> {
        let all = std::iter::once(&self.managed.booking).chain(&self.others);
        all.cloned().map(change).collect()
    }

    async fn prepare(&self, request: &Request) -> Result<(), ApiError> {
        if self.managed.may_have_listeners() {
            notify::mark_due(&self.managed.scope, request.now).await?;
        }
        Ok(())
    }

    fn told(&self, event: Event, bookings: &[Booking]) -> Vec<BookingEvent> {
        let Managed { bookable, settings, .. } = &self.managed;
        let one = |booking| payloads::changed(event, booking, bookable.as_ref(), settings);
        bookings.iter().map(one).collect()
    }

    async fn answer(
        &self,
        request: &Request,
        outcome: AnswerOutcome,
        bookings: &[Booking],
    ) -> Result<Reply, ApiError> {
        match outcome {
            AnswerOutcome::Done { to_deliver } => {
                notify::deliver_after_response(&self.managed.scope, to_deliver, request.now).await;
                let named = bookings.first().unwrap_or(&self.managed.booking);
                Reply::ok(&BookingOutput::of(named))
            }
            // Somebody was faster.
            AnswerOutcome::NotPending => Err(forbidden(Forbidden::AlreadyConfirmed, self.uid())),
            AnswerOutcome::Taken => Err(taken()),
        }
    }
}

/// 400: it can wait on, but not be confirmed.
fn taken() -> ApiError {
    ApiError::bad_request(
        "Can't confirm the booking because one of its hosts already has another booking at this \
         time.",
    )
    .with_code("booking_conflict_error")
    .settle()
}
