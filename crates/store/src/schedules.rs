//! Schedules and which of them is their owner's default.

mod lists;

use meridian_kernel::{Instant, OrganizationNumber, ScheduleId, UserId, WireId, Zone};

use crate::{BadRow, Database, DatabaseError, Row, Rows, Scope, Statement, StoreError, arguments};

pub use lists::{OfTeam, TeamSchedules, list, list_of_organization, list_of_team};

/// How many schedules one user may have.
pub const MAX_PER_USER: u32 = 500;

/// A row of `schedule`, and what it is to its owner.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// The id.
    pub id: ScheduleId,
    /// Whose it is.
    pub owner_id: UserId,
    /// Its name.
    pub name: String,
    /// Where its wall clock hangs.
    pub time_zone: Zone,
    /// JSON array of weekly rules, as the API shows them.
    pub availability: String,
    /// JSON array of overrides, as the API shows them.
    pub overrides: String,
    /// Whether the owner's event types without a schedule use it.
    pub is_default: bool,
    /// Whether the owner has no other one.
    pub is_only: bool,
}

/// What a new schedule needs.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSchedule {
    /// Its name.
    pub name: String,
    /// Where its wall clock hangs.
    pub time_zone: Zone,
    /// JSON array of weekly rules.
    pub availability: String,
    /// JSON array of overrides.
    pub overrides: String,
    /// Whether it becomes the default. The first one does so anyway.
    pub make_default: bool,
}

/// What changes; `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScheduleChange {
    /// Its name.
    pub name: Option<String>,
    /// Where its wall clock hangs.
    pub time_zone: Option<Zone>,
    /// JSON array of weekly rules.
    pub availability: Option<String>,
    /// JSON array of overrides.
    pub overrides: Option<String>,
    /// Whether it becomes the default.
    pub make_default: bool,
}

/// What came of asking for a schedule on behalf of its owner.
#[derive(Clone, Debug, PartialEq)]
pub enum Owned<T> {
    /// It is theirs.
    Yes(T),
    /// It is somebody else's of the same organisation.
    Foreign,
    /// There is none, or it is another organisation's.
    Missing,
    /// The organisation has no such user (any more).
    NoOwner,
}

/// What came of making a schedule.
#[derive(Clone, Debug, PartialEq)]
pub enum Created {
    /// It is there.
    Made(Schedule),
    /// The organisation has no such user (any more).
    NoOwner,
    /// The owner has [`MAX_PER_USER`] already.
    TooMany,
}

/// A schedule after a change.
#[derive(Clone, Debug, PartialEq)]
pub struct Updated {
    /// As it is now.
    pub schedule: Schedule,
    /// What the owner's default was before.
    pub previous_default: Option<ScheduleId>,
}

/// What came of deleting a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// It is gone; event types that used it use the default.
    Done,
    /// It is the owner's default or only one, and stays.
    Needed,
}

/// The columns [`Schedule::read`] expects, in order, and the tables: a `SELECT` of
/// this module is `select!("WHERE …")`. Who left the organisation has none.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.owner_id, s.name, s.time_zone, s.availability, s.overrides, \
             u.default_schedule_id IS s.id, \
             NOT EXISTS (SELECT 1 FROM schedule o WHERE o.owner_id = s.owner_id AND o.id <> s.id) \
             FROM schedule s JOIN user u ON u.id = s.owner_id AND u.left_at IS NULL ",
            $rest
        )
    };
}
use select;

impl Schedule {
    /// The row mapper.
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            id: ScheduleId::new(organization, row.integer(0)?),
            owner_id: UserId::new(organization, row.integer(1)?),
            name: row.string(2)?,
            time_zone: zone(row, 3)?,
            availability: row.string(4)?,
            overrides: row.string(5)?,
            is_default: row.boolean(6)?,
            is_only: row.boolean(7)?,
        })
    }
}

