//! Making, changing and deleting webhooks.

use meridian_kernel::{Instant, Patch, UuidUid, WireId};

use super::{Owner, Webhook, columns, of_owner};
use crate::{
    ConstraintKind, Database, DatabaseError, Scope, Statement, StoreError, arguments, oauth_clients,
};

/// How many webhooks one owner may have: what happens is written once for each.
pub const MAX_WEBHOOKS: u32 = 1_000;

/// What became of a new webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// It is there.
    Done,
    /// Its owner has another one for that URL.
    UrlTaken,
    /// Its owner has [`MAX_WEBHOOKS`].
    TooMany,
    /// Its owner is gone.
    OwnerGone,
}

/// Stores a new webhook.
pub async fn create<D: Database>(
    scope: &Scope<'_, D>,
    webhook: &Webhook,
) -> Result<Created, StoreError> {
    if !webhook.owner.is_of(scope) {
        return Ok(Created::OwnerGone);
    }
    let (mut user, mut event_type, mut organization, mut client) = (None, None, None, None);
    match &webhook.owner {
        Owner::User(id) => user = Some(id.row()),
        Owner::EventType(id) => event_type = Some(id.row()),
        Owner::Organization => organization = Some(true),
        Owner::Client(id) => client = Some(id.as_str()),
    }
    // Clients come and go without a foreign key; so it is told from the row's absence.
    let insert = Statement::command(
        concat!(
            "INSERT INTO webhook (",
            columns!(),
            ") SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, NULL, ?11, ?12, ?13, NULL, NULL \
             WHERE (SELECT count(*) FROM webhook WHERE user_id = ?2 OR event_type_id = ?3 \
             OR of_organization = ?4 OR oauth_client_id = ?5) < ?14 \
             AND (?5 IS NULL OR EXISTS (SELECT 1 FROM oauth_client WHERE id = ?5))"
        ),
        arguments![
            webhook.id.as_str(),
            user,
            event_type,
            organization,
            client,
            webhook.subscriber_url.as_str(),
            webhook.active,
            triggers_json(&webhook.triggers),
            webhook.payload_template.as_deref(),
            webhook.sealed_secret.as_deref(),
            webhook.version.as_str(),
            webhook.created_at,
            webhook.updated_at,
            MAX_WEBHOOKS,
        ],
    );
    match scope.write(vec![insert.must_affect()]).await {
        Ok(_) => Ok(Created::Done),
        Err(DatabaseError::Precondition(0)) => refused(scope, &webhook.owner).await,
        Err(error) if is_broken(&error, ConstraintKind::Unique) => Ok(Created::UrlTaken),
        Err(error) if is_broken(&error, ConstraintKind::ForeignKey) => Ok(Created::OwnerGone),
        Err(error) => Err(error.into()),
    }
}

/// Why a webhook was not stored that breaks no constraint.
async fn refused<D: Database>(scope: &Scope<'_, D>, owner: &Owner) -> Result<Created, StoreError> {
    let Owner::Client(id) = owner else { return Ok(Created::TooMany) };
    let client = oauth_clients::find(scope, id).await?;
    Ok(if client.is_some() { Created::TooMany } else { Created::OwnerGone })
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
    /// The signing secret.
    pub secret: Patch<NewSecret>,
    /// The version of the payload.
    pub version: Option<String>,
}

/// A secret that takes the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSecret {
    /// The new one, sealed.
    pub sealed: String,
    /// Until when the old one signs as well.
    pub old_until: Instant,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It is as given.
    Done(Box<Webhook>),
    /// Its owner has another webhook for that URL.
    UrlTaken,
    /// There is no such webhook (any more).
    Gone,
}

/// Changes a webhook. What is still to be delivered for one that is switched off
/// is not delivered. A secret that is replaced, and not taken away, is kept as the
/// previous one.
pub async fn update<D: Database>(
    scope: &Scope<'_, D>,
    id: &UuidUid,
    changes: &Changes,
    now: Instant,
) -> Result<Changed, StoreError> {
    let secret = changes.secret.value();
    let change = Statement::query(
        concat!(
            "UPDATE webhook SET subscriber_url = coalesce(?2, subscriber_url), \
             active = coalesce(?3, active), triggers = coalesce(?4, triggers), \
             payload_template = CASE WHEN ?5 THEN ?6 ELSE payload_template END, \
             secret = CASE WHEN ?7 THEN ?8 ELSE secret END, \
             previous_secret = CASE WHEN ?7 THEN iif(?8 IS NULL, NULL, secret) \
             ELSE previous_secret END, \
             previous_secret_until = CASE WHEN ?7 THEN iif(?8 IS NULL OR secret IS NULL, NULL, ?9) \
             ELSE previous_secret_until END, \
             version = coalesce(?10, version), updated_at = ?11, \
             disabled_at = iif(?3 IS 1, NULL, disabled_at), \
             disabled_reason = iif(?3 IS 1, NULL, disabled_reason) WHERE id = ?1 RETURNING ",
            columns!()
        ),
        arguments![
            id.as_str(),
            changes.subscriber_url.as_deref(),
            changes.active,
            changes.triggers.as_deref().map(triggers_json),
            !changes.payload_template.is_absent(),
            changes.payload_template.value().map(String::as_str),
            !changes.secret.is_absent(),
            secret.map(|secret| secret.sealed.as_str()),
            secret.map(|secret| secret.old_until),
            changes.version.as_deref(),
            now,
        ],
    );
    let drop_pending = Statement::command(
        "UPDATE webhook_delivery SET state = 'failed', last_error = 'the webhook is not active' \
         WHERE webhook_id = ?1 AND state = 'pending'",
        arguments![id.as_str()],
    );
    // Another address, or another try with the old one: its failures are not counted
    // on.
    let begin_afresh = Statement::command(
        "DELETE FROM webhook_health WHERE webhook_id = ?1 AND EXISTS (SELECT 1 FROM webhook \
         WHERE id = ?1 AND (active < ?3 OR subscriber_url <> ?2))",
        arguments![id.as_str(), changes.subscriber_url.as_deref(), changes.active],
    );
    let mut batch = vec![begin_afresh, change];
    if changes.active == Some(false) {
        batch.push(drop_pending);
    }
    match scope.write(batch).await {
        Ok(answers) => match answers.get(1).map(|rows| Webhook::first(scope, rows)).transpose()? {
            Some(Some(webhook)) => Ok(Changed::Done(Box::new(webhook))),
            _ => Ok(Changed::Gone),
        },
        Err(error) if is_broken(&error, ConstraintKind::Unique) => Ok(Changed::UrlTaken),
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
    Ok(answers.first().map(|rows| Webhook::first(scope, rows)).transpose()?.flatten())
}

/// Deletes all webhooks of an owner and their deliveries, and answers how many there
/// were.
pub async fn delete_all<D: Database>(
    scope: &Scope<'_, D>,
    owner: &Owner,
) -> Result<u64, StoreError> {
    if !owner.is_of(scope) {
        return Ok(0);
    }
    let sql = of_owner!(owner, "DELETE FROM webhook WHERE ", "");
    let answers = scope.write(vec![Statement::command(sql, [owner.value()])]).await?;
    Ok(answers.first().map_or(0, |rows| rows.affected))
}

/// Whether a constraint of that kind was broken; only the webhook's own row can break
/// any here.
fn is_broken(error: &DatabaseError, kind: ConstraintKind) -> bool {
    matches!(error, DatabaseError::Constraint { kind: broken, .. } if *broken == kind)
}

fn triggers_json(triggers: &[String]) -> String {
    serde_json::Value::from(triggers).to_string()
}
