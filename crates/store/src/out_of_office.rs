//! Out-of-office entries: whole days on which somebody takes no bookings.

use meridian_kernel::{Instant, OrganizationNumber, OutOfOfficeId, Patch, UserId, UuidUid, WireId};

use crate::{
    BadRow, ConstraintKind, Database, DatabaseError, Row, Rows, Scope, Statement, StoreError,
    arguments, deliveries, webhooks::somebody_asks,
};

/// What the event of a new entry is called.
const TRIGGER: &str = "OOO_CREATED";

/// A row of `out_of_office`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutOfOffice {
    /// The id.
    pub id: OutOfOfficeId,
    /// A second, opaque name.
    pub uuid: String,
    /// Who is away.
    pub user_id: UserId,
    /// Who covers for them.
    pub to_user_id: Option<UserId>,
    /// 00:00:00.000Z of the first day.
    pub start: Instant,
    /// 23:59:59.999Z of the last day.
    pub end: Instant,
    /// For people.
    pub notes: Option<String>,
    /// `unspecified`, `vacation`, `travel`, `sick` or `public_holiday`.
    pub reason: String,
}

/// What a new entry needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOutOfOffice {
    /// A second, opaque name.
    pub uuid: UuidUid,
    /// Who covers for them.
    pub to_user_id: Option<UserId>,
    /// 00:00:00.000Z of the first day.
    pub start: Instant,
    /// 23:59:59.999Z of the last day.
    pub end: Instant,
    /// For people.
    pub notes: Option<String>,
    /// One of the reasons of [`OutOfOffice::reason`].
    pub reason: String,
    /// JSON object `{oooEntry}` of what happened, for webhooks; the entry's `id`,
    /// `user` and `toUser` are set here, because only the database knows them.
    pub payload: String,
}

/// What changes; what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutOfOfficeChange {
    /// 00:00:00.000Z of the first day.
    pub start: Option<Instant>,
    /// 23:59:59.999Z of the last day.
    pub end: Option<Instant>,
    /// Who covers for them; null: nobody.
    pub to_user_id: Patch<UserId>,
    /// For people; null: none.
    pub notes: Patch<String>,
    /// One of the reasons of [`OutOfOffice::reason`].
    pub reason: Option<String>,
}

/// What came of making or changing an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is as asked.
    Done {
        /// As it is now.
        entry: OutOfOffice,
        /// Whether somebody is to hear of it.
        to_deliver: bool,
    },
    /// The organisation has no such user (any more).
    NoUser,
    /// The user has no such entry.
    NoEntry,
    /// The user has another entry for the same days.
    Duplicate,
    /// It would end before it starts.
    Backwards,
    /// Who should cover is in no organisation or team with the user.
    NotRelated,
}

/// Which entries, and in which order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Page {
    /// By where they start, first.
    pub by_start: Option<Order>,
    /// By where they end, next.
    pub by_end: Option<Order>,
    /// How many to leave out.
    pub skip: u32,
    /// How many at most.
    pub take: u32,
}

/// A direction of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Earliest first.
    Ascending,
    /// Latest first.
    Descending,
}

impl Order {
    /// What an instant is multiplied by, so that the least comes first.
    const fn factor(order: Option<Self>) -> i64 {
        match order {
            None => 0,
            Some(Self::Ascending) => 1,
            Some(Self::Descending) => -1,
        }
    }
}

/// The columns [`OutOfOffice::read`] expects, in order.
macro_rules! columns {
    () => {
        "id, uuid, user_id, to_user_id, start_at, end_at, notes, reason"
    };
}

/// The end of a list: its order, `?1` to `?4`.
macro_rules! page {
    () => {
        " ORDER BY ?1 * start_at, ?2 * end_at, id LIMIT ?3 OFFSET ?4"
    };
}

/// Whether the user of one expression may be covered by that of the other: nobody,
/// or a member of the same organisation, or, where there is none (`?3` is 0), of
/// the same team.
macro_rules! related {
    ($user:literal, $to:literal, $organization:literal) => {
        concat!(
            "(",
            $to,
            " IS NULL OR EXISTS (SELECT 1 FROM user t WHERE t.id = ",
            $to,
            " AND t.left_at IS NULL AND (",
            $organization,
            " <> 0 OR EXISTS (SELECT 1 FROM team_membership a JOIN team_membership b \
             ON b.team_id = a.team_id WHERE a.user_id = ",
            $user,
            " AND b.user_id = t.id AND a.accepted = 1 AND b.accepted = 1))))"
        )
    };
}

