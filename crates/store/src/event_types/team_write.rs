//! Writing event types of teams, with their hosts and copies: each in one batch.

use meridian_kernel::{
    EventTypeId, Instant, Patch, ScheduleId, SchedulingType, TeamId, UserId, WireId,
};

use super::team::Source;
use super::{
    Draft, EventType, OwnedEventType, TeamEventType, columns, copies, find_of_team, select,
};
use crate::event_hosts::{self, OfTeam, Strangers, Wanted};
use crate::{
    ConstraintKind, Database, DatabaseError, Rows, Scope, Statement, StoreError, Value, arguments,
};

/// What is decided of a team's event type.
#[derive(Clone, Debug)]
pub struct TeamDraft<'a> {
    /// What every event type has.
    pub draft: &'a Draft,
    /// How its hosts serve.
    pub scheduling: SchedulingType,
    /// Whether those who join the team later become hosts.
    pub assign_all: bool,
    /// Who hosts it.
    pub hosts: Wanted<'a>,
    /// The schedule of all hosts, if it was spoken of: a member's or the asker's.
    pub schedule: Patch<ScheduleId>,
    /// The restriction schedule, if it was spoken of: a member's or the asker's.
    pub restriction: Option<ScheduleId>,
    /// Who asks.
    pub asker: UserId,
}

/// An event type of a team after it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The event type.
    pub event_type: TeamEventType,
    /// Where it is managed: its copies.
    pub copies: Vec<OwnedEventType>,
}

/// Why a team's event type was not written.
#[derive(Clone, Debug, PartialEq)]
pub enum TeamWriteRefused {
    /// The team has another event type of that slug.
    SlugTaken,
    /// There is no such team.
    NoTeam,
    /// The schedule is neither a member's nor the asker's.
    NotUsableSchedule,
    /// The restriction schedule is neither a member's nor the asker's.
    NotUsableRestriction,
    /// Not all hosts can be.
    Hosts(Strangers),
    /// It was changed or deleted since it was read: read it again.
    Changed,
    /// Nobody's request.
    Store(StoreError),
}

impl From<StoreError> for TeamWriteRefused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Whether a schedule may serve an event type of team `?2`, asked by user `?1`.
macro_rules! usable {
    ($schedule:literal) => {
        concat!(
            "(",
            $schedule,
            " IS NULL OR EXISTS (SELECT 1 FROM schedule s WHERE s.id = ",
            $schedule,
            " AND (s.owner_id = ?1 OR EXISTS (SELECT 1 FROM team_membership m \
             WHERE m.team_id = ?2 AND m.user_id = s.owner_id AND m.accepted = 1))))"
        )
    };
}

/// Makes an event type of a team.
pub async fn create_for_team<D: Database>(
    scope: &Scope<'_, D>,
    team: TeamId,
    wanted: &TeamDraft<'_>,
    now: Instant,
) -> Result<Written, TeamWriteRefused> {
    if team.organization() != scope.organization() {
        return Err(TeamWriteRefused::NoTeam);
    }
    let insert = Statement::command(
        concat!(
            "INSERT INTO event_type (team_id, scheduling_type, assign_all_team_members, slug, \
             title, length_minutes, hidden, slot_interval, minimum_booking_notice, \
             before_event_buffer, after_event_buffer, offset_start, settings, seats_per_slot, \
             schedule_id, created_at, updated_at) \
             SELECT ?2, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, \
             ?17 ->> '$.seats.seatsPerTimeSlot', ?3, ?5, ?5 \
             WHERE EXISTS (SELECT 1 FROM team WHERE id = ?2) AND ",
            usable!("?3"),
            " AND ",
            usable!("?4")
        ),
        values(scope, team, wanted, now),
    );
    let of = OfTeam { team: team.row(), slug: &wanted.draft.slug };
    let hosts = event_hosts::statements(scope, of, wanted.scheduling, wanted.hosts, now);
    let made = Statement::query(
        select!("WHERE e.team_id = ?1 AND e.slug = ?2"),
        arguments![of.team, of.slug],
    );
    let batch = [vec![insert.must_affect()], hosts, vec![made]].concat();
    let answers = match scope.write(batch).await {
        Ok(answers) => answers,
        Err(error) => return Err(reason(scope, team, wanted, error, 0).await),
    };
    written(scope, team, answers).await
}

