//! A booking that somebody acts on, with what its event type says.

use meridian_domain::booking::{Forbidden, Standing, Status};
use meridian_domain::event_type::{ConfirmationPolicy, EventTypeSettings};
use meridian_gateway::{ApiError, Principal, Request};
use meridian_kernel::{Instant, Role};
use meridian_store::bookings::{self, Attendee, Bookable, Booking, Opening};

use crate::admission::{OpenScope, scope_of_booking};
use crate::booking_output::BookingOutput;
use crate::errors::booking_not_found;
use crate::event_type::settings_of;
use crate::managed_addresses;

/// A booking and its event type, where that still exists.
#[derive(Debug)]
pub struct Managed {
    /// The database both are in.
    pub scope: OpenScope,
    /// The booking.
    pub booking: Booking,
    /// Its event type.
    pub bookable: Option<Bookable>,
    /// The event type's settings; those of a new one where it is gone.
    pub settings: EventTypeSettings,
}

impl Managed {
    /// Loads a booking; 404 where there is none.
    pub async fn load(request: &Request, uid: &str) -> Result<Self, ApiError> {
        let scope = scope_of_booking(request, uid).await?;
        let found = bookings::find_with_event_type(&scope, uid).await?;
        let (booking, bookable) = found.ok_or_else(|| booking_not_found(uid))?;
        let settings = bookable.as_ref().map(settings_of).transpose()?.unwrap_or_default();
        Ok(Self { scope, booking, bookable, settings })
    }

    /// Loads a booking whose caller hosts or administers it; else the refusal. For
    /// another organisation there is no such booking.
    pub async fn load_own(
        request: &Request,
        uid: &str,
        refusal: impl FnOnce() -> ApiError,
    ) -> Result<Self, ApiError> {
        let managed = Self::load(request, uid).await?;
        if request.principal()?.organization.number != managed.scope.organization() {
            return Err(booking_not_found(uid));
        }
        let is_own = manages(request.principal.as_ref(), &managed.booking);
        if is_own { Ok(managed) } else { Err(refusal()) }
    }

    /// Puts the addresses of a platform client's users into the form they are kept in.
    pub async fn keep_addresses(
        &self,
        request: &Request,
        people: &mut [Attendee],
    ) -> Result<(), ApiError> {
        let client = self.bookable.as_ref().and_then(|bookable| bookable.client.as_ref());
        managed_addresses::of_attendees(request, &self.scope, client, people).await
    }

    /// As far as the rules of its life look at it.
    pub fn standing(&self) -> Result<Standing, ApiError> {
        standing(&self.booking, &self.settings)
    }

    /// What a booking of this event type needs of its hosts' time.
    pub fn opening<'a>(&self, booking: &'a Booking) -> Opening<'a> {
        Opening { booking, needs: self.needs(booking.start, booking.end) }
    }

    /// That time with the buffers of the event type.
    pub fn needs(&self, start: Instant, end: Instant) -> (Instant, Instant) {
        let buffers = self.bookable.as_ref();
        let buffers = buffers.map(|one| (one.before_event_buffer, one.after_event_buffer));
        let (before, after) = buffers.unwrap_or_default();
        (start.plus_minutes(-i64::from(before)), end.plus_minutes(i64::from(after)))
    }

    /// Whether somebody may have to be told. It is not known where the event type is
    /// gone.
    pub fn may_have_listeners(&self) -> bool {
        self.bookable.as_ref().is_none_or(|bookable| bookable.has_webhooks)
    }
}

/// Where a booking stands. A pending one takes its time where its event type says so.
pub fn standing(booking: &Booking, settings: &EventTypeSettings) -> Result<Standing, ApiError> {
    let status = Status::parse(&booking.status)
        .ok_or_else(|| ApiError::internal("a stored booking has an unknown status"))?;
    let blocks = settings.confirmation_policy.is_some_and(ConfirmationPolicy::blocks_unconfirmed);
    let holds_time = status == Status::Accepted || (status == Status::Pending && blocks);
    Ok(Standing { status, start: booking.start, holds_time })
}

/// Whether the caller hosts a booking, or administers its team or organisation.
pub fn manages(caller: Option<&Principal>, booking: &Booking) -> bool {
    let Some(caller) = caller else { return false };
    booking.is_hosted_by(caller.user_id)
        || caller.owns_or_administers(booking.organizer.id)
        || booking.team_id.is_some_and(|team| caller.has_team_role(team, Role::Admin))
}

/// A booking as its caller may see it: of a shared one only whoever manages it sees
/// the others, unless the event type shows them to everybody.
pub fn shown<'a>(
    booking: &'a Booking,
    settings: &EventTypeSettings,
    caller: Option<&Principal>,
) -> BookingOutput<'a> {
    let output = BookingOutput::of(booking);
    let shows = settings.seats.is_some_and(|seats| seats.show_attendee_info);
    let hidden = booking.seats_per_slot.is_some() && !shows && !manages(caller, booking);
    if hidden { output.without_attendees() } else { output }
}

/// 400: why a step is not possible.
pub fn forbidden(rule: Forbidden, uid: &str) -> ApiError {
    ApiError::bad_request(match rule {
        Forbidden::AlreadyConfirmed => "Booking already confirmed".to_owned(),
        Forbidden::Cancelled => {
            format!("Booking with uid={uid} has been cancelled, so nothing of it can be changed.")
        }
        Forbidden::Rejected => {
            format!("Booking with uid={uid} has been rejected, so nothing of it can be changed.")
        }
        Forbidden::NotBegun => format!(
            "Bookings can only be marked as absent after their scheduled start time. Booking with \
             uid={uid} has not started yet."
        ),
        Forbidden::NotRoundRobin => format!(
            "Can't reassign the booking with uid={uid} because its event type is not round robin."
        ),
    })
    .settle()
}
