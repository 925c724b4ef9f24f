//! Organisations, in the platform's database.
//!
//! A row is `provisioning` until its database, owner and first key exist, and
//! `deleting` from the wish to delete it until its database is gone. Neither shows
//! to anybody; both can be taken over from a process that died.

use meridian_kernel::{Instant, OrganizationNumber, Patch, Rate};
use serde::{Deserialize, Serialize};

use crate::{
    BadRow, ConstraintKind, Database, DatabaseError, Platform, Row, Rows, Statement, StoreError,
    arguments,
};

/// How long a provisioning may take before another one takes its slug over.
pub const PROVISIONING_SECONDS: i64 = 60;

/// The member of `limits` with the rate limits of an organisation's credentials.
pub const RATE_LIMITS: &str = "rateLimits";

/// Where an organisation is in its life, as far as others see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Being made.
    Provisioning,
    /// Served.
    Active,
    /// Kept, and not served.
    Suspended,
    /// Going.
    Deleting,
}

/// Who was made its first user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The user's id as clients see it; 0 until the organisation is active.
    #[serde(default)]
    pub id: i64,
    /// As provisioned.
    pub email: String,
    /// As provisioned.
    pub username: String,
}

/// A row of `organization`, with its domains.
#[derive(Clone, Debug, PartialEq)]
pub struct Organization {
    /// Names its database.
    pub number: OrganizationNumber,
    /// Unique.
    pub slug: String,
    /// For people.
    pub name: String,
    /// Such as `FREE`.
    pub plan: String,
    /// Whether it is a platform customer.
    pub is_platform: bool,
    /// Where it is in its life.
    pub state: State,
    /// Its first user.
    pub owner: Owner,
    /// JSON object: name, logoUrl, color, emailFrom.
    pub brand: Option<serde_json::Value>,
    /// JSON object.
    pub limits: Option<serde_json::Value>,
    /// Host names that are its own, in lower case.
    pub domains: Vec<String>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// The columns [`Organization::read`] expects, in order, and the table.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT number, slug, name, plan, is_platform, state, owner, brand, limits, \
             (SELECT json_group_array(host) FROM \
              (SELECT host FROM domain WHERE organization = number ORDER BY host)), \
             created_at, updated_at FROM organization ",
            $rest
        )
    };
}

impl Organization {
    /// The rate limits of its credentials; empty: the default ones.
    pub fn rates(&self) -> Vec<Rate> {
        let rates = self.limits.as_ref().and_then(|limits| limits.get(RATE_LIMITS));
        rates.and_then(|rates| Vec::deserialize(rates).ok()).unwrap_or_default()
    }

    /// The row mapper.
    fn read(row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            number: read_number(row, 0)?,
            slug: row.string(1)?,
            name: row.string(2)?,
            plan: row.string(3)?,
            is_platform: row.boolean(4)?,
            state: read_state(row, 5)?,
            owner: row.json(6)?,
            brand: row.optional(7, Row::json)?,
            limits: row.optional(8, Row::json)?,
            domains: row.json(9)?,
            created_at: row.instant(10)?,
            updated_at: row.instant(11)?,
        })
    }
}

fn read_number(row: Row<'_>, column: usize) -> Result<OrganizationNumber, BadRow> {
    row.count(column)
        .ok()
        .and_then(OrganizationNumber::new)
        .ok_or(BadRow { column, expected: "an organisation number below 2^21" })
}

fn read_state(row: Row<'_>, column: usize) -> Result<State, BadRow> {
    match row.text(column)? {
        "provisioning" => Ok(State::Provisioning),
        "active" => Ok(State::Active),
        "suspended" => Ok(State::Suspended),
        "deleting" => Ok(State::Deleting),
        _ => Err(BadRow { column, expected: "the state of an organisation" }),
    }
}

fn first_number(rows: &Rows) -> Result<Option<OrganizationNumber>, StoreError> {
    Ok(rows.first().map(|row| read_number(row, 0)).transpose()?)
}

fn first_organization(rows: &Rows) -> Result<Option<Organization>, StoreError> {
    Ok(rows.first().map(Organization::read).transpose()?)
}

/// Whose slug it is; `None` where nobody's. Suspended ones are found too.
pub async fn find_by_slug<D: Database>(
    platform: &Platform<'_, D>,
    slug: &str,
) -> Result<Option<OrganizationNumber>, StoreError> {
    let sql = "SELECT number FROM organization \
               WHERE slug = ?1 AND state IN ('active', 'suspended')";
    first_number(&platform.read_one(Statement::query(sql, arguments![slug])).await?)
}

