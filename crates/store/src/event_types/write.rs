//! Writing event types of users.

use meridian_kernel::{EventTypeId, Instant, Patch, ScheduleId, UserId, WireId};

use super::read::{by_id, last};
use super::{
    Draft, EventType, OwnedEventType, WriteRefused, columns, owner_columns, select, select_owned,
};
use crate::{
    ConstraintKind, Database, DatabaseError, Rows, Scope, Statement, StoreError, arguments,
};

/// Makes an event type. Whether the slug is free and the schedule is the owner's
/// is decided by the insert itself.
pub async fn create<D: Database>(
    scope: &Scope<'_, D>,
    owner: UserId,
    draft: &Draft,
    schedule: Option<ScheduleId>,
    now: Instant,
) -> Result<OwnedEventType, WriteRefused> {
    let schedule = own_row(scope, schedule)?;
    let insert = Statement::command(
        "INSERT INTO event_type (owner_id, slug, title, length_minutes, hidden, slot_interval, \
         minimum_booking_notice, before_event_buffer, after_event_buffer, offset_start, settings, \
         seats_per_slot, schedule_id, created_at, updated_at) \
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, \
         ?11 ->> '$.seats.seatsPerTimeSlot', ?12, ?13, ?13 \
         WHERE ?12 IS NULL OR EXISTS (SELECT 1 FROM schedule WHERE id = ?12 AND owner_id = ?1)",
        arguments![
            owner.row(),
            draft.slug.as_str(),
            draft.title.as_str(),
            draft.length_minutes,
            draft.hidden,
            draft.slot_interval,
            draft.minimum_booking_notice,
            draft.before_event_buffer,
            draft.after_event_buffer,
            draft.offset_start,
            draft.settings.as_str(),
            schedule,
            now,
        ],
    );
    let made = Statement::query(
        select_owned!("WHERE e.owner_id = ?1 AND e.slug = ?2"),
        arguments![owner.row(), draft.slug.as_str()],
    );
    let answers = scope.write(vec![insert.must_affect(), made]).await;
    let answers = answers.map_err(|error| refused(error, 0))?;
    let made = OwnedEventType::first(scope, &last(answers))?;
    made.ok_or_else(|| StoreError::from(DatabaseError::Failed("the new row is gone".into())).into())
}

/// Changes an event type to what `draft` says, if it is still as it was when
/// `current` was read, so that of two changes at once none is lost.
/// [`WriteRefused::Changed`]: read again, decide again.
pub async fn update<D: Database>(
    scope: &Scope<'_, D>,
    current: &EventType,
    draft: &Draft,
    schedule: &Patch<ScheduleId>,
    now: Instant,
) -> Result<OwnedEventType, WriteRefused> {
    let owner = current.belongs.owner().ok_or(WriteRefused::Changed)?;
    let (id, owner) = (current.id.row(), owner.row());
    // A schedule that was not spoken of is left to the row: it may have been
    // deleted, and so set to NULL, since the row was read.
    let names_schedule = !schedule.is_absent();
    let schedule = own_row(scope, schedule.value().copied())?;
    let still_the_same = Statement::command(
        "UPDATE event_type SET updated_at = max(?4, updated_at + 1) \
         WHERE id = ?1 AND owner_id = ?2 AND updated_at = ?3",
        arguments![id, owner, current.updated_at, now],
    );
    let change = Statement::command(
        "UPDATE event_type SET slug = ?3, title = ?4, length_minutes = ?5, hidden = ?6, \
         slot_interval = ?7, minimum_booking_notice = ?8, before_event_buffer = ?9, \
         after_event_buffer = ?10, offset_start = ?11, settings = ?12, \
         seats_per_slot = ?12 ->> '$.seats.seatsPerTimeSlot', \
         schedule_id = CASE WHEN ?13 THEN ?14 ELSE schedule_id END \
         WHERE id = ?1 AND (?14 IS NULL \
             OR EXISTS (SELECT 1 FROM schedule WHERE id = ?14 AND owner_id = ?2))",
        arguments![
            id,
            owner,
            draft.slug.as_str(),
            draft.title.as_str(),
            draft.length_minutes,
            draft.hidden,
            draft.slot_interval,
            draft.minimum_booking_notice,
            draft.before_event_buffer,
            draft.after_event_buffer,
            draft.offset_start,
            draft.settings.as_str(),
            names_schedule,
            schedule,
        ],
    );
    let statements = vec![still_the_same.must_affect(), change.must_affect(), by_id(current.id)];
    let answers = scope.write(statements).await.map_err(|error| match error {
        DatabaseError::Precondition(0) => WriteRefused::Changed,
        other => refused(other, 1),
    })?;
    OwnedEventType::first(scope, &last(answers))?.ok_or(WriteRefused::Changed)
}

/// The row of a schedule in this organisation; another organisation's is nobody's.
fn own_row<D: Database>(
    scope: &Scope<'_, D>,
    schedule: Option<ScheduleId>,
) -> Result<Option<i64>, WriteRefused> {
    match schedule {
        Some(id) if id.organization() != scope.organization() => Err(WriteRefused::NotOwnSchedule),
        other => Ok(other.map(WireId::row)),
    }
}

/// What the outcome of a batch means, whose statement `write` writes the row.
fn refused(error: DatabaseError, write: usize) -> WriteRefused {
    match error {
        DatabaseError::Precondition(index) if index == write => WriteRefused::NotOwnSchedule,
        DatabaseError::Constraint { statement, kind: ConstraintKind::Unique, .. }
            if statement == write =>
        {
            WriteRefused::SlugTaken
        }
        other => WriteRefused::Store(other.into()),
    }
}

/// Deletes an event type of that owner; `None` where there was none, or it follows a
/// managed one, with which it goes. Its bookings stay.
pub async fn delete<D: Database>(
    scope: &Scope<'_, D>,
    owner: UserId,
    id: EventTypeId,
) -> Result<Option<EventType>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(None);
    }
    let matches = arguments![id.row(), owner.row()];
    let found = Statement::query(
        select!("WHERE e.id = ?1 AND e.owner_id = ?2 AND e.parent_id IS NULL"),
        matches.clone(),
    );
    let delete = Statement::command(
        "DELETE FROM event_type WHERE id = ?1 AND owner_id = ?2 AND parent_id IS NULL",
        matches,
    );
    let answers = scope.write(vec![found, delete]).await?;
    let deleted = answers.first().and_then(Rows::first);
    Ok(deleted.map(|row| EventType::read(scope.organization(), row)).transpose()?)
}
