//! `POST /v2/bookings/:bookingUid/reassign` and `…/reassign/:userId`

use meridian_domain::booking::Forbidden;
use meridian_edge::availability::{self, Answer, Question, Reasons};
use meridian_gateway::validate::{self, Fields, text};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{SchedulingType, UserId};
use meridian_scheduling::{Candidate, choose};
use meridian_store::bookings::{self, Bookable, Host, Organizer, ReassignOutcome, Reassignment};
use serde::Serialize;

use crate::managed::{Managed, forbidden};
use crate::shares::{Shares, fairness};

/// How long a reason may be, in characters.
const LONGEST_REASON: usize = 5_000;

/// How often another host is looked for because the chosen one was taken meanwhile.
const MOST_ATTEMPTS: usize = 64;

/// Hands a booking over to the host whose turn it is.
pub async fn reassign_booking(request: Request) -> Result<Reply, ApiError> {
    let changing = Changing::load(&request).await?;
    for _ in 0..MOST_ATTEMPTS {
        let answer = changing.ask(&request, Vec::new()).await?;
        let shares = changing.shares(&answer).await?;
        let (from, to) = changing.choose(&answer, shares.as_ref()).ok_or_else(nobody_is_free)?;
        match changing.hand_over(&request, from, to, None).await? {
            ReassignOutcome::Reassigned => return changing.reply(to, None),
            ReassignOutcome::Taken => {}
            ReassignOutcome::Outdated => return Err(changed_meanwhile()),
        }
    }
    Err(nobody_is_free())
}

/// Hands a booking over to one host.
pub async fn reassign_to_user(request: Request) -> Result<Reply, ApiError> {
    let reason = read_reason(&request)?;
    let user: UserId = request.id("userId")?;
    let changing = Changing::load(&request).await?;
    let to = changing.valid(user)?;
    let answer = changing.ask(&request, vec![to.id]).await?;
    let is_free = answer.starts.iter().flatten().all(|reasons| allowed(*reasons).is_free());
    if !is_free {
        return Err(not_free(to));
    }
    let from = changing.replaced_by(&answer, to.id).ok_or_else(|| not_a_host(user))?;
    match changing.hand_over(&request, from, to, reason.as_deref()).await? {
        ReassignOutcome::Reassigned => changing.reply(to, reason.as_deref()),
        ReassignOutcome::Taken => Err(not_free(to)),
        ReassignOutcome::Outdated => Err(changed_meanwhile()),
    }
}

fn read_reason(request: &Request) -> Result<Option<String>, ApiError> {
    let body = validate::json_body(request)?;
    let mut fields = Fields::of(&body);
    let reason = fields.optional("reason", text(0, LONGEST_REASON));
    fields.finish()?;
    Ok(reason.filter(|reason| !reason.trim().is_empty()))
}

/// What was promised stays promised: notice, windows and limits do not count again,
/// only whether the new host is there.
const fn allowed(reasons: Reasons) -> Reasons {
    reasons
        .without(Reasons::PAST)
        .without(Reasons::TOO_SOON)
        .without(Reasons::OUTSIDE_WINDOW)
        .without(Reasons::BOOKING_LIMIT)
        .without(Reasons::DURATION_LIMIT)
}

/// A booking that changes hands.
struct Changing {
    managed: Managed,
    bookable: Bookable,
}

impl Changing {
    async fn load(request: &Request) -> Result<Self, ApiError> {
        let uid = request.parameter("bookingUid");
        let refusal =
            || ApiError::forbidden("Only hosts and admins of the team may reassign this booking.");
        let mut managed = Managed::load_own(request, uid, refusal).await?;
        let bookable = managed.bookable.take();
        let of_team = bookable.filter(|of| of.scheduling == Some(SchedulingType::RoundRobin));
        let change = managed.standing()?.reassign(of_team.is_some());
        change.map_err(|rule| forbidden(rule, uid))?;
        let bookable = of_team.ok_or_else(|| forbidden(Forbidden::NotRoundRobin, uid))?;
        managed.bookable = Some(bookable.clone());
        Ok(Self { managed, bookable })
    }

    async fn ask(&self, request: &Request, only_hosts: Vec<UserId>) -> Result<Answer, ApiError> {
        let booking = &self.managed.booking;
        let minutes = booking.end.minutes_since(booking.start);
        availability::check(Question {
            event_type_id: self.bookable.id,
            starts: vec![booking.start],
            length_minutes: u32::try_from(minutes).unwrap_or(u32::MAX),
            only_hosts,
            ignoring_booking_uid: Some(booking.uid.clone()),
            reservation_uid: None,
            booker_zone: None,
            now: request.now,
        })
        .await
    }

    async fn shares(&self, answer: &Answer) -> Result<Option<Shares>, ApiError> {
        let Managed { scope, booking, settings, .. } = &self.managed;
        Shares::load(scope, self.bookable.id, settings, booking.start, answer.limits_zone).await
    }

