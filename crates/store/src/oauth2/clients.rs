//! Third-party applications.

use meridian_kernel::{ClientId, Instant, Patch, UserId, WireId};
use serde_json::json;

use crate::{BadRow, Database, Row, Rows, Scope, Statement, StoreError, arguments};

/// Whether an application can keep a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientType {
    /// It runs on a server and has a secret.
    Confidential,
    /// It runs on people's devices: it has none, and must use PKCE.
    Public,
}

impl ClientType {
    /// As the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confidential => "CONFIDENTIAL",
            Self::Public => "PUBLIC",
        }
    }

    /// `None` where the text is neither.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Confidential, Self::Public].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Whether users may be asked on an application's behalf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// Nobody has decided yet.
    Pending,
    /// They may.
    Approved,
    /// They may not.
    Rejected,
}

impl Approval {
    /// As the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let all = [Self::Pending, Self::Approved, Self::Rejected];
        all.into_iter().find(|approval| approval.as_str() == text)
    }
}

/// A row of `oauth2_client`.
#[derive(Clone, Debug, PartialEq)]
pub struct Client {
    /// Its id, which names the organisation.
    pub id: String,
    /// For people.
    pub name: String,
    /// A picture's URL.
    pub logo: Option<String>,
    /// Where users may be sent back to, exactly.
    pub redirect_uris: Vec<String>,
    /// Whether it keeps a secret.
    pub client_type: ClientType,
    /// SHA-256 hex of the secret; public ones have none.
    pub secret_hash: Option<String>,
    /// Whether the operator vouches for it.
    pub is_trusted: bool,
    /// Whether users may be asked.
    pub approval: Approval,
    /// What it may ask for.
    pub scopes: Vec<String>,
    /// Who made it; `None` where they are gone.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: Instant,
}

/// The columns [`Client::read`] expects, in order.
macro_rules! columns {
    () => {
        "id, name, logo, redirect_uris, client_type, secret_hash, is_trusted, approval, scopes, \
         created_by, created_at"
    };
}

/// A statement that ends with those columns.
macro_rules! returning {
    ($statement:literal) => {
        concat!($statement, " RETURNING ", columns!())
    };
}

impl Client {
    fn read<D: Database>(scope: &Scope<'_, D>, row: Row<'_>) -> Result<Self, BadRow> {
        let creator = row.optional(9, Row::integer)?;
        let wrong = |column, expected| BadRow { column, expected };
        Ok(Self {
            id: row.string(0)?,
            name: row.string(1)?,
            logo: row.optional(2, Row::string)?,
            redirect_uris: row.json(3)?,
            client_type: ClientType::parse(row.text(4)?).ok_or(wrong(4, "a client type"))?,
            secret_hash: row.optional(5, Row::string)?,
            is_trusted: row.boolean(6)?,
            approval: Approval::parse(row.text(7)?).ok_or(wrong(7, "an approval"))?,
            scopes: row.json(8)?,
            created_by: creator.map(|id| UserId::new(scope.organization(), id)),
            created_at: row.instant(10)?,
        })
    }

    fn first<D: Database>(
        scope: &Scope<'_, D>,
        rows: Option<&Rows>,
    ) -> Result<Option<Self>, StoreError> {
        let row = rows.and_then(Rows::first);
        Ok(row.map(|row| Self::read(scope, row)).transpose()?)
    }
}

/// An application to be stored.
#[derive(Clone, Debug)]
pub struct NewClient {
    /// Its id.
    pub id: ClientId,
    /// For people.
    pub name: String,
    /// A picture's URL.
    pub logo: Option<String>,
    /// Where users may be sent back to, exactly.
    pub redirect_uris: Vec<String>,
    /// Whether it keeps a secret.
    pub client_type: ClientType,
    /// SHA-256 hex of the secret; public ones have none.
    pub secret_hash: Option<String>,
    /// Whether users may be asked.
    pub approval: Approval,
    /// What it may ask for.
    pub scopes: Vec<String>,
}

/// Stores an application of a user, of which there are fewer than `most`; `None`
/// where there are not, or the user is gone.
pub async fn insert_client<D: Database>(
    scope: &Scope<'_, D>,
    creator: UserId,
    new: &NewClient,
    most: u32,
    now: Instant,
) -> Result<Option<Client>, StoreError> {
    let insert = Statement::command(
        returning!(
            "INSERT INTO oauth2_client (id, name, logo, redirect_uris, client_type, secret_hash, \
             approval, scopes, created_by, created_at, updated_at) \
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, id, ?10, ?10 FROM user \
             WHERE id = ?9 AND left_at IS NULL \
             AND (SELECT count(*) FROM oauth2_client WHERE created_by = ?9) < ?11"
        ),
        arguments![
            new.id.as_str(),
            new.name.as_str(),
            new.logo.as_deref(),
            json!(new.redirect_uris).to_string(),
            new.client_type.as_str(),
            new.secret_hash.as_deref(),
            new.approval.as_str(),
            json!(new.scopes).to_string(),
            creator.row(),
            now,
            most,
        ],
    );
    let rows = scope.write(vec![insert.returning()]).await?;
    Client::first(scope, rows.first())
}

