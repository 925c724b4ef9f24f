//! Lists of schedules: a user's, a team's, the organisation's.

use meridian_kernel::{EventTypeId, TeamId, UserId, WireId};

use super::{MAX_PER_USER, Schedule, member, select};
use crate::{Database, DatabaseError, Rows, Scope, Statement, StoreError, arguments};

/// Which schedules of a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfTeam {
    /// Those of its members.
    pub team: TeamId,
    /// Only those of this one.
    pub user: Option<UserId>,
    /// Only those of hosts of this event type of the team.
    pub event_type: Option<EventTypeId>,
}

/// What came of asking for the schedules of a team.
#[derive(Clone, Debug, PartialEq)]
pub enum TeamSchedules {
    /// In the order they were made.
    Found(Vec<Schedule>),
    /// The organisation has no such team.
    NoTeam,
    /// The user is no member of the team.
    NoMember,
    /// The team has no such event type.
    NoEventType,
}

/// All schedules of a user, oldest first; `None` where the organisation has no such
/// user.
pub async fn list<D: Database>(
    scope: &Scope<'_, D>,
    owner: UserId,
) -> Result<Option<Vec<Schedule>>, StoreError> {
    if owner.organization() != scope.organization() {
        return Ok(None);
    }
    let found = read_pages(scope, 0, MAX_PER_USER, |limit, offset| {
        Statement::query(
            select!("WHERE s.owner_id = ?1 ORDER BY s.id LIMIT ?2 OFFSET ?3"),
            arguments![owner.row(), limit, offset],
        )
    });
    let found = found.await?;
    if found.is_empty() && scope.read_one(member(owner)).await?.first().is_none() {
        return Ok(None);
    }
    Ok(Some(found))
}

/// The schedules of all members, oldest first.
pub async fn list_of_organization<D: Database>(
    scope: &Scope<'_, D>,
    skip: u32,
    take: u32,
) -> Result<Vec<Schedule>, StoreError> {
    read_pages(scope, skip, take, |limit, offset| {
        Statement::query(select!("ORDER BY s.id LIMIT ?1 OFFSET ?2"), arguments![limit, offset])
    })
    .await
}

/// Schedules of a team's members, oldest first.
pub async fn list_of_team<D: Database>(
    scope: &Scope<'_, D>,
    of: OfTeam,
    skip: u32,
    take: u32,
) -> Result<TeamSchedules, StoreError> {
    let here = scope.organization();
    if of.team.organization() != here {
        return Ok(TeamSchedules::NoTeam);
    }
    if of.user.is_some_and(|user| user.organization() != here) {
        return Ok(TeamSchedules::NoMember);
    }
    if of.event_type.is_some_and(|event_type| event_type.organization() != here) {
        return Ok(TeamSchedules::NoEventType);
    }
    let (user, event_type) = (of.user.map(WireId::row), of.event_type.map(WireId::row));
    if let Some(unknown) = unknown(scope, of.team, user, event_type).await? {
        return Ok(unknown);
    }
    // A managed event type is hosted by whoever has a copy of it.
    let found = read_pages(scope, skip, take, |limit, offset| {
        Statement::query(
            select!(
                "WHERE s.owner_id IN (SELECT user_id FROM team_membership \
                 WHERE team_id = ?1 AND accepted = 1) AND (?2 IS NULL OR s.owner_id = ?2) \
                 AND (?3 IS NULL OR s.owner_id IN \
                 (SELECT user_id FROM event_host WHERE event_type_id = ?3 \
                 UNION SELECT owner_id FROM event_type WHERE parent_id = ?3)) \
                 ORDER BY s.id LIMIT ?4 OFFSET ?5"
            ),
            arguments![of.team.row(), user, event_type, limit, offset],
        )
    });
    Ok(TeamSchedules::Found(found.await?))
}

/// What of a question about a team there is not, if anything.
async fn unknown<D: Database>(
    scope: &Scope<'_, D>,
    team: TeamId,
    user: Option<i64>,
    event_type: Option<i64>,
) -> Result<Option<TeamSchedules>, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM team WHERE id = ?1), \
               ?2 IS NULL OR EXISTS (SELECT 1 FROM team_membership m \
               JOIN user u ON u.id = m.user_id AND u.left_at IS NULL \
               WHERE m.team_id = ?1 AND m.user_id = ?2 AND m.accepted = 1), \
               ?3 IS NULL OR EXISTS (SELECT 1 FROM event_type WHERE id = ?3 AND team_id = ?1)";
    let rows =
        scope.read_one(Statement::query(sql, arguments![team.row(), user, event_type])).await?;
    let Some(row) = rows.first() else { return Ok(Some(TeamSchedules::NoTeam)) };
    Ok(match (row.boolean(0)?, row.boolean(1)?, row.boolean(2)?) {
        (false, _, _) => Some(TeamSchedules::NoTeam),
        (true, false, _) => Some(TeamSchedules::NoMember),
        (true, true, false) => Some(TeamSchedules::NoEventType),
        (true, true, true) => None,
    })
}

/// Reads rows that one answer of the database may be too small for: hours of a
/// schedule may be long. What does not fit at once is asked for in smaller parts.
async fn read_pages<D: Database>(
    scope: &Scope<'_, D>,
    skip: u32,
    take: u32,
    statement: impl Fn(u32, u32) -> Statement,
) -> Result<Vec<Schedule>, StoreError> {
    let mut found: Vec<Schedule> = Vec::new();
    let mut most = take;
    loop {
        let read = u32::try_from(found.len()).unwrap_or(u32::MAX);
        let wanted = most.min(take.saturating_sub(read));
        if wanted == 0 {
            return Ok(found);
        }
        match scope.read_one(statement(wanted, skip.saturating_add(read))).await {
            Ok(rows) => {
                let is_last = rows.iter().len() < wanted as usize;
                found.extend(of(scope, &rows)?);
                if is_last {
                    return Ok(found);
                }
            }
            Err(DatabaseError::TooLarge) if wanted > 1 => most = wanted / 2,
            Err(error) => return Err(error.into()),
        }
    }
}

fn of(scope: &Scope<'_, impl Database>, rows: &Rows) -> Result<Vec<Schedule>, StoreError> {
    Ok(rows.map(|row| Schedule::read(scope.organization(), row))?)
}
