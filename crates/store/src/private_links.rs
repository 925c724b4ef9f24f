//! Links that let whoever has them book, a number of times or until some time.

use meridian_kernel::{EventTypeId, Instant, LinkId, OrganizationNumber, WireId};

use crate::{BadRow, Database, DatabaseError, Row, Rows, Scope, Statement, StoreError, arguments};

/// How many links an event type may have.
pub const MAX_PRIVATE_LINKS: u32 = 1_000;

/// A row of `private_link`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateLink {
    /// The id, which is the right to book.
    pub id: String,
    /// What it lets book.
    pub event_type_id: EventTypeId,
    /// From when on it does not; `None`: never.
    pub expires_at: Option<Instant>,
    /// How many bookings it is good for; `None`: any.
    pub max_usage_count: Option<u32>,
    /// How many were made with it.
    pub usage_count: u32,
}

impl PrivateLink {
    /// Whether it lets nobody book any more.
    pub fn is_expired(&self, now: Instant) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
            || self.max_usage_count.is_some_and(|most| self.usage_count >= most)
    }

    /// The row mapper.
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            id: row.string(0)?,
            event_type_id: EventTypeId::new(organization, row.integer(1)?),
            expires_at: row.optional(2, Row::instant)?,
            max_usage_count: row.optional(3, Row::count)?,
            usage_count: row.count(4)?,
        })
    }

    fn first<D: Database>(
        scope: &Scope<'_, D>,
        rows: Option<&Rows>,
    ) -> Result<Option<Self>, StoreError> {
        let row = rows.and_then(Rows::first);
        Ok(row.map(|row| Self::read(scope.organization(), row)).transpose()?)
    }
}

/// The columns [`PrivateLink::read`] expects, in order, and the table.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, event_type_id, expires_at, max_usage_count, usage_count \
             FROM private_link ",
            $rest
        )
    };
}

/// How long a link lets book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// From when on it does not.
    pub expires_at: Option<Instant>,
    /// For how many bookings.
    pub max_usage_count: Option<u32>,
}

/// Makes a link; `None` where the event type is gone or has [`MAX_PRIVATE_LINKS`].
pub async fn create<D: Database>(
    scope: &Scope<'_, D>,
    event_type: EventTypeId,
    id: &LinkId,
    terms: Terms,
    now: Instant,
) -> Result<Option<PrivateLink>, StoreError> {
    let insert = Statement::command(
        "INSERT INTO private_link (id, event_type_id, expires_at, max_usage_count, created_at) \
         SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM event_type WHERE id = ?2) \
         AND (SELECT count(*) FROM private_link WHERE event_type_id = ?2) < ?6",
        arguments![
            id.as_str(),
            event_type.row(),
            terms.expires_at,
            terms.max_usage_count,
            now,
            MAX_PRIVATE_LINKS
        ],
    );
    let made = Statement::query(select!("WHERE id = ?1"), arguments![id.as_str()]);
    match scope.write(vec![insert.must_affect(), made]).await {
        Ok(answers) => PrivateLink::first(scope, answers.last()),
        Err(DatabaseError::Precondition(0)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// All links of an event type, oldest first.
pub async fn list<D: Database>(
    scope: &Scope<'_, D>,
    event_type: EventTypeId,
) -> Result<Vec<PrivateLink>, StoreError> {
    let query = Statement::query(
        select!("WHERE event_type_id = ?1 ORDER BY created_at, id LIMIT ?2"),
        arguments![event_type.row(), MAX_PRIVATE_LINKS],
    );
    let rows = scope.read_one(query).await?;
    Ok(rows.map(|row| PrivateLink::read(scope.organization(), row))?)
}

/// The link of that id; `None` where there is none here. Whoever wants to book with
/// it asks this first, to say why not, and then lets [`consume`] decide.
pub async fn find<D: Database>(
    scope: &Scope<'_, D>,
    id: &str,
) -> Result<Option<PrivateLink>, StoreError> {
    let query = Statement::query(select!("WHERE id = ?1"), arguments![id]);
    PrivateLink::first(scope, Some(&scope.read_one(query).await?))
}

/// Uses a link up by one, in the batch of the booking made with it: it must affect a
/// row, which it does not where the link is gone, expired, used up, or another event
/// type's.
pub fn consume(id: &str, event_type: EventTypeId, now: Instant) -> Statement {
    let sql = "UPDATE private_link SET usage_count = usage_count + 1 \
               WHERE id = ?1 AND event_type_id = ?2 \
               AND (expires_at IS NULL OR expires_at > ?3) \
               AND (max_usage_count IS NULL OR usage_count < max_usage_count)";
    Statement::command(sql, arguments![id, event_type.row(), now]).must_affect()
}

/// A change of a link: what is `None` stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TermsChange {
    /// From when on it does not let book.
    pub expires_at: Option<Instant>,
    /// For how many bookings, those already made included.
    pub max_usage_count: Option<u32>,
}

/// Changes a link of an event type; `None` where it has no such one.
pub async fn update<D: Database>(
    scope: &Scope<'_, D>,
    event_type: EventTypeId,
    id: &str,
    change: TermsChange,
) -> Result<Option<PrivateLink>, StoreError> {
    let update = Statement::command(
        "UPDATE private_link SET expires_at = coalesce(?3, expires_at), \
         max_usage_count = coalesce(?4, max_usage_count) WHERE id = ?1 AND event_type_id = ?2",
        arguments![id, event_type.row(), change.expires_at, change.max_usage_count],
    );
    let changed = Statement::query(
        select!("WHERE id = ?1 AND event_type_id = ?2"),
        arguments![id, event_type.row()],
    );
    let answers = scope.write(vec![update, changed]).await?;
    PrivateLink::first(scope, answers.last())
}

/// Deletes a link of an event type; whether it had such one.
pub async fn delete<D: Database>(
    scope: &Scope<'_, D>,
    event_type: EventTypeId,
    id: &str,
) -> Result<bool, StoreError> {
    let delete = Statement::command(
        "DELETE FROM private_link WHERE id = ?1 AND event_type_id = ?2",
        arguments![id, event_type.row()],
    );
    let answers = scope.write(vec![delete]).await?;
    Ok(answers.first().is_some_and(|answer| answer.affected > 0))
}
