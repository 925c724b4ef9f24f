//! Making bookings: one conditional batch, whatever they are and how many.

use meridian_kernel::{AttendeeId, BookingId, EventTypeId, Instant, UserId, WireId};

use super::batch::{Batch, Cause, Ended};
use super::rows::{self, Terms};
use super::{BookerLimit, Joining, Opening, PeriodLimit, cancel, limits, seats, single};
use crate::deliveries::{self, BookingEvent};
use crate::{
    Database, DatabaseError, Row, Rows, Scope, Statement, StoreError, arguments, private_links,
    reservations,
};

/// Bookings to be made together, or not at all, and what else their batch writes.
#[derive(Clone, Debug)]
pub struct NewBookings<'a> {
    /// What is booked.
    pub event_type: EventTypeId,
    /// Bookings that are not there yet: one, or those of a series.
    pub openings: Vec<Opening<'a>>,
    /// Seats of bookings that are there.
    pub joinings: Vec<Joining<'a>>,
    /// Whether they keep others out of their time.
    pub takes_time: bool,
    /// Whether it does not matter who is taken.
    pub ignore_conflicts: bool,
    /// Hosts whose turn it is, and when they were last chosen as far as is known.
    pub turns: Vec<(UserId, Option<Instant>)>,
    /// Whether it matters that nobody else has chosen them meanwhile.
    pub turns_matter: bool,
    /// Limits of the event type.
    pub limits: Vec<PeriodLimit>,
    /// Limits of its team.
    pub team_limits: Vec<PeriodLimit>,
    /// The limit of the booker.
    pub booker_limit: Option<BookerLimit<'a>>,
    /// The private link they are made by.
    pub private_link: Option<&'a str>,
    /// The booker's reservation of the time.
    pub reservation: Option<&'a str>,
    /// What they take the place of.
    pub replaces: Option<Replaced<'a>>,
    /// What webhooks are told; nothing only where nobody listens.
    pub events: Vec<BookingEvent>,
    /// Whether somebody listens, as far as is known.
    pub has_listeners: bool,
    /// The clock of the request.
    pub now: Instant,
}

/// What ends where a new booking begins, in the same batch and before anything asks
/// whether the time is free: so a booking may move within its own time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaced<'a> {
    /// The booking that moves.
    pub uid: &'a str,
    /// Only this seat of it.
    pub seat_uid: Option<&'a str>,
    /// Where it moves to.
    pub moved_to: &'a str,
    /// Whether it may have been cancelled before.
    pub may_be_cancelled: bool,
}

/// What became of new bookings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreateOutcome {
    /// They are there.
    Made(Made),
    /// Somebody else has the time.
    Taken,
    /// A limit of the event type or its team is reached.
    LimitReached,
    /// The booker has as many as one may have.
    BookerLimitReached,
    /// The private link is used up, over, or another event type's.
    LinkRefused,
    /// Not enough seats are left.
    SeatsFull,
    /// Somebody with that address sits there already.
    AlreadySeated,
    /// What it was to replace has ended or moved meanwhile.
    ReplacedChanged,
    /// What it was decided on has changed: load it and decide again.
    Outdated,
}

/// The ids the database gave, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Of the openings.
    pub bookings: Vec<BookingId>,
    /// Of all attendees of the openings, in order.
    pub attendees: Vec<AttendeeId>,
    /// Of the seats of each joining.
    pub seats: Vec<Vec<AttendeeId>>,
    /// Whether there is somebody to tell.
    pub to_deliver: bool,
}

/// The parts of the batch, each with a refusal of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Replaced,
    Bookings,
    Attendees,
    Hosts,
    Seats(usize),
    Time,
    Turn,
    Limits,
    BookerLimit,
    Link,
    Quiet,
    Deliveries,
}

/// Makes the bookings if all that must hold does when they are written: their event
/// type and hosts are what they were, the time is free, seats are left, no limit is
/// passed, the link is good.
pub async fn create<D: Database>(
    scope: &Scope<'_, D>,
    new: &NewBookings<'_>,
) -> Result<CreateOutcome, StoreError> {
    match new.batch().write(scope).await? {
        Ended::Done(answers) => Ok(CreateOutcome::Made(made(scope, answers)?)),
        Ended::Refused(step, cause) => refused(scope, new, step, cause).await,
    }
}

