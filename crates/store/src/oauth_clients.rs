//! Platform clients. Their secrets are kept twice: hashed, which proves them, and
//! sealed, because their organisation may see them again.

use meridian_kernel::{ClientId, Instant, OrganizationNumber, Patch};
use serde_json::json;

use crate::holders::{Holder, holder_columns};
use crate::{BadRow, Database, DatabaseError, Row, Rows, Scope, Statement, StoreError, arguments};

/// How many clients an organisation may have.
pub const MAX_CLIENTS: u32 = 1_000;

/// A row of `oauth_client`, without the hashes.
#[derive(Clone, Debug, PartialEq)]
pub struct OAuthClient {
    /// The id.
    pub id: ClientId,
    /// For people.
    pub name: String,
    /// The secret, sealed.
    pub sealed_secret: String,
    /// Until when the secret before it proves the client as well.
    pub previous_secret_until: Option<Instant>,
    /// A mask of [`meridian_kernel::ClientPermission`]s.
    pub permissions: u32,
    /// Where its pages stand.
    pub redirect_uris: Vec<String>,
    /// A picture.
    pub logo: Option<String>,
    /// Where people go once they have booked.
    pub booking_redirect_uri: Option<String>,
    /// Where people go to cancel.
    pub booking_cancel_redirect_uri: Option<String>,
    /// Where people go to move a booking.
    pub booking_reschedule_redirect_uri: Option<String>,
    /// Whether its users and their bookers are sent e-mails.
    pub are_emails_enabled: bool,
    /// Whether a new user has event types to begin with.
    pub are_default_event_types_enabled: bool,
    /// Whether bookings become calendar entries.
    pub are_calendar_events_enabled: bool,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// The columns [`OAuthClient::read`] expects, in order.
macro_rules! columns {
    () => {
        "id, name, secret, previous_secret_until, permissions, redirect_uris, logo, \
         booking_redirect_uri, booking_cancel_redirect_uri, booking_reschedule_redirect_uri, \
         are_emails_enabled, are_default_event_types_enabled, are_calendar_events_enabled, \
         created_at, updated_at"
    };
}

impl OAuthClient {
    /// The row mapper.
    fn read(row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            id: ClientId::parse(row.text(0)?).ok_or(BadRow { column: 0, expected: "an id" })?,
            name: row.string(1)?,
            sealed_secret: row.string(2)?,
            previous_secret_until: row.optional(3, Row::instant)?,
            permissions: row.count(4)?,
            redirect_uris: row.json(5)?,
            logo: row.optional(6, Row::string)?,
            booking_redirect_uri: row.optional(7, Row::string)?,
            booking_cancel_redirect_uri: row.optional(8, Row::string)?,
            booking_reschedule_redirect_uri: row.optional(9, Row::string)?,
            are_emails_enabled: row.boolean(10)?,
            are_default_event_types_enabled: row.boolean(11)?,
            are_calendar_events_enabled: row.boolean(12)?,
            created_at: row.instant(13)?,
            updated_at: row.instant(14)?,
        })
    }

    fn first(rows: Option<&Rows>) -> Result<Option<Self>, StoreError> {
        Ok(rows.and_then(Rows::first).map(Self::read).transpose()?)
    }
}

/// Whether an id can name a client of this database.
fn is_here<D: Database>(scope: &Scope<'_, D>, id: &ClientId) -> bool {
    id.organization() == scope.organization()
}

