//! Bookings that count towards limits.

use meridian_kernel::{Instant, WireId};

use super::sql::{by_id, by_team, by_user, ignored_booking};
use super::{Range, Selector};
use crate::{BadRow, Rows, Statement, arguments};

/// A booking that counts towards a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// When it starts.
    pub start: Instant,
    /// When it ends.
    pub end: Instant,
    /// Whether it counts for the team's limits; else for the event type's own. One
    /// that does both comes twice.
    pub is_of_team: bool,
}

/// Bookings read at once.
const PAGE: usize = 1_000;

/// The same in SQL.
macro_rules! page {
    () => {
        "1000"
    };
}

/// How far around a range bookings count, in milliseconds: as far as the longest
/// period that is limited, by some JSON; NULL where none is.
macro_rules! reach {
    ($limits:literal) => {
        concat!(
            "86400000 * CASE WHEN ",
            $limits,
            " LIKE '%\"year\"%' THEN 367 WHEN ",
            $limits,
            " LIKE '%\"month\"%' THEN 32 WHEN ",
            $limits,
            " LIKE '%\"week\"%' THEN 8 WHEN ",
            $limits,
            " LIKE '%\"day\"%' THEN 2 END"
        )
    };
}

/// The event type `e` and the reach of its own limits.
macro_rules! own_limits {
    ($event:expr) => {
        concat!(
            "(SELECT id, ",
            reach!("l"),
            " AS reach FROM (SELECT id, coalesce(settings ->> '$.bookingLimitsCount', '') \
             || coalesce(settings ->> '$.bookingLimitsDuration', '') AS l \
             FROM event_type WHERE id = ",
            $event,
            ")) e"
        )
    };
}

/// The team `t` whose limits hold for an event type, and their reach: its own team,
/// or that of the managed one it is a copy of, where the team counts those.
macro_rules! team_limits {
    ($event:expr) => {
        concat!(
            "(SELECT t.id, t.include_managed_events_in_limits AS with_copies, ",
            reach!("t.booking_limits"),
            " AS reach FROM event_type e LEFT JOIN event_type p ON p.id = e.parent_id \
             CROSS JOIN team t ON t.id = coalesce(e.team_id, p.team_id) WHERE e.id = ",
            $event,
            " AND (e.team_id IS NOT NULL OR t.include_managed_events_in_limits = 1)) t"
        )
    };
}

/// Bookings of some event types that start within a reach of `?3` to `?4`, without
/// the one of `?5`, after the start `?6`, the row `?7` and whose limit `?8`.
macro_rules! select_bookings {
    ($of_team:literal, $from:expr, $type:literal, $reach:literal) => {
        concat!(
            "SELECT b.start_at, b.id, ",
            $of_team,
            ", b.end_at FROM ",
            $from,
            " CROSS JOIN booking b ON b.event_type_id = ",
            $type,
            " AND b.start_at > ?3 - ",
            $reach,
            " AND b.start_at < ?4 + ",
            $reach,
            " WHERE b.status IN ('accepted', 'pending') AND b.id IS NOT ",
            ignored_booking!("?5"),
            " AND (+b.start_at, b.id, ",
            $of_team,
            ") > (?6, ?7, ?8)"
        )
    };
}

/// Those of the event type where it has limits; and where its team has, those of all
/// the team's event types, with copies of managed ones where the team counts those.
macro_rules! select_counted {
    ($event:expr) => {
        concat!(
            select_bookings!("0", own_limits!($event), "e.id", "e.reach"),
            " UNION ALL ",
            select_bookings!(
                "1",
                concat!(team_limits!($event), " CROSS JOIN event_type k ON k.team_id = t.id"),
                "k.id",
                "t.reach"
            ),
            " UNION ALL ",
            select_bookings!(
                "1",
                concat!(
                    team_limits!($event),
                    " CROSS JOIN event_type k ON k.team_id = t.id AND t.with_copies = 1 \
                     CROSS JOIN event_type c ON c.parent_id = k.id"
                ),
                "c.id",
                "t.reach"
            ),
            " ORDER BY 1, 2, 3 LIMIT ",
            page!()
        )
    };
}

/// Where a page begins: after a start, a booking's row, and whose limit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct After(Instant, i64, bool);

impl After {
    /// Before all.
    pub(super) const START: Self = Self(Instant::EARLIEST, 0, false);
}

/// Moves a page over; where it is full, answers where the next one begins.
pub(super) fn take_page(rows: &Rows, counted: &mut Vec<Counted>) -> Result<Option<After>, BadRow> {
    let mut last = None;
    for row in rows.iter() {
        let (start, is_of_team) = (row.instant(0)?, row.boolean(2)?);
        counted.push(Counted { start, end: row.instant(3)?, is_of_team });
        last = Some(After(start, row.integer(1)?, is_of_team));
    }
    Ok(last.filter(|_| rows.iter().len() >= PAGE))
}

pub(super) fn statement(selector: Selector<'_>, range: &Range<'_>, after: After) -> Statement {
    let (sql, [first, second]) = match selector {
        Selector::Id(id) => (select_counted!(by_id!()), arguments![id.row(), None::<i64>]),
        Selector::OfUser { username, slug } => {
            (select_counted!(by_user!()), arguments![username, slug])
        }
        Selector::OfTeam { team, slug } => (select_counted!(by_team!()), arguments![team, slug]),
    };
    let bounds =
        arguments![range.from, range.to, range.ignoring_booking, after.0, after.1, after.2];
    Statement::query(sql, [first, second].into_iter().chain(bounds))
}