impl<'a> NewBookings<'a> {
    /// No bookings yet: what is limited by nothing, and heard by nobody.
    pub const fn none(event_type: EventTypeId, now: Instant) -> Self {
        Self {
            event_type,
            openings: Vec::new(),
            joinings: Vec::new(),
            takes_time: true,
            ignore_conflicts: false,
            turns: Vec::new(),
            turns_matter: true,
            limits: Vec::new(),
            team_limits: Vec::new(),
            booker_limit: None,
            private_link: None,
            reservation: None,
            replaces: None,
            events: Vec::new(),
            has_listeners: false,
            now,
        }
    }

    fn batch(&self) -> Batch<Step> {
        let mut batch = Batch::new();
        if let Some(replaced) = &self.replaces {
            for (step, statement) in replaced.end(self.now) {
                batch.push(step, statement);
            }
        }
        let single = single::of(&self.openings, self.terms());
        if let Some(opening) = single {
            batch.push(Step::Bookings, single::insert_booking(opening, self.terms()));
        } else if let Some(insert) = rows::insert_bookings(&self.openings, self.terms()) {
            batch.push(Step::Bookings, insert);
        }
        match single.and_then(single::insert_attendee) {
            Some(attendee) => batch.push(Step::Attendees, attendee),
            None if self.openings.is_empty() => {}
            None => batch.push(Step::Attendees, rows::attendees(&self.openings)),
        }
        if let Some(hosts) = rows::co_hosts(&self.openings) {
            batch.push(Step::Hosts, hosts);
        }
        for (index, joining) in self.joinings.iter().enumerate() {
            batch.push(Step::Seats(index), seats::join(joining, self.reservation, self.now));
        }
        let alone = single.filter(|_| self.takes_time && self.joinings.is_empty());
        if let Some(time) = alone.and_then(single::take_time) {
            batch.push(Step::Time, time);
        } else if self.takes_time || !self.joinings.is_empty() {
            let openings = if self.takes_time { self.openings.as_slice() } else { &[] };
            let time = rows::take_time(openings, &self.joinings, self.ignore_conflicts);
            batch.push(Step::Time, time);
        }
        self.push_conditions(&mut batch);
        if let Some(touch) = seats::touch(&self.joinings, self.now) {
            batch.push(Step::Quiet, touch);
        }
        if let Some(uid) = self.reservation {
            batch.push(Step::Quiet, reservations::consume(uid));
        }
        if self.has_listeners {
            let organization = self.event_type.organization();
            let [events, told] = deliveries::booking_events(&self.events, organization, self.now);
            batch.push(Step::Quiet, events);
            batch.push(Step::Deliveries, told);
        }
        batch
    }

    fn push_conditions(&self, batch: &mut Batch<Step>) {
        for turn in &self.turns {
            batch.push(Step::Turn, self.take_turn(*turn));
        }
        let opened = self.openings.first().map(|opening| opening.booking.uid.as_str());
        if let Some(uid) = opened.filter(|_| !self.limits.is_empty()) {
            let limits = limits::of_event_type(uid, self.event_type, &self.limits);
            batch.push(Step::Limits, limits);
        }
        let team = self.openings.first().and_then(|opening| opening.booking.team_id);
        if let Some((uid, team)) = opened.zip(team).filter(|_| !self.team_limits.is_empty()) {
            batch.push(Step::Limits, limits::of_team(uid, team, &self.team_limits));
        }
        let joined = self.joinings.first().map(|joining| joining.booking.uid.as_str());
        if let Some((uid, limit)) = opened.or(joined).zip(self.booker_limit) {
            let limit = limits::of_booker(uid, self.event_type, limit, self.now);
            batch.push(Step::BookerLimit, limit);
        }
        if let Some(link) = self.private_link {
            batch.push(Step::Link, private_links::consume(link, self.event_type, self.now));
        }
    }

    fn terms(&self) -> Terms<'_> {
        Terms {
            event_type: self.event_type,
            reservation: self.reservation,
            ignore_conflicts: self.ignore_conflicts,
            has_listeners: self.has_listeners,
            now: self.now,
        }
    }

    /// The next choice sees who was chosen here. No two turns of an event type have
    /// one time, so that a turn taken meanwhile always shows.
    fn take_turn(&self, (host, last): (UserId, Option<Instant>)) -> Statement {
        Statement::command(
            "UPDATE event_host SET last_booked_at = max(?3, 1 + coalesce((\
             SELECT max(last_booked_at) FROM event_host WHERE event_type_id = ?1), 0)) \
             WHERE event_type_id = ?1 AND user_id = ?2 AND (?5 = 0 OR last_booked_at IS ?4)",
            arguments![self.event_type.row(), host.row(), self.now, last, self.turns_matter],
        )
        .must_affect()
    }
}

