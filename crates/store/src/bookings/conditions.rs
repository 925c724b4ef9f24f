//! What must hold for hosts to be booked, as parts of the very statement that books
//! them. Arguments of these macros are SQL expressions, such as `?3`.

/// Whether all time in `$needs` is free: a JSON array of `[uid, user row, from, to,
/// …]`, buffers included. Any busy time is in the way, whatever it came from, and so
/// is any live reservation but the booker's own (`$own` may be NULL).
///
/// One range of a clustered index per host and time: since no busy time is longer
/// than the greatest span (777,600,000 ms, see `kernel::limits`), those that end
/// after ours starts and could start before ours ends are all in it. Time longer
/// than that span would be outside the test of others, so it is never free.
macro_rules! is_free {
    ($needs:literal, $now:literal, $own:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM json_each(",
            $needs,
            ") n WHERE n.value ->> 3 - n.value ->> 2 > 777600000 OR ",
            $crate::bookings::conditions::is_busy!(),
            " OR ",
            $crate::reservations::held_by_others!(
                "n.value ->> 1",
                "n.value ->> 2",
                "n.value ->> 3",
                $now,
                $own
            ),
            ")"
        )
    };
}

/// The same for new bookings of a shared time of `$event`, whose rows go on with
/// `start, end`: others who are just booking seats of it are not in its way.
macro_rules! is_free_for_seats {
    ($needs:literal, $now:literal, $own:literal, $event:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM json_each(",
            $needs,
            ") n WHERE n.value ->> 3 - n.value ->> 2 > 777600000 OR ",
            $crate::bookings::conditions::is_busy!(),
            " OR ",
            $crate::reservations::held_by_others_than_its_seats!(
                "n.value ->> 1",
                "n.value ->> 2",
                "n.value ->> 3",
                $now,
                $own,
                $event,
                "n.value ->> 4",
                "n.value ->> 5"
            ),
            ")"
        )
    };
}

/// Whether the user of `n` is taken in its time.
macro_rules! is_busy {
    () => {
        $crate::bookings::conditions::is_busy_at!("n.value ->> 1", "n.value ->> 2", "n.value ->> 3")
    };
}

/// Whether `$user` is taken somewhere from `$from` to `$to`.
macro_rules! is_busy_at {
    ($user:literal, $from:literal, $to:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM busy_time t WHERE t.user_id = ",
            $user,
            " AND t.busy_end > ",
            $from,
            " AND t.busy_end < ",
            $to,
            " + 777600000 AND t.busy_start < ",
            $to,
            ")"
        )
    };
}

pub(super) use {is_busy, is_busy_at, is_free, is_free_for_seats};
