//! Who hosts a booking: those who must, and of the others whose turn it is, as far
//! as they are free. The batch that books them decides again.

use meridian_edge::availability::{self, Answer, HostFacts, Question, Reasons};
use meridian_gateway::ApiError;
use meridian_kernel::{Instant, UserId, Zone};
use meridian_scheduling::{Candidate, Missed, choose};
use meridian_store::bookings::{Booking, Host};

use crate::admission::instead_of_not_found;
use crate::booking_input::Routing;
use crate::errors::{event_type_not_found, not_available};
use crate::event_type::Target;
use crate::shares::{Shares, fairness};

/// What is asked of the hosts.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// When it would start: once, or at all times of a series.
    pub starts: Vec<Instant>,
    /// For each start, the shared booking that is there to be joined.
    pub joined: Vec<Option<&'a Booking>>,
    /// How long each would be.
    pub length_minutes: u32,
    /// The hosts a form has led to.
    pub routing: Option<&'a Routing>,
    /// The booker's reservation.
    pub reservation: Option<&'a str>,
    /// A booking that is being moved.
    pub ignoring_booking: Option<&'a str>,
    /// The booker's zone.
    pub booker_zone: Zone,
    /// What does not keep a host from a booking here.
    pub passed_over: Reasons,
    /// The clock of the request.
    pub now: Instant,
}

/// Who hosts.
#[derive(Clone, Debug)]
pub struct Hosting {
    /// For each start, the hosts, the organiser first; nobody where a booking is joined.
    pub hosts: Vec<Vec<Host>>,
    /// Whose turn it was, and when they were chosen before.
    pub turns: Vec<(UserId, Option<Instant>)>,
    /// The zone whose days, weeks, months and years limits count in.
    pub limits_zone: Zone,
}

/// Finds the hosts of a booking, or says why there are none.
pub async fn find(target: &Target, asked: &Asked<'_>) -> Result<Hosting, ApiError> {
    let answer = ask(target, asked).await?;
    let limits_zone = answer.limits_zone;
    let shares = shares_so_far(target, asked, limits_zone).await?;
    let hosts: Vec<UserId> = answer.hosts.iter().map(|host| host.user_id).collect();
    let missed = shares.as_ref().map(|shares| shares.missed(&hosts)).unwrap_or_default();
    let choice =
        Choice { target, asked, answer: &answer, shares: shares.as_ref(), missed: &missed };
    choice.check_joined()?;
    let opened: Vec<usize> =
        (0..asked.starts.len()).filter(|index| choice.joined(*index).is_none()).collect();
    let chosen = choice.of_times(&opened)?;
    let mut hosting =
        Hosting { hosts: vec![Vec::new(); asked.starts.len()], turns: Vec::new(), limits_zone };
    for (index, facts) in chosen {
        // Whoever became a host since the event type was read is not known yet: then
        // nobody hosts, and all is read again.
        let hosts: Option<Vec<Host>> = facts.iter().map(|facts| known(target, facts)).collect();
        if let Some(of_time) = hosting.hosts.get_mut(index) {
            *of_time = hosts.unwrap_or_default();
        }
        for facts in facts.into_iter().filter(|facts| !facts.is_fixed) {
            let turn = (facts.user_id, facts.last_booked_at);
            if !hosting.turns.contains(&turn) {
                hosting.turns.push(turn);
            }
        }
    }
    Ok(hosting)
}

fn known(target: &Target, facts: &HostFacts) -> Option<Host> {
    target.bookable.hosts.iter().find(|host| host.user.id == facts.user_id).cloned()
}

async fn ask(target: &Target, asked: &Asked<'_>) -> Result<Answer, ApiError> {
    let event_type_id = target.bookable.id;
    let answer = availability::check(Question {
        event_type_id,
        starts: asked.starts.clone(),
        length_minutes: asked.length_minutes,
        only_hosts: Vec::new(),
        ignoring_booking_uid: asked.ignoring_booking.map(str::to_owned),
        reservation_uid: asked.reservation.map(str::to_owned),
        booker_zone: Some(asked.booker_zone),
        now: asked.now,
    });
    let unknown = || event_type_not_found(event_type_id);
    answer.await.map_err(|error| instead_of_not_found(error, unknown))
}

/// What each host has had in the month of the booking, where shares matter.
async fn shares_so_far(
    target: &Target,
    asked: &Asked<'_>,
    zone: Zone,
) -> Result<Option<Shares>, ApiError> {
    let Some(first) = asked.starts.first() else { return Ok(None) };
    Shares::load(&target.scope, target.bookable.id, &target.settings, *first, zone).await
}

struct Choice<'a> {
    target: &'a Target,
    asked: &'a Asked<'a>,
    answer: &'a Answer,
    shares: Option<&'a Shares>,
    missed: &'a [Missed],
}

