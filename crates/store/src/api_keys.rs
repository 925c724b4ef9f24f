//! API keys, stored hashed.

use meridian_kernel::{
    ApiKey, ApiKeyId, Instant, OrganizationNumber, Role, TeamId, UserId, WireId,
};

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

/// Who holds a key: what a guard needs to know.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyHolder {
    /// Whose key it is.
    pub user_id: UserId,
    /// Unique in the organisation.
    pub username: String,
    /// The primary address.
    pub email: String,
    /// Possibly empty.
    pub name: String,
    /// IANA.
    pub time_zone: String,
    /// `USER` or `ADMIN`.
    pub system_role: String,
    /// What they are in the organisation.
    pub organization_role: Role,
    /// Whether they accepted to be in it.
    pub organization_accepted: bool,
    /// The teams they are an accepted member of, and what they are there.
    pub teams: Vec<(TeamId, Role)>,
    /// Valid through the whole of this UTC day; `None`: for ever.
    pub expires_at: Option<Instant>,
}

/// Who holds the key of a hash; expired ones too, but nobody who left. Asks the
/// primary: a replica that lags would let a deleted key in.
pub async fn find_holder<D: Database>(
    scope: &Scope<'_, D>,
    hash: &str,
) -> Result<Option<KeyHolder>, StoreError> {
    let sql = "SELECT u.id, u.username, u.email, u.name, u.time_zone, u.system_role, \
               u.organization_role, k.expires_at, u.organization_accepted, \
               (SELECT json_group_array(json_array(m.team_id, m.role)) FROM team_membership m \
                WHERE m.user_id = u.id AND m.accepted = 1) \
               FROM api_key k JOIN user u ON u.id = k.user_id \
               WHERE k.hash = ?1 AND u.left_at IS NULL";
    let rows = scope.read_primary(Statement::query(sql, arguments![hash])).await?;
    let read = |row: Row<'_>| -> Result<KeyHolder, BadRow> {
        let teams: Vec<(i64, Role)> = row.json(9)?;
        let team = |(id, role)| (TeamId::new(scope.organization(), id), role);
        Ok(KeyHolder {
            user_id: UserId::new(scope.organization(), row.integer(0)?),
            username: row.string(1)?,
            email: row.string(2)?,
            name: row.string(3)?,
            time_zone: row.string(4)?,
            system_role: row.string(5)?,
            organization_role: row.role(6)?,
            expires_at: row.optional(7, Row::instant)?,
            organization_accepted: row.boolean(8)?,
            teams: teams.into_iter().map(team).collect(),
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
}

impl NewApiKey {
    /// What is stored of a key: never the key itself.
    pub fn new(key: &ApiKey, note: Option<String>, expires_at: Option<Instant>) -> Self {
        Self { hash: key.hash(), hint: key.hint().to_owned(), note, expires_at }
    }
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
        "INSERT INTO api_key (user_id, hash, hint, note, expires_at, created_at) \
         SELECT id, ?2, ?3, ?4, ?5, ?6 FROM user WHERE id = ?1 AND left_at IS NULL \
         RETURNING id, hint, note, expires_at, created_at",
        arguments![
            user.row(),
            key.hash.as_str(),
            key.hint.as_str(),
            key.note.as_deref(),
            key.expires_at,
            now,
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
        "INSERT INTO api_key (user_id, hash, hint, note, expires_at, created_at) \
         SELECT user_id, ?2, ?3, coalesce(?4, note), ?5, ?6 FROM api_key WHERE hash = ?1",
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