    /// Whose turn it is, and whom they stand in for.
    fn choose(&self, answer: &Answer, shares: Option<&Shares>) -> Option<(UserId, &Organizer)> {
        let from = self.replaceable(answer, |_| true)?;
        let group = &answer.hosts.iter().find(|host| host.user_id == from)?.group;
        let reasons = answer.starts.first()?;
        // Its hosts have their share, but no turn.
        let is_other = |user| !self.managed.booking.is_hosted_by(user);
        let (users, candidates): (Vec<UserId>, Vec<Candidate<'_>>) = answer
            .hosts
            .iter()
            .zip(reasons)
            .filter(|(host, _)| !host.is_fixed && host.group == *group)
            .map(|(host, reasons)| {
                let candidate = Candidate {
                    free: is_other(host.user_id) && allowed(*reasons).is_free(),
                    fixed: false,
                    group: &host.group,
                    priority: host.priority,
                    weight: host.weight,
                    booked: shares.map_or(0, |shares| shares.booked(host.user_id)),
                    last_booked_at: host.last_booked_at,
                };
                (host.user_id, candidate)
            })
            .unzip();
        let missed = shares.map(|shares| shares.missed(&users)).unwrap_or_default();
        let chosen = choose(&candidates, fairness(shares, &missed)).ok()?;
        Some((from, self.host(*users.get(*chosen.first()?)?)?))
    }

    /// The host of the booking whom that one stands in for: of the same group.
    fn replaced_by(&self, answer: &Answer, user: UserId) -> Option<UserId> {
        let group = answer.hosts.iter().find(|host| host.user_id == user)?.group.clone();
        self.replaceable(answer, |of| of == group)
            .or_else(|| self.managed.booking.hosts().map(|host| host.id).find(|id| self.turns(*id)))
    }

    fn replaceable(&self, answer: &Answer, of: impl Fn(&str) -> bool) -> Option<UserId> {
        let by_turns = |user: UserId| {
            answer
                .hosts
                .iter()
                .any(|host| host.user_id == user && !host.is_fixed && of(&host.group))
        };
        self.managed.booking.hosts().map(|host| host.id).find(|id| by_turns(*id))
    }

    /// Whether that host serves by turns.
    fn turns(&self, user: UserId) -> bool {
        self.bookable.hosts.iter().any(|host| host.user.id == user && !host.is_fixed)
    }

    fn host(&self, user: UserId) -> Option<&Organizer> {
        self.bookable.hosts.iter().map(|host: &Host| &host.user).find(|host| host.id == user)
    }

    /// Somebody who may stand in.
    fn valid(&self, user: UserId) -> Result<&Organizer, ApiError> {
        let host = self.host(user).filter(|_| self.turns(user)).ok_or_else(|| not_a_host(user))?;
        if self.managed.booking.is_hosted_by(user) {
            return Err(ApiError::bad_request(format!(
                "User with id={user} is already a host of this booking."
            )));
        }
        Ok(host)
    }

    async fn hand_over(
        &self,
        request: &Request,
        from: UserId,
        to: &Organizer,
        reason: Option<&str>,
    ) -> Result<ReassignOutcome, ApiError> {
        let booking = &self.managed.booking;
        let title = self.title(from, to);
        let reassignment = Reassignment {
            uid: &booking.uid,
            from,
            to: to.id,
            needs: self.managed.needs(booking.start, booking.end),
            holds_time: self.managed.standing()?.holds_time,
            title: &title,
            location: booking.location.as_deref(),
            reason,
            now: request.now,
        };
        Ok(bookings::reassign(&self.managed.scope, &reassignment).await?)
    }

    /// The title names the organiser: then it names the new one.
    fn title(&self, from: UserId, to: &Organizer) -> String {
        let booking = &self.managed.booking;
        let old = &booking.organizer;
        if from != old.id || old.name.is_empty() {
            return booking.title.clone();
        }
        booking.title.replace(&old.name, &to.name)
    }

    fn reply(&self, to: &Organizer, reason: Option<&str>) -> Result<Reply, ApiError> {
        Reply::ok(&Reassigned {
            booking_uid: &self.managed.booking.uid,
            reassigned_to: ReassignedTo {
                id: to.id,
                name: &to.name,
                email: &to.email,
                display_email: &to.email,
            },
            reason,
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reassigned<'a> {
    booking_uid: &'a str,
    reassigned_to: ReassignedTo<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReassignedTo<'a> {
    id: UserId,
    name: &'a str,
    email: &'a str,
    display_email: &'a str,
}

fn nobody_is_free() -> ApiError {
    ApiError::bad_request(
        "Can't reassign the booking because no other host is available at that time.",
    )
    .settle()
}

fn not_free(host: &Organizer) -> ApiError {
    ApiError::bad_request(format!(
        "Can't reassign the booking because user with id={} is not available at that time.",
        host.id
    ))
    .settle()
}

fn not_a_host(user: UserId) -> ApiError {
    ApiError::bad_request(format!(
        "User with id={user} is not a valid Round Robin host of this event type."
    ))
}

fn changed_meanwhile() -> ApiError {
    ApiError::conflict("The booking was changed meanwhile. Please read it and try again.")
}
