//! Who holds the meetings, and what their calendars say of working hours and of
//! being away.

use meridian_kernel::{Instant, OrganizationNumber, UserId, WireId, Zone};

use super::sql::{by_id, by_team, by_user};
use super::{Range, Selector, Taken};
use crate::schedules::zone;
use crate::{BadRow, Row, Statement, arguments};

/// A schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct Hours {
    /// Where its wall clock hangs.
    pub time_zone: Zone,
    /// JSON array of weekly rules.
    pub availability: String,
    /// JSON array of overrides.
    pub overrides: String,
}

/// Days that somebody spends in another zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Travel {
    /// Where.
    pub time_zone: Zone,
    /// The first day there, `YYYY-MM-DD`.
    pub first: String,
    /// The last; `None`: until further notice.
    pub last: Option<String>,
}

/// Somebody who holds meetings.
#[derive(Clone, Debug, PartialEq)]
pub struct Host {
    /// Who.
    pub user_id: UserId,
    /// Whether they are in every booking; of the others one per group is needed.
    pub is_fixed: bool,
    /// Of the others: the group they serve.
    pub group: Option<String>,
    /// 0 to 4, higher goes first.
    pub priority: u32,
    /// Their share, relative to the others'.
    pub weight: u32,
    /// When a booking last chose them.
    pub last_booked_at: Option<Instant>,
    /// The event type's schedule, else their own for it, else their default;
    /// `None`: none of them.
    pub hours: Option<Hours>,
    /// Whether those hours are their default: only that travels with them.
    pub hours_are_default: bool,
    /// In the order of their first days.
    pub travels: Vec<Travel>,
    /// Out of office: midnight UTC of the first day and the end of the last.
    pub away: Vec<(Instant, Instant)>,
    /// When they are taken, in the order of the ends.
    pub taken: Vec<Taken>,
}

/// Somebody a meeting is asked with by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// The name.
    pub username: String,
    /// Whether others may put them together with anybody.
    pub allows_dynamic_booking: bool,
    /// Their calendar.
    pub host: Host,
}

impl Hours {
    /// From three columns.
    pub(super) fn read(row: Row<'_>, column: usize) -> Result<Self, BadRow> {
        Ok(Self {
            time_zone: zone(row, column)?,
            availability: row.string(column + 1)?,
            overrides: row.string(column + 2)?,
        })
    }
}

/// The columns [`Host::read`] expects, in order, of `user u`, a row `h` that says
/// what they are to the event type, and their schedule `s`. Days are compared
/// generously: the calendar of a zone is at most a day off that of UTC.
macro_rules! columns {
    () => {
        "u.id, h.is_fixed, h.group_id, h.priority, h.weight, h.last_booked_at, \
         s.id IS u.default_schedule_id, \
         (SELECT json_group_array(json_array(o.start_at, o.end_at)) FROM out_of_office o \
          WHERE o.user_id = u.id AND o.end_at >= ?3 - 172800000 \
          AND +o.start_at <= ?4 + 172800000), \
         (SELECT json_group_array(json_array(v.time_zone, v.start_date, v.end_date)) FROM \
          (SELECT time_zone, start_date, end_date FROM travel_schedule \
           WHERE user_id = u.id AND start_date <= date(?4 / 1000, 'unixepoch', '+2 days') \
           AND (end_date IS NULL OR end_date >= date(?3 / 1000, 'unixepoch', '-2 days')) \
           ORDER BY start_date) v), \
         s.time_zone, s.availability, s.overrides"
    };
}

/// The hosts of an event type, in their order.
macro_rules! select_hosts {
    ($event:expr) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM (SELECT owner_id AS user_id, 1 AS is_fixed, NULL AS group_id, \
             2 AS priority, 100 AS weight, NULL AS last_booked_at, NULL AS schedule_id, \
             0 AS position FROM event_type WHERE id = ",
            $event,
            " UNION ALL SELECT user_id, is_fixed, group_id, priority, weight, last_booked_at, \
             schedule_id, position FROM event_host WHERE event_type_id = ",
            $event,
            ") h JOIN event_type e ON e.id = ",
            $event,
            " JOIN user u ON u.id = h.user_id AND u.left_at IS NULL LEFT JOIN schedule s \
             ON s.id = coalesce(e.schedule_id, h.schedule_id, u.default_schedule_id) \
             WHERE e.scheduling_type IS NOT 'managed' ORDER BY h.position, u.id"
        )
    };
}

/// The people of a list of names, in its order, and what only they have.
const SELECT_PEOPLE: &str = concat!(
    "SELECT ",
    columns!(),
    ", u.username, u.allow_dynamic_booking FROM json_each(?1) n \
     JOIN user u ON u.username = n.value AND u.left_at IS NULL \
     JOIN (SELECT 1 AS is_fixed, NULL AS group_id, 2 AS priority, 100 AS weight, \
     NULL AS last_booked_at) h \
     LEFT JOIN schedule s ON s.id = u.default_schedule_id WHERE ?2 IS NULL ORDER BY n.key"
);

impl Host {
    pub(super) fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            user_id: UserId::new(organization, row.integer(0)?),
            is_fixed: row.boolean(1)?,
            group: row.optional(2, Row::string)?,
            priority: row.count(3)?,
            weight: row.count(4)?,
            last_booked_at: row.optional(5, Row::instant)?,
            hours_are_default: row.boolean(6)?,
            away: away(row, 7)?,
            travels: travels(row, 8)?,
            hours: row.optional(9, Hours::read)?,
            taken: Vec::new(),
        })
    }
}

impl Person {
    pub(super) fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            host: Host::read(organization, row)?,
            username: row.string(12)?,
            allows_dynamic_booking: row.boolean(13)?,
        })
    }
}

/// What nearly every list of days is.
const NO_DAYS: &str = "[]";

fn away(row: Row<'_>, column: usize) -> Result<Vec<(Instant, Instant)>, BadRow> {
    if row.text(column)? == NO_DAYS {
        return Ok(Vec::new());
    }
    let days: Vec<(i64, i64)> = row.json(column)?;
    let instants = |(start, end)| (Instant::from_millis(start), Instant::from_millis(end));
    Ok(days.into_iter().map(instants).collect())
}

fn travels(row: Row<'_>, column: usize) -> Result<Vec<Travel>, BadRow> {
    if row.text(column)? == NO_DAYS {
        return Ok(Vec::new());
    }
    let days: Vec<(String, String, Option<String>)> = row.json(column)?;
    let travel = |(time_zone, first, last): (String, String, Option<String>)| {
        let expected = "a time zone and days";
        let time_zone = Zone::parse(&time_zone).map_err(|_| BadRow { column, expected })?;
        Ok(Travel { time_zone, first, last })
    };
    days.into_iter().map(travel).collect()
}

pub(super) fn statement(selector: Selector<'_>, range: &Range<'_>) -> Statement {
    let (sql, [first, second]) = match selector {
        Selector::Id(id) => (select_hosts!(by_id!()), arguments![id.row(), None::<i64>]),
        Selector::OfUser { username, slug } => {
            (select_hosts!(by_user!()), arguments![username, slug])
        }
        Selector::OfTeam { team, slug } => (select_hosts!(by_team!()), arguments![team, slug]),
    };
    Statement::query(sql, [first, second].into_iter().chain(arguments![range.from, range.to]))
}

/// `names` is a JSON array.
pub(super) fn people(names: &str, range: &Range<'_>) -> Statement {
    Statement::query(SELECT_PEOPLE, arguments![names, None::<i64>, range.from, range.to])
}
