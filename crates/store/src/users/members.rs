//! Users as members of their organisation: listed, added, changed by whoever
//! administers it, and leaving.
//!
//! An organisation keeps one owner at least: the statements that demote and remove
//! say so themselves, so that two at once cannot both go. And nobody changes who is
//! more than they are.

use meridian_kernel::{
    Instant, OrganizationNumber, Role, ScheduleId, TeamId, UserId, WireId, Zone,
};
use serde_json::{Map, Value, json};

use super::{
    User, UserChange, first, insert_first_schedule, make_first_schedule_default,
    move_default_schedule, set_default_schedule, update_fields, update_fields_by_email,
};
use crate::roles::{self, Assignment, RoleRefused, assign_to_user, ranks};
use crate::{
    ConstraintKind, Database, DatabaseError, Row, Rows, Scope, Statement, StoreError, arguments,
    parts,
};

/// Which members are wanted; all where nothing is said.
#[derive(Clone, Debug, Default)]
pub struct MemberFilter {
    /// Those of these addresses.
    pub emails: Option<Vec<String>>,
    /// Those in one of these teams.
    pub teams: Option<Vec<TeamId>>,
}

/// The members, in the order they came.
pub async fn list_members<D: Database>(
    scope: &Scope<'_, D>,
    filter: &MemberFilter,
    page: (u32, u32),
) -> Result<Vec<User>, StoreError> {
    let emails = filter.emails.as_ref().map(|emails| json!(emails).to_string());
    let teams = filter.teams.as_ref().map(|teams| own_rows(scope.organization(), teams));
    let statement = |take, skip| {
        Statement::query(
            select!(
                "WHERE left_at IS NULL \
                 AND (?1 IS NULL OR email IN (SELECT value FROM json_each(?1))) \
                 AND (?2 IS NULL OR id IN (SELECT m.user_id FROM team_membership m \
                      JOIN json_each(?2) t ON t.value = m.team_id WHERE m.accepted = 1)) \
                 ORDER BY id LIMIT ?3 OFFSET ?4"
            ),
            arguments![emails.clone(), teams.clone(), take, skip],
        )
    };
    let read = |row: Row<'_>| User::read(scope.organization(), row);
    parts::read(scope, page, statement, read).await
}

/// The rows of an organisation's own teams, as a JSON array.
fn own_rows(organization: OrganizationNumber, teams: &[TeamId]) -> String {
    let own = teams.iter().filter(|team| team.organization() == organization);
    json!(own.map(|team| team.row()).collect::<Vec<_>>()).to_string()
}

/// A member to be added.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// Unique in the organisation.
    pub email: String,
    /// Unique in the organisation.
    pub username: String,
    /// Whether another name like it will do, where it is taken.
    pub username_may_vary: bool,
    /// What they shall be.
    pub role: Role,
    /// Whether they are a member at once.
    pub accepted: bool,
    /// Theirs, and that of their first schedule.
    pub time_zone: Zone,
    /// The rest of their profile.
    pub profile: UserChange,
    /// What only presents.
    pub settings: Map<String, Value>,
}

/// What became of a new member.
#[derive(Clone, Debug, PartialEq)]
pub enum MemberInserted {
    /// They are there, with working hours.
    Inserted(Box<User>),
    /// The address is another member's.
    EmailTaken,
    /// The name is another member's.
    UsernameTaken,
}

