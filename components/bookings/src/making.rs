//! Carrying a decision out: find the hosts, put the bookings together, write them in
//! one batch. Where what it was decided on has changed meanwhile, all of it again.

use meridian_domain::booking::{Decision, Event, HostTime, Span};
use meridian_edge::availability::Reasons;
use meridian_gateway::{ApiError, Request, idempotency};
use meridian_kernel::Zone;
use meridian_payloads::booking as payloads;
use meridian_scheduling::{Limits, Measure};
use meridian_store::bookings::{
    self, BookerLimit, Booking, CreateOutcome, LimitUnit, Made, NewBookings, PeriodLimit,
};
use meridian_store::deliveries::BookingEvent;

use crate::booking_input::BookingInput;
use crate::errors::{self, not_made};
use crate::event_type::{self, Target};
use crate::hosting::{self, Asked, Hosting};
use crate::new_booking::{Draft, Parts};
use crate::notify;

/// How often a decision is made again because what it stood on has changed. After
/// that it no longer matters whose turn it is.
const MOST_ATTEMPTS: usize = 8;

/// How often another host is looked for after that, because the chosen one was just
/// taken by somebody else.
const MOST_HOSTS_TRIED: usize = 64;

/// What shall be booked, decided.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// What was asked for.
    pub input: &'a BookingInput,
    /// What was decided.
    pub decision: &'a Decision,
    /// The booker's reservation of the time.
    pub reservation: Option<&'a str>,
    /// What does not keep a host from it.
    pub passed_over: Reasons,
}

impl Wanted<'_> {
    fn ignores_conflicts(&self) -> bool {
        self.passed_over.has(Reasons::BUSY)
    }
}

/// What was booked, with the ids the database gave.
#[derive(Clone, Debug)]
pub struct Booked {
    /// In order: one, or all of a series.
    pub times: Vec<BookedTime>,
    /// What it is a booking of.
    pub target: Target,
}

/// A booking, and the booker's seat where it is shared.
#[derive(Clone, Debug)]
pub struct BookedTime {
    /// The booking.
    pub booking: Booking,
    /// The booker's seat.
    pub seat_uid: Option<String>,
}

/// Books, or says why not.
pub async fn make(
    request: &Request,
    mut target: Target,
    wanted: Wanted<'_>,
) -> Result<Booked, ApiError> {
    for attempt in 1..=MOST_ATTEMPTS + MOST_HOSTS_TRIED {
        let turns_matter = attempt < MOST_ATTEMPTS;
        let shared = shared_times(&target, wanted.decision).await?;
        let hosting = hosting::find(&target, &asked(request, wanted, &shared)).await?;
        let mut drafts = drafts(request, &target, wanted, &hosting, shared);
        let all_hosted = drafts.len() == wanted.decision.times.len();
        if all_hosted {
            match write(request, &target, wanted, &hosting, &drafts, turns_matter).await? {
                CreateOutcome::Made(made) => {
                    let to_deliver = made.to_deliver;
                    take_ids(&mut drafts, made);
                    notify::deliver_after_response(&target.scope, to_deliver, request.now).await;
                    return Ok(Booked { times: booked_times(drafts), target });
                }
                CreateOutcome::Outdated => {}
                // Where somebody else may host it, somebody else is asked.
                CreateOutcome::Taken if turns_matter && !hosting.turns.is_empty() => {}
                // Where hosts take turns, another one may be free.
                CreateOutcome::Taken if !hosting.turns.is_empty() => {}
                CreateOutcome::BookerLimitReached => {
                    return Err(booker_limit_reached(request, &target, wanted).await?);
                }
                outcome => return Err(not_made(&outcome, &target.bookable)),
            }
        }
        target = event_type::reload(target).await?;
    }
    Err(errors::changing_too_fast())
}

/// For each time, the booking that is there to be joined.
async fn shared_times(
    target: &Target,
    decision: &Decision,
) -> Result<Vec<Option<Booking>>, ApiError> {
    if decision.seats.is_none() {
        return Ok(vec![None; decision.times.len()]);
    }
    let starts: Vec<_> = decision.times.iter().map(|time| time.start).collect();
    let found = bookings::find_shared(&target.scope, target.bookable.id, &starts).await?;
    let same = |time: &Span| {
        let at_that_time =
            |booking: &&Booking| booking.start == time.start && booking.end == time.end;
        found.iter().find(at_that_time).cloned()
    };
    Ok(decision.times.iter().map(same).collect())
}

fn asked<'a>(request: &Request, wanted: Wanted<'a>, shared: &'a [Option<Booking>]) -> Asked<'a> {
    let Wanted { input, decision, reservation, passed_over } = wanted;
    Asked {
        starts: decision.times.iter().map(|time| time.start).collect(),
        joined: shared.iter().map(Option::as_ref).collect(),
        length_minutes: decision.length_minutes,
        routing: input.routing.as_ref(),
        reservation,
        ignoring_booking: None,
        booker_zone: input.attendee.time_zone,
        passed_over,
        now: request.now,
    }
}

/// One for each time; fewer where a host was not known yet when the event type was
/// read.
fn drafts(
    request: &Request,
    target: &Target,
    wanted: Wanted<'_>,
    hosting: &Hosting,
    shared: Vec<Option<Booking>>,
) -> Vec<Draft> {
    let Wanted { input, decision, .. } = wanted;
    let parts = Parts { input, target, decision, now: request.now };
    let recurring_uid = parts.recurring_uid();
    let times = decision.times.iter().zip(shared).zip(&hosting.hosts);
    let draft = |((time, shared), hosts): ((&Span, Option<Booking>), &Vec<_>)| match shared {
        Some(booking) => Some(parts.join(*time, booking)),
        None => parts.open(*time, hosts.clone(), recurring_uid.as_deref()),
    };
    times.filter_map(draft).collect()
}