/// Whose host name it is (lower case, without port); `None` where nobody's.
/// Suspended ones are found too.
pub async fn find_by_domain<D: Database>(
    platform: &Platform<'_, D>,
    host: &str,
) -> Result<Option<OrganizationNumber>, StoreError> {
    let sql = "SELECT o.number FROM domain d JOIN organization o ON o.number = d.organization \
               WHERE d.host = ?1 AND o.state IN ('active', 'suspended')";
    first_number(&platform.read_one(Statement::query(sql, arguments![host])).await?)
}

/// The whole row of a number that is active or suspended. Asks the primary: what
/// is read here is believed for a while.
pub async fn find_by_number<D: Database>(
    platform: &Platform<'_, D>,
    number: OrganizationNumber,
) -> Result<Option<Organization>, StoreError> {
    let sql = select!("WHERE number = ?1 AND state IN ('active', 'suspended')");
    let query = Statement::query(sql, arguments![number.get()]);
    first_organization(&platform.read_primary(query).await?)
}

/// The whole row of a slug that is active or suspended. Asks the primary, so that
/// an operator reads what they just wrote.
pub async fn load_by_slug<D: Database>(
    platform: &Platform<'_, D>,
    slug: &str,
) -> Result<Option<Organization>, StoreError> {
    let sql = select!("WHERE slug = ?1 AND state IN ('active', 'suspended')");
    first_organization(&platform.read_primary(Statement::query(sql, arguments![slug])).await?)
}

/// Those active or suspended, oldest first.
pub async fn list<D: Database>(
    platform: &Platform<'_, D>,
    skip: u32,
    take: u32,
) -> Result<Vec<Organization>, StoreError> {
    let sql = select!("WHERE state IN ('active', 'suspended') ORDER BY number LIMIT ?1 OFFSET ?2");
    let rows = platform.read_one(Statement::query(sql, arguments![take, skip])).await?;
    Ok(rows.map(Organization::read)?)
}

/// What an organisation is made of.
#[derive(Clone, Debug)]
pub struct NewOrganization {
    /// Unique.
    pub slug: String,
    /// For people.
    pub name: String,
    /// Such as `FREE`.
    pub plan: String,
    /// Whether it is a platform customer.
    pub is_platform: bool,
    /// Its first user, whose id is not known yet.
    pub owner: Owner,
    /// JSON object.
    pub brand: Option<serde_json::Value>,
    /// JSON object.
    pub limits: Option<serde_json::Value>,
    /// Host names, each once, in lower case.
    pub domains: Vec<String>,
}

/// What became of a write that claims a slug or domains.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim<T> {
    /// It is written.
    Granted(T),
    /// Another organisation has the slug.
    SlugTaken,
    /// Another organisation has this domain.
    DomainTaken(String),
    /// There is no such organisation (any more).
    Gone,
}

/// Tells from a failed batch whose claim failed: statement 0 claims the slug, and
/// those from `first_domain` on one domain each.
fn claim_refused<T>(
    error: DatabaseError,
    first_domain: usize,
    domains: &[String],
) -> Result<Claim<T>, StoreError> {
    match error {
        DatabaseError::Precondition(0) => Ok(Claim::Gone),
        DatabaseError::Constraint { statement: 0, kind: ConstraintKind::Unique, .. } => {
            Ok(Claim::SlugTaken)
        }
        DatabaseError::Constraint { statement, kind: ConstraintKind::Unique, ref column } => {
            let domain = statement.checked_sub(first_domain).and_then(|index| domains.get(index));
            let domain = domain.ok_or_else(|| DatabaseError::Failed(column.clone()))?;
            Ok(Claim::DomainTaken(domain.clone()))
        }
        other => Err(other.into()),
    }
}