/// Stores a new client; false where the organisation has [`MAX_CLIENTS`].
pub async fn insert<D: Database>(
    scope: &Scope<'_, D>,
    client: &OAuthClient,
    secret_hash: &str,
) -> Result<bool, StoreError> {
    let insert = Statement::command(
        concat!(
            "INSERT INTO oauth_client (",
            columns!(),
            ", secret_hash) SELECT ?1, ?2, ?3, NULL, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, \
             ?14, ?15 WHERE (SELECT count(*) FROM oauth_client) < ?16"
        ),
        arguments![
            client.id.as_str(),
            client.name.as_str(),
            client.sealed_secret.as_str(),
            client.permissions,
            json!(client.redirect_uris).to_string(),
            client.logo.as_deref(),
            client.booking_redirect_uri.as_deref(),
            client.booking_cancel_redirect_uri.as_deref(),
            client.booking_reschedule_redirect_uri.as_deref(),
            client.are_emails_enabled,
            client.are_default_event_types_enabled,
            client.are_calendar_events_enabled,
            client.created_at,
            client.updated_at,
            secret_hash,
            MAX_CLIENTS,
        ],
    );
    match scope.write(vec![insert.must_affect()]).await {
        Ok(_) => Ok(true),
        Err(DatabaseError::Precondition(0)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// All clients of the organisation, the oldest first.
pub async fn list<D: Database>(scope: &Scope<'_, D>) -> Result<Vec<OAuthClient>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM oauth_client ORDER BY created_at, id LIMIT ?1");
    let rows = scope.read_primary(Statement::query(sql, arguments![MAX_CLIENTS])).await?;
    Ok(rows.map(OAuthClient::read)?)
}

/// One client; `None` where there is none, or it is another organisation's.
pub async fn find<D: Database>(
    scope: &Scope<'_, D>,
    id: &ClientId,
) -> Result<Option<OAuthClient>, StoreError> {
    if !is_here(scope, id) {
        return Ok(None);
    }
    let rows = scope.read_primary(select_one(id)).await?;
    OAuthClient::first(Some(&rows))
}

fn select_one(id: &ClientId) -> Statement {
    let sql = concat!("SELECT ", columns!(), " FROM oauth_client WHERE id = ?1");
    Statement::query(sql, arguments![id.as_str()])
}

/// The fields to be changed; everything else stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// For people.
    pub name: Option<String>,
    /// Where its pages stand.
    pub redirect_uris: Option<Vec<String>>,
    /// A picture.
    pub logo: Patch<String>,
    /// Where people go once they have booked.
    pub booking_redirect_uri: Patch<String>,
    /// Where people go to cancel.
    pub booking_cancel_redirect_uri: Patch<String>,
    /// Where people go to move a booking.
    pub booking_reschedule_redirect_uri: Patch<String>,
    /// Whether its users and their bookers are sent e-mails.
    pub are_emails_enabled: Option<bool>,
    /// Whether a new user has event types to begin with.
    pub are_default_event_types_enabled: Option<bool>,
    /// Whether bookings become calendar entries.
    pub are_calendar_events_enabled: Option<bool>,
}

/// Changes a client; `None` where there is none (any more).
pub async fn update<D: Database>(
    scope: &Scope<'_, D>,
    id: &ClientId,
    changes: &Changes,
    now: Instant,
) -> Result<Option<OAuthClient>, StoreError> {
    if !is_here(scope, id) {
        return Ok(None);
    }
    let text = |patch: &Patch<String>| (!patch.is_absent(), patch.value().cloned());
    let (sets_logo, logo) = text(&changes.logo);
    let (sets_booking, booking) = text(&changes.booking_redirect_uri);
    let (sets_cancel, cancel) = text(&changes.booking_cancel_redirect_uri);
    let (sets_reschedule, reschedule) = text(&changes.booking_reschedule_redirect_uri);
    let update = Statement::command(
        "UPDATE oauth_client SET name = coalesce(?2, name), \
         redirect_uris = coalesce(?3, redirect_uris), \
         logo = CASE WHEN ?4 THEN ?5 ELSE logo END, \
         booking_redirect_uri = CASE WHEN ?6 THEN ?7 ELSE booking_redirect_uri END, \
         booking_cancel_redirect_uri = CASE WHEN ?8 THEN ?9 ELSE booking_cancel_redirect_uri END, \
         booking_reschedule_redirect_uri = \
             CASE WHEN ?10 THEN ?11 ELSE booking_reschedule_redirect_uri END, \
         are_emails_enabled = coalesce(?12, are_emails_enabled), \
         are_default_event_types_enabled = coalesce(?13, are_default_event_types_enabled), \
         are_calendar_events_enabled = coalesce(?14, are_calendar_events_enabled), \
         updated_at = ?15 WHERE id = ?1",
        arguments![
            id.as_str(),
            changes.name.as_deref(),
            changes.redirect_uris.as_ref().map(|uris| json!(uris).to_string()),
            sets_logo,
            logo,
            sets_booking,
            booking,
            sets_cancel,
            cancel,
            sets_reschedule,
            reschedule,
            changes.are_emails_enabled,
            changes.are_default_event_types_enabled,
            changes.are_calendar_events_enabled,
            now,
        ],
    );
    written(scope, vec![update.must_affect(), select_one(id)]).await
}

/// A secret that takes the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSecret<'a> {
    /// SHA-256 hex of the new one.
    pub hash: &'a str,
    /// The new one, sealed.
    pub sealed: &'a str,
    /// Until when the old one proves the client as well; `None`: it does no more.
    pub old_until: Option<Instant>,
}

/// Puts a new secret in the place of the one there is. `None` where there is no such
/// client (any more).
pub async fn replace_secret<D: Database>(
    scope: &Scope<'_, D>,
    id: &ClientId,
    new: &NewSecret<'_>,
    now: Instant,
) -> Result<Option<OAuthClient>, StoreError> {
    if !is_here(scope, id) {
        return Ok(None);
    }
    let update = Statement::command(
        "UPDATE oauth_client SET secret_hash = ?2, secret = ?3, \
         previous_secret_hash = CASE WHEN ?4 IS NULL THEN NULL ELSE secret_hash END, \
         previous_secret_until = ?4, updated_at = ?5 WHERE id = ?1",
        arguments![id.as_str(), new.hash, new.sealed, new.old_until, now],
    );
    written(scope, vec![update.must_affect(), select_one(id)]).await
}

/// Deletes a client with its webhooks, and answers what it was. Its users stay members
/// of the organisation; their tokens do not count any more.
pub async fn delete<D: Database>(
    scope: &Scope<'_, D>,
    id: &ClientId,
) -> Result<Option<OAuthClient>, StoreError> {
    if !is_here(scope, id) {
        return Ok(None);
    }
    let delete = Statement::query(
        concat!("DELETE FROM oauth_client WHERE id = ?1 RETURNING ", columns!()),
        arguments![id.as_str()],
    );
    let webhooks = Statement::command(
        "DELETE FROM webhook WHERE oauth_client_id = ?1",
        arguments![id.as_str()],
    );
    let rows = scope.write(vec![delete, webhooks]).await?;
    OAuthClient::first(rows.first())
}

async fn written<D: Database>(
    scope: &Scope<'_, D>,
    batch: Vec<Statement>,
) -> Result<Option<OAuthClient>, StoreError> {
    match scope.write(batch).await {
        Ok(rows) => OAuthClient::first(rows.last()),
        Err(DatabaseError::Precondition(0)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What proves a client, and in whose name it then acts.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientProof {
    /// SHA-256 hex of its secret.
    pub secret_hash: String,
    /// SHA-256 hex of the secret before, and until when that counts.
    pub previous: Option<(String, Instant)>,
    /// Its mask of permissions.
    pub permissions: u32,
    /// An owner of the organisation, else an administrator; `None` where it has
    /// neither.
    pub holder: Option<Holder>,
}

/// What proves a client; `None` where there is none. Asks the primary: a replica that
/// lags would let a replaced secret in.
pub async fn find_proof<D: Database>(
    scope: &Scope<'_, D>,
    id: &ClientId,
) -> Result<Option<ClientProof>, StoreError> {
    if !is_here(scope, id) {
        return Ok(None);
    }
    let sql = concat!(
        "SELECT ",
        holder_columns!(),
        ", c.secret_hash, c.previous_secret_hash, c.previous_secret_until, c.permissions \
         FROM oauth_client c LEFT JOIN user u ON u.id = (SELECT o.id FROM user o \
             WHERE o.organization_role IN ('OWNER', 'ADMIN') AND o.organization_accepted = 1 \
             AND o.left_at IS NULL ORDER BY o.organization_role = 'OWNER' DESC, o.id LIMIT 1) \
         WHERE c.id = ?1"
    );
    let rows = scope.read_primary(Statement::query(sql, arguments![id.as_str()])).await?;
    Ok(rows.first().map(|row| ClientProof::read(scope.organization(), row)).transpose()?)
}

impl ClientProof {
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        let hash = row.optional(Holder::WIDTH + 1, Row::string)?;
        let until = row.optional(Holder::WIDTH + 2, Row::instant)?;
        let holder = row.optional(0, Row::integer)?;
        Ok(Self {
            secret_hash: row.string(Holder::WIDTH)?,
            previous: hash.zip(until),
            permissions: row.count(Holder::WIDTH + 3)?,
            holder: holder.map(|_| Holder::read(organization, row)).transpose()?,
        })
    }
}
