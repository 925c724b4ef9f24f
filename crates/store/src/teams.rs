//! Teams.

use meridian_kernel::{Instant, OrganizationNumber, Patch, TeamId, UserId, WireId, Zone};
use serde_json::{Map, Value};

use crate::{
    BadRow, ConstraintKind, Database, DatabaseError, Row, Rows, Scope, Statement, StoreError,
    arguments, parts,
};

/// A row of `team`.
#[derive(Clone, Debug, PartialEq)]
pub struct Team {
    /// The id.
    pub id: TeamId,
    /// Unique in the organisation, in any case of letters.
    pub slug: String,
    /// For people.
    pub name: String,
    /// IANA.
    pub time_zone: String,
    /// `Monday` … `Sunday`.
    pub week_start: String,
    /// How many bookings of all its event types: an object `{day, week, month, year}`.
    pub booking_limits: Option<Value>,
    /// Whether the limits also count the copies of managed event types.
    pub include_managed_events_in_limits: bool,
    /// Every other field of the API.
    pub settings: Map<String, Value>,
    /// The client's own.
    pub metadata: Map<String, Value>,
}

/// The columns [`Team::read`] expects, in order.
macro_rules! columns {
    () => {
        "id, slug, name, time_zone, week_start, booking_limits, \
         include_managed_events_in_limits, settings, metadata"
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM team ", $rest)
    };
}

impl Team {
    /// The row mapper.
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            id: TeamId::new(organization, row.integer(0)?),
            slug: row.string(1)?,
            name: row.string(2)?,
            time_zone: row.string(3)?,
            week_start: row.string(4)?,
            booking_limits: row.optional(5, Row::json)?,
            include_managed_events_in_limits: row.boolean(6)?,
            settings: row.json(7)?,
            metadata: row.json(8)?,
        })
    }
}

fn first<D: Database>(scope: &Scope<'_, D>, rows: &Rows) -> Result<Option<Team>, StoreError> {
    Ok(rows.first().map(|row| Team::read(scope.organization(), row)).transpose()?)
}

/// All teams, in the order they were made.
pub async fn list<D: Database>(
    scope: &Scope<'_, D>,
    skip: u32,
    take: u32,
) -> Result<Vec<Team>, StoreError> {
    let page = |take, skip| {
        Statement::query(select!("ORDER BY id LIMIT ?1 OFFSET ?2"), arguments![take, skip])
    };
    parts::read(scope, (skip, take), page, |row| Team::read(scope.organization(), row)).await
}

/// The teams a user is an accepted member of, in the order they were made.
pub async fn list_of_member<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    skip: u32,
    take: u32,
) -> Result<Vec<Team>, StoreError> {
    let page = |take, skip| {
        Statement::query(
            select!(
                "WHERE id IN (SELECT team_id FROM team_membership \
                     WHERE user_id = ?1 AND accepted = 1) \
                 ORDER BY id LIMIT ?2 OFFSET ?3"
            ),
            arguments![user.row(), take, skip],
        )
    };
    parts::read(scope, (skip, take), page, |row| Team::read(scope.organization(), row)).await
}

/// One team; `None` where there is none, or it is another organisation's.
pub async fn find<D: Database>(
    scope: &Scope<'_, D>,
    id: TeamId,
) -> Result<Option<Team>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(None);
    }
    let query = Statement::query(select!("WHERE id = ?1"), arguments![id.row()]);
    first(scope, &scope.read_one(query).await?)
}

/// A team to be made.
#[derive(Clone, Debug)]
pub struct NewTeam {
    /// Unique in the organisation.
    pub slug: String,
    /// For people.
    pub name: String,
    /// Where its days are.
    pub time_zone: Zone,
    /// `Monday` … `Sunday`.
    pub week_start: String,
    /// Every other field of the API.
    pub settings: Map<String, Value>,
    /// The client's own.
    pub metadata: Map<String, Value>,
    /// Who makes it, and becomes its owner.
    pub creator: UserId,
    /// Whether they are a member at once.
    pub creator_accepts: bool,
}

/// What became of a new or changed team.
#[derive(Clone, Debug, PartialEq)]
pub enum TeamStored {
    /// It is written.
    Stored(Box<Team>),
    /// Another team has the slug.
    SlugTaken,
    /// There is no such team (any more), or nobody to own it.
    Gone,
}

