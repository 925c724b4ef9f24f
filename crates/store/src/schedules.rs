//! Schedules and which of them is their owner's default.

use meridian_kernel::{Instant, OrganizationNumber, ScheduleId, UserId, WireId, Zone};

use crate::{BadRow, Database, Row, Rows, Scope, Statement, StoreError, arguments};

/// A row of `schedule`, and whether it is its owner's default.
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
/// this file is `select!("WHERE …")`.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.owner_id, s.name, s.time_zone, s.availability, s.overrides, \
             u.default_schedule_id IS s.id FROM schedule s JOIN user u ON u.id = s.owner_id ",
            $rest
        )
    };
}

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
        })
    }
}

/// The zone of a column.
pub(crate) fn zone(row: Row<'_>, column: usize) -> Result<Zone, BadRow> {
    Zone::parse(row.text(column)?).map_err(|_| BadRow { column, expected: "a time zone" })
}

/// A schedule that its owner asks for.
pub async fn find<D: Database>(
    scope: &Scope<'_, D>,
    owner: UserId,
    id: ScheduleId,
) -> Result<Owned<Schedule>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(Owned::Missing);
    }
    let rows = scope.read_one(by_id(id)).await?;
    owned(scope.organization(), owner, Some(&rows))
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

/// All schedules of their owner, oldest first.
pub async fn list<D: Database>(
    scope: &Scope<'_, D>,
    owner: UserId,
) -> Result<Vec<Schedule>, StoreError> {
    let sql = select!("WHERE s.owner_id = ?1 ORDER BY s.id");
    let rows = scope.read_one(Statement::query(sql, arguments![owner.row()])).await?;
    Ok(rows.map(|row| Schedule::read(scope.organization(), row))?)
}

/// Makes a schedule.
pub async fn create<D: Database>(
    scope: &Scope<'_, D>,
    owner: UserId,
    new: NewSchedule,
    now: Instant,
) -> Result<Schedule, StoreError> {
    let insert = "INSERT INTO schedule (owner_id, name, time_zone, availability, overrides, \
                  created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)";
    let adopt = "UPDATE user SET default_schedule_id = last_insert_rowid(), updated_at = ?3 \
                 WHERE id = ?1 AND (?2 OR default_schedule_id IS NULL)";
    let name = new.time_zone.name();
    let columns = arguments![owner.row(), new.name, name, new.availability, new.overrides, now];
    let mut answers = scope
        .write(vec![
            Statement::command(insert, columns),
            Statement::command(adopt, arguments![owner.row(), new.make_default, now]),
            Statement::query(select!("WHERE s.id = last_insert_rowid()"), []),
        ])
        .await?;
    let rows = answers.pop().unwrap_or_default();
    let missing = BadRow { column: 0, expected: "the schedule just made" };
    let row = rows.first().ok_or(missing)?;
    Ok(Schedule::read(scope.organization(), row)?)
}

/// Changes a schedule of its owner.
pub async fn update<D: Database>(
    scope: &Scope<'_, D>,
    owner: UserId,
    id: ScheduleId,
    change: ScheduleChange,
    now: Instant,
) -> Result<Owned<Schedule>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(Owned::Missing);
    }
    let update = "UPDATE schedule SET name = coalesce(?3, name), \
                  time_zone = coalesce(?4, time_zone), \
                  availability = coalesce(?5, availability), \
                  overrides = coalesce(?6, overrides), updated_at = ?7 \
                  WHERE id = ?1 AND owner_id = ?2";
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
    let mut statements = vec![Statement::command(update, columns)];
    if change.make_default {
        let adopt = "UPDATE user SET default_schedule_id = ?1, updated_at = ?3 WHERE id = ?2 \
                     AND EXISTS (SELECT 1 FROM schedule WHERE id = ?1 AND owner_id = ?2)";
        statements.push(Statement::command(adopt, arguments![id.row(), owner.row(), now]));
    }
    statements.push(by_id(id));
    let answers = scope.write(statements).await?;
    owned(scope.organization(), owner, answers.last())
}

/// Deletes a schedule of its owner, unless it is needed.
pub async fn delete<D: Database>(
    scope: &Scope<'_, D>,
    owner: UserId,
    id: ScheduleId,
) -> Result<Owned<Deletion>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(Owned::Missing);
    }
    let delete = "DELETE FROM schedule WHERE id = ?1 AND owner_id = ?2 \
                  AND id IS NOT (SELECT default_schedule_id FROM user WHERE id = ?2) \
                  AND (SELECT count(*) FROM schedule WHERE owner_id = ?2) > 1";
    let answers = scope
        .write(vec![Statement::command(delete, arguments![id.row(), owner.row()]), by_id(id)])
        .await?;
    if answers.first().is_some_and(|deleted| deleted.affected > 0) {
        return Ok(Owned::Yes(Deletion::Done));
    }
    // What is still there after the delete says why nothing was deleted.
    Ok(match owned(scope.organization(), owner, answers.last())? {
        Owned::Yes(_) => Owned::Yes(Deletion::Needed),
        Owned::Foreign => Owned::Foreign,
        Owned::Missing => Owned::Missing,
    })
}

fn by_id(id: ScheduleId) -> Statement {
    Statement::query(select!("WHERE s.id = ?1"), arguments![id.row()])
}

fn owned(
    organization: OrganizationNumber,
    owner: UserId,
    rows: Option<&Rows>,
) -> Result<Owned<Schedule>, StoreError> {
    let Some(row) = rows.and_then(Rows::first) else { return Ok(Owned::Missing) };
    let schedule = Schedule::read(organization, row)?;
    Ok(if schedule.owner_id == owner { Owned::Yes(schedule) } else { Owned::Foreign })
}