/// The zone of a column.
pub(crate) fn zone(row: Row<'_>, column: usize) -> Result<Zone, BadRow> {
    Zone::parse(row.text(column)?).map_err(|_| BadRow { column, expected: "a time zone" })
}

/// A schedule that is asked for as that owner's.
pub async fn find<D: Database>(
    scope: &Scope<'_, D>,
    owner: UserId,
    id: ScheduleId,
) -> Result<Owned<Schedule>, StoreError> {
    if let Some(elsewhere) = elsewhere(scope, owner, id) {
        return Ok(elsewhere);
    }
    owned(owner, scope, &scope.read(asked_for(owner, id).to_vec()).await?)
}

/// The owner's default schedule; `None` where they have none.
pub async fn find_default<D: Database>(
    scope: &Scope<'_, D>,
    owner: UserId,
) -> Result<Option<Schedule>, StoreError> {
    let sql = select!("WHERE u.id = ?1 AND s.id = u.default_schedule_id");
    let rows = scope.read_one(Statement::query(sql, arguments![owner.row()])).await?;
    let row = rows.first().map(|row| Schedule::read(scope.organization(), row));
    Ok(row.transpose()?)
}

/// Makes a schedule.
pub async fn create<D: Database>(
    scope: &Scope<'_, D>,
    owner: UserId,
    new: NewSchedule,
    now: Instant,
) -> Result<Created, StoreError> {
    if owner.organization() != scope.organization() {
        return Ok(Created::NoOwner);
    }
    let insert = "INSERT INTO schedule (owner_id, name, time_zone, availability, overrides, \
                  created_at, updated_at) SELECT id, ?2, ?3, ?4, ?5, ?6, ?6 FROM user \
                  WHERE id = ?1 AND left_at IS NULL \
                  AND (SELECT count(*) FROM schedule WHERE owner_id = ?1) < ?7";
    let adopt = "UPDATE user SET default_schedule_id = last_insert_rowid(), updated_at = ?3 \
                 WHERE id = ?1 AND (?2 OR default_schedule_id IS NULL)";
    let name = new.time_zone.name();
    let columns =
        arguments![owner.row(), new.name, name, new.availability, new.overrides, now, MAX_PER_USER];
    let written = scope
        .write(vec![
            Statement::command(insert, columns).must_affect(),
            Statement::command(adopt, arguments![owner.row(), new.make_default, now]),
            Statement::query(select!("WHERE s.id = last_insert_rowid()"), []),
        ])
        .await;
    let answers = match written {
        Ok(answers) => answers,
        // Nothing was written; this look only says why.
        Err(DatabaseError::Precondition(0)) => {
            let has_owner = scope.read_one(member(owner)).await?.first().is_some();
            return Ok(if has_owner { Created::TooMany } else { Created::NoOwner });
        }
        Err(error) => return Err(error.into()),
    };
    let missing = BadRow { column: 0, expected: "the schedule just made" };
    let row = answers.last().and_then(Rows::first).ok_or(missing)?;
    Ok(Created::Made(Schedule::read(scope.organization(), row)?))
}

