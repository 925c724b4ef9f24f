//! Codes and refresh tokens. Each works once: its statement says so itself, and of
//! two that race one finds nothing left.

use meridian_kernel::{Instant, UserId, WireId};

use crate::{BadRow, Database, DatabaseError, Row, Scope, Statement, StoreError, arguments};

/// How long a used refresh token is remembered, in minutes: who sends it again in
/// that time ends the whole family.
const REMEMBERED_MINUTES: i64 = 30 * 24 * 60;

/// A code, as it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    /// The consent it tells of.
    pub grant: String,
    /// For which application.
    pub client_id: String,
    /// Whose.
    pub user: UserId,
    /// To do what.
    pub scopes: Vec<String>,
    /// Where it was sent.
    pub redirect_uri: String,
    /// PKCE, S256.
    pub code_challenge: Option<String>,
    /// From when on it is worth nothing.
    pub expires_at: Instant,
    /// Whether it was exchanged already.
    pub is_used: bool,
    /// Whether the consent was taken back.
    pub is_revoked: bool,
}

/// The code of a hash, of a user who is still here.
pub async fn find_code<D: Database>(
    scope: &Scope<'_, D>,
    code_hash: &str,
) -> Result<Option<Code>, StoreError> {
    let query = Statement::query(
        "SELECT g.id, g.client_id, g.user_id, g.scopes, g.redirect_uri, g.code_challenge, \
         g.code_expires_at, g.code_used_at IS NOT NULL, g.revoked_at IS NOT NULL \
         FROM oauth2_grant g JOIN user u ON u.id = g.user_id AND u.left_at IS NULL \
         WHERE g.code_hash = ?1",
        arguments![code_hash],
    );
    let read = |row: Row<'_>| {
        Ok::<_, BadRow>(Code {
            grant: row.string(0)?,
            client_id: row.string(1)?,
            user: UserId::new(scope.organization(), row.integer(2)?),
            scopes: row.json(3)?,
            redirect_uri: row.string(4)?,
            code_challenge: row.optional(5, Row::string)?,
            expires_at: row.instant(6)?,
            is_used: row.boolean(7)?,
            is_revoked: row.boolean(8)?,
        })
    };
    Ok(scope.read_primary(query).await?.first().map(read).transpose()?)
}

/// A refresh token to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewRefreshToken<'a> {
    /// Of which consent.
    pub grant: &'a str,
    /// SHA-256 hex of the token, which is kept nowhere.
    pub hash: &'a str,
    /// From when on it is worth nothing.
    pub expires_at: Instant,
}

impl NewRefreshToken<'_> {
    fn insert(&self) -> Statement {
        Statement::command(
            "INSERT INTO oauth2_refresh_token (hash, grant_id, expires_at) VALUES (?1, ?2, ?3)",
            arguments![self.hash, self.grant, self.expires_at],
        )
    }
}

/// Exchanges a code for a refresh token; false where it was exchanged already, or is
/// expired or revoked.
pub async fn redeem_code<D: Database>(
    scope: &Scope<'_, D>,
    new: &NewRefreshToken<'_>,
    now: Instant,
) -> Result<bool, StoreError> {
    let redeem = Statement::command(
        "UPDATE oauth2_grant SET code_used_at = ?2, expires_at = ?3 WHERE id = ?1 \
         AND code_used_at IS NULL AND revoked_at IS NULL AND code_expires_at > ?2",
        arguments![new.grant, now, new.expires_at],
    );
    done(scope.write(vec![redeem.must_affect(), new.insert()]).await)
}

/// A refresh token, as it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct RefreshToken {
    /// Of which consent.
    pub grant: String,
    /// For which application.
    pub client_id: String,
    /// Whose.
    pub user: UserId,
    /// To do what.
    pub scopes: Vec<String>,
    /// From when on it is worth nothing.
    pub expires_at: Instant,
    /// Whether it was exchanged already.
    pub is_used: bool,
    /// Whether the consent was taken back.
    pub is_revoked: bool,
}

/// The refresh token of a hash, of a user who is still here.
pub async fn find_refresh_token<D: Database>(
    scope: &Scope<'_, D>,
    hash: &str,
) -> Result<Option<RefreshToken>, StoreError> {
    let query = Statement::query(
        "SELECT g.id, g.client_id, g.user_id, g.scopes, t.expires_at, t.used_at IS NOT NULL, \
         g.revoked_at IS NOT NULL FROM oauth2_refresh_token t \
         JOIN oauth2_grant g ON g.id = t.grant_id \
         JOIN user u ON u.id = g.user_id AND u.left_at IS NULL WHERE t.hash = ?1",
        arguments![hash],
    );
    let read = |row: Row<'_>| {
        Ok::<_, BadRow>(RefreshToken {
            grant: row.string(0)?,
            client_id: row.string(1)?,
            user: UserId::new(scope.organization(), row.integer(2)?),
            scopes: row.json(3)?,
            expires_at: row.instant(4)?,
            is_used: row.boolean(5)?,
            is_revoked: row.boolean(6)?,
        })
    };
    Ok(scope.read_primary(query).await?.first().map(read).transpose()?)
}

/// Puts a new refresh token in the place of another of the same consent; false where
/// that one was exchanged already, or is expired or revoked.
pub async fn rotate<D: Database>(
    scope: &Scope<'_, D>,
    old_hash: &str,
    new: &NewRefreshToken<'_>,
    now: Instant,
) -> Result<bool, StoreError> {
    let use_up = Statement::command(
        "UPDATE oauth2_refresh_token SET used_at = ?3 WHERE hash = ?1 AND grant_id = ?2 \
         AND used_at IS NULL AND expires_at > ?3 AND EXISTS \
         (SELECT 1 FROM oauth2_grant g WHERE g.id = ?2 AND g.revoked_at IS NULL)",
        arguments![old_hash, new.grant, now],
    );
    let prolong = Statement::command(
        "UPDATE oauth2_grant SET expires_at = ?2 WHERE id = ?1",
        arguments![new.grant, new.expires_at],
    );
    let forget = Statement::command(
        "DELETE FROM oauth2_refresh_token WHERE grant_id = ?1 AND used_at < ?2",
        arguments![new.grant, now.plus_minutes(-REMEMBERED_MINUTES)],
    );
    done(scope.write(vec![use_up.must_affect(), new.insert(), prolong, forget]).await)
}

fn done<T>(outcome: Result<T, DatabaseError>) -> Result<bool, StoreError> {
    match outcome {
        Ok(_) => Ok(true),
        Err(DatabaseError::Precondition(0)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
