//! API keys, stored hashed.

use meridian_kernel::{ApiKey, ApiKeyId, Instant, OrganizationNumber, Rate, UserId, WireId};

use crate::holders::{Holder, holder_columns};
use crate::{BadRow, Database, DatabaseError, Row, Rows, Scope, Statement, StoreError, arguments};

/// A key as its owner sees it in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredApiKey {
    /// The id.
    pub id: ApiKeyId,
    /// Its first characters.
    pub hint: String,
    /// What it is for.
    pub note: Option<String>,
    /// Valid through the whole of this UTC day; `None`: for ever.
    pub expires_at: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
}

impl StoredApiKey {
    /// The row mapper of `id, hint, note, expires_at, created_at`.
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            id: ApiKeyId::new(organization, row.integer(0)?),
            hint: row.string(1)?,
            note: row.optional(2, Row::string)?,
            expires_at: row.optional(3, Row::instant)?,
            created_at: row.instant(4)?,
        })
    }
}

/// Who holds a key, and until when.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyHolder {
    /// Whose key it is.
    pub holder: Holder,
    /// Valid through the whole of this UTC day; `None`: for ever.
    pub expires_at: Option<Instant>,
    /// Rate limits of its own; empty: those of the organisation, or the default ones.
    pub rates: Vec<Rate>,
}

/// Who holds the key of a hash; expired ones too, but nobody who left. Asks the
/// primary: a replica that lags would let a deleted key in.
pub async fn find_holder<D: Database>(
    scope: &Scope<'_, D>,
    hash: &str,
) -> Result<Option<KeyHolder>, StoreError> {
    let sql = concat!(
        "SELECT ",
        holder_columns!(),
        ", k.expires_at, coalesce(k.rates, '[]') FROM api_key k JOIN user u ON u.id = k.user_id \
         WHERE k.hash = ?1 AND u.left_at IS NULL"
    );
    let rows = scope.read_primary(Statement::query(sql, arguments![hash])).await?;
    let read = |row: Row<'_>| -> Result<KeyHolder, BadRow> {
        Ok(KeyHolder {
            holder: Holder::read(scope.organization(), row)?,
            expires_at: row.optional(Holder::WIDTH, Row::instant)?,
            rates: row.json(Holder::WIDTH + 1)?,
        })
    };
    Ok(rows.first().map(read).transpose()?)
}

/// A key about to be stored.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// SHA-256 of the key, as [`ApiKey::hash`] has it.
    hash: String,
    /// Its first characters.
    hint: String,
    /// What it is for.
    note: Option<String>,
    /// Valid through the whole of this UTC day; `None`: for ever.
    expires_at: Option<Instant>,
    /// JSON; `None`: those of the organisation, or the default ones.
    rates: Option<String>,
}

impl NewApiKey {
    /// What is stored of a key: never the key itself.
    pub fn new(key: &ApiKey, note: Option<String>, expires_at: Option<Instant>) -> Self {
        Self { hash: key.hash(), hint: key.hint().to_owned(), note, expires_at, rates: None }
    }

    /// The same with rate limits of its own, where there are any.
    pub fn with_rates(self, rates: &[Rate]) -> Self {
        Self { rates: rates_json(rates), ..self }
    }
}

fn rates_json(rates: &[Rate]) -> Option<String> {
    if rates.is_empty() { None } else { serde_json::to_string(rates).ok() }
}

/// For the batch that makes the user too.
pub(crate) fn insert_for_username(username: &str, key: &NewApiKey, now: Instant) -> Statement {
    Statement::command(
        "INSERT INTO api_key (user_id, hash, hint, note, expires_at, created_at) \
         SELECT id, ?2, ?3, ?4, ?5, ?6 FROM user WHERE username = ?1",
        arguments![
            username,
            key.hash.as_str(),
            key.hint.as_str(),
            key.note.as_deref(),
            key.expires_at,
            now,
        ],
    )
}