impl OutOfOffice {
    /// The row mapper.
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        let to_user = row.optional(3, Row::integer)?;
        Ok(Self {
            id: OutOfOfficeId::new(organization, row.integer(0)?),
            uuid: row.string(1)?,
            user_id: UserId::new(organization, row.integer(2)?),
            to_user_id: to_user.map(|id| UserId::new(organization, id)),
            start: row.instant(4)?,
            end: row.instant(5)?,
            notes: row.optional(6, Row::string)?,
            reason: row.string(7)?,
        })
    }
}

/// Makes an entry, and notes that it happened.
pub async fn create<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    new: &NewOutOfOffice,
    now: Instant,
) -> Result<Written, StoreError> {
    let here = scope.organization();
    if user.organization() != here {
        return Ok(Written::NoUser);
    }
    if new.to_user_id.is_some_and(|to| to.organization() != here) {
        return Ok(Written::NotRelated);
    }
    let to_user = new.to_user_id.map(WireId::row);
    let insert = Statement::command(
        concat!(
            "INSERT INTO out_of_office (uuid, user_id, to_user_id, start_at, end_at, notes, \
             reason, created_at, updated_at) SELECT ?4, id, ?2, ?5, ?6, ?7, ?8, ?9, ?9 FROM user \
             WHERE id = ?1 AND left_at IS NULL AND ",
            related!("?1", "?2", "?3"),
            " RETURNING ",
            columns!()
        ),
        arguments![
            user.row(),
            to_user,
            here.get(),
            new.uuid.as_str(),
            new.start,
            new.end,
            new.notes.as_deref(),
            new.reason.as_str(),
            now,
        ],
    );
    let [event, deliveries] = outbox_statements(user, new, now);
    match scope.write(vec![insert.returning().must_affect(), event, deliveries]).await {
        Ok(answers) => {
            let to_deliver = answers.last().is_some_and(|rows| rows.affected > 0);
            Ok(done(scope, &answers, to_deliver)?)
        }
        // Nothing was written; this look only says why.
        Err(DatabaseError::Precondition(0)) => {
            let sql = "SELECT 1 FROM user WHERE id = ?1 AND left_at IS NULL";
            let found = scope.read_one(Statement::query(sql, arguments![user.row()])).await?;
            Ok(if found.first().is_some() { Written::NotRelated } else { Written::NoUser })
        }
        Err(error) => refused(error),
    }
}

/// The event of a new entry, and who hears of it. The entry is found by its uuid.
fn outbox_statements(user: UserId, new: &NewOutOfOffice, now: Instant) -> [Statement; 2] {
    let event = Statement::command(
        concat!(
            "INSERT INTO outbox_event (trigger_event, payload, created_at) \
             SELECT ?1, json_set(?2, '$.oooEntry.id', ?3 + o.id, \
             '$.oooEntry.user', json_object('id', ?3 + u.id, 'name', u.name, \
             'username', u.username, 'email', u.email, 'timeZone', u.time_zone), \
             '$.oooEntry.toUser', json(CASE WHEN t.id IS NULL THEN 'null' ELSE \
             json_object('id', ?3 + t.id, 'name', t.name, \
             'username', t.username, 'email', t.email, 'timeZone', t.time_zone) END)), ?4 \
             FROM out_of_office o JOIN user u ON u.id = o.user_id \
             LEFT JOIN user t ON t.id = o.to_user_id \
             WHERE o.uuid = ?5 AND ",
            somebody_asks!("?6", "?1")
        ),
        arguments![
            TRIGGER,
            new.payload.as_str(),
            user.organization().wire_id(),
            now,
            new.uuid.as_str(),
            user.row(),
        ],
    );
    [event, deliveries::deliver_newest(TRIGGER, Some(user), now)]
}

/// Changes an entry of its user.
pub async fn update<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    id: OutOfOfficeId,
    change: &OutOfOfficeChange,
    now: Instant,
) -> Result<Written, StoreError> {
    let here = scope.organization();
    if id.organization() != here || user.organization() != here {
        return Ok(Written::NoEntry);
    }
    if change.to_user_id.value().is_some_and(|to| to.organization() != here) {
        return Ok(Written::NotRelated);
    }
    let to_user = change.to_user_id.value().map(|to| to.row());
    let update = Statement::command(
        concat!(
            "UPDATE out_of_office SET start_at = coalesce(?5, start_at), \
             end_at = coalesce(?6, end_at), reason = coalesce(?7, reason), \
             to_user_id = CASE WHEN ?8 THEN ?2 ELSE to_user_id END, \
             notes = CASE WHEN ?9 THEN ?10 ELSE notes END, updated_at = ?11 \
             WHERE id = ?4 AND user_id = (SELECT id FROM user WHERE id = ?1 AND left_at IS NULL) \
             AND ",
            related!("?1", "?2", "?3"),
            " RETURNING ",
            columns!()
        ),
        arguments![
            user.row(),
            to_user,
            here.get(),
            id.row(),
            change.start,
            change.end,
            change.reason.as_deref(),
            !change.to_user_id.is_absent(),
            !change.notes.is_absent(),
            change.notes.value().map(String::as_str),
            now,
        ],
    );
    match scope.write(vec![update.returning().must_affect()]).await {
        Ok(answers) => Ok(done(scope, &answers, false)?),
        // Nothing was written; this look only says why.
        Err(DatabaseError::Precondition(0)) => {
            let found = find(scope, user, id).await?;
            Ok(if found.is_some() { Written::NotRelated } else { Written::NoEntry })
        }
        Err(error) => refused(error),
    }
}

