//! Users, who are the members of their organisation. Whoever left it is kept for the
//! bookings that name them, and is not found here any more.

use meridian_kernel::{Instant, OrganizationNumber, Patch, Role, ScheduleId, UserId, WireId, Zone};

use crate::api_keys::{self, NewApiKey};
use crate::{
    BadRow, ConstraintKind, Database, DatabaseError, Row, Rows, Scope, Statement, StoreError,
    Value, arguments,
};

pub use address::NewAddress;
pub use members::{
    MemberChange, MemberChanged, MemberFilter, MemberInserted, NewMember, change_member,
    insert_member, leave, list_members, rejoin,
};

/// A row of `user`, without the password.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// Unique in the organisation, in any case of letters.
    pub username: String,
    /// Unique in the organisation, in any case of letters.
    pub email: String,
    /// Empty where none was given.
    pub name: String,
    /// IANA.
    pub time_zone: String,
    /// 12 or 24.
    pub time_format: u32,
    /// `Monday` … `Sunday`.
    pub week_start: String,
    /// Such as `en`.
    pub locale: String,
    /// An absolute URL.
    pub avatar_url: Option<String>,
    /// A few words about themselves.
    pub bio: Option<String>,
    /// JSON object of texts.
    pub metadata: serde_json::Value,
    /// The schedule of event types that name none.
    pub default_schedule_id: Option<ScheduleId>,
    /// `USER`, or `ADMIN` for a system administrator.
    pub system_role: String,
    /// What they are in the organisation.
    pub organization_role: Role,
    /// Whether they accepted to be in the organisation.
    pub organization_accepted: bool,
    /// Whether nobody may act in their name.
    pub disable_impersonation: bool,
    /// The role of the organisation's own making that they have beside.
    pub custom_role_id: Option<String>,
    /// Whether they can be booked together with others, by their names alone.
    pub allow_dynamic_booking: bool,
    /// What only presents: theme, colours and the like.
    pub settings: serde_json::Map<String, serde_json::Value>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// The columns [`User::read`] expects, in order, and the table.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, username, email, name, time_zone, time_format, week_start, locale, \
             avatar_url, bio, metadata, default_schedule_id, system_role, organization_role, \
             organization_accepted, disable_impersonation, allow_dynamic_booking, settings, \
             created_at, updated_at, custom_role_id FROM user ",
            $rest
        )
    };
}

pub mod address;
pub mod managed;
mod members;

impl User {
    /// The row mapper.
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        let schedule = row.optional(11, Row::integer)?;
        Ok(Self {
            id: UserId::new(organization, row.integer(0)?),
            username: row.string(1)?,
            email: row.string(2)?,
            name: row.string(3)?,
            time_zone: row.string(4)?,
            time_format: row.count(5)?,
            week_start: row.string(6)?,
            locale: row.string(7)?,
            avatar_url: row.optional(8, Row::string)?,
            bio: row.optional(9, Row::string)?,
            metadata: row.json(10)?,
            default_schedule_id: schedule.map(|id| ScheduleId::new(organization, id)),
            system_role: row.string(12)?,
            organization_role: row.role(13)?,
            organization_accepted: row.boolean(14)?,
            disable_impersonation: row.boolean(15)?,
            allow_dynamic_booking: row.boolean(16)?,
            settings: row.json(17)?,
            created_at: row.instant(18)?,
            updated_at: row.instant(19)?,
            custom_role_id: row.optional(20, Row::string)?,
        })
    }
}

fn first<D: Database>(scope: &Scope<'_, D>, rows: &Rows) -> Result<Option<User>, StoreError> {
    let user = rows.first().map(|row| User::read(scope.organization(), row));
    Ok(user.transpose()?)
}

/// One user; `None` where there is none, or it is another organisation's.
pub async fn find<D: Database>(
    scope: &Scope<'_, D>,
    id: UserId,
) -> Result<Option<User>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(None);
    }
    let query =
        Statement::query(select!("WHERE id = ?1 AND left_at IS NULL"), arguments![id.row()]);
    first(scope, &scope.read_one(query).await?)
}

/// The user of a name, in any case of letters.
pub async fn find_by_username<D: Database>(
    scope: &Scope<'_, D>,
    username: &str,
) -> Result<Option<User>, StoreError> {
    let sql = select!("WHERE username = ?1 AND left_at IS NULL");
    let query = Statement::query(sql, arguments![username]);
    first(scope, &scope.read_one(query).await?)
}

