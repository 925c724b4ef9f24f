//! Users whom a platform client manages, and which of their tokens count.
//!
//! Tokens are not kept. A user's are of one family, which has a generation: of a family
//! only the newest pair counts. A refresh is the statement that counts on from the
//! generation it was shown, so of many at once one wins.

use meridian_kernel::{ClientId, Instant, Role, UserId, WireId, Zone};
use serde_json::json;

use super::members::{NewMember, insert_or_bring_back, leaving};
use super::{
    User, UserChange, first, insert_first_schedule, make_first_schedule_default,
    move_default_schedule, set_default_schedule, update_fields, update_fields_by_email,
};
use crate::holders::{Holder, holder_columns};
use crate::{
    BadRow, ConstraintKind, Database, DatabaseError, Row, Rows, Scope, Statement, StoreError,
    arguments, parts,
};

/// Which pair of tokens counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generation {
    /// All tokens that follow from one another.
    pub family: String,
    /// How often it was refreshed, from 1.
    pub number: i64,
}

/// A user to be managed.
#[derive(Clone, Debug)]
pub struct NewManagedUser {
    /// As any member has it; a name that is taken varies.
    pub member: NewMember,
    /// Whether they have working hours from the beginning.
    pub has_schedule: bool,
    /// The family of their first tokens.
    pub family: String,
    /// What they begin with, where their client says so: slug, title, minutes and
    /// settings as JSON.
    pub event_types: Vec<(&'static str, &'static str, u32, String)>,
}

/// What became of a new managed user.
#[derive(Clone, Debug, PartialEq)]
pub enum ManagedInserted {
    /// They are there.
    Inserted(Box<User>),
    /// The address is that of this user.
    EmailTaken(UserId),
    /// There is no such client (any more).
    NoClient,
}

/// Where the statement that makes the user stands in the batch, and where the one that
/// puts them under their client does.
const USER: usize = 0;
const CLIENT: usize = 1;

/// Makes a user of a client. Whoever was deleted and comes back is the same user again.
pub async fn insert<D: Database>(
    scope: &Scope<'_, D>,
    client: &ClientId,
    new: &NewManagedUser,
    now: Instant,
) -> Result<ManagedInserted, StoreError> {
    if client.organization() != scope.organization() {
        return Ok(ManagedInserted::NoClient);
    }
    let email = new.member.email.as_str();
    let mut batch = vec![
        insert_or_bring_back(&new.member, now).must_affect(),
        put_under_client(email, client, &new.family, now).must_affect(),
        update_fields_by_email(email, &new.member.profile, now),
    ];
    if new.has_schedule {
        batch.push(insert_first_schedule(email, now));
        batch.push(make_first_schedule_default(email));
    }
    batch.push(insert_event_types(email, new, now));
    batch.push(Statement::query(select!("WHERE email = ?1"), arguments![email]));
    match scope.write(batch).await {
        Ok(rows) => {
            let user = last(scope, &rows)?.ok_or(DatabaseError::NotFound)?;
            Ok(ManagedInserted::Inserted(Box::new(user)))
        }
        Err(DatabaseError::Precondition(USER)) => {
            let query = Statement::query("SELECT id FROM user WHERE email = ?1", arguments![email]);
            let rows = scope.read_primary(query).await?;
            let row = rows.first().ok_or(DatabaseError::Busy)?.integer(0)?;
            Ok(ManagedInserted::EmailTaken(UserId::new(scope.organization(), row)))
        }
        Err(DatabaseError::Precondition(CLIENT)) => Ok(ManagedInserted::NoClient),
        Err(error) => Err(error.into()),
    }
}

