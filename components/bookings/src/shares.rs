//! What each host has had so far, where hosts share by weight.

use meridian_domain::event_type::EventTypeSettings;
use meridian_gateway::ApiError;
use meridian_kernel::{EventTypeId, Instant, UserId, Zone};
use meridian_scheduling::{Fairness, Limits, Missed, PerPeriod};
use meridian_store::bookings::{self, MissedByHosts};

use crate::admission::OpenScope;

/// The bookings of a month, by their hosts.
#[derive(Clone, Debug, Default)]
pub struct Shares {
    booked: Vec<(UserId, u64)>,
    missed: Vec<MissedByHosts>,
}

impl Shares {
    /// Those of the month of a start; `None` where hosts take turns.
    pub async fn load(
        scope: &OpenScope,
        event_type: EventTypeId,
        settings: &EventTypeSettings,
        start: Instant,
        zone: Zone,
    ) -> Result<Option<Self>, ApiError> {
        if !settings.is_rr_weights_enabled {
            return Ok(None);
        }
        let month = PerPeriod { month: Some(0), ..PerPeriod::default() };
        let month = Limits { bookings: month, ..Limits::default() };
        let Some(period) = month.periods_of(zone, start).first().map(|period| period.interval)
        else {
            return Ok(Some(Self::default()));
        };
        let period = (period.start, period.end);
        let booked = bookings::booked_by_host(scope, event_type, period).await?;
        let missed = bookings::missed_by_hosts(scope, event_type, period).await?;
        Ok(Some(Self { booked, missed }))
    }

    /// How many a host has had.
    pub fn booked(&self, user: UserId) -> u64 {
        let booked = self.booked.iter().find(|(host, _)| *host == user);
        booked.map_or(0, |(_, booked)| *booked)
    }

    /// What some have missed, by their places among the hosts who are chosen from.
    pub fn missed(&self, hosts: &[UserId]) -> Vec<Missed> {
        let place = |user: &UserId| hosts.iter().position(|host| host == user);
        let missed = |one: &MissedByHosts| Missed {
            group: one.group.clone(),
            absent: one.absent.iter().filter_map(place).collect(),
            count: one.count,
        };
        self.missed.iter().map(missed).collect()
    }
}

/// What decides among hosts: their shares, where there are any.
pub fn fairness<'a>(shares: Option<&Shares>, missed: &'a [Missed]) -> Fairness<'a> {
    shares.map_or(Fairness::Turns, |_| Fairness::Shares(missed))
}