/// Deletes an entry of its user; as it was, `None` where they have no such entry.
pub async fn delete<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    id: OutOfOfficeId,
) -> Result<Option<OutOfOffice>, StoreError> {
    if id.organization() != scope.organization() || user.organization() != scope.organization() {
        return Ok(None);
    }
    let delete = Statement::command(
        concat!(
            "DELETE FROM out_of_office WHERE id = ?1 AND user_id = \
             (SELECT id FROM user WHERE id = ?2 AND left_at IS NULL) RETURNING ",
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

/// One entry of a user.
pub async fn find<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    id: OutOfOfficeId,
) -> Result<Option<OutOfOffice>, StoreError> {
    if id.organization() != scope.organization() || user.organization() != scope.organization() {
        return Ok(None);
    }
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM out_of_office WHERE id = ?1 AND user_id = \
         (SELECT id FROM user WHERE id = ?2 AND left_at IS NULL)"
    );
    let rows = scope.read_one(Statement::query(sql, arguments![id.row(), user.row()])).await?;
    first(scope, Some(&rows))
}

/// A page of a user's entries, in the order they were made where nothing else is
/// asked; `None` where the organisation has no such user.
pub async fn list<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    page: Page,
) -> Result<Option<Vec<OutOfOffice>>, StoreError> {
    if user.organization() != scope.organization() {
        return Ok(None);
    }
    let member = "SELECT 1 FROM user WHERE id = ?1 AND left_at IS NULL";
    let sql = concat!("SELECT ", columns!(), " FROM out_of_office WHERE user_id = ?5", page!());
    let statements = vec![
        Statement::query(member, arguments![user.row()]),
        Statement::query(sql, page.arguments(user.row())),
    ];
    let answers = scope.read(statements).await?;
    if answers.first().and_then(Rows::first).is_none() {
        return Ok(None);
    }
    Ok(Some(answers.last().map_or(Ok(Vec::new()), |rows| all(scope, rows))?))
}

/// A page of the entries of all members, or of the one with that address.
pub async fn list_of_organization<D: Database>(
    scope: &Scope<'_, D>,
    email: Option<&str>,
    page: Page,
) -> Result<Vec<OutOfOffice>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM out_of_office WHERE user_id IN (SELECT id FROM user WHERE left_at IS NULL \
         AND (?5 IS NULL OR email = ?5))",
        page!()
    );
    let rows = scope.read_one(Statement::query(sql, page.arguments(email))).await?;
    all(scope, &rows)
}

impl Page {
    /// In the order of `page!`, and what a list selects by.
    fn arguments(self, by: impl Into<crate::Value>) -> [crate::Value; 5] {
        let Self { by_start, by_end, skip, take } = self;
        arguments![Order::factor(by_start), Order::factor(by_end), take, skip, by.into()]
    }
}

fn all(scope: &Scope<'_, impl Database>, rows: &Rows) -> Result<Vec<OutOfOffice>, StoreError> {
    Ok(rows.map(|row| OutOfOffice::read(scope.organization(), row))?)
}

fn first(
    scope: &Scope<'_, impl Database>,
    rows: Option<&Rows>,
) -> Result<Option<OutOfOffice>, StoreError> {
    let row = rows.and_then(Rows::first);
    Ok(row.map(|row| OutOfOffice::read(scope.organization(), row)).transpose()?)
}

fn done(
    scope: &Scope<'_, impl Database>,
    answers: &[Rows],
    to_deliver: bool,
) -> Result<Written, StoreError> {
    let missing = BadRow { column: 0, expected: "the entry just written" };
    let entry = first(scope, answers.first())?.ok_or(missing)?;
    Ok(Written::Done { entry, to_deliver })
}

/// What a constraint says about the first statement.
fn refused(error: DatabaseError) -> Result<Written, StoreError> {
    match error {
        DatabaseError::Constraint { statement: 0, kind: ConstraintKind::Unique, .. } => {
            Ok(Written::Duplicate)
        }
        DatabaseError::Constraint { statement: 0, kind: ConstraintKind::Check, .. } => {
            Ok(Written::Backwards)
        }
        other => Err(other.into()),
    }
}
