//! `POST /v2/bookings/:bookingUid/cancel`

use meridian_domain::booking::{
    CancelReach, CancelRefusal, CancelWish, Cancellable, Cancelled, NamedSeat, Status,
};
use meridian_gateway::validate::{self, Fields, boolean, text};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::UuidUid;
use meridian_payloads::booking as payloads;
use meridian_store::bookings::{self, Booking, CancelOutcome, Cancellation, SeatLeft};
use serde_json::Value;

use crate::admission::{instead_of_not_found, scope_in};
use crate::booking_output::BookingOutput;
use crate::errors::{booking_not_found, not_cancelled};
use crate::managed::{Managed, manages, shown};
use crate::notify;

/// How long a reason may be, in characters.
const LONGEST_REASON: usize = 5_000;

/// How long the uid of a seat may be.
const LONGEST_UID: usize = 100;

/// How often a series is read again because one of it was cancelled meanwhile.
const MOST_ATTEMPTS: usize = 5;

/// Calls off a booking, what is left of a series, or a seat.
pub async fn cancel_booking(request: Request) -> Result<Reply, ApiError> {
    let input = CancelInput::read(&validate::json_body(&request)?)?;
    let uid = request.parameter("bookingUid");
    for _ in 0..MOST_ATTEMPTS {
        let ending = Ending::load(&request, &input, uid).await?;
        let cancelled = ending.decide(&request, &input).await?;
        if let Some(reply) = ending.carry_out(&request, &input, cancelled).await? {
            return Ok(reply);
        }
        if cancelled.reach == CancelReach::One || cancelled.reach == CancelReach::Seat {
            break;
        }
    }
    // Somebody was faster.
    let by_seat = input.seat_uid.is_some();
    let rule = if by_seat { CancelRefusal::NoSuchSeat } else { CancelRefusal::AlreadyCancelled };
    Err(not_cancelled(rule, uid))
}

struct CancelInput {
    reason: Option<String>,
    subsequent: bool,
    seat_uid: Option<String>,
}

impl CancelInput {
    fn read(body: &Value) -> Result<Self, ApiError> {
        let mut fields = Fields::of(body);
        let reason = fields.optional("cancellationReason", text(0, LONGEST_REASON));
        let subsequent = fields.optional("cancelSubsequentBookings", boolean()).unwrap_or_default();
        let seat_uid = fields.optional("seatUid", text(0, LONGEST_UID));
        fields.finish()?;
        let reason = reason.filter(|reason| !reason.trim().is_empty());
        Ok(Self { reason, subsequent, seat_uid })
    }
}

/// What shall end.
struct Ending {
    /// The booking that was named, or the first one that is left of a series.
    managed: Managed,
    /// What is left of its series from now on, in order.
    left: Vec<Booking>,
    names_the_series: bool,
}

impl Ending {
    async fn load(request: &Request, input: &CancelInput, uid: &str) -> Result<Self, ApiError> {
        if let Some(series) = UuidUid::parse(uid) {
            return Self::load_series(request, &series, uid).await;
        }
        let managed = Managed::load(request, uid).await?;
        let series = managed.booking.recurring_uid.as_deref().filter(|_| input.subsequent);
        let mut left = Vec::new();
        if let Some(series) = series {
            left = bookings::find_series(&managed.scope, series).await?;
            left.retain(|one| is_active(one) && one.start >= managed.booking.start);
        }
        Ok(Self { managed, left, names_the_series: false })
    }

    async fn load_series(request: &Request, series: &UuidUid, uid: &str) -> Result<Self, ApiError> {
        let unknown = || booking_not_found(uid);
        let scope = scope_in(request, series.organization()).await;
        let scope = scope.map_err(|error| instead_of_not_found(error, unknown))?;
        let all = bookings::find_series(&scope, uid).await?;
        let last = all.last().ok_or_else(unknown)?.uid.clone();
        let is_left = |one: &Booking| is_active(one) && one.start >= request.now;
        let left: Vec<Booking> = all.into_iter().filter(is_left).collect();
        let named = left.first().map_or(last, |first| first.uid.clone());
        let managed = Managed::load(request, &named).await?;
        Ok(Self { managed, left, names_the_series: true })
    }

    async fn decide(&self, request: &Request, input: &CancelInput) -> Result<Cancelled, ApiError> {
        let Managed { booking, settings, .. } = &self.managed;
        let caller = request.principal.as_ref();
        let seated: Vec<&str> = booking
            .attendees
            .iter()
            .filter(|attendee| attendee.seat_uid.is_some())
            .map(|attendee| attendee.email.as_str())
            .collect();
        let cancellable = Cancellable {
            standing: self.managed.standing()?,
            in_series: booking.recurring_uid.is_some(),
            seated: booking.seats_per_slot.map(|_| seated.as_slice()),
            cancelling_disabled: settings.disable_cancelling.is_some_and(|rule| rule.disabled),
            of_platform_customer: caller.is_some_and(|caller| caller.organization.is_platform),
        };
        let wish = CancelWish {
            reason: input.reason.as_deref(),
            by_host: caller.is_some_and(|caller| booking.is_hosted_by(caller.user_id)),
            may_end_all: manages(caller, booking),
            names_the_series: self.names_the_series,
            subsequent: input.subsequent,
            seat: match &input.seat_uid {
                Some(seat) => Some(self.named_seat(seat).await?),
                None => None,
            },
        };
        cancellable.cancel(wish).map_err(|refusal| not_cancelled(refusal, &booking.uid))
    }

