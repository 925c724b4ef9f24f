//! Reading event types of users.

use meridian_kernel::{EventTypeId, UserId, WireId};
use serde_json::Value as Json;

use super::{
    EventType, LIST_PAGE, OwnedEventType, Owner, columns, owner_columns, select, select_owned,
};
use crate::{BadRow, Database, Row, Rows, Scope, Statement, StoreError, arguments};

impl OwnedEventType {
    pub(super) fn first<D: Database>(
        scope: &Scope<'_, D>,
        rows: &Rows,
    ) -> Result<Option<Self>, BadRow> {
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
    let sql = select!("WHERE e.id = ?1");
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
    let sql = select_owned!("WHERE u.username = ?1 AND e.slug = ?2 AND u.left_at IS NULL");
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

pub(super) fn by_id(id: EventTypeId) -> Statement {
    Statement::query(select_owned!("WHERE e.id = ?1"), arguments![id.row()])
}

pub(super) fn last(mut answers: Vec<Rows>) -> Rows {
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
                "WHERE u.username = ?1 AND u.left_at IS NULL AND (?2 IS NULL OR e.slug = ?2) \
                 AND (e.hidden = 0 OR e.owner_id = ?3) AND e.id > ?4 ORDER BY e.id LIMIT ?5"
            ),
            arguments![username, slug, viewer.map(WireId::row), after, LIST_PAGE],
        ),
    }
}

/// The users of those names, in the order asked; unknown names are left out, and so
/// is whoever does not want to be booked together with others.
pub async fn dynamic_owners<D: Database>(
    scope: &Scope<'_, D>,
    usernames: &[String],
) -> Result<Vec<Owner>, StoreError> {
    let query = Statement::query(
        concat!(
            "SELECT ",
            owner_columns!(),
            " FROM json_each(?1) AS asked JOIN user u ON u.username = asked.value \
             WHERE u.left_at IS NULL AND u.allow_dynamic_booking = 1 ORDER BY asked.key"
        ),
        arguments![Json::from(usernames).to_string()],
    );
    let rows = scope.read_one(query).await?;
    let read = |row: Row<'_>| Owner::read(scope.organization(), row, 0);
    Ok(rows.map(read)?)
}

/// The user of that name, in any case of letters.
pub async fn owner_named<D: Database>(
    scope: &Scope<'_, D>,
    username: &str,
) -> Result<Option<Owner>, StoreError> {
    let sql = concat!(
        "SELECT ",
        owner_columns!(),
        " FROM user u WHERE u.username = ?1 AND u.left_at IS NULL"
    );
    let rows = scope.read_one(Statement::query(sql, arguments![username])).await?;
    let read = |row: Row<'_>| Owner::read(scope.organization(), row, 0);
    Ok(rows.first().map(read).transpose()?)
}
