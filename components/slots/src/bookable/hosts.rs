//! Hosts, from what is stored.

use meridian_gateway::ApiError;
use meridian_kernel::{Instant, Zone};
use meridian_scheduling::{Dates, Host, Interval, Schedule, SharedTime, Travel, parse_date};
use meridian_store::availability::{self, Hours};

use super::HostFacts;
use crate::schedules::stored;

/// Whose calendar counts where the event type has no schedule of its own: the first
/// host's.
pub fn zone(hosts: &[availability::Host]) -> Zone {
    let hours = hosts.first().and_then(|host| host.hours.as_ref());
    hours.map_or(Zone::UTC, |hours| hours.time_zone)
}

pub fn facts(host: &availability::Host) -> HostFacts {
    HostFacts {
        user_id: host.user_id,
        is_fixed: host.is_fixed,
        group: host.group.clone().unwrap_or_default(),
        priority: host.priority,
        weight: host.weight,
        last_booked_at: host.last_booked_at,
    }
}

pub fn engine_host(host: availability::Host) -> Result<Host, ApiError> {
    let travels = if host.hours_are_default { host.travels } else { Vec::new() };
    let mut engine_host = Host {
        fixed: host.is_fixed,
        group: host.group.unwrap_or_default(),
        travel: travels.into_iter().map(travel).collect::<Result<_, _>>()?,
        days_off: host.away.into_iter().map(days_off).collect(),
        ..Host::working(schedule(host.hours.as_ref())?)
    };
    for taken in host.taken {
        let interval = Interval::new(taken.start, taken.end);
        match taken.seats_of {
            Some(slot) => engine_host.shared.push(SharedTime { slot, taken: interval }),
            None if taken.is_held => engine_host.held.push(interval),
            None => engine_host.busy.push(interval),
        }
    }
    Ok(engine_host)
}

/// Somebody without any schedule has no hours.
pub fn schedule(hours: Option<&Hours>) -> Result<Schedule, ApiError> {
    let Some(hours) = hours else {
        return Ok(Schedule { zone: Zone::UTC, rules: Vec::new(), overrides: Vec::new() });
    };
    Ok(Schedule {
        zone: hours.time_zone,
        rules: stored(&hours.availability)?,
        overrides: stored(&hours.overrides)?,
    })
}

fn travel(travel: availability::Travel) -> Result<Travel, ApiError> {
    let date = |text: &str| {
        parse_date(text).ok_or_else(|| ApiError::internal(format!("{text:?} is no stored day")))
    };
    Ok(Travel {
        from: date(&travel.first)?,
        to: travel.last.as_deref().map(date).transpose()?,
        zone: travel.time_zone,
    })
}

/// Stored as instants of the days' beginning and end in UTC, and meant as days of
/// the host's own calendar.
fn days_off((start, end): (Instant, Instant)) -> Dates {
    Dates { from: Zone::UTC.date(start), to: Zone::UTC.date(end) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use meridian_kernel::{OrganizationNumber, UserId, WireId};
    use meridian_store::availability::Taken;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn host() -> availability::Host {
        availability::Host {
            user_id: UserId::new(OrganizationNumber::NONE, 1),
            is_fixed: true,
            group: None,
            priority: 2,
            weight: 100,
            last_booked_at: None,
            hours: None,
            hours_are_default: true,
            travels: Vec::new(),
            away: Vec::new(),
            taken: Vec::new(),
        }
    }

    #[test]
    fn days_away_are_the_dates_they_were_given_as() {
        let away = vec![(at("2050-09-06T00:00Z"), at("2050-09-08T23:59:59.999Z"))];
        let found = engine_host(availability::Host { away, ..host() }).unwrap();
        let date = |text: &str| parse_date(text).unwrap();
        assert_eq!(found.days_off, [Dates { from: date("2050-09-06"), to: date("2050-09-08") }]);
    }

    #[test]
    fn only_default_hours_travel() {
        let travel = availability::Travel {
            time_zone: Zone::parse("Asia/Tokyo").unwrap(),
            first: "2050-09-06".to_owned(),
            last: None,
        };
        for hours_are_default in [true, false] {
            let travels = vec![travel.clone()];
            let host = availability::Host { travels, hours_are_default, ..host() };
            let found = engine_host(host).unwrap().travel;
            assert_eq!(found.len(), usize::from(hours_are_default));
        }
    }

    #[test]
    fn what_is_booked_held_and_shared_is_told_apart() {
        let start = at("2050-09-06T09:00Z");
        let end = start.plus_minutes(30);
        let one = Taken { start, end, is_held: false, seats_of: None };
        let taken = vec![
            one,
            Taken { is_held: true, ..one },
            Taken { seats_of: Some(start), ..one },
            Taken { is_held: true, seats_of: Some(start), ..one },
        ];
        let found = engine_host(availability::Host { taken, ..host() }).unwrap();
        assert_eq!((found.busy.len(), found.held.len(), found.shared.len()), (1, 1, 2));
    }
}