/// One application. Asks the primary: what it may do is decided by it.
pub async fn find_client<D: Database>(
    scope: &Scope<'_, D>,
    id: &ClientId,
) -> Result<Option<Client>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM oauth2_client WHERE id = ?1");
    let rows = scope.read_primary(Statement::query(sql, arguments![id.as_str()])).await?;
    Client::first(scope, Some(&rows))
}

/// The applications of an organisation, or those of one user, oldest first.
pub async fn list_clients<D: Database>(
    scope: &Scope<'_, D>,
    creator: Option<UserId>,
    skip: u32,
    take: u32,
) -> Result<Vec<Client>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM oauth2_client WHERE ?1 IS NULL OR created_by = ?1 \
         ORDER BY created_at, id LIMIT ?2 OFFSET ?3"
    );
    let creator = creator.map(WireId::row);
    let rows = scope.read_primary(Statement::query(sql, arguments![creator, take, skip])).await?;
    Ok(rows.map(|row| Client::read(scope, row))?)
}

/// What of an application changes.
#[derive(Clone, Debug, Default)]
pub struct ClientChange {
    /// For people.
    pub name: Option<String>,
    /// A picture's URL; null: none.
    pub logo: Patch<String>,
    /// Where users may be sent back to, exactly.
    pub redirect_uris: Option<Vec<String>>,
    /// What it may ask for. What was allowed before stays.
    pub scopes: Option<Vec<String>>,
}

/// Changes an application; `None` where there is none.
pub async fn update_client<D: Database>(
    scope: &Scope<'_, D>,
    id: &ClientId,
    change: &ClientChange,
    now: Instant,
) -> Result<Option<Client>, StoreError> {
    let list = |texts: &Vec<String>| json!(texts).to_string();
    let update = Statement::command(
        returning!(
            "UPDATE oauth2_client SET name = coalesce(?2, name), \
             logo = CASE WHEN ?3 THEN ?4 ELSE logo END, \
             redirect_uris = coalesce(?5, redirect_uris), scopes = coalesce(?6, scopes), \
             updated_at = ?7 WHERE id = ?1"
        ),
        arguments![
            id.as_str(),
            change.name.as_deref(),
            !change.logo.is_absent(),
            change.logo.value().map(String::as_str),
            change.redirect_uris.as_ref().map(list),
            change.scopes.as_ref().map(list),
            now,
        ],
    );
    let rows = scope.write(vec![update.returning()]).await?;
    Client::first(scope, rows.first())
}

/// Decides on an application; `None` where there is none.
pub async fn set_approval<D: Database>(
    scope: &Scope<'_, D>,
    id: &ClientId,
    approval: Approval,
    is_trusted: bool,
    now: Instant,
) -> Result<Option<Client>, StoreError> {
    let update = Statement::command(
        returning!(
            "UPDATE oauth2_client SET approval = ?2, is_trusted = ?3, updated_at = ?4 WHERE id = ?1"
        ),
        arguments![id.as_str(), approval.as_str(), is_trusted, now],
    );
    let rows = scope.write(vec![update.returning()]).await?;
    Client::first(scope, rows.first())
}

/// Gives an application another secret; `None` where it has none, or is gone.
pub async fn set_secret<D: Database>(
    scope: &Scope<'_, D>,
    id: &ClientId,
    secret_hash: &str,
    now: Instant,
) -> Result<Option<Client>, StoreError> {
    let update = Statement::command(
        returning!(
            "UPDATE oauth2_client SET secret_hash = ?2, updated_at = ?3 \
             WHERE id = ?1 AND secret_hash IS NOT NULL"
        ),
        arguments![id.as_str(), secret_hash, now],
    );
    let rows = scope.write(vec![update.returning()]).await?;
    Client::first(scope, rows.first())
}

/// Deletes an application, and with it all that users allowed it; `None` where there
/// is none.
pub async fn delete_client<D: Database>(
    scope: &Scope<'_, D>,
    id: &ClientId,
) -> Result<Option<Client>, StoreError> {
    let sql = returning!("DELETE FROM oauth2_client WHERE id = ?1");
    let delete = Statement::command(sql, arguments![id.as_str()]);
    let rows = scope.write(vec![delete.returning()]).await?;
    Client::first(scope, rows.first())
}
