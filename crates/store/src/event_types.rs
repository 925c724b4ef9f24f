//! Event types.

use meridian_kernel::{
    EventTypeId, Instant, OrganizationNumber, Patch, ScheduleId, UserId, WireId,
};
use serde_json::{Map, Value as Json};

use crate::{
    BadRow, ConstraintKind, Database, DatabaseError, Row, Rows, Scope, Statement, StoreError,
    arguments,
};

/// How long `event_type.settings` may be, in bytes. [`LIST_PAGE`] of the longest
/// stay below what a provider answers in one batch.
pub const MAX_SETTINGS_BYTES: usize = 64 * 1024;

/// Rows read at once where a list is read.
const LIST_PAGE: u32 = 50;

/// A row of `event_type`. What decides slots has columns of its own; every other
/// field of the API is in `settings`.
#[derive(Clone, Debug, PartialEq)]
pub struct EventType {
    /// The id.
    pub id: EventTypeId,
    /// Whose it is.
    pub owner_id: UserId,
    /// Unique per owner, in any case of letters.
    pub slug: String,
    /// The title.
    pub title: String,
    /// The length in minutes where a booking names none.
    pub length_minutes: u32,
    /// The schedule; `None`: the owner's default.
    pub schedule_id: Option<ScheduleId>,
    /// Shown to its owner only.
    pub hidden: bool,
    /// Minutes between starts; `None`: the length.
    pub slot_interval: Option<u32>,
    /// Minutes.
    pub minimum_booking_notice: u32,
    /// Minutes.
    pub before_event_buffer: u32,
    /// Minutes.
    pub after_event_buffer: u32,
    /// Minutes.
    pub offset_start: u32,
    /// JSON object: every other field, in the newest form of the API.
    pub settings: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// What of its owner is shown with an event type.
#[derive(Clone, Debug, PartialEq)]
pub struct Owner {
    /// The id.
    pub id: UserId,
    /// Possibly empty.
    pub name: String,
    /// Unique within the organisation.
    pub username: String,
    /// A picture.
    pub avatar_url: Option<String>,
    /// Such as `Sunday`.
    pub week_start: String,
    /// The owner's own.
    pub metadata: Map<String, Json>,
}

/// An event type with its owner.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnedEventType {
    /// The event type.
    pub event_type: EventType,
    /// Its owner.
    pub owner: Owner,
}

/// What an owner decides of an event type, without its schedule: that one must be
/// the owner's, which only the database can tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Unique per owner.
    pub slug: String,
    /// The title.
    pub title: String,
    /// Minutes.
    pub length_minutes: u32,
    /// Shown to its owner only.
    pub hidden: bool,
    /// Minutes; `None`: the length.
    pub slot_interval: Option<u32>,
    /// Minutes.
    pub minimum_booking_notice: u32,
    /// Minutes.
    pub before_event_buffer: u32,
    /// Minutes.
    pub after_event_buffer: u32,
    /// Minutes.
    pub offset_start: u32,
    /// JSON object of at most [`MAX_SETTINGS_BYTES`].
    pub settings: String,
}

/// Why an event type was not written.
#[derive(Clone, Debug, PartialEq)]
pub enum WriteRefused {
    /// The owner has another event type of that slug.
    SlugTaken,
    /// The schedule is not the owner's, or there is none.
    NotOwnSchedule,
    /// It was changed or deleted since it was read: read it again.
    Changed,
    /// Nobody's request.
    Store(StoreError),
}

impl From<StoreError> for WriteRefused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<BadRow> for WriteRefused {
    fn from(error: BadRow) -> Self {
        Self::Store(error.into())
    }
}

/// The columns [`EventType::read`] expects, in order, and the table: a `SELECT`
/// of this crate is `select!("WHERE …")`.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, owner_id, slug, title, length_minutes, schedule_id, hidden, slot_interval, \
             minimum_booking_notice, before_event_buffer, after_event_buffer, offset_start, \
             settings, created_at, updated_at FROM event_type ",
            $rest
        )
    };
}

