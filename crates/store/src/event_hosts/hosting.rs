//! Rows of `event_host`.

use meridian_kernel::{Instant, TeamId, UserId, WireId};

use super::OfTeam;
use crate::{Statement, arguments};

/// Exactly those of the JSON array, in its order. Whoever hosted already keeps when
/// a booking last chose them.
pub(super) fn these(of: OfTeam<'_>, hosts: &str, now: Instant) -> Vec<Statement> {
    let others_go = Statement::command(
        "DELETE FROM event_host \
         WHERE event_type_id = (SELECT id FROM event_type WHERE team_id = ?1 AND slug = ?2) \
         AND user_id NOT IN (SELECT value ->> 'user' FROM json_each(?3))",
        arguments![of.team, of.slug, hosts],
    );
    let these_come = Statement::command(
        "INSERT INTO event_host (event_type_id, user_id, position, is_fixed, priority, weight, \
             group_id, schedule_id, created_at) \
         SELECT e.id, h.value ->> 'user', h.key, h.value ->> 'fixed', h.value ->> 'priority', \
             h.value ->> 'weight', h.value ->> 'group', h.value ->> 'schedule', ?4 \
         FROM event_type e JOIN json_each(?3) h WHERE e.team_id = ?1 AND e.slug = ?2 \
         ON CONFLICT (event_type_id, user_id) DO UPDATE SET position = excluded.position, \
             is_fixed = excluded.is_fixed, priority = excluded.priority, \
             weight = excluded.weight, group_id = excluded.group_id, \
             schedule_id = excluded.schedule_id",
        arguments![of.team, of.slug, hosts, now],
    );
    vec![others_go, these_come]
}

/// Every member of the team, with the same say.
pub(super) fn everybody(of: OfTeam<'_>, now: Instant) -> Vec<Statement> {
    let strangers_go = Statement::command(
        "DELETE FROM event_host \
         WHERE event_type_id = (SELECT id FROM event_type WHERE team_id = ?1 AND slug = ?2) \
         AND user_id NOT IN \
             (SELECT user_id FROM team_membership WHERE team_id = ?1 AND accepted = 1)",
        arguments![of.team, of.slug],
    );
    let members_come = Statement::command(
        "INSERT INTO event_host (event_type_id, user_id, position, is_fixed, created_at) \
         SELECT e.id, u.id, row_number() OVER (ORDER BY m.id) - 1, \
             e.scheduling_type = 'collective', ?3 \
         FROM event_type e JOIN team_membership m ON m.team_id = e.team_id AND m.accepted = 1 \
         JOIN user u ON u.id = m.user_id AND u.left_at IS NULL \
         WHERE e.team_id = ?1 AND e.slug = ?2 \
         ON CONFLICT (event_type_id, user_id) DO UPDATE SET position = excluded.position, \
             is_fixed = excluded.is_fixed, priority = excluded.priority",
        arguments![of.team, of.slug, now],
    );
    vec![strangers_go, members_come]
}

pub(super) fn add_member(team: TeamId, user: UserId, now: Instant) -> Statement {
    Statement::command(
        "INSERT INTO event_host (event_type_id, user_id, position, is_fixed, created_at) \
         SELECT e.id, m.user_id, \
             (SELECT coalesce(max(position), -1) + 1 FROM event_host WHERE event_type_id = e.id), \
             e.scheduling_type = 'collective', ?3 \
         FROM event_type e JOIN team_membership m ON m.team_id = e.team_id AND m.user_id = ?2 \
         WHERE e.team_id = ?1 AND m.accepted = 1 AND e.assign_all_team_members = 1 \
             AND e.scheduling_type <> 'managed' \
         ON CONFLICT (event_type_id, user_id) DO NOTHING",
        arguments![team.row(), user.row(), now],
    )
}

pub(super) fn remove_member(team: TeamId, user: UserId) -> Statement {
    Statement::command(
        "DELETE FROM event_host WHERE user_id = ?2 \
         AND event_type_id IN (SELECT id FROM event_type WHERE team_id = ?1)",
        arguments![team.row(), user.row()],
    )
}
