//! Calendars, date by date: working hours, days off, and the days of windows.

use chrono::{Datelike, NaiveDate, TimeDelta};
use meridian_kernel::{Instant, Zone};
use meridian_scheduling::{CivilMinute, Dates, Day, Host, Interval, Schedule, Span, Travel};

/// Where somebody is on a date.
pub fn zone_on(home: Zone, travel: &[Travel], date: NaiveDate) -> Zone {
    let there = |travel: &&Travel| travel.from <= date && travel.to.is_none_or(|to| date <= to);
    travel.iter().find(there).map_or(home, |travel| travel.zone)
}

/// Where somebody is at an instant: on a journey whose dates, there, it falls on.
pub fn zone_at(host: &Host, instant: Instant) -> Zone {
    let there = |travel: &&Travel| {
        let date = travel.zone.date(instant);
        travel.from <= date && travel.to.is_none_or(|to| date <= to)
    };
    host.travel.iter().find(there).map_or(host.schedule.zone, |travel| travel.zone)
}

/// Every range of hours that may touch a window, date by date and rule by rule.
pub fn hours(schedule: &Schedule, travel: &[Travel], window: Interval) -> Vec<Interval> {
    let mut hours = Vec::new();
    for date in dates_around(window) {
        let zone = zone_on(schedule.zone, travel, date);
        let overridden = |date: NaiveDate| schedule.overrides.iter().any(|o| o.date == date);
        let next = date + TimeDelta::days(1);
        let mut add = |start: CivilMinute, end: CivilMinute| {
            let civil = |date: NaiveDate, minute: CivilMinute| {
                date.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::minutes(minute.minutes())
            };
            let midnight = zone.start_of_day(next);
            let closing = if end.minutes() == 1_439 {
                midnight
            } else if end < start {
                if overridden(next) { midnight } else { zone.instant(civil(next, end)) }
            } else {
                zone.instant(civil(date, end))
            };
            if start != end {
                hours.push(Interval::new(zone.instant(civil(date, start)), closing));
            }
        };
        if overridden(date) {
            let of_date = schedule.overrides.iter().filter(|other| other.date == date);
            of_date.for_each(|other| add(other.start, other.end));
        } else {
            let day = Day::ALL[date.weekday().num_days_from_monday() as usize];
            let of_day = schedule.rules.iter().filter(|rule| rule.days.contains(&day));
            of_day.for_each(|rule| add(rule.start, rule.end));
        }
    }
    hours
}

/// The days off that may touch a window, date by date.
pub fn days_off(host: &Host, window: Interval) -> Vec<Interval> {
    let is_off = |date: &NaiveDate| {
        host.days_off.iter().any(|Dates { from, to }| from <= date && date <= to)
    };
    let day = |date: NaiveDate| {
        let zone = zone_on(host.schedule.zone, &host.travel, date);
        Interval::new(zone.start_of_day(date), zone.start_of_day(date + TimeDelta::days(1)))
    };
    dates_around(window).filter(is_off).map(day).collect()
}

fn dates_around(window: Interval) -> impl Iterator<Item = NaiveDate> {
    let first = Zone::UTC.date(window.start) - TimeDelta::days(3);
    let last = Zone::UTC.date(window.end) + TimeDelta::days(3);
    first.iter_days().take_while(move |date| *date <= last)
}

pub fn counts(span: Span, date: NaiveDate) -> bool {
    !(span.business && date.weekday().number_from_monday() > 5)
}

/// The last date of a window of days after today.
pub fn last_date(span: Span, today: NaiveDate) -> NaiveDate {
    let (mut date, mut left) = (today, span.days);
    while left > 0 {
        date += TimeDelta::days(1);
        left -= u32::from(counts(span, date));
    }
    date
}

/// The date with which enough dates of slots were counted, if ever.
pub fn last_rolling_date(span: Span, dates: impl Iterator<Item = NaiveDate>) -> Option<NaiveDate> {
    let mut counted: Vec<NaiveDate> = dates.filter(|date| counts(span, *date)).collect();
    counted.dedup();
    counted.get(span.days as usize - 1).copied()
}
