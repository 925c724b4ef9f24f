//! Who is told of what, as parts of SQL.

/// The ids of the webhooks that are told of a booking, `b` being a row of `booking`, and
/// where `$which` holds of them, `l` being a row of `webhook`: those of its organiser, of
/// its other hosts, of its event type, of the managed event type that one follows, of the
/// organisation, and of the platform clients that manage any of the hosts. The parts
/// follow each other, so who only asks whether there is one mostly takes one step. An id
/// may come twice.
macro_rules! told_of_booking {
    ($which:expr) => {
        concat!(
            "SELECT l.id FROM webhook l WHERE l.user_id = b.user_id AND ",
            $which,
            " UNION ALL SELECT l.id FROM booking_host h CROSS JOIN webhook l \
             ON l.user_id = h.user_id WHERE h.booking_id = b.id AND ",
            $which,
            " UNION ALL SELECT l.id FROM webhook l WHERE l.event_type_id = b.event_type_id AND ",
            $which,
            " UNION ALL SELECT l.id FROM event_type c CROSS JOIN webhook l \
             ON l.event_type_id = c.parent_id WHERE c.id = b.event_type_id AND ",
            $which,
            " UNION ALL SELECT l.id FROM webhook l WHERE l.of_organization = 1 AND ",
            $which,
            " UNION ALL SELECT l.id FROM managed_user m CROSS JOIN webhook l \
             ON l.oauth_client_id = m.client_id WHERE m.user_id = b.user_id AND ",
            $which,
            " UNION ALL SELECT l.id FROM booking_host h CROSS JOIN managed_user m \
             ON m.user_id = h.user_id CROSS JOIN webhook l ON l.oauth_client_id = m.client_id \
             WHERE h.booking_id = b.id AND ",
            $which
        )
    };
}
pub(crate) use told_of_booking;

/// Whether the webhook `$w` is active and asks for the trigger `$trigger`. The names of
/// triggers need no escapes, so a text search finds one in the JSON array.
macro_rules! asks_for {
    ($w:literal, $trigger:literal) => {
        concat!(
            $w,
            ".active = 1 AND instr(",
            $w,
            ".triggers, '\"' || (",
            $trigger,
            ") || '\"') > 0"
        )
    };
}
pub(crate) use asks_for;

/// Whether somebody may be told of a booking hosted by `$users` of the event types
/// `$event_types`, which are its own and the one that follows; each the inside of an
/// `IN (…)`. A condition of a booking's own insert: four steps in small indexes.
macro_rules! somebody_listens {
    ($users:expr, $event_types:expr) => {
        concat!(
            "(EXISTS (SELECT 1 FROM webhook w WHERE w.active = 1 AND w.of_organization = 1) \
             OR EXISTS (SELECT 1 FROM webhook w WHERE w.active = 1 AND w.user_id IN (",
            $users,
            ")) OR EXISTS (SELECT 1 FROM webhook w WHERE w.active = 1 AND w.event_type_id IN (",
            $event_types,
            ")) OR EXISTS (SELECT 1 FROM managed_user m CROSS JOIN webhook w \
             ON w.oauth_client_id = m.client_id WHERE w.active = 1 AND m.user_id IN (",
            $users,
            ")))"
        )
    };
}
pub(crate) use somebody_listens;

/// Whether a webhook of the user `$user`, of the platform client that manages them, or of
/// the organisation asks for the trigger `$trigger`.
macro_rules! somebody_asks {
    ($user:literal, $trigger:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM webhook w WHERE (w.user_id = ",
            $user,
            " OR w.of_organization = 1 OR w.oauth_client_id IN \
             (SELECT m.client_id FROM managed_user m WHERE m.user_id = ",
            $user,
            ")) AND ",
            $crate::webhooks::asks_for!("w", $trigger),
            ")"
        )
    };
}
pub(crate) use somebody_asks;