/// The columns [`OwnedEventType::read`] expects: those of [`EventType`], then
/// those of its [`Owner`].
macro_rules! select_owned {
    ($rest:literal) => {
        concat!(
            "SELECT e.id, e.owner_id, e.slug, e.title, e.length_minutes, e.schedule_id, e.hidden, \
             e.slot_interval, e.minimum_booking_notice, e.before_event_buffer, \
             e.after_event_buffer, e.offset_start, e.settings, e.created_at, e.updated_at, \
             u.name, u.username, u.avatar_url, u.week_start, u.metadata \
             FROM event_type e JOIN user u ON u.id = e.owner_id ",
            $rest
        )
    };
}

impl EventType {
    /// The row mapper.
    pub(crate) fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            id: EventTypeId::new(organization, row.integer(0)?),
            owner_id: UserId::new(organization, row.integer(1)?),
            slug: row.string(2)?,
            title: row.string(3)?,
            length_minutes: row.count(4)?,
            schedule_id: row.optional(5, Row::integer)?.map(|id| ScheduleId::new(organization, id)),
            hidden: row.boolean(6)?,
            slot_interval: row.optional(7, Row::count)?,
            minimum_booking_notice: row.count(8)?,
            before_event_buffer: row.count(9)?,
            after_event_buffer: row.count(10)?,
            offset_start: row.count(11)?,
            settings: row.string(12)?,
            created_at: row.instant(13)?,
            updated_at: row.instant(14)?,
        })
    }
}

impl Owner {
    /// From the columns of `user`: id, name, username, avatar, week start, metadata.
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            id: UserId::new(organization, row.integer(0)?),
            name: row.string(1)?,
            username: row.string(2)?,
            avatar_url: row.optional(3, Row::string)?,
            week_start: row.string(4)?,
            metadata: row.json(5)?,
        })
    }
}

impl OwnedEventType {
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        let event_type = EventType::read(organization, row)?;
        let owner = Owner {
            id: event_type.owner_id,
            name: row.string(15)?,
            username: row.string(16)?,
            avatar_url: row.optional(17, Row::string)?,
            week_start: row.string(18)?,
            metadata: row.json(19)?,
        };
        Ok(Self { event_type, owner })
    }

    fn first<D: Database>(scope: &Scope<'_, D>, rows: &Rows) -> Result<Option<Self>, BadRow> {
        rows.first().map(|row| Self::read(scope.organization(), row)).transpose()
    }
}

/// One event type; `None` where there is none, or it is another organisation's.
pub async fn find<D: Database>(
    scope: &Scope<'_, D>,
    id: EventTypeId,
) -> Result<Option<EventType>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(None);
    }
    let sql = select!("WHERE id = ?1");
    let rows = scope.read_one(Statement::query(sql, arguments![id.row()])).await?;
    rows.first()
        .map(|row| EventType::read(scope.organization(), row))
        .transpose()
        .map_err(Into::into)
}

/// One event type by its owner's name and its slug, both in any case of letters;
/// hidden ones too, since whoever knows the address may book.
pub async fn find_by_slug<D: Database>(
    scope: &Scope<'_, D>,
    username: &str,
    slug: &str,
) -> Result<Option<OwnedEventType>, StoreError> {
    let sql = select_owned!("WHERE u.username = ?1 AND e.slug = ?2");
    let rows = scope.read_one(Statement::query(sql, arguments![username, slug])).await?;
    Ok(OwnedEventType::first(scope, &rows)?)
}

/// One event type with its owner; `None` where there is none, or it is another
/// organisation's.
pub async fn find_owned<D: Database>(
    scope: &Scope<'_, D>,
    id: EventTypeId,
) -> Result<Option<OwnedEventType>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(None);
    }
    let rows = scope.read_one(by_id(id)).await?;
    Ok(OwnedEventType::first(scope, &rows)?)
}

