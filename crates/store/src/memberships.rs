//! Places in teams.
//!
//! Whoever accepts one becomes host of the team's event types that all members
//! host; whoever loses it stops being host. Both happen in the batch of the
//! membership itself. A team keeps one owner at least: the statements that demote
//! and remove say so themselves, so that two at once cannot both go. And nobody
//! changes who is more in it than they are.

mod invites;

use meridian_kernel::{Instant, MembershipId, OrganizationNumber, Role, TeamId, UserId, WireId};
use serde_json::{Value, json};

use crate::event_hosts::{add_member_to_team_event_types, remove_member_from_team_event_types};
use crate::roles::{self, Assignment, RoleRefused, assign_in_team, ranks};
use crate::{
    BadRow, ConstraintKind, Database, DatabaseError, Row, Rows, Scope, Statement, StoreError,
    arguments, parts,
};

pub use invites::{NewInvite, join, make_invite};

/// A row of `team_membership`, with what of the user is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Membership {
    /// The id.
    pub id: MembershipId,
    /// Of which team.
    pub team_id: TeamId,
    /// Whose.
    pub user_id: UserId,
    /// What they are in it.
    pub role: Role,
    /// Whether they accepted it.
    pub accepted: bool,
    /// Whether nobody may act in their name.
    pub disable_impersonation: bool,
    /// The role of the team's own making that they have beside.
    pub custom_role_id: Option<String>,
    /// The user.
    pub user: Person,
}

/// What a team sees of its member.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// A picture.
    pub avatar_url: Option<String>,
    /// Unique within the organisation.
    pub username: String,
    /// Possibly empty.
    pub name: String,
    /// The primary address.
    pub email: String,
    /// A few words about themselves.
    pub bio: Option<String>,
    /// The client's own.
    pub metadata: Value,
}

/// The columns [`Membership::read`] expects, in order, and the tables.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.team_id, m.user_id, m.role, m.accepted, m.disable_impersonation, \
             u.avatar_url, u.username, u.name, u.email, u.bio, u.metadata, m.custom_role_id \
             FROM team_membership m JOIN user u ON u.id = m.user_id ",
            $rest
        )
    };
}

impl Membership {
    /// The row mapper.
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            id: MembershipId::new(organization, row.integer(0)?),
            team_id: TeamId::new(organization, row.integer(1)?),
            user_id: UserId::new(organization, row.integer(2)?),
            role: row.role(3)?,
            accepted: row.boolean(4)?,
            disable_impersonation: row.boolean(5)?,
            custom_role_id: row.optional(12, Row::string)?,
            user: Person {
                avatar_url: row.optional(6, Row::string)?,
                username: row.string(7)?,
                name: row.string(8)?,
                email: row.string(9)?,
                bio: row.optional(10, Row::string)?,
                metadata: row.json(11)?,
            },
        })
    }

    fn last<D: Database>(scope: &Scope<'_, D>, rows: &[Rows]) -> Result<Option<Self>, StoreError> {
        let row = rows.last().and_then(Rows::first);
        Ok(row.map(|row| Self::read(scope.organization(), row)).transpose()?)
    }
}

/// The memberships of a team in the order they were made, those of some addresses
/// only where any are given; `None` where there is no such team.
pub async fn list<D: Database>(
    scope: &Scope<'_, D>,
    team: TeamId,
    emails: Option<&[String]>,
    page: (u32, u32),
) -> Result<Option<Vec<Membership>>, StoreError> {
    if team.organization() != scope.organization() {
        return Ok(None);
    }
    let emails = emails.map(|emails| json!(emails).to_string());
    let statement = |take, skip| {
        Statement::query(
            select!(
                "WHERE m.team_id = ?1 \
                 AND (?2 IS NULL OR u.email IN (SELECT value FROM json_each(?2))) \
                 ORDER BY m.id LIMIT ?3 OFFSET ?4"
            ),
            arguments![team.row(), emails.clone(), take, skip],
        )
    };
    let read = |row: Row<'_>| Membership::read(scope.organization(), row);
    let found = parts::read(scope, page, statement, read).await?;
    if found.is_empty() && !team_exists(scope, team).await? {
        return Ok(None);
    }
    Ok(Some(found))
}

async fn team_exists<D: Database>(scope: &Scope<'_, D>, team: TeamId) -> Result<bool, StoreError> {
    let query = Statement::query("SELECT 1 FROM team WHERE id = ?1", arguments![team.row()]);
    Ok(scope.read_primary(query).await?.first().is_some())
}