    async fn named_seat(&self, seat_uid: &str) -> Result<NamedSeat, ApiError> {
        if self.seat_of(seat_uid).is_some() {
            return Ok(NamedSeat::OfThis);
        }
        let is_another = bookings::has_seat(&self.managed.scope, seat_uid).await?;
        Ok(if is_another { NamedSeat::OfAnother } else { NamedSeat::Unknown })
    }

    fn seat_of(&self, seat_uid: &str) -> Option<usize> {
        let mut attendees = self.managed.booking.attendees.iter();
        attendees.position(|attendee| attendee.seat_uid.as_deref() == Some(seat_uid))
    }

    /// `None`: something of it was cancelled since it was read.
    async fn carry_out(
        &self,
        request: &Request,
        input: &CancelInput,
        cancelled: Cancelled,
    ) -> Result<Option<Reply>, ApiError> {
        if self.managed.may_have_listeners() {
            notify::mark_due(&self.managed.scope, request.now).await?;
        }
        let one = std::slice::from_ref(&self.managed.booking);
        let (outcome, reply) = match (cancelled.reach, input.seat_uid.as_deref()) {
            (CancelReach::Seat, Some(seat)) => {
                self.end_seat(request, input, seat, cancelled.change.status).await?
            }
            (CancelReach::One | CancelReach::Seat, _) => {
                let (outcome, ended) = self.end(request, input, one).await?;
                let Some(ended) = ended.first() else { return Ok(None) };
                let caller = request.principal.as_ref();
                (outcome, Reply::ok(&shown(ended, &self.managed.settings, caller))?)
            }
            (CancelReach::AndLater | CancelReach::Series, _) => {
                if self.left.is_empty() {
                    return Ok(None);
                }
                let (outcome, ended) = self.end(request, input, &self.left).await?;
                let shown: Vec<_> = ended.iter().map(BookingOutput::of).collect();
                (outcome, Reply::ok(&shown)?)
            }
        };
        let CancelOutcome::Cancelled { to_deliver } = outcome else { return Ok(None) };
        notify::deliver_after_response(&self.managed.scope, to_deliver, request.now).await;
        Ok(Some(reply))
    }

    async fn end(
        &self,
        request: &Request,
        input: &CancelInput,
        bookings: &[Booking],
    ) -> Result<(CancelOutcome, Vec<Booking>), ApiError> {
        let Managed { scope, bookable, settings, .. } = &self.managed;
        let by_email = request.principal.as_ref().map(|caller| caller.email.clone());
        let ended: Vec<Booking> = bookings
            .iter()
            .map(|booking| as_cancelled(booking, input.reason.clone(), by_email.clone(), request))
            .collect();
        let told = |one| payloads::cancelled(one, None, bookable.as_ref(), settings);
        let cancellation = Cancellation {
            uids: ended.iter().map(|booking| booking.uid.as_str()).collect(),
            reason: input.reason.as_deref(),
            by_email: by_email.as_deref(),
            events: ended.iter().map(told).collect(),
            now: request.now,
        };
        let outcome = bookings::cancel(scope, &cancellation).await?;
        Ok((outcome, ended))
    }

    async fn end_seat(
        &self,
        request: &Request,
        input: &CancelInput,
        seat_uid: &str,
        status: Status,
    ) -> Result<(CancelOutcome, Reply), ApiError> {
        let Managed { scope, booking, bookable, settings } = &self.managed;
        let by_email = request.principal.as_ref().map(|caller| caller.email.clone());
        let mut left = booking.clone();
        if let Some(index) = self.seat_of(seat_uid) {
            left.attendees.remove(index);
        }
        if status == Status::Cancelled {
            left = as_cancelled(&left, input.reason.clone(), by_email.clone(), request);
        } else {
            left.updated_at = request.now;
            left.ical_sequence = left.ical_sequence.saturating_add(1);
        }
        // Whoever stands up is told of their own seat, in the words of a cancellation.
        let gone = as_cancelled(booking, input.reason.clone(), by_email.clone(), request);
        let event = payloads::cancelled(&gone, Some(seat_uid), bookable.as_ref(), settings);
        let seat = SeatLeft {
            uid: &booking.uid,
            seat_uid,
            reason: input.reason.as_deref(),
            by_email: by_email.as_deref(),
            event,
            now: request.now,
        };
        let outcome = bookings::leave_seat(scope, &seat).await?;
        Ok((outcome, Reply::ok(&shown(&left, settings, request.principal.as_ref()))?))
    }
}

fn is_active(booking: &Booking) -> bool {
    let status = Status::parse(&booking.status);
    matches!(status, Some(Status::Accepted | Status::Pending))
}

/// The booking as it will be.
fn as_cancelled(
    booking: &Booking,
    cancellation_reason: Option<String>,
    cancelled_by_email: Option<String>,
    request: &Request,
) -> Booking {
    Booking {
        status: Status::Cancelled.as_str().to_owned(),
        cancellation_reason,
        cancelled_by_email,
        updated_at: request.now,
        ical_sequence: booking.ical_sequence.saturating_add(1),
        ..booking.clone()
    }
}