/// The user of an address, in any case of letters.
pub async fn find_by_email<D: Database>(
    scope: &Scope<'_, D>,
    email: &str,
) -> Result<Option<User>, StoreError> {
    let sql = select!("WHERE email = ?1 AND left_at IS NULL");
    let query = Statement::query(sql, arguments![email]);
    first(scope, &scope.read_one(query).await?)
}

/// What a user may change about themselves.
#[derive(Clone, Debug, Default)]
pub struct UserChange {
    /// For people; null: none.
    pub name: Patch<String>,
    /// Their zone, and that of their default schedule.
    pub time_zone: Option<Zone>,
    /// 12 or 24.
    pub time_format: Option<u32>,
    /// `Monday` … `Sunday`.
    pub week_start: Option<String>,
    /// Such as `en`.
    pub locale: Option<String>,
    /// An absolute URL.
    pub avatar_url: Patch<String>,
    /// A few words about themselves.
    pub bio: Patch<String>,
    /// JSON object of texts, instead of what was there; null: none.
    pub metadata: Patch<serde_json::Value>,
    /// A schedule of their own.
    pub default_schedule_id: Option<ScheduleId>,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq)]
pub enum UserChanged {
    /// It is written.
    Changed(Box<User>),
    /// There is no such user (any more).
    NoUser,
    /// The wanted default schedule is none of theirs.
    NoSchedule,
    /// The wanted address is somebody else's.
    EmailTaken,
    /// The wanted address is no mailbox of theirs (any more).
    NotVerified,
}

/// Changes a user, and the zone of their default schedule with theirs, in one batch;
/// and the address, or what leads to it.
pub async fn update<D: Database>(
    scope: &Scope<'_, D>,
    id: UserId,
    change: &UserChange,
    address: Option<&NewAddress>,
    now: Instant,
) -> Result<UserChanged, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(UserChanged::NoUser);
    }
    let foreign = |schedule: &ScheduleId| schedule.organization() != scope.organization();
    if change.default_schedule_id.as_ref().is_some_and(foreign) {
        return Ok(UserChanged::NoSchedule);
    }
    let mut batch = vec![update_fields(id, change, now).must_affect()];
    batch.extend(change.default_schedule_id.map(|schedule| set_default_schedule(id, schedule)));
    batch.extend(change.time_zone.map(|zone| move_default_schedule(id, zone, now)));
    let address_at = batch.len();
    batch.extend(address.into_iter().flat_map(|address| address.statements(id, now)));
    batch.push(Statement::query(select!("WHERE id = ?1"), arguments![id.row()]));
    match scope.write(batch).await {
        Ok(rows) => {
            let user = rows.last().map(|rows| first(scope, rows)).transpose()?.flatten();
            Ok(user.map_or(UserChanged::NoUser, |user| UserChanged::Changed(Box::new(user))))
        }
        Err(DatabaseError::Precondition(index)) if index == address_at => {
            Ok(UserChanged::NotVerified)
        }
        Err(DatabaseError::Constraint { statement, kind: ConstraintKind::Unique, .. })
            if statement == address_at =>
        {
            Ok(UserChanged::EmailTaken)
        }
        Err(DatabaseError::Precondition(1)) => Ok(UserChanged::NoSchedule),
        Err(DatabaseError::Precondition(_)) => Ok(UserChanged::NoUser),
        Err(error) => Err(error.into()),
    }
}

/// The statement that changes the profile of the user whom the condition finds.
macro_rules! update_fields {
    ($condition:literal) => {
        concat!(
            "UPDATE user SET name = coalesce(?2, name), time_zone = coalesce(?3, time_zone), \
             time_format = coalesce(?4, time_format), week_start = coalesce(?5, week_start), \
             locale = coalesce(?6, locale), metadata = coalesce(?7, metadata), \
             avatar_url = CASE WHEN ?8 THEN ?9 ELSE avatar_url END, \
             bio = CASE WHEN ?10 THEN ?11 ELSE bio END, updated_at = ?12 WHERE ",
            $condition,
            " AND left_at IS NULL"
        )
    };
}

fn update_fields(id: UserId, change: &UserChange, now: Instant) -> Statement {
    fields_statement(update_fields!("id = ?1"), id.row().into(), change, now)
}

fn update_fields_by_email(email: &str, change: &UserChange, now: Instant) -> Statement {
    fields_statement(update_fields!("email = ?1"), email.into(), change, now)
}

