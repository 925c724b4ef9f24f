//! How many seats of shared slots are gone.

use meridian_kernel::{Instant, WireId};

use super::sql::{by_id, by_team, by_user, ignored_booking};
use super::{Range, Selector};
use crate::{BadRow, Rows, Statement, arguments};

/// A shared slot of which seats are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedSlot {
    /// When it starts.
    pub start: Instant,
    /// When it ends.
    pub end: Instant,
    /// The booking, where there is one yet.
    pub booking_uid: Option<String>,
    /// How many seats are gone, those just being booked included.
    pub seats_gone: u32,
}

/// Slots read at once.
const PAGE: usize = 500;

/// The same in SQL.
macro_rules! page {
    () => {
        "500"
    };
}

/// Where a page begins: after a start, an end, and a booking's uid; that of what is
/// only held is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct After(Instant, Instant, String);

impl After {
    /// Before all.
    pub(super) const START: Self = Self(Instant::EARLIEST, Instant::EARLIEST, String::new());
}

/// Slots of a shared event type that somebody has a seat of, with starts from `?3`
/// and before `?4`; none of any other. `?5` is the booking or the seat that is left
/// out, `?6` the reservation, `?7` now, `?8` to `?10` where the page begins. A slot may come twice: booked and held.
macro_rules! select_seats {
    ($event:expr) => {
        concat!(
            "SELECT b.start_at, b.end_at, b.uid, (SELECT count(*) FROM attendee a \
             WHERE a.booking_id = b.id AND a.seat_uid IS NOT NULL AND a.seat_uid IS NOT ?5) \
             FROM event_type e CROSS JOIN booking b ON b.event_type_id = e.id \
             WHERE e.id = ",
            $event,
            " AND e.seats_per_slot > 0 AND b.start_at >= ?3 AND b.start_at < ?4 \
             AND b.seats_per_slot > 0 AND b.status IN ('accepted', 'pending') \
             AND b.id IS NOT ",
            ignored_booking!("?5"),
            " AND (+b.start_at, b.end_at, b.uid) > (?8, ?9, ?10) UNION ALL \
             SELECT r.start_at, r.end_at, '', count(*) FROM reservation r \
             WHERE r.event_type_id = ",
            $event,
            " AND r.start_at >= ?3 AND r.start_at < ?4 AND r.is_seat = 1 AND r.expires_at > ?7 \
             AND r.uid IS NOT ?6 AND (+r.start_at, r.end_at, '') > (?8, ?9, ?10) \
             GROUP BY r.start_at, r.end_at ORDER BY 1, 2, 3 LIMIT ",
            page!()
        )
    };
}

/// Moves a page over; where it is full, answers where the next one begins.
pub(super) fn take_page(rows: &Rows, slots: &mut Vec<SharedSlot>) -> Result<Option<After>, BadRow> {
    let mut last = None;
    for row in rows.iter() {
        let (start, end, uid) = (row.instant(0)?, row.instant(1)?, row.string(2)?);
        last = Some((start, end, uid.clone()));
        let booking_uid = Some(uid).filter(|uid| !uid.is_empty());
        slots.push(SharedSlot { start, end, booking_uid, seats_gone: row.count(3)? });
    }
    let full = last.filter(|_| rows.iter().len() >= PAGE);
    Ok(full.map(|(start, end, uid)| After(start, end, uid)))
}

pub(super) fn statement(selector: Selector<'_>, range: &Range<'_>, after: After) -> Statement {
    let (sql, [first, second]) = match selector {
        Selector::Id(id) => (select_seats!(by_id!()), arguments![id.row(), None::<i64>]),
        Selector::OfUser { username, slug } => {
            (select_seats!(by_user!()), arguments![username, slug])
        }
        Selector::OfTeam { team, slug } => (select_seats!(by_team!()), arguments![team, slug]),
    };
    let bounds = arguments![
        range.from,
        range.to,
        range.ignoring_booking,
        range.ignoring_reservation,
        range.now,
        after.0,
        after.1,
        after.2,
    ];
    Statement::query(sql, [first, second].into_iter().chain(bounds))
}