/// One membership; `None` where the team has none of that id.
pub async fn find<D: Database>(
    scope: &Scope<'_, D>,
    team: TeamId,
    id: MembershipId,
) -> Result<Option<Membership>, StoreError> {
    let here = |organization| organization == scope.organization();
    if !here(team.organization()) || !here(id.organization()) {
        return Ok(None);
    }
    let rows = scope.read_primary(select_one(team, id)).await?;
    Membership::last(scope, &[rows])
}

fn select_one(team: TeamId, id: MembershipId) -> Statement {
    let sql = select!("WHERE m.id = ?2 AND m.team_id = ?1");
    Statement::query(sql, arguments![team.row(), id.row()])
}

/// The membership of a user in a team, as it stands at the end of a batch.
fn select_of(team: TeamId, user: UserId) -> Statement {
    let sql = select!("WHERE m.team_id = ?1 AND m.user_id = ?2");
    Statement::query(sql, arguments![team.row(), user.row()])
}

/// A membership to be made.
#[derive(Clone, Debug)]
pub struct NewMembership {
    /// Of which team.
    pub team: TeamId,
    /// Whose.
    pub user: UserId,
    /// What they shall be in it.
    pub role: Role,
    /// Whether they accepted it already.
    pub accepted: bool,
    /// Whether nobody may act in their name.
    pub disable_impersonation: bool,
    /// Which role of the team's own making they shall have.
    pub custom_role: Assignment,
}

/// What became of a new membership.
#[derive(Clone, Debug, PartialEq)]
pub enum MembershipInserted {
    /// It is written.
    Inserted(Box<Membership>),
    /// They are in the team already, accepted or not.
    AlreadyMember,
    /// There is no such team.
    NoTeam,
    /// There is no such user in the organisation (any more).
    NoUser,
    /// They cannot be given the wanted role.
    RoleRefused(RoleRefused),
}

/// Puts a user into a team.
pub async fn insert<D: Database>(
    scope: &Scope<'_, D>,
    new: &NewMembership,
    now: Instant,
) -> Result<MembershipInserted, StoreError> {
    let here = |organization| organization == scope.organization();
    if !here(new.team.organization()) {
        return Ok(MembershipInserted::NoTeam);
    }
    if !here(new.user.organization()) {
        return Ok(MembershipInserted::NoUser);
    }
    let insert = Statement::command(
        "INSERT INTO team_membership \
         (team_id, user_id, role, accepted, disable_impersonation, created_at, updated_at) \
         SELECT t.id, u.id, ?3, ?4, ?5, ?6, ?6 FROM team t JOIN user u ON u.id = ?2 \
         WHERE t.id = ?1 AND u.left_at IS NULL",
        arguments![
            new.team.row(),
            new.user.row(),
            new.role.as_str(),
            new.accepted,
            new.disable_impersonation,
            now,
        ],
    );
    let mut batch = vec![insert.must_affect()];
    batch.extend(assign_in_team(new.team, new.user, &new.custom_role));
    batch.extend(add_member_to_team_event_types(new.team, new.user, now));
    batch.push(select_of(new.team, new.user));
    match scope.write(batch).await {
        Ok(rows) => {
            let membership = Membership::last(scope, &rows)?.map(Box::new);
            Ok(membership.map_or(MembershipInserted::NoUser, MembershipInserted::Inserted))
        }
        Err(DatabaseError::Constraint { statement: 0, kind: ConstraintKind::Unique, .. }) => {
            Ok(MembershipInserted::AlreadyMember)
        }
        Err(DatabaseError::Precondition(0)) if team_exists(scope, new.team).await? => {
            Ok(MembershipInserted::NoUser)
        }
        Err(DatabaseError::Precondition(0)) => Ok(MembershipInserted::NoTeam),
        Err(DatabaseError::Precondition(_)) => {
            let why = roles::why_not(scope, Some(new.team), &new.custom_role).await?;
            Ok(MembershipInserted::RoleRefused(why))
        }
        Err(error) => Err(error.into()),
    }
}

/// What shall be different.
#[derive(Clone, Debug, Default)]
pub struct MembershipChange {
    /// What they shall be in the team.
    pub role: Option<Role>,
    /// Whether they accepted.
    pub accepted: Option<bool>,
    /// Whether nobody may act in their name.
    pub disable_impersonation: Option<bool>,
    /// Which role of the team's own making they shall have.
    pub custom_role: Assignment,
}