/// Adds a member. Whoever left and comes back is the same user again, with what
/// they had.
pub async fn insert_member<D: Database>(
    scope: &Scope<'_, D>,
    new: &NewMember,
    now: Instant,
) -> Result<MemberInserted, StoreError> {
    let email = new.email.as_str();
    let wanted = Some(new.username.as_str()).filter(|_| !new.username_may_vary);
    let batch = vec![
        free_username(wanted),
        insert_or_bring_back(new, now).must_affect(),
        insert_first_schedule(email, now),
        make_first_schedule_default(email).must_affect(),
        update_fields_by_email(email, &new.profile, now),
        Statement::query(select!("WHERE email = ?1"), arguments![email]),
    ];
    match scope.write(batch).await {
        Ok(rows) => {
            let user = rows.last().map(|rows| first(scope, rows)).transpose()?.flatten();
            let user = user.ok_or(DatabaseError::NotFound)?;
            Ok(MemberInserted::Inserted(Box::new(user)))
        }
        Err(DatabaseError::Precondition(1)) => Ok(MemberInserted::EmailTaken),
        Err(DatabaseError::Constraint { statement: 1, kind: ConstraintKind::Unique, .. }) => {
            Ok(MemberInserted::UsernameTaken)
        }
        Err(error) => Err(error.into()),
    }
}

/// Changes no row where the address is a member's: what conflicts then is only the
/// name.
pub(super) fn insert_or_bring_back(new: &NewMember, now: Instant) -> Statement {
    Statement::command(
        "INSERT INTO user (email, username, organization_role, organization_accepted, \
         time_zone, settings, created_at, updated_at) \
         VALUES (?1, CASE WHEN ?3 AND EXISTS (SELECT 1 FROM user o WHERE o.username = ?2) \
             THEN ?2 || '-' || lower(hex(randomblob(3))) ELSE ?2 END, ?4, ?5, ?6, ?7, ?8, ?8) \
         ON CONFLICT (email) DO UPDATE SET left_at = NULL, \
             username = CASE WHEN ?3 THEN username ELSE ?2 END, \
             organization_role = ?4, organization_accepted = ?5, custom_role_id = NULL, \
             settings = json_patch(settings, ?7), updated_at = ?8 WHERE left_at IS NOT NULL",
        arguments![
            new.email.as_str(),
            new.username.as_str(),
            new.username_may_vary,
            new.role.as_str(),
            new.accepted,
            new.time_zone.name(),
            json!(new.settings).to_string(),
            now,
        ],
    )
}

/// Gives a name back that only somebody who left still has.
fn free_username(wanted: Option<&str>) -> Statement {
    Statement::command(
        "UPDATE user SET username = username || '-' || id \
         WHERE username = ?1 AND left_at IS NOT NULL",
        arguments![wanted],
    )
}

/// What whoever administers the organisation changes of a member.
#[derive(Clone, Debug, Default)]
pub struct MemberChange {
    /// Unique in the organisation.
    pub email: Option<String>,
    /// Unique in the organisation.
    pub username: Option<String>,
    /// What they shall be.
    pub role: Option<Role>,
    /// Whether they accepted to be in the organisation.
    pub accepted: Option<bool>,
    /// Whether nobody may act in their name.
    pub disable_impersonation: Option<bool>,
    /// Which role of the organisation's own making they shall have.
    pub custom_role: Assignment,
    /// What they could change themselves.
    pub profile: UserChange,
    /// Those fields that change; null takes one away.
    pub settings: Map<String, Value>,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq)]
pub enum MemberChanged {
    /// It is written.
    Done(Box<User>),
    /// There is no such member (any more).
    Unknown,
    /// The member is this, which is more than whoever asks.
    Outranks(Role),
    /// The member is the last owner.
    LastOwner,
    /// The address is another member's.
    EmailTaken,
    /// The name is another member's.
    UsernameTaken,
    /// The wanted default schedule is none of theirs.
    NoSchedule,
    /// They cannot be given the wanted role.
    RoleRefused(RoleRefused),
}

/// What the statement that changes or removes the member `?1` demands: they are
/// among the [`ranks`] `?2`. And an owner stays one, or is not the only one.
macro_rules! may_change {
    ($stays_owner:literal) => {
        concat!(
            "id = ?1 AND left_at IS NULL AND instr(?2, organization_role) > 0 \
             AND (organization_role <> 'OWNER' OR organization_accepted = 0 OR ",
            $stays_owner,
            " OR EXISTS (SELECT 1 FROM user o WHERE o.id <> ?1 AND o.organization_role = 'OWNER' \
             AND o.organization_accepted = 1 AND o.left_at IS NULL))"
        )
    };
}