fn fields_statement(sql: &'static str, who: Value, change: &UserChange, now: Instant) -> Statement {
    let name = match &change.name {
        Patch::Absent => None,
        Patch::Null => Some(""),
        Patch::Value(name) => Some(name.as_str()),
    };
    let metadata = match &change.metadata {
        Patch::Absent => None,
        Patch::Null => Some("{}".to_owned()),
        Patch::Value(metadata) => Some(metadata.to_string()),
    };
    Statement::command(
        sql,
        arguments![
            who,
            name,
            change.time_zone.map(Zone::name),
            change.time_format,
            change.week_start.as_deref(),
            change.locale.as_deref(),
            metadata,
            !change.avatar_url.is_absent(),
            change.avatar_url.value().map(String::as_str),
            !change.bio.is_absent(),
            change.bio.value().map(String::as_str),
            now,
        ],
    )
}

/// Only a schedule of the user's own can become the default: the batch fails otherwise.
fn set_default_schedule(id: UserId, schedule: ScheduleId) -> Statement {
    Statement::command(
        "UPDATE user SET default_schedule_id = ?2 WHERE id = ?1 AND EXISTS \
         (SELECT 1 FROM schedule WHERE id = ?2 AND owner_id = ?1)",
        arguments![id.row(), schedule.row()],
    )
    .must_affect()
}

fn move_default_schedule(id: UserId, zone: Zone, now: Instant) -> Statement {
    Statement::command(
        "UPDATE schedule SET time_zone = ?2, updated_at = ?3 \
         WHERE id = (SELECT default_schedule_id FROM user WHERE id = ?1)",
        arguments![id.row(), zone.name(), now],
    )
}

/// The first user of an organisation.
#[derive(Clone, Debug)]
pub struct NewOwner {
    /// Unique in the organisation.
    pub username: String,
    /// Unique in the organisation.
    pub email: String,
    /// For people.
    pub name: String,
    /// Theirs, and that of their first schedule.
    pub time_zone: Zone,
    /// argon2, PHC form.
    pub password_hash: Option<String>,
}

/// What became of the first user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerInserted {
    /// It is there, with a default schedule and a key.
    Inserted(UserId),
    /// The name or the address is somebody's already.
    Taken,
}

/// Monday to Friday, nine to five: what everybody starts with.
const WORKING_HOURS: &str = r#"[{"days":["Monday","Tuesday","Wednesday","Thursday","Friday"],"startTime":"09:00","endTime":"17:00"}]"#;

/// Makes an owner with their default schedule and their first key, all or nothing.
pub async fn insert_owner<D: Database>(
    scope: &Scope<'_, D>,
    owner: &NewOwner,
    key: &NewApiKey,
    now: Instant,
) -> Result<OwnerInserted, StoreError> {
    let username = owner.username.as_str();
    let insert = Statement::command(
        "INSERT INTO user (username, email, name, time_zone, organization_role, password_hash, \
         created_at, updated_at) VALUES (?1, ?2, ?3, ?4, 'OWNER', ?5, ?6, ?6) RETURNING id",
        arguments![
            username,
            owner.email.as_str(),
            owner.name.as_str(),
            owner.time_zone.name(),
            owner.password_hash.as_deref(),
            now,
        ],
    );
    let batch = vec![
        insert.returning(),
        insert_first_schedule(&owner.email, now).must_affect(),
        make_first_schedule_default(&owner.email).must_affect(),
        api_keys::insert_for_username(username, key, now).must_affect(),
    ];
    match scope.write(batch).await {
        Ok(rows) => {
            let row = rows.first().and_then(Rows::first).ok_or(DatabaseError::NotFound)?;
            Ok(OwnerInserted::Inserted(UserId::new(scope.organization(), row.integer(0)?)))
        }
        Err(DatabaseError::Constraint { statement: 0, kind: ConstraintKind::Unique, .. }) => {
            Ok(OwnerInserted::Taken)
        }
        Err(error) => Err(error.into()),
    }
}

/// The working hours of the user of an address who has none.
fn insert_first_schedule(email: &str, now: Instant) -> Statement {
    Statement::command(
        "INSERT INTO schedule \
         (owner_id, name, time_zone, availability, overrides, created_at, updated_at) \
         SELECT id, 'Working hours', time_zone, ?2, '[]', ?3, ?3 FROM user WHERE email = ?1 \
         AND NOT EXISTS (SELECT 1 FROM schedule s WHERE s.owner_id = user.id)",
        arguments![email, WORKING_HOURS, now],
    )
}

fn make_first_schedule_default(email: &str) -> Statement {
    Statement::command(
        "UPDATE user SET default_schedule_id = coalesce(default_schedule_id, \
         (SELECT id FROM schedule WHERE owner_id = user.id ORDER BY id LIMIT 1)) \
         WHERE email = ?1",
        arguments![email],
    )
}
