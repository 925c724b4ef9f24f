//! What must hold for a time to be taken, as parts of the very statement that takes
//! it. Every argument of these macros is an SQL expression, such as `?3`.
//!
//! Only live reservations count, and never the asker's own (`$own` may be NULL).

/// Whether somebody else is just booking time of one of `$users` (the inside of an
/// `IN (…)`) that overlaps `$from` to `$to`. One range of a clustered index per
/// user: since no time is longer than the greatest span (777,600,000 ms, see
/// `kernel::limits`), all that could overlap end before that much after `$to`.
macro_rules! held_by_others {
    ($users:expr, $from:literal, $to:literal, $now:literal, $own:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM hold h CROSS JOIN reservation r ON r.uid = h.reservation_uid \
             WHERE h.user_id IN (",
            $users,
            ") AND h.busy_end > ",
            $from,
            " AND h.busy_end < ",
            $to,
            " + 777600000 AND h.busy_start < ",
            $to,
            " AND r.expires_at > ",
            $now,
            " AND r.uid IS NOT ",
            $own,
            ")"
        )
    };
}

/// The same for a seat of the slot of `$event` from `$start` to `$end`: others who
/// are just booking seats of it are not in its way.
macro_rules! held_by_others_than_its_seats {
    ($users:expr, $from:literal, $to:literal, $now:literal, $own:literal,
     $event:literal, $start:literal, $end:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM hold h CROSS JOIN reservation r ON r.uid = h.reservation_uid \
             WHERE h.user_id IN (",
            $users,
            ") AND h.busy_end > ",
            $from,
            " AND h.busy_end < ",
            $to,
            " + 777600000 AND h.busy_start < ",
            $to,
            " AND r.expires_at > ",
            $now,
            " AND r.uid IS NOT ",
            $own,
            " AND NOT (r.is_seat = 1 AND r.event_type_id = ",
            $event,
            " AND r.start_at = ",
            $start,
            " AND r.end_at = ",
            $end,
            "))"
        )
    };
}

/// How many seats of the slot of `$event` from `$start` to `$end` others are just
/// booking.
macro_rules! seats_held_by_others {
    ($event:literal, $start:literal, $end:literal, $now:literal, $own:literal) => {
        concat!(
            "(SELECT count(*) FROM reservation r WHERE r.event_type_id = ",
            $event,
            " AND r.start_at = ",
            $start,
            " AND r.end_at = ",
            $end,
            " AND r.is_seat = 1 AND r.expires_at > ",
            $now,
            " AND r.uid IS NOT ",
            $own,
            ")"
        )
    };
}

/// How many seats of the slot of `$event` from `$start` to `$end` are booked.
macro_rules! seats_booked {
    ($event:literal, $start:literal, $end:literal) => {
        concat!(
            "(SELECT count(*) FROM booking k JOIN attendee a ON a.booking_id = k.id \
             WHERE k.event_type_id = ",
            $event,
            " AND k.start_at = ",
            $start,
            " AND k.end_at = ",
            $end,
            " AND k.seats_per_slot > 0 AND k.status IN ('accepted', 'pending') \
             AND a.seat_uid IS NOT NULL)"
        )
    };
}

pub(crate) use {
    held_by_others, held_by_others_than_its_seats, seats_booked, seats_held_by_others,
};