fn put_under_client(email: &str, client: &ClientId, family: &str, now: Instant) -> Statement {
    Statement::command(
        "INSERT INTO managed_user (user_id, client_id, token_family, token_generation, created_at) \
         SELECT u.id, c.id, ?3, 1, ?4 FROM user u JOIN oauth_client c ON c.id = ?2 \
         WHERE u.email = ?1 ON CONFLICT (user_id) DO UPDATE SET client_id = excluded.client_id, \
         token_family = excluded.token_family, token_generation = 1",
        arguments![email, client.as_str(), family, now],
    )
}

/// Those that are not there yet, where the client says so.
fn insert_event_types(email: &str, new: &NewManagedUser, now: Instant) -> Statement {
    Statement::command(
        "INSERT OR IGNORE INTO event_type \
         (owner_id, slug, title, length_minutes, settings, created_at, updated_at) \
         SELECT u.id, t.value ->> 0, t.value ->> 1, t.value ->> 2, t.value ->> 3, ?3, ?3 \
         FROM user u JOIN managed_user m ON m.user_id = u.id \
         JOIN oauth_client c ON c.id = m.client_id JOIN json_each(?2) t \
         WHERE u.email = ?1 AND c.are_default_event_types_enabled = 1 ORDER BY t.key",
        arguments![email, json!(new.event_types).to_string(), now],
    )
}

fn last<D: Database>(scope: &Scope<'_, D>, rows: &[Rows]) -> Result<Option<User>, StoreError> {
    rows.last().map(|rows| first(scope, rows)).transpose().map(Option::flatten)
}

/// A client's users, in the order they came; those of some addresses only where any
/// are given. `page`: how many to skip and to take.
pub async fn list<D: Database>(
    scope: &Scope<'_, D>,
    client: &ClientId,
    emails: Option<&[String]>,
    page: (u32, u32),
) -> Result<Vec<User>, StoreError> {
    let emails = emails.map(|emails| json!(emails).to_string());
    let statement = |take, skip| {
        Statement::query(
            select!(
                "WHERE id IN (SELECT user_id FROM managed_user WHERE client_id = ?1) \
                 AND left_at IS NULL \
                 AND (?2 IS NULL OR email IN (SELECT value FROM json_each(?2))) \
                 ORDER BY id LIMIT ?3 OFFSET ?4"
            ),
            arguments![client.as_str(), emails.clone(), take, skip],
        )
    };
    let read = |row: Row<'_>| User::read(scope.organization(), row);
    parts::read(scope, page, statement, read).await
}

/// One user of a client; `None` where they are none of its own.
pub async fn find<D: Database>(
    scope: &Scope<'_, D>,
    client: &ClientId,
    id: UserId,
) -> Result<Option<User>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(None);
    }
    let query = Statement::query(
        select!(
            "WHERE id = ?1 AND left_at IS NULL \
             AND id IN (SELECT user_id FROM managed_user WHERE client_id = ?2)"
        ),
        arguments![id.row(), client.as_str()],
    );
    first(scope, &scope.read_primary(query).await?)
}

/// What a client changes of its user.
#[derive(Clone, Debug, Default)]
pub struct ManagedChange {
    /// In the form it is kept in.
    pub email: Option<String>,
    /// What they could change themselves.
    pub profile: UserChange,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq)]
pub enum ManagedChanged {
    /// It is written.
    Done(Box<User>),
    /// They are none of this client's (any more).
    Unknown,
    /// The address is somebody else's.
    EmailTaken,
    /// The wanted default schedule is none of theirs.
    NoSchedule,
    /// They are the last owner of the organisation, who stays.
    LastOwner,
}

