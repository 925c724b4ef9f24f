//! An event type with its host: what a booking is made of.

use meridian_kernel::{EventTypeId, WireId};

use super::{Organizer, organizer_columns};
use crate::{BadRow, Database, Rows, Scope, Statement, StoreError, arguments};

/// What a booking needs to know of its event type.
#[derive(Clone, Debug, PartialEq)]
pub struct Bookable {
    /// The event type.
    pub id: EventTypeId,
    /// Its slug.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Minutes, where a booking names none.
    pub length_minutes: u32,
    /// Minutes.
    pub before_event_buffer: u32,
    /// Minutes.
    pub after_event_buffer: u32,
    /// JSON object: every other field of the event type.
    pub settings: String,
    /// Its owner, who hosts the booking.
    pub organizer: Organizer,
    /// Whether the owner has an active webhook, so that a booking may leave
    /// something to deliver.
    pub has_webhooks: bool,
}

/// The columns [`Bookable::first`] expects, in order, and their tables.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT e.id, e.slug, e.title, e.length_minutes, e.before_event_buffer, \
             e.after_event_buffer, e.settings, ",
            organizer_columns!(),
            ", EXISTS (SELECT 1 FROM webhook WHERE user_id = u.id AND active = 1) \
             FROM event_type e JOIN user u ON u.id = e.owner_id ",
            $rest
        )
    };
}

impl Bookable {
    /// The row mapper, of the first row.
    pub(super) fn first<D: Database>(
        scope: &Scope<'_, D>,
        rows: &Rows,
    ) -> Result<Option<Self>, BadRow> {
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(Self {
            id: EventTypeId::new(scope.organization(), row.integer(0)?),
            slug: row.string(1)?,
            title: row.string(2)?,
            length_minutes: row.count(3)?,
            before_event_buffer: row.count(4)?,
            after_event_buffer: row.count(5)?,
            settings: row.string(6)?,
            organizer: Organizer::read(scope.organization(), row, 7)?,
            has_webhooks: row.boolean(14)?,
        }))
    }
}

/// Which event type is booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selector<'a> {
    /// By its id.
    Id(EventTypeId),
    /// By its owner's username and its slug, both in any case of letters.
    Slug {
        /// The owner's username.
        username: &'a str,
        /// The event type's slug.
        slug: &'a str,
    },
}

/// An event type to be booked; `None` where there is none, or it is another
/// organisation's.
pub async fn find_bookable<D: Database>(
    scope: &Scope<'_, D>,
    selector: Selector<'_>,
) -> Result<Option<Bookable>, StoreError> {
    let statement = match selector {
        Selector::Id(id) if id.organization() != scope.organization() => return Ok(None),
        Selector::Id(id) => Statement::query(select!("WHERE e.id = ?1"), arguments![id.row()]),
        Selector::Slug { username, slug } => Statement::query(
            select!("WHERE u.username = ?1 AND e.slug = ?2"),
            arguments![username, slug],
        ),
    };
    Ok(Bookable::first(scope, &scope.read_one(statement).await?)?)
}

pub(super) fn of_booking(uid: &str) -> Statement {
    Statement::query(
        select!("WHERE e.id = (SELECT event_type_id FROM booking WHERE uid = ?1)"),
        arguments![uid],
    )
}
