//! The commonest booking by far: one time, one host, and mostly one attendee. Its rows
//! are the same as those of [`super::rows`], under the same conditions, but with bound
//! values instead of lists, for half the cost.

use meridian_kernel::WireId;

use super::conditions::is_busy_at;
use super::rows::{Opening, Terms, insert_into_booking, json, shared};
use crate::reservations::held_by_others;
use crate::webhooks::somebody_listens;
use crate::{Statement, arguments};

/// The only opening, where it is such a booking.
pub(super) fn of<'s, 'a>(openings: &'s [Opening<'a>], terms: Terms<'_>) -> Option<&'s Opening<'a>> {
    let [opening] = openings else { return None };
    let booking = opening.booking;
    let is_single =
        booking.co_hosts.is_empty() && booking.seats_per_slot.is_none() && !terms.ignore_conflicts;
    is_single.then_some(opening)
}

pub(super) fn insert_booking(opening: &Opening<'_>, terms: Terms<'_>) -> Statement {
    let Opening { booking, needs: (from, to) } = *opening;
    let sql = insert_into_booking!(
        "?1, ?21, ?3, ?22, ?23, ?24",
        "",
        concat!(
            "EXISTS (SELECT 1 FROM event_type e WHERE e.id = ?2 AND (e.owner_id = ?3 OR EXISTS (\
             SELECT 1 FROM event_host x WHERE x.event_type_id = ?2 AND x.user_id = ?3))) \
             AND (?7 OR NOT ",
            somebody_listens!("?3", "?2, (SELECT parent_id FROM event_type WHERE id = ?2)"),
            ") AND ?4 - ?25 <= 777600000 AND NOT ",
            is_busy_at!("?3", "?25", "?4"),
            " AND NOT ",
            held_by_others!("?3", "?25", "?4", "?5", "?6")
        )
    );
    let head =
        arguments![booking.uid.as_str(), terms.event_type.row(), booking.organizer.id.row(), to,];
    let tail = arguments![
        booking.ical_uid.as_str(),
        booking.start,
        booking.end,
        booking.title.as_str(),
        from,
    ];
    let bound = head.into_iter().chain(shared(booking, terms)).chain(tail);
    Statement::query(sql, bound).must_affect()
}

/// `None`: nobody attends, or several do.
pub(super) fn insert_attendee(opening: &Opening<'_>) -> Option<Statement> {
    let booking = opening.booking;
    let [attendee] = booking.attendees.as_slice() else { return None };
    Some(Statement::query(
        "INSERT INTO attendee (booking_id, name, email, time_zone, language, phone_number, \
         is_guest, seat_uid, responses, metadata) SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 \
         FROM booking WHERE uid = ?1 RETURNING id",
        arguments![
            booking.uid.as_str(),
            attendee.name.as_str(),
            attendee.email.as_str(),
            attendee.time_zone.as_str(),
            attendee.language.as_str(),
            attendee.phone_number.as_deref(),
            attendee.is_guest,
            attendee.seat_uid.as_deref(),
            attendee.responses.as_ref().map(json),
            attendee.metadata.as_ref().map(json),
        ],
    ))
}

/// Of the host, and of a user who attends. `None`: nobody does, or several.
pub(super) fn take_time(opening: &Opening<'_>) -> Option<Statement> {
    let Opening { booking, needs: (from, to) } = *opening;
    let [attendee] = booking.attendees.as_slice() else { return None };
    let email = attendee.email.as_str();
    Some(Statement::command(
        "INSERT INTO busy_time (user_id, busy_start, busy_end, booking_id, exclusive) \
         SELECT ?2, ?3, ?4, b.id, 1 FROM booking b WHERE b.uid = ?1 UNION ALL \
         SELECT u.id, ?3, ?4, b.id, 0 FROM user u CROSS JOIN booking b WHERE b.uid = ?1 \
         AND u.email = ?5 AND u.id <> ?2 AND u.left_at IS NULL",
        arguments![booking.uid.as_str(), booking.organizer.id.row(), from, to, email],
    ))
}