/// Where the statement that decides stands in the batches below.
const DECISION: usize = 1;

/// Where the one that sets the default schedule does.
const SCHEDULE: usize = 3;

/// Changes a member who is no more than whoever asks, who is this.
pub async fn change_member<D: Database>(
    scope: &Scope<'_, D>,
    id: UserId,
    change: &MemberChange,
    by: Role,
    now: Instant,
) -> Result<MemberChanged, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(MemberChanged::Unknown);
    }
    let profile = &change.profile;
    let foreign = |schedule: &ScheduleId| schedule.organization() != scope.organization();
    if profile.default_schedule_id.as_ref().is_some_and(foreign) {
        return Ok(MemberChanged::NoSchedule);
    }
    let mut batch = vec![
        free_username(change.username.as_deref()),
        update_membership(id, change, by, now).must_affect(),
        update_fields(id, profile, now),
    ];
    batch.extend(profile.default_schedule_id.map(|schedule| set_default_schedule(id, schedule)));
    batch.extend(profile.time_zone.map(|zone| move_default_schedule(id, zone, now)));
    let role = batch.len();
    batch.extend(assign_to_user(id, &change.custom_role));
    batch.push(Statement::query(select!("WHERE id = ?1"), arguments![id.row()]));
    match scope.write(batch).await {
        Ok(rows) => done(scope, &rows),
        Err(DatabaseError::Precondition(DECISION)) => why_not(scope, id, by).await,
        Err(DatabaseError::Precondition(at)) if at == role => {
            refused_role(scope, &change.custom_role).await
        }
        Err(DatabaseError::Precondition(SCHEDULE)) => Ok(MemberChanged::NoSchedule),
        Err(DatabaseError::Constraint {
            statement: DECISION,
            kind: ConstraintKind::Unique,
            ..
        }) => {
            let taken = email_is_taken(scope, change.email.as_deref(), id).await?;
            Ok(if taken { MemberChanged::EmailTaken } else { MemberChanged::UsernameTaken })
        }
        Err(error) => Err(error.into()),
    }
}

fn update_membership(id: UserId, change: &MemberChange, by: Role, now: Instant) -> Statement {
    Statement::command(
        concat!(
            "UPDATE user SET organization_role = coalesce(?3, organization_role), \
             organization_accepted = coalesce(?4, organization_accepted), \
             disable_impersonation = coalesce(?5, disable_impersonation), \
             email = coalesce(?6, email), username = coalesce(?7, username), \
             settings = json_patch(settings, ?8), updated_at = ?9 WHERE ",
            may_change!("(coalesce(?3, 'OWNER') = 'OWNER' AND coalesce(?4, 1) = 1)")
        ),
        arguments![
            id.row(),
            ranks(by),
            change.role.map(Role::as_str),
            change.accepted,
            change.disable_impersonation,
            change.email.as_deref(),
            change.username.as_deref(),
            json!(change.settings).to_string(),
            now,
        ],
    )
}

/// Whether an address is somebody else's: read after a batch was refused.
async fn email_is_taken<D: Database>(
    scope: &Scope<'_, D>,
    email: Option<&str>,
    but: UserId,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM user WHERE email = ?1 AND id <> ?2";
    let query = Statement::query(sql, arguments![email, but.row()]);
    Ok(scope.read_primary(query).await?.first().is_some())
}