/// Changes an event type of a team to what is wanted, if it is still as it was when
/// `current` was read.
pub async fn update_of_team<D: Database>(
    scope: &Scope<'_, D>,
    team: TeamId,
    current: &EventType,
    wanted: &TeamDraft<'_>,
    now: Instant,
) -> Result<Written, TeamWriteRefused> {
    let still_the_same = Statement::command(
        "UPDATE event_type SET updated_at = max(?4, updated_at + 1) \
         WHERE id = ?1 AND team_id = ?2 AND updated_at = ?3",
        arguments![current.id.row(), team.row(), current.updated_at, now],
    );
    let names_schedule = !wanted.schedule.is_absent();
    let more = arguments![current.id.row(), names_schedule];
    let change = Statement::command(
        concat!(
            "UPDATE event_type SET scheduling_type = ?6, assign_all_team_members = ?7, slug = ?8, \
             title = ?9, length_minutes = ?10, hidden = ?11, slot_interval = ?12, \
             minimum_booking_notice = ?13, before_event_buffer = ?14, after_event_buffer = ?15, \
             offset_start = ?16, settings = ?17, \
             seats_per_slot = ?17 ->> '$.seats.seatsPerTimeSlot', \
             schedule_id = CASE WHEN ?19 THEN ?3 ELSE schedule_id END \
             WHERE id = ?18 AND team_id = ?2 AND ?5 IS NOT NULL AND ",
            usable!("?3"),
            " AND ",
            usable!("?4")
        ),
        values(scope, team, wanted, now).into_iter().chain(more),
    );
    let of = OfTeam { team: team.row(), slug: &wanted.draft.slug };
    let hosts = event_hosts::statements(scope, of, wanted.scheduling, wanted.hosts, now);
    let changed = Statement::query(select!("WHERE e.id = ?1"), arguments![current.id.row()]);
    let first = vec![still_the_same.must_affect(), change.must_affect()];
    let batch = [first, hosts, vec![changed]].concat();
    let answers = match scope.write(batch).await {
        Ok(answers) => answers,
        Err(DatabaseError::Precondition(0)) => return Err(TeamWriteRefused::Changed),
        Err(error) => return Err(reason(scope, team, wanted, error, 1).await),
    };
    written(scope, team, answers).await
}

/// The arguments 1 to 17 of both statements that write the row.
fn values<D: Database>(
    scope: &Scope<'_, D>,
    team: TeamId,
    wanted: &TeamDraft<'_>,
    now: Instant,
) -> [Value; 17] {
    let draft = wanted.draft;
    arguments![
        wanted.asker.row(),
        team.row(),
        row_here(scope, wanted.schedule.value().copied()),
        row_here(scope, wanted.restriction),
        now,
        wanted.scheduling.as_str(),
        wanted.assign_all,
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
    ]
}

/// The row of a schedule; another organisation's becomes one that nobody has.
fn row_here<D: Database>(scope: &Scope<'_, D>, schedule: Option<ScheduleId>) -> Option<i64> {
    let here = |id: ScheduleId| id.organization() == scope.organization();
    schedule.map(|id| if here(id) { id.row() } else { 0 })
}

