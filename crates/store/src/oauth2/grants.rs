//! What users allowed applications.

use meridian_kernel::{ClientId, Instant, UserId, WireId};
use serde_json::json;

use crate::holders::{Holder, holder_columns};
use crate::{BadRow, Database, DatabaseError, Row, Rows, Scope, Statement, StoreError, arguments};

/// How many consents of one user to one application stand at once: one per device
/// that it runs on. The ones that end first give way.
pub const MAX_GRANTS: u32 = 50;

/// A consent to be stored, with the code that tells the application of it.
#[derive(Clone, Debug)]
pub struct NewGrant<'a> {
    /// A uuid of the organisation.
    pub id: &'a str,
    /// To which application.
    pub client: &'a ClientId,
    /// Whose.
    pub user: UserId,
    /// To do what.
    pub scopes: &'a [String],
    /// SHA-256 hex of the code, which is kept nowhere.
    pub code_hash: &'a str,
    /// From when on the code is worth nothing.
    pub code_expires_at: Instant,
    /// Where the code is sent.
    pub redirect_uri: &'a str,
    /// PKCE, S256.
    pub code_challenge: Option<&'a str>,
}

/// Stores a consent; false where the application is not approved (any more), does not
/// live at that address, or the user is gone.
pub async fn insert_grant<D: Database>(
    scope: &Scope<'_, D>,
    new: &NewGrant<'_>,
    now: Instant,
) -> Result<bool, StoreError> {
    if new.user.organization() != scope.organization() {
        return Ok(false);
    }
    let (client, user) = (new.client.as_str(), new.user.row());
    let insert = Statement::command(
        "INSERT INTO oauth2_grant (id, client_id, user_id, scopes, code_hash, code_expires_at, \
         redirect_uri, code_challenge, expires_at, created_at) \
         SELECT ?1, c.id, u.id, ?4, ?5, ?6, ?7, ?8, ?6, ?9 FROM oauth2_client c \
         JOIN user u ON u.id = ?3 AND u.left_at IS NULL \
         WHERE c.id = ?2 AND c.approval = 'approved' \
         AND EXISTS (SELECT 1 FROM json_each(c.redirect_uris) WHERE value = ?7)",
        arguments![
            new.id,
            client,
            user,
            json!(new.scopes).to_string(),
            new.code_hash,
            new.code_expires_at,
            new.redirect_uri,
            new.code_challenge,
            now,
        ],
    );
    let expired = Statement::command(
        "DELETE FROM oauth2_grant WHERE user_id = ?1 AND expires_at <= ?2",
        arguments![user, now],
    );
    let surplus = Statement::command(
        "DELETE FROM oauth2_grant WHERE id IN (SELECT id FROM oauth2_grant \
         WHERE user_id = ?1 AND client_id = ?2 AND id <> ?3 \
         ORDER BY expires_at DESC LIMIT -1 OFFSET ?4)",
        arguments![user, client, new.id, MAX_GRANTS - 1],
    );
    match scope.write(vec![insert.must_affect(), expired, surplus]).await {
        Ok(_) => Ok(true),
        Err(DatabaseError::Precondition(0)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Who gave a consent, while it stands: its code was exchanged, it was not revoked,
/// its application is still approved, and they have not left. Asks the primary.
pub async fn find_holder<D: Database>(
    scope: &Scope<'_, D>,
    grant: &str,
    client: &str,
    user: UserId,
) -> Result<Option<Holder>, StoreError> {
    if user.organization() != scope.organization() {
        return Ok(None);
    }
    let query = Statement::query(
        concat!(
            "SELECT ",
            holder_columns!(),
            " FROM oauth2_grant g JOIN oauth2_client c ON c.id = g.client_id \
             JOIN user u ON u.id = g.user_id \
             WHERE g.id = ?1 AND g.client_id = ?2 AND g.user_id = ?3 AND g.revoked_at IS NULL \
             AND g.code_used_at IS NOT NULL AND c.approval = 'approved' AND u.left_at IS NULL"
        ),
        arguments![grant, client, user.row()],
    );
    let rows: Rows = scope.read_primary(query).await?;
    let read = |row: Row<'_>| Holder::read(scope.organization(), row);
    Ok(rows.first().map(read).transpose()?)
}

/// Takes a consent back, and all tokens that came of it, where it was given to that
/// application. Taken back twice is as good as once.
pub async fn revoke_grant<D: Database>(
    scope: &Scope<'_, D>,
    grant: &str,
    client: &ClientId,
    now: Instant,
) -> Result<(), StoreError> {
    let revoke = Statement::command(
        "UPDATE oauth2_grant SET revoked_at = coalesce(revoked_at, ?3) \
         WHERE id = ?1 AND client_id = ?2",
        arguments![grant, client.as_str(), now],
    );
    scope.write(vec![revoke]).await?;
    Ok(())
}

/// Takes back all that a user allowed an application; false where there is nothing.
pub async fn revoke_consent<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    client: &ClientId,
    now: Instant,
) -> Result<bool, StoreError> {
    if user.organization() != scope.organization() {
        return Ok(false);
    }
    let revoke = Statement::command(
        "UPDATE oauth2_grant SET revoked_at = ?3 \
         WHERE user_id = ?1 AND client_id = ?2 AND revoked_at IS NULL AND expires_at > ?3",
        arguments![user.row(), client.as_str(), now],
    );
    match scope.write(vec![revoke.must_affect()]).await {
        Ok(_) => Ok(true),
        Err(DatabaseError::Precondition(0)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// A consent as the user who gave it sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Consent {
    /// To which application.
    pub client_id: String,
    /// Its name.
    pub name: String,
    /// Its picture.
    pub logo: Option<String>,
    /// To do what; empty: everything.
    pub scopes: Vec<String>,
    /// Since when.
    pub created_at: Instant,
}

/// What a user allows applications at the moment, by their names.
pub async fn list_consents<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    now: Instant,
) -> Result<Vec<Consent>, StoreError> {
    let query = Statement::query(
        "SELECT c.id, c.name, c.logo, g.scopes, g.created_at \
         FROM oauth2_grant g JOIN oauth2_client c ON c.id = g.client_id \
         WHERE g.user_id = ?1 AND g.revoked_at IS NULL AND g.code_used_at IS NOT NULL \
         AND g.expires_at > ?2 ORDER BY c.name, c.id, g.created_at",
        arguments![user.row(), now],
    );
    let read = |row: Row<'_>| {
        Ok::<_, BadRow>(Consent {
            client_id: row.string(0)?,
            name: row.string(1)?,
            logo: row.optional(2, Row::string)?,
            scopes: row.json(3)?,
            created_at: row.instant(4)?,
        })
    };
    Ok(scope.read_primary(query).await?.map(read)?)
}
