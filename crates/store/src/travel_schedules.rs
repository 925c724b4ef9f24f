//! Travel schedules: spans of days somebody spends in another zone.

use chrono::NaiveDate;
use meridian_kernel::{Instant, OrganizationNumber, TravelScheduleId, UserId, WireId, Zone};

use crate::schedules::zone;
use crate::{BadRow, Database, DatabaseError, Row, Rows, Scope, Statement, StoreError, arguments};

/// A row of `travel_schedule`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TravelSchedule {
    /// The id.
    pub id: TravelScheduleId,
    /// Whose it is.
    pub user_id: UserId,
    /// Where they are.
    pub time_zone: Zone,
    /// The first day there.
    pub start: NaiveDate,
    /// The last day there; `None`: until further notice.
    pub end: Option<NaiveDate>,
}

/// What a new one needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewTravelSchedule {
    /// Where they will be.
    pub time_zone: Zone,
    /// The first day there.
    pub start: NaiveDate,
    /// The last day there, not before the first; `None`: until further notice.
    pub end: Option<NaiveDate>,
}

/// The columns [`TravelSchedule::read`] expects, in order.
macro_rules! columns {
    () => {
        "id, user_id, time_zone, start_date, end_date"
    };
}

impl TravelSchedule {
    /// The row mapper.
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            id: TravelScheduleId::new(organization, row.integer(0)?),
            user_id: UserId::new(organization, row.integer(1)?),
            time_zone: zone(row, 2)?,
            start: date(row, 3)?,
            end: row.optional(4, date)?,
        })
    }
}

fn date(row: Row<'_>, column: usize) -> Result<NaiveDate, BadRow> {
    row.text(column)?.parse().map_err(|_| BadRow { column, expected: "a date" })
}

/// Makes one; `None` where it would overlap another of the user's. Whether it does
/// is decided by the insert itself.
pub async fn create<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    new: NewTravelSchedule,
    now: Instant,
) -> Result<Option<TravelSchedule>, StoreError> {
    // The texts are as long as each other, so they compare as the dates do; a dot
    // is followed by no digit and `:` follows them all.
    let insert = Statement::command(
        concat!(
            "INSERT INTO travel_schedule (user_id, time_zone, start_date, end_date, created_at) \
             SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM travel_schedule \
             WHERE user_id = ?1 AND start_date <= coalesce(?4, ':') \
             AND coalesce(end_date, ':') >= ?3) RETURNING ",
            columns!()
        ),
        arguments![
            user.row(),
            new.time_zone.name(),
            new.start.to_string(),
            new.end.map(|end| end.to_string()),
            now,
        ],
    );
    match scope.write(vec![insert.returning().must_affect()]).await {
        Ok(answers) => first(scope, answers.first()),
        Err(DatabaseError::Precondition(0)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A page of a user's, by their first days.
pub async fn list<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    skip: u32,
    take: u32,
) -> Result<Vec<TravelSchedule>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM travel_schedule WHERE user_id = ?1 ORDER BY start_date LIMIT ?2 OFFSET ?3"
    );
    let rows = scope.read_one(Statement::query(sql, arguments![user.row(), take, skip])).await?;
    Ok(rows.map(|row| TravelSchedule::read(scope.organization(), row))?)
}

/// One of a user's.
pub async fn find<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    id: TravelScheduleId,
) -> Result<Option<TravelSchedule>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(None);
    }
    let sql =
        concat!("SELECT ", columns!(), " FROM travel_schedule WHERE id = ?1 AND user_id = ?2");
    let rows = scope.read_one(Statement::query(sql, arguments![id.row(), user.row()])).await?;
    first(scope, Some(&rows))
}

/// Deletes one of a user's; as it was, `None` where they have no such.
pub async fn delete<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    id: TravelScheduleId,
) -> Result<Option<TravelSchedule>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(None);
    }
    let delete = Statement::command(
        concat!(
            "DELETE FROM travel_schedule WHERE id = ?1 AND user_id = ?2 RETURNING ",
            columns!()
        ),
        arguments![id.row(), user.row()],
    );
    match scope.write(vec![delete.returning().must_affect()]).await {
        Ok(answers) => first(scope, answers.first()),
        Err(DatabaseError::Precondition(0)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn first(
    scope: &Scope<'_, impl Database>,
    rows: Option<&Rows>,
) -> Result<Option<TravelSchedule>, StoreError> {
    let row = rows.and_then(Rows::first);
    Ok(row.map(|row| TravelSchedule::read(scope.organization(), row)).transpose()?)
}