async fn write(
    request: &Request,
    target: &Target,
    wanted: Wanted<'_>,
    hosting: &Hosting,
    drafts: &[Draft],
    turns_matter: bool,
) -> Result<CreateOutcome, ApiError> {
    let has_listeners = target.bookable.has_webhooks;
    if has_listeners {
        notify::mark_due(&target.scope, request.now).await?;
    }
    if let Some(first) = drafts.first() {
        idempotency::subject(|| format!("/v2/bookings/{}", shown_by(first)));
    }
    let opened = || drafts.iter().filter_map(Draft::opening);
    let limits = Periods::of(target, hosting.limits_zone, opened().map(|one| one.booking));
    let new = NewBookings {
        event_type: target.bookable.id,
        openings: opened().collect(),
        joinings: drafts.iter().filter_map(Draft::joining).collect(),
        takes_time: wanted.decision.change.time == HostTime::Take,
        ignore_conflicts: wanted.ignores_conflicts(),
        turns: hosting.turns.clone(),
        turns_matter,
        limits: limits.own,
        team_limits: limits.of_team,
        booker_limit: booker_limit(target, wanted.input),
        private_link: wanted.input.private_link.as_deref(),
        reservation: wanted.reservation,
        replaces: None,
        events: if has_listeners { events(target, wanted, drafts) } else { Vec::new() },
        has_listeners,
        now: request.now,
    };
    Ok(bookings::create(&target.scope, &new).await?)
}

/// The uid that shows what was made: of the series, where it is one.
fn shown_by(first: &Draft) -> &str {
    first.booking.recurring_uid.as_deref().unwrap_or(&first.booking.uid)
}

fn booker_limit<'a>(target: &Target, input: &'a BookingInput) -> Option<BookerLimit<'a>> {
    let most = target.settings.booker_active_bookings_limit?.maximum_active_bookings;
    let email = input.attendee.email.as_deref()?;
    Some(BookerLimit { email, most })
}

/// Where the event type offers it, the refusal names the booking that could be moved.
async fn booker_limit_reached(
    request: &Request,
    target: &Target,
    wanted: Wanted<'_>,
) -> Result<ApiError, ApiError> {
    let limit = target.settings.booker_active_bookings_limit;
    let email = wanted.input.attendee.email.as_deref();
    let offered = email.filter(|_| limit.is_some_and(|limit| limit.offer_reschedule));
    let mut uid = None;
    if let Some(email) = offered {
        uid = bookings::last_active(&target.scope, target.bookable.id, email, request.now).await?;
    }
    Ok(errors::booker_limit_reached(uid.as_deref()))
}

/// The limited periods new bookings count in.
pub struct Periods {
    /// Of the event type.
    pub own: Vec<PeriodLimit>,
    /// Of its team.
    pub of_team: Vec<PeriodLimit>,
}

impl Periods {
    /// Those of an event type that new bookings count in.
    pub fn of<'a>(target: &Target, zone: Zone, opened: impl Iterator<Item = &'a Booking>) -> Self {
        let limits = target.limits();
        let mut periods = Self { own: Vec::new(), of_team: Vec::new() };
        if limits == Limits::default() {
            return periods;
        }
        for booking in opened {
            for period in limits.periods_of(zone, booking.start) {
                let (list, unit) = match period.measure {
                    Measure::Bookings => (&mut periods.own, LimitUnit::Bookings),
                    Measure::Minutes => (&mut periods.own, LimitUnit::Minutes),
                    Measure::TeamBookings => (&mut periods.of_team, LimitUnit::Bookings),
                };
                let (from, to) = (period.interval.start, period.interval.end);
                let limit = PeriodLimit { unit, from, to, most: period.most };
                if !list.contains(&limit) {
                    list.push(limit);
                }
            }
        }
        periods
    }
}

fn events(target: &Target, wanted: Wanted<'_>, drafts: &[Draft]) -> Vec<BookingEvent> {
    let mut events = Vec::new();
    for draft in drafts {
        let mut seen = draft.booking.clone();
        seen.attendees.extend(draft.joining.iter().cloned());
        let mut tell = |event: Event| {
            let (bookable, settings) = (&target.bookable, &target.settings);
            events.push(payloads::made(event, &seen, draft.seat_uid(), bookable, settings));
        };
        // A seat is taken at once, whatever the first one waited for.
        let joined = (!draft.joining.is_empty()).then_some(Event::Created);
        if let Some(event) = joined.or(wanted.decision.change.event) {
            tell(event);
        }
        if wanted.input.instant {
            tell(Event::InstantMeeting);
        }
    }
    events
}

fn take_ids(drafts: &mut [Draft], made: Made) {
    let Made { bookings, attendees, seats, .. } = made;
    let (mut bookings, mut attendees) = (bookings.into_iter(), attendees.into_iter());
    let mut seats = seats.into_iter();
    for draft in drafts {
        if draft.joining.is_empty() {
            draft.booking.id = bookings.next().unwrap_or(draft.booking.id);
            for attendee in &mut draft.booking.attendees {
                attendee.id = attendees.next().unwrap_or(attendee.id);
            }
        } else {
            let ids = seats.next().unwrap_or_default();
            for (attendee, id) in draft.joining.iter_mut().zip(ids) {
                attendee.id = id;
            }
        }
    }
}

fn booked_times(drafts: Vec<Draft>) -> Vec<BookedTime> {
    let time = |draft: Draft| {
        let seat_uid = draft.seat_uid().map(str::to_owned);
        let Draft { mut booking, joining, .. } = draft;
        booking.attendees.extend(joining);
        BookedTime { booking, seat_uid }
    };
    drafts.into_iter().map(time).collect()
}