/// Takes a number, the slug and the domains, as `provisioning`.
pub async fn reserve<D: Database>(
    platform: &Platform<'_, D>,
    new: &NewOrganization,
    now: Instant,
) -> Result<Claim<OrganizationNumber>, StoreError> {
    let insert = Statement::command(
        "INSERT INTO organization \
         (slug, name, plan, is_platform, state, owner, brand, limits, created_at, updated_at) \
         VALUES (?1, ?2, ?3, ?4, 'provisioning', ?5, ?6, ?7, ?8, ?8) RETURNING number",
        arguments![
            new.slug.as_str(),
            new.name.as_str(),
            new.plan.as_str(),
            new.is_platform,
            json(&new.owner),
            new.brand.as_ref().map(json),
            new.limits.as_ref().map(json),
            now,
        ],
    );
    let claim_domain = |host: &String| {
        Statement::command(
            "INSERT INTO domain (host, organization) \
             SELECT ?1, number FROM organization WHERE slug = ?2",
            arguments![host.as_str(), new.slug.as_str()],
        )
    };
    let mut batch = vec![insert.returning()];
    batch.extend(new.domains.iter().map(claim_domain));
    match platform.write(batch).await {
        Ok(rows) => {
            let number = rows.first().map(first_number).transpose()?.flatten();
            Ok(number.map_or(Claim::Gone, Claim::Granted))
        }
        Err(error) => claim_refused(error, 1, &new.domains),
    }
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Marks what stands in the way of a slug or of domains and belongs to nobody any
/// more: a provisioning given up, a deletion not finished. Whoever is answered a
/// number removes its database and then the row ([`remove`]).
pub async fn take_over_abandoned<D: Database>(
    platform: &Platform<'_, D>,
    slug: &str,
    domains: &[String],
    now: Instant,
) -> Result<Vec<OrganizationNumber>, StoreError> {
    let mark = Statement::command(
        "UPDATE organization SET state = 'deleting', updated_at = ?3 \
         WHERE (slug = ?1 OR number IN (SELECT organization FROM domain \
                WHERE host IN (SELECT value FROM json_each(?2)))) \
         AND (state = 'deleting' OR (state = 'provisioning' AND updated_at < ?4)) \
         RETURNING number",
        arguments![slug, json(&domains), now, oldest_provisioning(now)],
    );
    let rows = platform.write(vec![mark.returning()]).await?;
    let numbers = rows.first().map(|rows| rows.map(|row| read_number(row, 0))).transpose()?;
    Ok(numbers.unwrap_or_default())
}

fn oldest_provisioning(now: Instant) -> Instant {
    now.plus_millis(-1000 * PROVISIONING_SECONDS)
}

/// Ends a provisioning; false where it took so long that another took it over.
pub async fn activate<D: Database>(
    platform: &Platform<'_, D>,
    number: OrganizationNumber,
    owner: &Owner,
    now: Instant,
) -> Result<bool, StoreError> {
    let update = Statement::command(
        "UPDATE organization SET state = 'active', owner = ?2, updated_at = ?3 \
         WHERE number = ?1 AND state = 'provisioning'",
        arguments![number.get(), json(owner), now],
    );
    was_affected(platform.write(vec![update.must_affect()]).await)
}

fn was_affected(outcome: Result<Vec<Rows>, DatabaseError>) -> Result<bool, StoreError> {
    match outcome {
        Ok(_) => Ok(true),
        Err(DatabaseError::Precondition(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// What an operator may change.
#[derive(Clone, Debug, Default)]
pub struct OrganizationChange {
    /// Unique.
    pub slug: Option<String>,
    /// For people.
    pub name: Option<String>,
    /// Such as `FREE`.
    pub plan: Option<String>,
    /// Whether it is a platform customer.
    pub is_platform: Option<bool>,
    /// JSON object.
    pub brand: Patch<serde_json::Value>,
    /// JSON object.
    pub limits: Patch<serde_json::Value>,
    /// All host names, instead of those it had.
    pub domains: Option<Vec<String>>,
}

/// Changes an organisation and answers its row.
pub async fn update<D: Database>(
    platform: &Platform<'_, D>,
    number: OrganizationNumber,
    change: &OrganizationChange,
    now: Instant,
) -> Result<Claim<Organization>, StoreError> {
    let id = number.get();
    let update = Statement::command(
        "UPDATE organization SET slug = coalesce(?2, slug), name = coalesce(?3, name), \
         plan = coalesce(?4, plan), is_platform = coalesce(?5, is_platform), \
         brand = CASE WHEN ?6 THEN ?7 ELSE brand END, \
         limits = CASE WHEN ?8 THEN ?9 ELSE limits END, updated_at = ?10 \
         WHERE number = ?1 AND state IN ('active', 'suspended')",
        arguments![
            id,
            change.slug.as_deref(),
            change.name.as_deref(),
            change.plan.as_deref(),
            change.is_platform,
            !change.brand.is_absent(),
            change.brand.value().map(json),
            !change.limits.is_absent(),
            change.limits.value().map(json),
            now,
        ],
    );
    let mut batch = vec![update.must_affect()];
    let domains = change.domains.as_deref().unwrap_or_default();
    if change.domains.is_some() {
        let clear = "DELETE FROM domain WHERE organization = ?1";
        batch.push(Statement::command(clear, arguments![id]));
        let claim = "INSERT INTO domain (host, organization) VALUES (?1, ?2)";
        let claim = |host: &String| Statement::command(claim, arguments![host.as_str(), id]);
        batch.extend(domains.iter().map(claim));
    }
    batch.push(Statement::query(select!("WHERE number = ?1"), arguments![id]));
    match platform.write(batch).await {
        Ok(rows) => {
            let changed = rows.last().map(first_organization).transpose()?.flatten();
            Ok(changed.map_or(Claim::Gone, Claim::Granted))
        }
        Err(error) => claim_refused(error, 2, domains),
    }
}

/// Suspends or resumes; answers the row, `None` where there is none. Doing so
/// twice is no mistake.
pub async fn set_suspended<D: Database>(
    platform: &Platform<'_, D>,
    slug: &str,
    suspended: bool,
    now: Instant,
) -> Result<Option<Organization>, StoreError> {
    let state = if suspended { "suspended" } else { "active" };
    let update = Statement::command(
        "UPDATE organization SET state = ?2, updated_at = ?3 \
         WHERE slug = ?1 AND state IN ('active', 'suspended')",
        arguments![slug, state, now],
    );
    let read = Statement::query(
        select!("WHERE slug = ?1 AND state IN ('active', 'suspended')"),
        arguments![slug],
    );
    let rows = platform.write(vec![update, read]).await?;
    rows.last().map(first_organization).transpose().map(Option::flatten)
}

/// Begins a deletion, or takes one up again that was not finished; `None` where
/// there is nothing of that slug to delete.
pub async fn begin_deletion<D: Database>(
    platform: &Platform<'_, D>,
    slug: &str,
    now: Instant,
) -> Result<Option<OrganizationNumber>, StoreError> {
    let mark = Statement::command(
        "UPDATE organization SET state = 'deleting', updated_at = ?2 \
         WHERE slug = ?1 AND (state <> 'provisioning' OR updated_at < ?3) RETURNING number",
        arguments![slug, now, oldest_provisioning(now)],
    );
    let rows = platform.write(vec![mark.returning()]).await?;
    rows.first().map(first_number).transpose().map(Option::flatten)
}

/// Gives up what one provisioned and told nobody of, in whichever state it is: an
/// activation that failed may have been written all the same.
pub async fn abandon<D: Database>(
    platform: &Platform<'_, D>,
    number: OrganizationNumber,
    now: Instant,
) -> Result<(), StoreError> {
    let mark = "UPDATE organization SET state = 'deleting', updated_at = ?2 WHERE number = ?1";
    platform.write(vec![Statement::command(mark, arguments![number.get(), now])]).await?;
    Ok(())
}

/// Removes the row of a deletion whose database is gone: its slug and domains are
/// free again. Twice is no mistake.
pub async fn remove<D: Database>(
    platform: &Platform<'_, D>,
    number: OrganizationNumber,
) -> Result<(), StoreError> {
    /// Of an organisation that is really going: a number alone is not enough.
    macro_rules! delete_from {
        ($table:literal) => {
            concat!(
                "DELETE FROM ",
                $table,
                " WHERE organization = ?1 AND EXISTS \
                 (SELECT 1 FROM organization WHERE number = ?1 AND state = 'deleting')"
            )
        };
    }
    let row = "DELETE FROM organization WHERE number = ?1 AND state = 'deleting'";
    let batch = [delete_from!("domain"), delete_from!("due_work"), row]
        .map(|sql| Statement::command(sql, arguments![number.get()]));
    platform.write(batch.into()).await?;
    Ok(())
}

/// How many migrations the platform's database has had.
pub async fn schema_version<D: Database>(platform: &Platform<'_, D>) -> Result<u32, StoreError> {
    let sql = "SELECT coalesce(max(version), 0) FROM schema_migration";
    let rows = platform.read_one(Statement::query(sql, [])).await?;
    Ok(rows.first().map(|row| row.count(0)).transpose()?.unwrap_or(0))
}