/// Makes whoever left a member again; [`MemberChanged::Unknown`] where they are one
/// or never were.
pub async fn rejoin<D: Database>(
    scope: &Scope<'_, D>,
    id: UserId,
    change: &MemberChange,
    now: Instant,
) -> Result<MemberChanged, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(MemberChanged::Unknown);
    }
    let update = Statement::command(
        "UPDATE user SET left_at = NULL, organization_role = coalesce(?2, 'MEMBER'), \
         organization_accepted = coalesce(?3, 0), disable_impersonation = coalesce(?4, 0), \
         custom_role_id = NULL, updated_at = ?5 WHERE id = ?1 AND left_at IS NOT NULL",
        arguments![
            id.row(),
            change.role.map(Role::as_str),
            change.accepted,
            change.disable_impersonation,
            now,
        ],
    );
    let mut batch = vec![update.must_affect()];
    batch.extend(assign_to_user(id, &change.custom_role));
    batch.push(Statement::query(select!("WHERE id = ?1"), arguments![id.row()]));
    match scope.write(batch).await {
        Ok(rows) => done(scope, &rows),
        Err(DatabaseError::Precondition(0)) => Ok(MemberChanged::Unknown),
        Err(DatabaseError::Precondition(_)) => refused_role(scope, &change.custom_role).await,
        Err(error) => Err(error.into()),
    }
}

/// Takes somebody out of the organisation, with their keys, their places in teams
/// and all they host for those, if they are no more than whoever asks, who is this.
/// What they have had booked stays, and so do they for its sake.
pub async fn leave<D: Database>(
    scope: &Scope<'_, D>,
    id: UserId,
    by: Role,
    now: Instant,
) -> Result<MemberChanged, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(MemberChanged::Unknown);
    }
    let batch = leaving(id, by, now);
    match scope.write(batch).await {
        Ok(rows) => done(scope, &rows),
        Err(DatabaseError::Precondition(0)) => why_not(scope, id, by).await,
        Err(error) => Err(error.into()),
    }
}

/// The batch in which somebody leaves: the first statement decides, the last shows them.
pub(super) fn leaving(id: UserId, by: Role, now: Instant) -> Vec<Statement> {
    let leave = Statement::command(
        concat!("UPDATE user SET left_at = ?3, updated_at = ?3 WHERE ", may_change!("0")),
        arguments![id.row(), ranks(by), now],
    );
    let mut batch = vec![leave.must_affect()];
    batch.extend(
        [
            "DELETE FROM api_key WHERE user_id = ?1",
            "DELETE FROM webhook WHERE user_id = ?1",
            "DELETE FROM event_host WHERE user_id = ?1",
            // The copies of managed event types.
            "DELETE FROM event_type WHERE owner_id = ?1 AND parent_id IS NOT NULL",
            "DELETE FROM team_membership WHERE user_id = ?1",
            select!("WHERE id = ?1"),
        ]
        .map(|sql| Statement::query(sql, arguments![id.row()])),
    );
    batch
}

fn done<D: Database>(scope: &Scope<'_, D>, rows: &[Rows]) -> Result<MemberChanged, StoreError> {
    let user = rows.last().map(|rows| first(scope, rows)).transpose()?.flatten();
    Ok(user.map_or(MemberChanged::Unknown, |user| MemberChanged::Done(Box::new(user))))
}

async fn refused_role<D: Database>(
    scope: &Scope<'_, D>,
    wish: &Assignment,
) -> Result<MemberChanged, StoreError> {
    Ok(MemberChanged::RoleRefused(roles::why_not(scope, None, wish).await?))
}

/// Why a change was refused, read afterwards.
async fn why_not<D: Database>(
    scope: &Scope<'_, D>,
    id: UserId,
    by: Role,
) -> Result<MemberChanged, StoreError> {
    let query =
        Statement::query(select!("WHERE id = ?1 AND left_at IS NULL"), arguments![id.row()]);
    let member = first(scope, &scope.read_primary(query).await?)?;
    Ok(match member {
        None => MemberChanged::Unknown,
        Some(user) if user.organization_role > by => {
            MemberChanged::Outranks(user.organization_role)
        }
        Some(_) => MemberChanged::LastOwner,
    })
}