/// What became of a membership.
#[derive(Clone, Debug, PartialEq)]
pub enum MembershipChanged {
    /// It is changed, or gone, and was so.
    Done(Box<Membership>),
    /// The team has no such membership (any more).
    Unknown,
    /// It is of somebody who is this, which is more than whoever asks.
    Outranks(Role),
    /// It is the last owner's.
    LastOwner,
    /// They cannot be given the wanted role.
    RoleRefused(RoleRefused),
}

/// What the statement that changes or ends the membership `?1` of the team `?2`
/// demands: it is of somebody among the [`ranks`] `?3`. And where it is an owner's,
/// it stays that of an accepted owner or is not the only one.
macro_rules! may_change {
    ($stays_owner:literal) => {
        concat!(
            "id = ?1 AND team_id = ?2 AND instr(?3, role) > 0 \
             AND (role <> 'OWNER' OR accepted = 0 OR ",
            $stays_owner,
            " OR EXISTS (SELECT 1 FROM team_membership o JOIN user u ON u.id = o.user_id \
             WHERE o.team_id = ?2 AND o.id <> ?1 AND o.role = 'OWNER' AND o.accepted = 1 \
             AND u.left_at IS NULL))"
        )
    };
}

/// Changes a membership of somebody who is no more in it than whoever asks, who is
/// this.
pub async fn update<D: Database>(
    scope: &Scope<'_, D>,
    (team, id): (TeamId, MembershipId),
    change: &MembershipChange,
    by: Role,
    now: Instant,
) -> Result<MembershipChanged, StoreError> {
    let Some(user) = find(scope, team, id).await?.map(|found| found.user_id) else {
        return Ok(MembershipChanged::Unknown);
    };
    let update = Statement::command(
        concat!(
            "UPDATE team_membership SET role = coalesce(?4, role), \
             accepted = coalesce(?5, accepted), \
             disable_impersonation = coalesce(?6, disable_impersonation), updated_at = ?7 WHERE ",
            may_change!("(coalesce(?4, role) = 'OWNER' AND coalesce(?5, 1) = 1)")
        ),
        arguments![
            id.row(),
            team.row(),
            ranks(by),
            change.role.map(Role::as_str),
            change.accepted,
            change.disable_impersonation,
            now,
        ],
    );
    let mut batch = vec![update.must_affect()];
    batch.extend(assign_in_team(team, user, &change.custom_role));
    batch.extend(match change.accepted {
        Some(true) => add_member_to_team_event_types(team, user, now),
        Some(false) => remove_member_from_team_event_types(team, user),
        None => Vec::new(),
    });
    batch.push(select_one(team, id));
    match scope.write(batch).await {
        Ok(rows) => {
            let membership = Membership::last(scope, &rows)?.map(Box::new);
            Ok(membership.map_or(MembershipChanged::Unknown, MembershipChanged::Done))
        }
        Err(DatabaseError::Precondition(0)) => why_not(scope, team, id, by).await,
        Err(DatabaseError::Precondition(_)) => {
            let why = roles::why_not(scope, Some(team), &change.custom_role).await?;
            Ok(MembershipChanged::RoleRefused(why))
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes a user out of a team who is no more in it than whoever asks, who is this,
/// and answers the membership they had.
pub async fn delete<D: Database>(
    scope: &Scope<'_, D>,
    (team, id): (TeamId, MembershipId),
    by: Role,
) -> Result<MembershipChanged, StoreError> {
    let Some(membership) = find(scope, team, id).await? else {
        return Ok(MembershipChanged::Unknown);
    };
    let delete = Statement::command(
        concat!("DELETE FROM team_membership WHERE ", may_change!("0")),
        arguments![id.row(), team.row(), ranks(by)],
    );
    let mut batch = vec![delete.must_affect()];
    batch.extend(remove_member_from_team_event_types(team, membership.user_id));
    match scope.write(batch).await {
        Ok(_) => Ok(MembershipChanged::Done(Box::new(membership))),
        Err(DatabaseError::Precondition(0)) => why_not(scope, team, id, by).await,
        Err(error) => Err(error.into()),
    }
}

/// Why a change was refused, read afterwards.
async fn why_not<D: Database>(
    scope: &Scope<'_, D>,
    team: TeamId,
    id: MembershipId,
    by: Role,
) -> Result<MembershipChanged, StoreError> {
    Ok(match find(scope, team, id).await? {
        None => MembershipChanged::Unknown,
        Some(found) if found.role > by => MembershipChanged::Outranks(found.role),
        Some(_) => MembershipChanged::LastOwner,
    })
}