/// Changes a user of a client, and the zone of their default schedule with theirs.
pub async fn update<D: Database>(
    scope: &Scope<'_, D>,
    client: &ClientId,
    id: UserId,
    change: &ManagedChange,
    now: Instant,
) -> Result<ManagedChanged, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(ManagedChanged::Unknown);
    }
    let schedule = change.profile.default_schedule_id;
    if schedule.is_some_and(|schedule| schedule.organization() != scope.organization()) {
        return Ok(ManagedChanged::NoSchedule);
    }
    let address = Statement::command(
        "UPDATE user SET email = coalesce(?3, email) WHERE id = ?1 AND left_at IS NULL \
         AND id IN (SELECT user_id FROM managed_user WHERE client_id = ?2)",
        arguments![id.row(), client.as_str(), change.email.as_deref()],
    );
    let mut batch = vec![address.must_affect(), update_fields(id, &change.profile, now)];
    batch.extend(schedule.map(|schedule| set_default_schedule(id, schedule)));
    let zone: Option<Zone> = change.profile.time_zone;
    batch.extend(zone.map(|zone| move_default_schedule(id, zone, now)));
    batch.push(Statement::query(select!("WHERE id = ?1"), arguments![id.row()]));
    match scope.write(batch).await {
        Ok(rows) => Ok(last(scope, &rows)?
            .map_or(ManagedChanged::Unknown, |user| ManagedChanged::Done(Box::new(user)))),
        Err(DatabaseError::Precondition(0)) => Ok(ManagedChanged::Unknown),
        Err(DatabaseError::Precondition(_)) => Ok(ManagedChanged::NoSchedule),
        Err(DatabaseError::Constraint { statement: 0, kind: ConstraintKind::Unique, .. }) => {
            Ok(ManagedChanged::EmailTaken)
        }
        Err(error) => Err(error.into()),
    }
}

/// Deletes a user of a client and answers what they were. What was booked with them
/// stays, and so does their row for its sake.
pub async fn delete<D: Database>(
    scope: &Scope<'_, D>,
    client: &ClientId,
    id: UserId,
    now: Instant,
) -> Result<ManagedChanged, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(ManagedChanged::Unknown);
    }
    let release = Statement::command(
        "DELETE FROM managed_user WHERE user_id = ?1 AND client_id = ?2",
        arguments![id.row(), client.as_str()],
    );
    let mut batch = vec![release.must_affect()];
    batch.extend(leaving(id, Role::Owner, now));
    match scope.write(batch).await {
        Ok(rows) => Ok(last(scope, &rows)?
            .map_or(ManagedChanged::Unknown, |user| ManagedChanged::Done(Box::new(user)))),
        Err(DatabaseError::Precondition(0)) => Ok(ManagedChanged::Unknown),
        // Whoever left the organisation another way is no user of the client either.
        Err(DatabaseError::Precondition(_)) => Ok(match find(scope, client, id).await? {
            Some(_) => ManagedChanged::LastOwner,
            None => ManagedChanged::Unknown,
        }),
        Err(error) => Err(error.into()),
    }
}

/// Begins a new family of tokens: none before it counts any more. False where the
/// user is none of this client's.
pub async fn begin_family<D: Database>(
    scope: &Scope<'_, D>,
    client: &ClientId,
    id: UserId,
    family: &str,
) -> Result<bool, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(false);
    }
    let begin = Statement::command(
        "UPDATE managed_user SET token_family = ?3, token_generation = 1 \
         WHERE user_id = ?1 AND client_id = ?2 \
         AND EXISTS (SELECT 1 FROM user u WHERE u.id = ?1 AND u.left_at IS NULL)",
        arguments![id.row(), client.as_str(), family],
    );
    match scope.write(vec![begin.must_affect()]).await {
        Ok(_) => Ok(true),
        Err(DatabaseError::Precondition(0)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// What became of a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// This generation counts now, and the one before does not.
    Generation(i64),
    /// The token was used before: its whole family ended, whoever has its newest.
    Reused,
    /// The token does not count: its family ended, or its user is gone.
    Unknown,
}

/// Counts a family on from the generation a refresh token is of. One of an earlier
/// generation ends the family: either it or the newest was stolen.
pub async fn refresh<D: Database>(
    scope: &Scope<'_, D>,
    client: &ClientId,
    id: UserId,
    shown: &Generation,
) -> Result<Refreshed, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(Refreshed::Unknown);
    }
    let named = arguments![id.row(), client.as_str(), shown.family.as_str(), shown.number];
    let end_if_reused = Statement::command(
        "UPDATE managed_user SET token_family = NULL WHERE user_id = ?1 AND client_id = ?2 \
         AND token_family = ?3 AND token_generation > ?4",
        named.clone(),
    );
    let count_on = Statement::query(
        "UPDATE managed_user SET token_generation = token_generation + 1 \
         WHERE user_id = ?1 AND client_id = ?2 AND token_family = ?3 AND token_generation = ?4 \
         AND EXISTS (SELECT 1 FROM user u WHERE u.id = ?1 AND u.left_at IS NULL) \
         RETURNING token_generation",
        named,
    );
    let rows = scope.write(vec![end_if_reused, count_on]).await?;
    if let Some(row) = rows.last().and_then(Rows::first) {
        return Ok(Refreshed::Generation(row.integer(0)?));
    }
    let ended = rows.first().is_some_and(|ended| ended.affected > 0);
    Ok(if ended { Refreshed::Reused } else { Refreshed::Unknown })
}