/// The event type as it is after the batch, whose last answer has its row.
async fn written<D: Database>(
    scope: &Scope<'_, D>,
    team: TeamId,
    mut answers: Vec<Rows>,
) -> Result<Written, TeamWriteRefused> {
    let rows = answers.pop().unwrap_or_default();
    let row = rows.first().map(|row| EventType::read(scope.organization(), row));
    let row = row.transpose().map_err(StoreError::from)?.ok_or(TeamWriteRefused::Changed)?;
    let found = find_of_team(scope, team, row.id, Source::Primary).await?;
    let event_type = found.ok_or(TeamWriteRefused::Changed)?;
    let is_managed =
        matches!(row.belongs, super::Belongs::ToTeam { scheduling: SchedulingType::Managed, .. });
    let copies = if is_managed { copies(scope, &event_type.event_type).await? } else { Vec::new() };
    Ok(Written { event_type, copies })
}

/// Why the batch was refused, whose statement `write` writes the row and whose next
/// one decides of named hosts. Only the words depend on what is read here.
async fn reason<D: Database>(
    scope: &Scope<'_, D>,
    team: TeamId,
    wanted: &TeamDraft<'_>,
    error: DatabaseError,
    write: usize,
) -> TeamWriteRefused {
    let outcome = match error {
        DatabaseError::Constraint { kind: ConstraintKind::Unique, .. } => {
            return TeamWriteRefused::SlugTaken;
        }
        DatabaseError::Precondition(index) if index == write => {
            wrong_schedule(scope, team, wanted).await
        }
        DatabaseError::Precondition(index) if index == write + 1 => {
            wrong_hosts(scope, team, wanted).await
        }
        other => Err(other.into()),
    };
    outcome.unwrap_or_else(TeamWriteRefused::Store)
}

async fn wrong_schedule<D: Database>(
    scope: &Scope<'_, D>,
    team: TeamId,
    wanted: &TeamDraft<'_>,
) -> Result<TeamWriteRefused, StoreError> {
    let sql = concat!(
        "SELECT EXISTS (SELECT 1 FROM team WHERE id = ?2), ",
        usable!("?3"),
        ", ",
        usable!("?4")
    );
    let first = values(scope, team, wanted, Instant::EARLIEST).into_iter().take(4);
    let answer = scope.read_primary(Statement::query(sql, first)).await?;
    let Some(row) = answer.first() else { return Ok(TeamWriteRefused::Changed) };
    Ok(match (row.boolean(0)?, row.boolean(1)?, row.boolean(2)?) {
        (false, _, _) => TeamWriteRefused::NoTeam,
        (_, false, _) => TeamWriteRefused::NotUsableSchedule,
        (_, _, false) => TeamWriteRefused::NotUsableRestriction,
        // It was, and no longer is.
        _ => TeamWriteRefused::Changed,
    })
}

async fn wrong_hosts<D: Database>(
    scope: &Scope<'_, D>,
    team: TeamId,
    wanted: &TeamDraft<'_>,
) -> Result<TeamWriteRefused, StoreError> {
    let Wanted::These(hosts) = wanted.hosts else { return Ok(TeamWriteRefused::Changed) };
    let strangers = event_hosts::strangers(scope, team, hosts).await?;
    let none = strangers == Strangers::default();
    Ok(if none { TeamWriteRefused::Changed } else { TeamWriteRefused::Hosts(strangers) })
}

/// Deletes an event type of that team with its copies; `None` where there was none.
/// Bookings stay.
pub async fn delete_of_team<D: Database>(
    scope: &Scope<'_, D>,
    team: TeamId,
    id: EventTypeId,
) -> Result<Option<EventType>, StoreError> {
    let here = |organization| organization == scope.organization();
    if !here(team.organization()) || !here(id.organization()) {
        return Ok(None);
    }
    let matches = arguments![id.row(), team.row()];
    let found = Statement::query(select!("WHERE e.id = ?1 AND e.team_id = ?2"), matches.clone());
    let delete =
        Statement::command("DELETE FROM event_type WHERE id = ?1 AND team_id = ?2", matches);
    let answers = scope.write(vec![found, delete]).await?;
    let deleted = answers.first().and_then(Rows::first);
    Ok(deleted.map(|row| EventType::read(scope.organization(), row)).transpose()?)
}
