//! Parts of the statements of this module. Each is an expression or a SELECT
//! without parameters of its own: what it is about comes in as an expression.

/// The event type of [`super::Selector::Id`]: `?1`.
macro_rules! by_id {
    () => {
        "?1"
    };
}

/// The event type of [`super::Selector::OfUser`]: the username is `?1`, the slug `?2`.
macro_rules! by_user {
    () => {
        "(SELECT e.id FROM event_type e JOIN user u ON u.id = e.owner_id \
         WHERE u.username = ?1 AND e.slug = ?2)"
    };
}

/// The event type of [`super::Selector::OfTeam`]: the team is `?1`, the slug `?2`.
macro_rules! by_team {
    () => {
        "(SELECT e.id FROM event_type e JOIN team t ON t.id = e.team_id \
         WHERE t.slug = ?1 AND e.slug = ?2)"
    };
}

/// The rows of users who host an event type. A managed one is a template: its
/// copies have hosts.
macro_rules! hosts_of {
    ($event:expr) => {
        concat!(
            "SELECT owner_id FROM event_type WHERE id = ",
            $event,
            " UNION ALL SELECT h.user_id FROM event_host h \
             JOIN event_type e ON e.id = h.event_type_id \
             WHERE h.event_type_id = ",
            $event,
            " AND e.scheduling_type <> 'managed'"
        )
    };
}

/// The rows of users with some names, a JSON array in `?1`.
macro_rules! hosts_by_name {
    () => {
        "SELECT u.id FROM json_each(?1) n JOIN user u ON u.username = n.value"
    };
}

/// The booking that is left out, as it is being moved: the one with that uid, or
/// the one whose only seat has it.
macro_rules! ignored_booking {
    ($uid:literal) => {
        concat!(
            "coalesce((SELECT id FROM booking WHERE uid = ",
            $uid,
            "), (SELECT s.booking_id FROM attendee s WHERE s.seat_uid = ",
            $uid,
            " AND NOT EXISTS (SELECT 1 FROM attendee o WHERE o.booking_id = s.booking_id \
             AND o.seat_uid <> s.seat_uid)))"
        )
    };
}

pub(super) use {by_id, by_team, by_user, hosts_by_name, hosts_of, ignored_booking};
