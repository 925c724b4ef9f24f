//! Moving a booking: the old one ends and the new one begins in one batch, so that
//! nobody finds both times taken, or neither.

use meridian_domain::booking::{Change, Event, HostTime};
use meridian_edge::availability::Reasons;
use meridian_gateway::{ApiError, Request, idempotency};
use meridian_kernel::{AttendeeId, BookingId, Instant, ShortUid, UserId, UuidUid, Zone};
use meridian_kernel::{SchedulingType, WireId};
use meridian_payloads::booking as payloads;
use meridian_store::bookings::{
    self, Attendee, Booking, CreateOutcome, Host, Joining, NewBookings, Opening, Replaced,
};
use meridian_store::deliveries::BookingEvent;
use serde_json::Value;

use crate::booking_input::Routing;
use crate::errors::not_made;
use crate::event_type::Target;
use crate::hosting::{self, Asked, Hosting};
use crate::making::Periods;
use crate::notify;

/// How often a move is decided again because what it stood on has changed, or because
/// the chosen host was just taken by somebody else.
pub const MOST_ATTEMPTS: usize = 64;

/// A booking, or one seat of it, that moves.
#[derive(Clone, Debug)]
pub struct Move<'a> {
    /// The booking as it is.
    pub old: &'a Booking,
    /// Where it moves to. Its length stays.
    pub start: Instant,
    /// Only this seat.
    pub seat_uid: Option<&'a str>,
    /// Who moves it.
    pub by_email: Option<String>,
    /// Why.
    pub reason: Option<&'a str>,
    /// The mover's reservation of the new time.
    pub reservation: Option<&'a str>,
    /// What does not keep a host from it.
    pub passed_over: Reasons,
    /// What becomes of the new booking.
    pub change: Change,
    /// What is told of it.
    pub event: Event,
}

/// The booking at the new time.
#[derive(Clone, Debug)]
pub struct MovedBooking {
    /// As it is.
    pub booking: Booking,
    /// The seat that moved.
    pub seat_uid: Option<String>,
}

/// Moves it, or says why not. `None`: something has changed since it was read, and
/// all is to be decided again.
pub async fn make(
    request: &Request,
    target: &Target,
    wish: &Move<'_>,
) -> Result<Option<MovedBooking>, ApiError> {
    let shared = wish.shared(target).await?;
    let hosting = wish.hosting(request, target, shared.as_ref()).await?;
    let Some(drafted) = wish.draft(request, target, &hosting, shared) else { return Ok(None) };
    match wish.write(request, target, &hosting, &drafted).await? {
        CreateOutcome::Made(made) => {
            notify::deliver_after_response(&target.scope, made.to_deliver, request.now).await;
            let id = made.bookings.first().copied();
            let ids = made.attendees.into_iter().chain(made.seats.into_iter().flatten());
            Ok(Some(drafted.with_ids(id, ids)))
        }
        CreateOutcome::Outdated | CreateOutcome::ReplacedChanged => Ok(None),
        // Where hosts take turns, another one may be free.
        CreateOutcome::Taken if !hosting.turns.is_empty() => Ok(None),
        outcome => Err(not_made(&outcome, &target.bookable)),
    }
}

/// The new booking, or the one that is joined.
struct Drafted {
    booking: Booking,
    /// Who sits down, where it is there already.
    joining: Vec<Attendee>,
    needs: (Instant, Instant),
    seat_uid: Option<String>,
}

impl Drafted {
    fn with_ids(
        self,
        id: Option<BookingId>,
        mut attendees: impl Iterator<Item = AttendeeId>,
    ) -> MovedBooking {
        let Self { mut booking, mut joining, seat_uid, .. } = self;
        booking.id = id.unwrap_or(booking.id);
        let new = if joining.is_empty() { &mut booking.attendees } else { &mut joining };
        for attendee in new {
            attendee.id = attendees.next().unwrap_or(attendee.id);
        }
        booking.attendees.extend(joining);
        MovedBooking { booking, seat_uid }
    }
}