/// Changes a schedule of its owner.
pub async fn update<D: Database>(
    scope: &Scope<'_, D>,
    owner: UserId,
    id: ScheduleId,
    change: ScheduleChange,
    now: Instant,
) -> Result<Owned<Updated>, StoreError> {
    if let Some(elsewhere) = elsewhere(scope, owner, id) {
        return Ok(elsewhere);
    }
    let default = "SELECT default_schedule_id FROM user WHERE id = ?1";
    let update = "UPDATE schedule SET name = coalesce(?3, name), \
                  time_zone = coalesce(?4, time_zone), \
                  availability = coalesce(?5, availability), \
                  overrides = coalesce(?6, overrides), updated_at = ?7 \
                  WHERE id = ?1 AND owner_id = (SELECT id FROM user \
                  WHERE id = ?2 AND left_at IS NULL)";
    let zone = change.time_zone.map(Zone::name);
    let columns = arguments![
        id.row(),
        owner.row(),
        change.name,
        zone,
        change.availability,
        change.overrides,
        now
    ];
    let mut statements = vec![
        Statement::query(default, arguments![owner.row()]),
        Statement::command(update, columns),
    ];
    if change.make_default {
        let adopt = "UPDATE user SET default_schedule_id = ?1, updated_at = ?3 WHERE id = ?2 \
                     AND left_at IS NULL \
                     AND EXISTS (SELECT 1 FROM schedule WHERE id = ?1 AND owner_id = ?2)";
        statements.push(Statement::command(adopt, arguments![id.row(), owner.row(), now]));
    }
    statements.extend(asked_for(owner, id));
    let answers = scope.write(statements).await?;
    let before = answers.first().and_then(Rows::first);
    let before = before.map(|row| row.optional(0, Row::integer)).transpose()?.flatten();
    let previous_default = before.map(|row| ScheduleId::new(scope.organization(), row));
    Ok(owned(owner, scope, &answers)?.map(|schedule| Updated { schedule, previous_default }))
}

/// Deletes a schedule of its owner, unless it is needed.
pub async fn delete<D: Database>(
    scope: &Scope<'_, D>,
    owner: UserId,
    id: ScheduleId,
) -> Result<Owned<Deletion>, StoreError> {
    if let Some(elsewhere) = elsewhere(scope, owner, id) {
        return Ok(elsewhere);
    }
    let delete = "DELETE FROM schedule WHERE id = ?1 \
                  AND owner_id = (SELECT id FROM user WHERE id = ?2 AND left_at IS NULL) \
                  AND id IS NOT (SELECT default_schedule_id FROM user WHERE id = ?2) \
                  AND (SELECT count(*) FROM schedule WHERE owner_id = ?2) > 1";
    let mut statements = vec![Statement::command(delete, arguments![id.row(), owner.row()])];
    statements.extend(asked_for(owner, id));
    let answers = scope.write(statements).await?;
    if answers.first().is_some_and(|deleted| deleted.affected > 0) {
        return Ok(Owned::Yes(Deletion::Done));
    }
    // What is still there after the delete says why nothing was deleted.
    Ok(owned(owner, scope, &answers)?.map(|_| Deletion::Needed))
}

impl<T> Owned<T> {
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Owned<U> {
        match self {
            Self::Yes(value) => Owned::Yes(change(value)),
            Self::Foreign => Owned::Foreign,
            Self::Missing => Owned::Missing,
            Self::NoOwner => Owned::NoOwner,
        }
    }
}

/// What is said of ids that name another organisation's database.
fn elsewhere<T>(
    scope: &Scope<'_, impl Database>,
    owner: UserId,
    id: ScheduleId,
) -> Option<Owned<T>> {
    if owner.organization() != scope.organization() {
        return Some(Owned::NoOwner);
    }
    (id.organization() != scope.organization()).then_some(Owned::Missing)
}

/// Says whether a user belongs to the organisation.
fn member(user: UserId) -> Statement {
    Statement::query("SELECT 1 FROM user WHERE id = ?1 AND left_at IS NULL", arguments![user.row()])
}

/// The end of a batch that [`owned`] reads.
fn asked_for(owner: UserId, id: ScheduleId) -> [Statement; 2] {
    [member(owner), Statement::query(select!("WHERE s.id = ?1"), arguments![id.row()])]
}

fn owned(
    owner: UserId,
    scope: &Scope<'_, impl Database>,
    answers: &[Rows],
) -> Result<Owned<Schedule>, StoreError> {
    let [.., member, schedule] = answers else { return Ok(Owned::Missing) };
    if member.first().is_none() {
        return Ok(Owned::NoOwner);
    }
    let Some(row) = schedule.first() else { return Ok(Owned::Missing) };
    let schedule = Schedule::read(scope.organization(), row)?;
    Ok(if schedule.owner_id == owner { Owned::Yes(schedule) } else { Owned::Foreign })
}