/// Who an access token is for, and what its client may do.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenHolder {
    /// The user.
    pub holder: Holder,
    /// The client's mask of permissions.
    pub permissions: u32,
    /// Where the client's pages stand.
    pub redirect_uris: Vec<String>,
}

/// Who holds an access token of that generation; `None` where it does not count. Asks
/// the primary: a replica that lags would let a replaced token in.
pub async fn find_token_holder<D: Database>(
    scope: &Scope<'_, D>,
    client: &ClientId,
    id: UserId,
    shown: &Generation,
) -> Result<Option<TokenHolder>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(None);
    }
    let sql = concat!(
        "SELECT ",
        holder_columns!(),
        ", c.permissions, c.redirect_uris FROM managed_user t JOIN user u ON u.id = t.user_id \
         JOIN oauth_client c ON c.id = t.client_id \
         WHERE t.user_id = ?1 AND t.client_id = ?2 AND t.token_family = ?3 \
         AND t.token_generation = ?4 AND u.left_at IS NULL"
    );
    let named = arguments![id.row(), client.as_str(), shown.family.as_str(), shown.number];
    let rows = scope.read_primary(Statement::query(sql, named)).await?;
    let read = |row: Row<'_>| -> Result<TokenHolder, BadRow> {
        Ok(TokenHolder {
            holder: Holder::read(scope.organization(), row)?,
            permissions: row.count(Holder::WIDTH)?,
            redirect_uris: row.json(Holder::WIDTH + 1)?,
        })
    };
    Ok(rows.first().map(read).transpose()?)
}

/// The client that manages a user; `None` where none does.
pub async fn client_of<D: Database>(
    scope: &Scope<'_, D>,
    id: UserId,
) -> Result<Option<ClientId>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(None);
    }
    let sql = "SELECT client_id FROM managed_user WHERE user_id = ?1";
    let rows = scope.read_primary(Statement::query(sql, arguments![id.row()])).await?;
    let read = |row: Row<'_>| {
        ClientId::parse(row.text(0)?).ok_or(BadRow { column: 0, expected: "a client's id" })
    };
    Ok(rows.first().map(read).transpose()?)
}

/// Those of some addresses that are users' of a client. The addresses are given in the
/// form they are kept in, in any case of letters, and answered as they are stored.
pub async fn known_addresses<D: Database>(
    scope: &Scope<'_, D>,
    client: &ClientId,
    kept: &[String],
) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT u.email FROM json_each(?2) a CROSS JOIN user u ON u.email = a.value \
               JOIN managed_user m ON m.user_id = u.id AND m.client_id = ?1 \
               WHERE u.left_at IS NULL";
    let query = Statement::query(sql, arguments![client.as_str(), json!(kept).to_string()]);
    Ok(scope.read_one(query).await?.map(|row| row.string(0))?)
}