impl Move<'_> {
    fn end(&self) -> Instant {
        self.start.plus_minutes(self.old.end.minutes_since(self.old.start))
    }

    /// Whether nothing is left of the old booking.
    fn moves_all(&self) -> bool {
        let seats = self.old.attendees.iter().filter(|one| one.seat_uid.is_some()).count();
        self.seat_uid.is_none() || seats <= 1
    }

    /// The booking at the new time that can be joined.
    async fn shared(&self, target: &Target) -> Result<Option<Booking>, ApiError> {
        if self.old.seats_per_slot.is_none() {
            return Ok(None);
        }
        let found = bookings::find_shared(&target.scope, target.bookable.id, &[self.start]).await?;
        let is_it = |one: &Booking| one.end == self.end() && one.uid != self.old.uid;
        Ok(found.into_iter().find(is_it))
    }

    async fn hosting(
        &self,
        request: &Request,
        target: &Target,
        shared: Option<&Booking>,
    ) -> Result<Hosting, ApiError> {
        let routing = self.same_hosts(target);
        let minutes = self.old.end.minutes_since(self.old.start);
        let zone = self.old.attendees.first().and_then(|one| Zone::parse(&one.time_zone).ok());
        let asked = Asked {
            starts: vec![self.start],
            joined: vec![shared],
            length_minutes: u32::try_from(minutes).unwrap_or(u32::MAX),
            routing: routing.as_ref(),
            reservation: self.reservation,
            ignoring_booking: self.moves_all().then_some(self.old.uid.as_str()),
            booker_zone: zone.unwrap_or(Zone::UTC),
            passed_over: self.passed_over,
            now: request.now,
        };
        hosting::find(target, &asked).await
    }

    /// Where the event type keeps its hosts, those who serve by turns stay.
    fn same_hosts(&self, target: &Target) -> Option<Routing> {
        let by_turns = target.bookable.scheduling == Some(SchedulingType::RoundRobin);
        let keeps = target.settings.reschedule_with_same_round_robin_host;
        let members: Vec<UserId> = self.old.hosts().map(|host| host.id).collect();
        (by_turns && keeps).then_some(Routing {
            members,
            member_email: None,
            skip_contact_owner: true,
            given: Value::Null,
        })
    }

    fn draft(
        &self,
        request: &Request,
        target: &Target,
        hosting: &Hosting,
        shared: Option<Booking>,
    ) -> Option<Drafted> {
        let movers = self.movers(target);
        let seat_uid = self.seat_uid.map(str::to_owned);
        let (before, after) =
            (target.bookable.before_event_buffer, target.bookable.after_event_buffer);
        let needs = (
            self.start.plus_minutes(-i64::from(before)),
            self.end().plus_minutes(i64::from(after)),
        );
        if let Some(booking) = shared {
            return Some(Drafted { booking, joining: movers, needs, seat_uid });
        }
        let booking = self.open(request, target, hosting.hosts.first()?, movers)?;
        Some(Drafted { booking, joining: Vec::new(), needs, seat_uid })
    }

    /// Those who move. A seat keeps its uid; where all move, the old booking keeps
    /// its people, so the seats of the new one are new.
    fn movers(&self, target: &Target) -> Vec<Attendee> {
        let organization = target.scope.organization();
        let moves = |one: &&Attendee| {
            self.seat_uid.is_none_or(|seat| one.seat_uid.as_deref() == Some(seat))
        };
        let mover = |one: &Attendee| Attendee {
            id: AttendeeId::new(organization, 0),
            absent: false,
            seat_uid: match self.seat_uid {
                Some(seat) => Some(seat.to_owned()),
                None => one.seat_uid.as_ref().map(|_| UuidUid::generate(organization).to_string()),
            },
            ..one.clone()
        };
        self.old.attendees.iter().filter(moves).map(mover).collect()
    }

    /// A time nobody has booked yet.
    fn open(
        &self,
        request: &Request,
        target: &Target,
        hosts: &[Host],
        attendees: Vec<Attendee>,
    ) -> Option<Booking> {
        let organization = target.scope.organization();
        let uid = ShortUid::generate(organization).to_string();
        let (organizer, co_hosts) = hosts.split_first()?;
        // A calendar entry moves with its booking; a seat that leaves others behind
        // gets one of its own.
        let (ical_uid, ical_sequence) = if self.moves_all() {
            (self.old.ical_uid.clone(), self.old.ical_sequence.saturating_add(1))
        } else {
            (crate::new_booking::ical_uid(&uid), 0)
        };
        let old_name = &self.old.organizer.name;
        let names_host = self.old.organizer.id != organizer.user.id && !old_name.is_empty();
        let title = if names_host {
            self.old.title.replace(old_name, &organizer.user.name)
        } else {
            self.old.title.clone()
        };
        Some(Booking {
            id: BookingId::new(organization, 0),
            uid,
            title,
            organizer: organizer.user.clone(),
            co_hosts: co_hosts.to_vec(),
            status: self.change.status.as_str().to_owned(),
            start: self.start,
            end: self.end(),
            ical_uid,
            ical_sequence,
            absent_host: false,
            rating: None,
            cancellation_reason: None,
            cancelled_by_email: None,
            rejection_reason: None,
            reassign_reason: None,
            rescheduled_from_uid: Some(self.old.uid.clone()),
            rescheduled_to_uid: None,
            rescheduling_reason: self.reason.map(str::to_owned),
            rescheduled_by_email: self.by_email.clone(),
            created_at: request.now,
            updated_at: request.now,
            attendees,
            ..self.old.clone()
        })
    }

    async fn write(
        &self,
        request: &Request,
        target: &Target,
        hosting: &Hosting,
        drafted: &Drafted,
    ) -> Result<CreateOutcome, ApiError> {
        let has_listeners = target.bookable.has_webhooks;
        if has_listeners {
            notify::mark_due(&target.scope, request.now).await?;
        }
        let Drafted { booking, joining, needs, .. } = drafted;
        idempotency::subject(|| format!("/v2/bookings/{}", booking.uid));
        let opens = joining.is_empty();
        let opened = opens.then_some(Opening { booking, needs: *needs });
        let joined = (!opens).then_some(Joining { booking, seats: joining, needs: *needs });
        let limits = Periods::of(target, hosting.limits_zone, opened.iter().map(|one| one.booking));
        let new = NewBookings {
            openings: opened.into_iter().collect(),
            joinings: joined.into_iter().collect(),
            takes_time: self.change.time == HostTime::Take,
            ignore_conflicts: self.passed_over.has(Reasons::BUSY),
            turns: hosting.turns.clone(),
            turns_matter: false,
            limits: limits.own,
            team_limits: limits.of_team,
            reservation: self.reservation,
            replaces: Some(Replaced {
                uid: &self.old.uid,
                seat_uid: self.seat_uid,
                moved_to: &booking.uid,
                may_be_cancelled: target.settings.allow_rescheduling_cancelled_bookings,
            }),
            events: if has_listeners { vec![self.told(target, drafted)] } else { Vec::new() },
            has_listeners,
            ..NewBookings::none(target.bookable.id, request.now)
        };
        Ok(bookings::create(&target.scope, &new).await?)
    }

    fn told(&self, target: &Target, drafted: &Drafted) -> BookingEvent {
        let mut seen = drafted.booking.clone();
        seen.attendees.extend(drafted.joining.iter().cloned());
        let (bookable, settings) = (&target.bookable, &target.settings);
        payloads::moved(self.event, &seen, self.old, self.seat_uid, bookable, settings)
    }
}