/// Stores a key of a user; `None` where there is no such user (any more).
pub async fn insert<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    key: &NewApiKey,
    now: Instant,
) -> Result<Option<StoredApiKey>, StoreError> {
    if user.organization() != scope.organization() {
        return Ok(None);
    }
    let insert = Statement::command(
        "INSERT INTO api_key (user_id, hash, hint, note, expires_at, created_at, rates) \
         SELECT id, ?2, ?3, ?4, ?5, ?6, ?7 FROM user WHERE id = ?1 AND left_at IS NULL \
         RETURNING id, hint, note, expires_at, created_at",
        arguments![
            user.row(),
            key.hash.as_str(),
            key.hint.as_str(),
            key.note.as_deref(),
            key.expires_at,
            now,
            key.rates.as_deref(),
        ],
    );
    let rows = scope.write(vec![insert.returning()]).await?;
    let row = rows.first().and_then(Rows::first);
    Ok(row.map(|row| StoredApiKey::read(scope.organization(), row)).transpose()?)
}

/// The keys of a user, newest first. Asks the primary, so that a new key shows at once.
pub async fn list<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    skip: u32,
    take: u32,
) -> Result<Vec<StoredApiKey>, StoreError> {
    let sql = "SELECT id, hint, note, expires_at, created_at FROM api_key WHERE user_id = ?1 \
               ORDER BY id DESC LIMIT ?2 OFFSET ?3";
    let query = Statement::query(sql, arguments![user.row(), take, skip]);
    let rows = scope.read_primary(query).await?;
    Ok(rows.map(|row| StoredApiKey::read(scope.organization(), row))?)
}

/// Deletes a key of a user and answers what it was; `None` where it is none of theirs.
pub async fn delete<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    id: ApiKeyId,
) -> Result<Option<StoredApiKey>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(None);
    }
    let delete = Statement::command(
        "DELETE FROM api_key WHERE id = ?1 AND user_id = ?2 \
         RETURNING id, hint, note, expires_at, created_at",
        arguments![id.row(), user.row()],
    );
    let rows = scope.write(vec![delete.returning()]).await?;
    let row = rows.first().and_then(Rows::first);
    Ok(row.map(|row| StoredApiKey::read(scope.organization(), row)).transpose()?)
}

/// Puts a new key of the same user and note in the place of the one of a hash;
/// false where that one is gone, so that two refreshes at once make one key.
pub async fn replace<D: Database>(
    scope: &Scope<'_, D>,
    old_hash: &str,
    key: &NewApiKey,
    now: Instant,
) -> Result<bool, StoreError> {
    let insert = Statement::command(
        "INSERT INTO api_key (user_id, hash, hint, note, expires_at, created_at, rates) \
         SELECT user_id, ?2, ?3, coalesce(?4, note), ?5, ?6, rates FROM api_key WHERE hash = ?1",
        arguments![
            old_hash,
            key.hash.as_str(),
            key.hint.as_str(),
            key.note.as_deref(),
            key.expires_at,
            now,
        ],
    );
    let delete = Statement::command("DELETE FROM api_key WHERE hash = ?1", arguments![old_hash]);
    match scope.write(vec![insert.must_affect(), delete.must_affect()]).await {
        Ok(_) => Ok(true),
        Err(DatabaseError::Precondition(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Gives a key of the organisation rate limits of its own, or none; false where there
/// is no such key.
pub async fn set_rates<D: Database>(
    scope: &Scope<'_, D>,
    id: ApiKeyId,
    rates: &[Rate],
) -> Result<bool, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(false);
    }
    let sql = "UPDATE api_key SET rates = ?2 WHERE id = ?1";
    let update = Statement::command(sql, arguments![id.row(), rates_json(rates)]);
    match scope.write(vec![update.must_affect()]).await {
        Ok(_) => Ok(true),
        Err(DatabaseError::Precondition(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