/// Makes a team with its first owner.
pub async fn insert<D: Database>(
    scope: &Scope<'_, D>,
    new: &NewTeam,
    now: Instant,
) -> Result<TeamStored, StoreError> {
    if new.creator.organization() != scope.organization() {
        return Ok(TeamStored::Gone);
    }
    let slug = new.slug.as_str();
    let insert = Statement::command(
        concat!(
            "INSERT INTO team (slug, name, time_zone, week_start, settings, metadata, \
             created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) RETURNING ",
            columns!()
        ),
        arguments![
            slug,
            new.name.as_str(),
            new.time_zone.name(),
            new.week_start.as_str(),
            json(&new.settings),
            json(&new.metadata),
            now,
        ],
    );
    let own = Statement::command(
        "INSERT INTO team_membership (team_id, user_id, role, accepted, created_at, updated_at) \
         SELECT t.id, u.id, 'OWNER', ?3, ?4, ?4 FROM team t JOIN user u ON u.id = ?2 \
         WHERE t.slug = ?1 AND u.left_at IS NULL",
        arguments![slug, new.creator.row(), new.creator_accepts, now],
    );
    stored(scope, scope.write(vec![insert.returning(), own.must_affect()]).await)
}

/// What shall be different.
#[derive(Clone, Debug, Default)]
pub struct TeamChange {
    /// Unique in the organisation.
    pub slug: Option<String>,
    /// For people.
    pub name: Option<String>,
    /// Where its days are.
    pub time_zone: Option<Zone>,
    /// `Monday` … `Sunday`.
    pub week_start: Option<String>,
    /// An object `{day, week, month, year}`; null: none.
    pub booking_limits: Patch<Value>,
    /// Whether the limits also count the copies of managed event types.
    pub include_managed_events_in_limits: Option<bool>,
    /// Those fields that change; null takes one away.
    pub settings: Map<String, Value>,
    /// Instead of what was there; null: none.
    pub metadata: Patch<Map<String, Value>>,
}

/// Changes a team.
pub async fn update<D: Database>(
    scope: &Scope<'_, D>,
    id: TeamId,
    change: &TeamChange,
    now: Instant,
) -> Result<TeamStored, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(TeamStored::Gone);
    }
    let metadata = match &change.metadata {
        Patch::Absent => None,
        Patch::Null => Some("{}".to_owned()),
        Patch::Value(metadata) => Some(json(metadata)),
    };
    let update = Statement::command(
        concat!(
            "UPDATE team SET slug = coalesce(?2, slug), name = coalesce(?3, name), \
             time_zone = coalesce(?4, time_zone), week_start = coalesce(?5, week_start), \
             booking_limits = CASE WHEN ?6 THEN ?7 ELSE booking_limits END, \
             include_managed_events_in_limits = coalesce(?8, include_managed_events_in_limits), \
             settings = json_patch(settings, ?9), metadata = coalesce(?10, metadata), \
             updated_at = ?11 WHERE id = ?1 RETURNING ",
            columns!()
        ),
        arguments![
            id.row(),
            change.slug.as_deref(),
            change.name.as_deref(),
            change.time_zone.map(Zone::name),
            change.week_start.as_deref(),
            !change.booking_limits.is_absent(),
            change.booking_limits.value().map(Value::to_string),
            change.include_managed_events_in_limits,
            json(&change.settings),
            metadata,
            now,
        ],
    );
    stored(scope, scope.write(vec![update.returning().must_affect()]).await)
}

/// The row that the first statement of a batch returned, or what refused it.
fn stored<D: Database>(
    scope: &Scope<'_, D>,
    outcome: Result<Vec<Rows>, DatabaseError>,
) -> Result<TeamStored, StoreError> {
    match outcome {
        Ok(rows) => {
            let team = rows.first().map(|rows| first(scope, rows)).transpose()?.flatten();
            Ok(team.map_or(TeamStored::Gone, |team| TeamStored::Stored(Box::new(team))))
        }
        Err(DatabaseError::Constraint { statement: 0, kind: ConstraintKind::Unique, .. }) => {
            Ok(TeamStored::SlugTaken)
        }
        Err(DatabaseError::Precondition(_)) => Ok(TeamStored::Gone),
        Err(error) => Err(error.into()),
    }
}

/// Deletes a team with its memberships and event types, and answers what it was.
/// The bookings of its event types stay.
pub async fn delete<D: Database>(
    scope: &Scope<'_, D>,
    id: TeamId,
) -> Result<Option<Team>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(None);
    }
    let delete = Statement::command(
        concat!("DELETE FROM team WHERE id = ?1 RETURNING ", columns!()),
        arguments![id.row()],
    );
    let rows = scope.write(vec![delete.returning()]).await?;
    rows.first().map(|rows| first(scope, rows)).transpose().map(Option::flatten)
}

fn json(object: &Map<String, Value>) -> String {
    serde_json::to_string(object).unwrap_or_else(|_| "{}".to_owned())
}
