//! How many bookings there may be, decided by the batch that makes more of them.
//!
//! Each is a statement behind the inserts, which changes nothing and must find that
//! no limit is passed with the new ones counted.

use meridian_kernel::{EventTypeId, Instant, TeamId, WireId};

use super::rows::json;
use crate::{Statement, arguments};

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitUnit {
    /// Bookings.
    Bookings,
    /// Minutes booked.
    Minutes,
}

/// A limit on what starts in a period: from the first instant to the one after the
/// last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodLimit {
    /// Of what.
    pub unit: LimitUnit,
    /// The first instant.
    pub from: Instant,
    /// The one after the last.
    pub to: Instant,
    /// The most.
    pub most: u32,
}

/// How many bookings ahead one booker may have of the event type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookerLimit<'a> {
    /// The booker's address.
    pub email: &'a str,
    /// The most.
    pub most: u32,
}

/// `[counts minutes, from, to, most]`
fn rows(limits: &[PeriodLimit]) -> Vec<(bool, i64, i64, u32)> {
    let row = |limit: &PeriodLimit| {
        let PeriodLimit { unit, from, to, most } = *limit;
        (unit == LimitUnit::Minutes, from.millis(), to.millis(), most)
    };
    limits.iter().map(row).collect()
}

/// Holds where none of the limits `?2` is passed by bookings of some event types.
/// The booking `?1` is one of those just made.
macro_rules! keep_limits {
    ($event_types:literal) => {
        concat!(
            "UPDATE booking SET updated_at = updated_at WHERE uid = ?1 AND NOT EXISTS (\
             SELECT 1 FROM json_each(?2) l WHERE l.value ->> 3 < (\
             SELECT CASE l.value ->> 0 WHEN 1 THEN coalesce(sum(b.end_at - b.start_at), 0) / 60000 \
                 ELSE count(*) END FROM booking b WHERE b.event_type_id IN (",
            $event_types,
            ") AND b.start_at >= l.value ->> 1 AND b.start_at < l.value ->> 2 \
             AND b.status IN ('accepted', 'pending')))"
        )
    };
}

/// Those of the event type.
pub(super) fn of_event_type(
    uid: &str,
    event_type: EventTypeId,
    limits: &[PeriodLimit],
) -> Statement {
    let arguments = arguments![uid, json(&rows(limits)), event_type.row()];
    Statement::command(keep_limits!("?3"), arguments).must_affect()
}

/// Those of the team, which count its event types, and the copies of its managed
/// ones where it says so.
pub(super) fn of_team(uid: &str, team: TeamId, limits: &[PeriodLimit]) -> Statement {
    let sql = keep_limits!(
        "SELECT k.id FROM event_type k WHERE k.team_id = ?3 UNION ALL \
         SELECT c.id FROM event_type k JOIN event_type c ON c.parent_id = k.id \
         JOIN team t ON t.id = k.team_id AND t.include_managed_events_in_limits = 1 \
         WHERE k.team_id = ?3"
    );
    Statement::command(sql, arguments![uid, json(&rows(limits)), team.row()]).must_affect()
}

/// That of the booker.
pub(super) fn of_booker(
    uid: &str,
    event_type: EventTypeId,
    limit: BookerLimit<'_>,
    now: Instant,
) -> Statement {
    Statement::command(
        "UPDATE booking SET updated_at = updated_at WHERE uid = ?1 AND ?4 >= (\
         SELECT count(DISTINCT b.id) FROM attendee a JOIN booking b ON b.id = a.booking_id \
         WHERE a.email = ?3 AND a.is_guest = 0 AND b.event_type_id = ?2 AND b.end_at > ?5 \
         AND b.status IN ('accepted', 'pending'))",
        arguments![uid, event_type.row(), limit.email, limit.most, now],
    )
    .must_affect()
}
