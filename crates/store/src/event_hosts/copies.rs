//! The copies users have of managed event types. A copy belongs to its user and
//! follows its parent in everything but the schedule.

use meridian_kernel::{Instant, TeamId, UserId, WireId};

use super::OfTeam;
use crate::{Statement, arguments};

/// A statement that makes copies of `p` for the users `u` who have none. Where a user
/// has an event type of their own of that slug, the copy gets another, so that
/// neither is lost.
macro_rules! insert_copies {
    ($schedule:literal, $now:literal, $rest:literal) => {
        concat!(
            "INSERT INTO event_type (owner_id, parent_id, slug, title, length_minutes, hidden, \
             slot_interval, minimum_booking_notice, before_event_buffer, after_event_buffer, \
             offset_start, seats_per_slot, settings, schedule_id, created_at, updated_at) \
             SELECT u.id, p.id, CASE WHEN ",
            slug_is_taken!("u.id"),
            " THEN ",
            other_slug!(),
            " ELSE p.slug END, p.title, p.length_minutes, p.hidden, p.slot_interval, p.minimum_booking_notice, \
             p.before_event_buffer, p.after_event_buffer, p.offset_start, p.seats_per_slot, \
             p.settings, ",
            $schedule,
            ", ",
            $now,
            ", ",
            $now,
            $rest,
            " AND NOT EXISTS (SELECT 1 FROM event_type c \
             WHERE c.parent_id = p.id AND c.owner_id = u.id)"
        )
    };
}

/// Whether a user has another event type of the slug of `p`.
macro_rules! slug_is_taken {
    ($owner:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM event_type o WHERE o.owner_id = ",
            $owner,
            " AND o.slug = p.slug AND o.parent_id IS NOT p.id)"
        )
    };
}

/// The slug of `p` with something behind it that nobody can have taken.
macro_rules! other_slug {
    () => {
        "p.slug || '-' || lower(hex(randomblob(4)))"
    };
}

/// For exactly the users of the JSON array.
pub(super) fn these(of: OfTeam<'_>, hosts: &str, now: Instant) -> Vec<Statement> {
    let others_go = Statement::command(
        "DELETE FROM event_type \
         WHERE parent_id = (SELECT id FROM event_type WHERE team_id = ?1 AND slug = ?2) \
         AND owner_id NOT IN (SELECT value ->> 'user' FROM json_each(?3))",
        arguments![of.team, of.slug, hosts],
    );
    let these_come = Statement::command(
        insert_copies!(
            "h.value ->> 'schedule'",
            "?4",
            " FROM json_each(?3) h JOIN user u ON u.id = h.value ->> 'user' \
             JOIN event_type p ON p.team_id = ?1 AND p.slug = ?2 WHERE true"
        ),
        arguments![of.team, of.slug, hosts, now],
    );
    vec![others_go, these_come]
}

/// For every member of the team.
pub(super) fn everybody(of: OfTeam<'_>, now: Instant) -> Vec<Statement> {
    let strangers_go = Statement::command(
        "DELETE FROM event_type \
         WHERE parent_id = (SELECT id FROM event_type WHERE team_id = ?1 AND slug = ?2) \
         AND owner_id NOT IN \
             (SELECT user_id FROM team_membership WHERE team_id = ?1 AND accepted = 1)",
        arguments![of.team, of.slug],
    );
    let members_come = Statement::command(
        insert_copies!(
            "NULL",
            "?3",
            " FROM event_type p JOIN team_membership m ON m.team_id = p.team_id \
             AND m.accepted = 1 JOIN user u ON u.id = m.user_id AND u.left_at IS NULL \
             WHERE p.team_id = ?1 AND p.slug = ?2"
        ),
        arguments![of.team, of.slug, now],
    );
    vec![strangers_go, members_come]
}

/// Makes all copies as the parent is now.
pub(super) fn follow(of: OfTeam<'_>, now: Instant) -> Statement {
    Statement::command(
        concat!(
            "UPDATE event_type AS c SET slug = CASE WHEN NOT ",
            slug_is_taken!("c.owner_id"),
            " THEN p.slug WHEN substr(c.slug, 1, length(p.slug) + 1) = p.slug || '-' \
             THEN c.slug ELSE ",
            other_slug!(),
            " END, title = p.title, length_minutes = p.length_minutes, hidden = p.hidden, \
             slot_interval = p.slot_interval, minimum_booking_notice = p.minimum_booking_notice, \
             before_event_buffer = p.before_event_buffer, \
             after_event_buffer = p.after_event_buffer, offset_start = p.offset_start, \
             seats_per_slot = p.seats_per_slot, settings = p.settings, \
             updated_at = max(?3, c.updated_at + 1) \
             FROM event_type p WHERE p.id = c.parent_id AND p.team_id = ?1 AND p.slug = ?2"
        ),
        arguments![of.team, of.slug, now],
    )
}

pub(super) fn add_member(team: TeamId, user: UserId, now: Instant) -> Statement {
    Statement::command(
        insert_copies!(
            "NULL",
            "?3",
            " FROM event_type p JOIN team_membership m ON m.team_id = p.team_id \
             AND m.user_id = ?2 AND m.accepted = 1 JOIN user u ON u.id = m.user_id \
             WHERE p.team_id = ?1 AND p.assign_all_team_members = 1 \
             AND p.scheduling_type = 'managed'"
        ),
        arguments![team.row(), user.row(), now],
    )
}

pub(super) fn remove_member(team: TeamId, user: UserId) -> Statement {
    Statement::command(
        "DELETE FROM event_type WHERE owner_id = ?2 \
         AND parent_id IN (SELECT id FROM event_type WHERE team_id = ?1)",
        arguments![team.row(), user.row()],
    )
}