/// The same, read where writes go: for a change that found its copy out of date.
pub async fn find_owned_at_primary<D: Database>(
    scope: &Scope<'_, D>,
    id: EventTypeId,
) -> Result<Option<OwnedEventType>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(None);
    }
    let answers = scope.write(vec![by_id(id)]).await?;
    Ok(OwnedEventType::first(scope, &last(answers))?)
}

fn by_id(id: EventTypeId) -> Statement {
    Statement::query(select_owned!("WHERE e.id = ?1"), arguments![id.row()])
}

fn last(mut answers: Vec<Rows>) -> Rows {
    answers.pop().unwrap_or_default()
}

/// Which event types of a user are wanted.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// The user of that id: all of theirs.
    Own(UserId),
    /// The user of that name: what everybody may see, and what is hidden where
    /// the viewer is the owner.
    Named {
        /// In any case of letters.
        username: &'a str,
        /// Only that slug.
        slug: Option<&'a str>,
        /// Who asks, where that is a user of the same organisation.
        viewer: Option<UserId>,
    },
}

/// Event types of one user, oldest first; none where there is no such user.
pub async fn list<D: Database>(
    scope: &Scope<'_, D>,
    whose: Whose<'_>,
) -> Result<Vec<OwnedEventType>, StoreError> {
    let mut found: Vec<OwnedEventType> = Vec::new();
    loop {
        let after = found.last().map_or(0, |last| last.event_type.id.row());
        let rows = scope.read_one(page(whose, after)).await?;
        let page = rows.map(|row| OwnedEventType::read(scope.organization(), row))?;
        let complete = page.len() < usize::try_from(LIST_PAGE).unwrap_or(usize::MAX);
        found.extend(page);
        if complete {
            return Ok(found);
        }
    }
}

fn page(whose: Whose<'_>, after: i64) -> Statement {
    match whose {
        Whose::Own(user) => Statement::query(
            select_owned!("WHERE e.owner_id = ?1 AND e.id > ?2 ORDER BY e.id LIMIT ?3"),
            arguments![user.row(), after, LIST_PAGE],
        ),
        Whose::Named { username, slug, viewer } => Statement::query(
            select_owned!(
                "WHERE u.username = ?1 AND (?2 IS NULL OR e.slug = ?2) \
                 AND (e.hidden = 0 OR e.owner_id = ?3) AND e.id > ?4 ORDER BY e.id LIMIT ?5"
            ),
            arguments![username, slug, viewer.map(WireId::row), after, LIST_PAGE],
        ),
    }
}

/// The users of those names, in the order asked; unknown names are left out.
pub async fn owners_named<D: Database>(
    scope: &Scope<'_, D>,
    usernames: &[String],
) -> Result<Vec<Owner>, StoreError> {
    let query = Statement::query(
        "SELECT u.id, u.name, u.username, u.avatar_url, u.week_start, u.metadata \
         FROM json_each(?1) AS asked JOIN user u ON u.username = asked.value ORDER BY asked.key",
        arguments![Json::from(usernames).to_string()],
    );
    let rows = scope.read_one(query).await?;
    let read = |row: Row<'_>| Owner::read(scope.organization(), row);
    Ok(rows.map(read)?)
}

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
         schedule_id, created_at, updated_at) \
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13 \
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
    let (id, owner) = (current.id.row(), current.owner_id.row());
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

/// Deletes an event type of that owner; `None` where there was none. Its bookings
/// stay.
pub async fn delete<D: Database>(
    scope: &Scope<'_, D>,
    owner: UserId,
    id: EventTypeId,
) -> Result<Option<EventType>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(None);
    }
    let matches = arguments![id.row(), owner.row()];
    let found = Statement::query(select!("WHERE id = ?1 AND owner_id = ?2"), matches.clone());
    let delete =
        Statement::command("DELETE FROM event_type WHERE id = ?1 AND owner_id = ?2", matches);
    let answers = scope.write(vec![found, delete]).await?;
    let deleted = answers.first().and_then(Rows::first);
    Ok(deleted.map(|row| EventType::read(scope.organization(), row)).transpose()?)
}
