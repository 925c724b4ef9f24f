//! Event types.

use meridian_kernel::{EventTypeId, Instant, OrganizationNumber, ScheduleId, UserId, WireId};

use crate::{BadRow, Database, Row, Scope, Statement, StoreError, arguments};

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
