//! When hosts are taken: by bookings, and by whoever is just booking.

use meridian_kernel::limits::{MAX_BUFFER_MINUTES, MAX_BUSY_SPAN_MINUTES};
use meridian_kernel::{Instant, OrganizationNumber, UserId, WireId};

use super::sql::{by_id, by_team, by_user, hosts_by_name, hosts_of, ignored_booking};
use super::{Host, Range, Selector};
use crate::{BadRow, Row, Rows, Statement, Value, arguments};

/// A time somebody is taken, buffers included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The first instant.
    pub start: Instant,
    /// The one after the last.
    pub end: Instant,
    /// Whether somebody is just booking it; else it is booked.
    pub is_held: bool,
    /// Where it belongs to a shared slot of the very event type: when that starts.
    pub seats_of: Option<Instant>,
}

/// Times read at once: hosts may have more in a year than one answer holds.
const PAGE: usize = 2_000;

/// The same in SQL.
macro_rules! page {
    () => {
        "2000"
    };
}

/// Where a page begins: after this user, end, and key (a booking's row or a
/// reservation's uid; all numbers come before all texts).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct After(i64, Instant, Value);

impl After {
    /// Before all.
    pub(super) const START: Self = Self(0, Instant::EARLIEST, Value::Null);
}

/// Times of bookings and of live reservations, by one range of a clustered index
/// per host: since no time is longer than a known span, ends between `?3` and `?4`
/// bound the read, and `?5` bounds starts. `?6` is the booking and `?7` the
/// reservation that are left out, `?8` now, `?9` to `?11` where the page begins.
macro_rules! select_taken {
    ($hosts:expr, $booked_seats:expr, $held_seats:expr) => {
        concat!(
            "SELECT b.user_id, b.busy_end, b.booking_id, b.busy_start, 0, ",
            $booked_seats,
            " FROM busy_time b WHERE b.user_id IN (",
            $hosts,
            ") AND b.busy_end > ?3 AND b.busy_end < ?4 AND b.busy_start < ?5 \
             AND b.booking_id IS NOT ",
            ignored_booking!("?6"),
            " AND (+b.user_id, b.busy_end, b.booking_id) > (?9, ?10, ?11) \
             UNION ALL \
             SELECT h.user_id, h.busy_end, h.reservation_uid, h.busy_start, 1, ",
            $held_seats,
            " FROM hold h CROSS JOIN reservation r ON r.uid = h.reservation_uid \
             WHERE h.user_id IN (",
            $hosts,
            ") AND h.busy_end > ?3 AND h.busy_end < ?4 AND h.busy_start < ?5 \
             AND r.uid IS NOT ?7 AND r.expires_at > ?8 \
             AND (+h.user_id, h.busy_end, h.reservation_uid) > (?9, ?10, ?11) \
             ORDER BY 1, 2, 3 LIMIT ",
            page!()
        )
    };
}

/// The same for an event type: what its own shared slots take is told apart.
macro_rules! select_taken_of_event {
    ($event:expr) => {
        select_taken!(
            hosts_of!($event),
            concat!(
                "CASE WHEN (SELECT seats_per_slot FROM event_type WHERE id = ",
                $event,
                ") > 0 THEN (SELECT k.start_at FROM booking k WHERE k.id = b.booking_id \
                 AND k.event_type_id = ",
                $event,
                " AND k.seats_per_slot > 0) END"
            ),
            concat!(
                "CASE WHEN r.is_seat = 1 AND r.event_type_id = ",
                $event,
                " THEN r.start_at END"
            )
        )
    };
}

fn bounds(range: &Range<'_>, after: After) -> [Value; 9] {
    let from = range.from.plus_minutes(-i64::from(MAX_BUFFER_MINUTES));
    let to = range.to.plus_minutes(i64::from(MAX_BUFFER_MINUTES));
    let last_end = to.plus_minutes(i64::from(MAX_BUSY_SPAN_MINUTES));
    let After(user, end, key) = after;
    arguments![
        from,
        last_end,
        to,
        range.ignoring_booking,
        range.ignoring_reservation,
        range.now,
        user,
        end,
        key,
    ]
}

pub(super) fn statement(selector: Selector<'_>, range: &Range<'_>, after: After) -> Statement {
    let (sql, [first, second]) = match selector {
        Selector::Id(id) => (select_taken_of_event!(by_id!()), arguments![id.row(), None::<i64>]),
        Selector::OfUser { username, slug } => {
            (select_taken_of_event!(by_user!()), arguments![username, slug])
        }
        Selector::OfTeam { team, slug } => {
            (select_taken_of_event!(by_team!()), arguments![team, slug])
        }
    };
    Statement::query(sql, [first, second].into_iter().chain(bounds(range, after)))
}

/// `names` is a JSON array.
pub(super) fn of_people(names: &str, range: &Range<'_>, after: After) -> Statement {
    let sql = select_taken!(hosts_by_name!(), "NULL", "NULL");
    let named = arguments![names, None::<i64>];
    Statement::query(sql, named.into_iter().chain(bounds(range, after)))
}

/// Gives the times of a page to their hosts, who are sorted by id; those of nobody
/// among them are dropped. Where the page is full, answers where the next begins.
pub(super) fn take_page(
    rows: &Rows,
    organization: OrganizationNumber,
    hosts: &mut [Host],
) -> Result<Option<After>, BadRow> {
    let mut last = None;
    for row in rows.iter() {
        last = Some(row);
        let user_id = UserId::new(organization, row.integer(0)?);
        let Ok(index) = hosts.binary_search_by_key(&user_id, |host| host.user_id) else { continue };
        if let Some(host) = hosts.get_mut(index) {
            host.taken.push(Taken {
                end: row.instant(1)?,
                start: row.instant(3)?,
                is_held: row.boolean(4)?,
                seats_of: row.optional(5, Row::instant)?,
            });
        }
    }
    let full = last.filter(|_| rows.iter().len() >= PAGE);
    full.map(|row| Ok(After(row.integer(0)?, row.instant(1)?, row.value(2)?))).transpose()
}
