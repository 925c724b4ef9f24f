//! Webhooks of users.

use meridian_kernel::{Instant, OrganizationNumber, Patch, UserId, UuidUid, WireId};

use crate::{
    BadRow, ConstraintKind, Database, DatabaseError, Row, Rows, Scope, Statement, StoreError,
    arguments,
};

/// A row of `webhook`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// The id.
    pub id: UuidUid,
    /// Whose it is.
    pub user_id: UserId,
    /// Where deliveries go.
    pub subscriber_url: String,
    /// Whether it is called at all.
    pub active: bool,
    /// What it is called for, each once.
    pub triggers: Vec<String>,
    /// The form of the body; `None`: the standard one.
    pub payload_template: Option<String>,
    /// The signing secret, sealed.
    pub sealed_secret: Option<String>,
    /// The version of the payload.
    pub version: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// The columns [`Webhook::read`] expects, in order.
macro_rules! columns {
    () => {
        "id, user_id, subscriber_url, active, triggers, payload_template, secret, version, \
         created_at, updated_at"
    };
}

impl Webhook {
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        let expected = "a webhook id";
        Ok(Self {
            id: UuidUid::parse(row.text(0)?).ok_or(BadRow { column: 0, expected })?,
            user_id: UserId::new(organization, row.integer(1)?),
            subscriber_url: row.string(2)?,
            active: row.boolean(3)?,
            triggers: row.json(4)?,
            payload_template: row.optional(5, Row::string)?,
            sealed_secret: row.optional(6, Row::string)?,
            version: row.string(7)?,
            created_at: row.instant(8)?,
            updated_at: row.instant(9)?,
        })
    }
}

/// Stores a new webhook; false where the user has another one for that URL.
pub async fn create<D: Database>(
    scope: &Scope<'_, D>,
    webhook: &Webhook,
) -> Result<bool, StoreError> {
    let sql = concat!(
        "INSERT INTO webhook (",
        columns!(),
        ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
    );
    let insert = Statement::command(
        sql,
        arguments![
            webhook.id.as_str(),
            webhook.user_id.row(),
            webhook.subscriber_url.as_str(),
            webhook.active,
            triggers_json(&webhook.triggers),
            webhook.payload_template.clone(),
            webhook.sealed_secret.clone(),
            webhook.version.as_str(),
            webhook.created_at,
            webhook.updated_at,
        ],
    );
    match scope.write(vec![insert]).await {
        Ok(_) => Ok(true),
        Err(error) if is_url_taken(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// A page of a user's webhooks, oldest first.
pub async fn list<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    skip: u32,
    take: u32,
) -> Result<Vec<Webhook>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM webhook WHERE user_id = ?1 ORDER BY created_at, id LIMIT ?2 OFFSET ?3"
    );
    let rows = scope.read_one(Statement::query(sql, arguments![user.row(), take, skip])).await?;
    Ok(rows.map(|row| Webhook::read(scope.organization(), row))?)
}

/// One webhook, whoever of the organisation it belongs to.
pub async fn find<D: Database>(
    scope: &Scope<'_, D>,
    id: &UuidUid,
) -> Result<Option<Webhook>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(None);
    }
    let sql = concat!("SELECT ", columns!(), " FROM webhook WHERE id = ?1");
    let rows = scope.read_one(Statement::query(sql, arguments![id.as_str()])).await?;
    Ok(rows.first().map(|row| Webhook::read(scope.organization(), row)).transpose()?)
}

/// The fields to be changed; everything else stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Where deliveries go.
    pub subscriber_url: Option<String>,
    /// Whether it is called at all.
    pub active: Option<bool>,
    /// What it is called for, each once.
    pub triggers: Option<Vec<String>>,
    /// The form of the body.
    pub payload_template: Patch<String>,
    /// The signing secret, sealed.
    pub sealed_secret: Patch<String>,
    /// The version of the payload.
    pub version: Option<String>,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The webhook as it is now.
    Done(Box<Webhook>),
    /// The user has another webhook for that URL.
    UrlTaken,
    /// There is no such webhook any more.
    Gone,
}

/// Changes a webhook. One that is not active any more is not called for what
/// already happened either.
pub async fn update<D: Database>(
    scope: &Scope<'_, D>,
    id: &UuidUid,
    changes: &Changes,
    now: Instant,
) -> Result<Changed, StoreError> {
    let sql = concat!(
        "UPDATE webhook SET subscriber_url = coalesce(?2, subscriber_url), \
         active = coalesce(?3, active), triggers = coalesce(?4, triggers), \
         payload_template = CASE WHEN ?5 THEN ?6 ELSE payload_template END, \
         secret = CASE WHEN ?7 THEN ?8 ELSE secret END, version = coalesce(?9, version), \
         updated_at = ?10 WHERE id = ?1 RETURNING ",
        columns!()
    );
    let change = Statement::query(
        sql,
        arguments![
            id.as_str(),
            changes.subscriber_url.clone(),
            changes.active,
            changes.triggers.as_deref().map(triggers_json),
            !changes.payload_template.is_absent(),
            changes.payload_template.value().cloned(),
            !changes.sealed_secret.is_absent(),
            changes.sealed_secret.value().cloned(),
            changes.version.clone(),
            now,
        ],
    );
    let drop_pending = Statement::command(
        "UPDATE webhook_delivery SET state = 'failed', last_error = 'the webhook is not active' \
         WHERE webhook_id = ?1 AND state = 'pending'",
        arguments![id.as_str()],
    );
    let mut batch = vec![change];
    if changes.active == Some(false) {
        batch.push(drop_pending);
    }
    match scope.write(batch).await {
        Ok(answers) => match read_first(scope, &answers)? {
            Some(webhook) => Ok(Changed::Done(Box::new(webhook))),
            None => Ok(Changed::Gone),
        },
        Err(error) if is_url_taken(&error) => Ok(Changed::UrlTaken),
        Err(error) => Err(error.into()),
    }
}

/// Deletes a webhook and its deliveries, and answers what it was.
pub async fn delete<D: Database>(
    scope: &Scope<'_, D>,
    id: &UuidUid,
) -> Result<Option<Webhook>, StoreError> {
    let sql = concat!("DELETE FROM webhook WHERE id = ?1 RETURNING ", columns!());
    let answers = scope.write(vec![Statement::query(sql, arguments![id.as_str()])]).await?;
    Ok(read_first(scope, &answers)?)
}

fn read_first<D: Database>(
    scope: &Scope<'_, D>,
    answers: &[Rows],
) -> Result<Option<Webhook>, BadRow> {
    let row = answers.first().and_then(Rows::first);
    row.map(|row| Webhook::read(scope.organization(), row)).transpose()
}

fn is_url_taken(error: &DatabaseError) -> bool {
    let kind = ConstraintKind::Unique;
    matches!(error, DatabaseError::Constraint { statement: 0, kind: broken, .. } if *broken == kind)
}

fn triggers_json(triggers: &[String]) -> String {
    serde_json::Value::from(triggers).to_string()
}