impl Replaced<'_> {
    /// The first statement decides.
    fn end(&self, now: Instant) -> Vec<(Step, Statement)> {
        let statements = match self.seat_uid {
            Some(seat_uid) => cancel::seat_statements(self.uid, seat_uid, (None, None), now),
            None => vec![self.end_booking(now), cancel::free_time(rows::json(&[self.uid]))],
        };
        let steps = std::iter::once(Step::Replaced).chain(std::iter::repeat(Step::Quiet));
        steps.zip(statements).collect()
    }

    fn end_booking(&self, now: Instant) -> Statement {
        Statement::command(
            "UPDATE booking SET status = 'cancelled', rescheduled_to_uid = ?2, updated_at = ?3, \
             ical_sequence = ical_sequence + 1 WHERE uid = ?1 AND (status IN ('accepted', 'pending') \
             OR (?4 AND status = 'cancelled' AND rescheduled_to_uid IS NULL))",
            arguments![self.uid, self.moved_to, now, self.may_be_cancelled],
        )
        .must_affect()
    }
}

fn made<D: Database>(scope: &Scope<'_, D>, answers: Vec<(Step, Rows)>) -> Result<Made, StoreError> {
    let organization = scope.organization();
    let mut made = Made::default();
    for (step, rows) in answers {
        // Rows come in no promised order, but ids grow in the order of the inserts.
        let mut ids = rows.map(|row| Row::integer(row, 0))?;
        ids.sort_unstable();
        let attendees = || ids.iter().map(|id| AttendeeId::new(organization, *id)).collect();
        match step {
            Step::Bookings => {
                made.bookings = ids.iter().map(|id| BookingId::new(organization, *id)).collect();
            }
            Step::Attendees => made.attendees = attendees(),
            Step::Seats(_) => made.seats.push(attendees()),
            Step::Deliveries => made.to_deliver = rows.affected > 0,
            _ => {}
        }
    }
    Ok(made)
}

async fn refused<D: Database>(
    scope: &Scope<'_, D>,
    new: &NewBookings<'_>,
    step: Step,
    cause: Cause,
) -> Result<CreateOutcome, StoreError> {
    Ok(match step {
        _ if cause == Cause::Reference => CreateOutcome::Outdated,
        Step::Replaced => CreateOutcome::ReplacedChanged,
        Step::Bookings => why_not(scope, new).await?,
        Step::Time => CreateOutcome::Taken,
        Step::Seats(index) => match new.joinings.get(index) {
            Some(joining) => match seats::why_not(scope, joining).await? {
                seats::NoSeat::Full => CreateOutcome::SeatsFull,
                seats::NoSeat::AlreadySeated => CreateOutcome::AlreadySeated,
                seats::NoSeat::Ended => CreateOutcome::Outdated,
            },
            None => CreateOutcome::Outdated,
        },
        Step::Limits => CreateOutcome::LimitReached,
        Step::BookerLimit => CreateOutcome::BookerLimitReached,
        Step::Link => CreateOutcome::LinkRefused,
        Step::Turn => CreateOutcome::Outdated,
        Step::Attendees | Step::Hosts | Step::Quiet | Step::Deliveries => {
            return Err(DatabaseError::Failed(format!("{step:?} refused by {cause:?}")).into());
        }
    })
}

/// For the words of the refusal only: the insert has decided.
async fn why_not<D: Database>(
    scope: &Scope<'_, D>,
    new: &NewBookings<'_>,
) -> Result<CreateOutcome, StoreError> {
    let statement = rows::still_true(&new.openings, new.terms());
    if scope.read_primary(statement).await?.first().is_none() {
        return Ok(CreateOutcome::Outdated);
    }
    let is_shared = new.openings.iter().any(|opening| opening.booking.seats_per_slot.is_some());
    if !is_shared {
        return Ok(CreateOutcome::Taken);
    }
    // Somebody may have opened the same time: then there are seats to be joined.
    let starts: Vec<Instant> = new.openings.iter().map(|opening| opening.booking.start).collect();
    let shared = seats::find_shared(scope, new.event_type, &starts).await?;
    let same = |opening: &Opening<'_>| shared.iter().any(|one| one.end == opening.booking.end);
    Ok(if new.openings.iter().any(same) { CreateOutcome::Outdated } else { CreateOutcome::Taken })
}