impl<'a> Choice<'a> {
    fn joined(&self, index: usize) -> Option<&'a Booking> {
        self.asked.joined.get(index).copied().flatten()
    }

    /// What keeps a host from a start, by their places in the answer.
    fn reasons(&self, index: usize, host: usize) -> Reasons {
        let of_start = self.answer.starts.get(index);
        // Nobody who was not answered for is free.
        let reasons = of_start.and_then(|hosts| hosts.get(host)).copied().unwrap_or(Reasons::BUSY);
        reasons.without(self.asked.passed_over)
    }

    /// Whoever joins a booking meets its hosts, who must still be there.
    fn check_joined(&self) -> Result<(), ApiError> {
        for index in 0..self.asked.starts.len() {
            let Some(booking) = self.joined(index) else { continue };
            for (host, facts) in self.answer.hosts.iter().enumerate() {
                let reasons = self.reasons(index, host);
                if booking.is_hosted_by(facts.user_id) && !reasons.is_free() {
                    return Err(self.refusal(reasons));
                }
            }
        }
        Ok(())
    }

    /// The same hosts at all times where somebody is free at all of them; else for
    /// each time who is free then.
    fn of_times(&self, times: &[usize]) -> Result<Vec<(usize, Vec<&'a HostFacts>)>, ApiError> {
        if times.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(hosts) = self.choose(times) {
            return Ok(times.iter().map(|index| (*index, hosts.clone())).collect());
        }
        let of_time = |index: &usize| {
            let hosts = self.choose(std::slice::from_ref(index));
            hosts.map(|hosts| (*index, hosts)).ok_or_else(|| self.why_nobody(*index))
        };
        times.iter().map(of_time).collect()
    }

    fn choose(&self, times: &[usize]) -> Option<Vec<&'a HostFacts>> {
        let hosts = &self.answer.hosts;
        let mut candidates: Vec<Candidate<'_>> =
            (0..hosts.len()).filter_map(|host| self.candidate(times, host)).collect();
        self.prefer_routed(&mut candidates);
        self.prefer_contact_owner(&mut candidates);
        let chosen = choose(&candidates, fairness(self.shares, self.missed)).ok()?;
        Some(chosen.into_iter().filter_map(|index| hosts.get(index)).collect())
    }

    fn candidate(&self, times: &[usize], host: usize) -> Option<Candidate<'a>> {
        let facts = self.answer.hosts.get(host)?;
        Some(Candidate {
            free: times.iter().all(|index| self.reasons(*index, host).is_free()),
            fixed: facts.is_fixed,
            group: &facts.group,
            priority: facts.priority,
            weight: facts.weight,
            booked: self.shares.map_or(0, |shares| shares.booked(facts.user_id)),
            last_booked_at: facts.last_booked_at,
        })
    }

    /// Where a form has led to some hosts, others of their groups do not stand in.
    fn prefer_routed(&self, candidates: &mut [Candidate<'_>]) {
        let Some(routing) = self.asked.routing.filter(|routing| !routing.members.is_empty()) else {
            return;
        };
        self.only(candidates, |host| routing.members.contains(&host.user_id));
    }

    /// Whoever looks after the booker already goes first, where they are free.
    fn prefer_contact_owner(&self, candidates: &mut [Candidate<'_>]) {
        let routing = self.asked.routing.filter(|routing| !routing.skip_contact_owner);
        let Some(email) = routing.and_then(|routing| routing.member_email.as_deref()) else {
            return;
        };
        let hosts = self.target.bookable.hosts.iter();
        let mut owners = hosts.filter(|host| host.user.email.eq_ignore_ascii_case(email));
        let Some(owner) = owners.next().map(|host| host.user.id) else { return };
        let place = self.answer.hosts.iter().position(|host| host.user_id == owner);
        if place.and_then(|place| candidates.get(place)).is_some_and(|owner| owner.free) {
            self.only(candidates, |host| host.user_id == owner);
        }
    }

    /// Leaves out all others of the groups in which somebody is wanted.
    fn only(&self, candidates: &mut [Candidate<'_>], is_wanted: impl Fn(&HostFacts) -> bool) {
        let hosts = || self.answer.hosts.iter();
        let groups: Vec<&str> = hosts()
            .filter(|host| !host.is_fixed && is_wanted(host))
            .map(|host| host.group.as_str())
            .collect();
        for (candidate, host) in candidates.iter_mut().zip(hosts()) {
            let concerned = !host.is_fixed && groups.contains(&host.group.as_str());
            candidate.free &= !concerned || is_wanted(host);
        }
    }

    /// What keeps everybody from a start says more than what keeps one of them.
    fn why_nobody(&self, index: usize) -> ApiError {
        let all = (0..self.answer.hosts.len()).map(|host| self.reasons(index, host));
        let both = |one: Reasons, other| one.without(one.without(other));
        let common = all.reduce(both).unwrap_or(Reasons::BUSY);
        self.refusal(common)
    }

    fn refusal(&self, reasons: Reasons) -> ApiError {
        not_available(reasons, &self.target.bookable)
    }
}
