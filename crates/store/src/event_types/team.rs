//! Reading event types of teams.

use meridian_kernel::{EventTypeId, OrganizationNumber, TeamId, WireId};
use serde_json::{Map, Value as Json, json};

use super::{
    EventType, LIST_PAGE, OwnedEventType, Owner, WIDTH, columns, owner_columns, select_owned,
};
use crate::event_hosts::{self, Host};
use crate::{BadRow, Database, DatabaseError, Row, Rows, Scope, Statement, StoreError, arguments};

/// What of a team is shown with its event types.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownTeam {
    /// The id.
    pub id: TeamId,
    /// Unique within the organisation.
    pub slug: String,
    /// The name.
    pub name: String,
    /// Such as `Sunday`.
    pub week_start: String,
    /// JSON object: `logoUrl`, `brandColor` and what else only presents.
    pub settings: Map<String, Json>,
}

/// An event type of a team, with its team and its hosts.
#[derive(Clone, Debug, PartialEq)]
pub struct TeamEventType {
    /// The event type.
    pub event_type: EventType,
    /// Whose it is.
    pub team: ShownTeam,
    /// Who hosts it, in order; of a managed one, who has a copy.
    pub hosts: Vec<Host>,
}

/// An event type of a user or of a team.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// A user's.
    OfUser(OwnedEventType),
    /// A user's copy of a team's managed one.
    Copy(OwnedEventType, ShownTeam),
    /// A team's.
    OfTeam(TeamEventType),
}

/// Where a read goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Possibly to a replica.
    Replica,
    /// To where writes go: what was just written must be there.
    Primary,
}

impl Source {
    pub(crate) async fn ask<D: Database>(
        self,
        scope: &Scope<'_, D>,
        statement: Statement,
    ) -> Result<Rows, DatabaseError> {
        match self {
            Self::Replica => scope.read_one(statement).await,
            Self::Primary => scope.read_primary(statement).await,
        }
    }
}

/// The columns [`ShownTeam::read`] expects, in order, of a table called `t`.
macro_rules! team_columns {
    () => {
        "t.id, t.slug, t.name, t.week_start, t.settings"
    };
}

/// A query for event types of teams: their columns, then the team's.
macro_rules! select_of_team {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", ",
            team_columns!(),
            " FROM event_type e JOIN team t ON t.id = e.team_id ",
            $rest
        )
    };
}

impl ShownTeam {
    fn read(organization: OrganizationNumber, row: Row<'_>, at: usize) -> Result<Self, BadRow> {
        Ok(Self {
            id: TeamId::new(organization, row.integer(at)?),
            slug: row.string(at + 1)?,
            name: row.string(at + 2)?,
            week_start: row.string(at + 3)?,
            settings: row.json(at + 4)?,
        })
    }
}

/// One team, as its event types show it; `None` where there is none, or it is
/// another organisation's.
pub async fn shown_team<D: Database>(
    scope: &Scope<'_, D>,
    id: TeamId,
) -> Result<Option<ShownTeam>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(None);
    }
    let sql = concat!("SELECT ", team_columns!(), " FROM team t WHERE t.id = ?1");
    let rows = scope.read_one(Statement::query(sql, arguments![id.row()])).await?;
    let read = |row| ShownTeam::read(scope.organization(), row, 0);
    Ok(rows.first().map(read).transpose()?)
}

/// One event type of that team; `None` where the team has no such one.
pub async fn find_of_team<D: Database>(
    scope: &Scope<'_, D>,
    team: TeamId,
    id: EventTypeId,
    source: Source,
) -> Result<Option<TeamEventType>, StoreError> {
    let here = |organization| organization == scope.organization();
    if !here(team.organization()) || !here(id.organization()) {
        return Ok(None);
    }
    let sql = select_of_team!("WHERE e.id = ?1 AND e.team_id = ?2");
    let query = Statement::query(sql, arguments![id.row(), team.row()]);
    let rows = source.ask(scope, query).await?;
    Ok(with_hosts(scope, &rows, source).await?.pop())
}

/// One event type, whoever has it; `None` where there is none, or it is another
/// organisation's.
pub async fn find_any<D: Database>(
    scope: &Scope<'_, D>,
    id: EventTypeId,
) -> Result<Option<Found>, StoreError> {
    if id.organization() != scope.organization() {
        return Ok(None);
    }
    let of_user = Statement::query(select_owned!("WHERE e.id = ?1"), arguments![id.row()]);
    let of_team = Statement::query(select_of_team!("WHERE e.id = ?1"), arguments![id.row()]);
    let team_of_copy = Statement::query(
        concat!(
            "SELECT ",
            team_columns!(),
            " FROM event_type c JOIN event_type p ON p.id = c.parent_id \
             JOIN team t ON t.id = p.team_id WHERE c.id = ?1"
        ),
        arguments![id.row()],
    );
    let answers = scope.read(vec![of_user, of_team, team_of_copy]).await?;
    let answer = |index: usize| answers.get(index).cloned().unwrap_or_default();
    if let Some(owned) = OwnedEventType::first(scope, &answer(0))? {
        let team = answer(2);
        let team = team.first().map(|row| ShownTeam::read(scope.organization(), row, 0));
        return Ok(Some(match team.transpose()? {
            Some(team) => Found::Copy(owned, team),
            None => Found::OfUser(owned),
        }));
    }
    let of_team = with_hosts(scope, &answer(1), Source::Replica).await?.pop();
    Ok(of_team.map(Found::OfTeam))
}

/// One event type by its team's slug and its own, both in any case of letters; hidden
/// ones too, since whoever knows the address may book.
pub async fn find_by_team_slug<D: Database>(
    scope: &Scope<'_, D>,
    team: &str,
    slug: &str,
) -> Result<Option<TeamEventType>, StoreError> {
    let sql = select_of_team!("WHERE t.slug = ?1 AND e.slug = ?2");
    let rows = scope.read_one(Statement::query(sql, arguments![team, slug])).await?;
    Ok(with_hosts(scope, &rows, Source::Replica).await?.pop())
}

/// Which event types of teams are wanted.
#[derive(Clone, Copy, Debug)]
pub enum OfTeams<'a> {
    /// All of one team, or the one of that slug.
    Team {
        /// The team.
        team: TeamId,
        /// In any case of letters.
        slug: Option<&'a str>,
        /// Whether the viewer may see what is hidden.
        with_hidden: bool,
    },
    /// All of all teams, or of these.
    Teams(Option<&'a [TeamId]>),
}

/// A part of a list.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// How many come before it.
    pub skip: u32,
    /// How many it has at most.
    pub take: u32,
    /// Newest first, else oldest.
    pub newest_first: bool,
}

/// Event types of teams with their hosts.
pub async fn list_of_teams<D: Database>(
    scope: &Scope<'_, D>,
    of: OfTeams<'_>,
    part: Part,
) -> Result<Vec<TeamEventType>, StoreError> {
    let mut found: Vec<TeamEventType> = Vec::new();
    let mut left = part.take;
    let mut skip = part.skip;
    while left > 0 {
        let size = left.min(LIST_PAGE);
        let rows = scope.read_one(page(of, Part { skip, take: size, ..part })).await?;
        let count = u32::try_from(rows.iter().len()).unwrap_or(size);
        found.extend(with_hosts(scope, &rows, Source::Replica).await?);
        if count < size {
            break;
        }
        left -= size;
        skip = skip.saturating_add(size);
    }
    Ok(found)
}

fn page(of: OfTeams<'_>, part: Part) -> Statement {
    let Part { skip, take, newest_first } = part;
    // Ids grow as event types are made.
    let direction = if newest_first { -1 } else { 1_i64 };
    match of {
        OfTeams::Team { team, slug, with_hidden } => Statement::query(
            select_of_team!(
                "WHERE e.team_id = ?1 AND (?2 IS NULL OR e.slug = ?2) AND (?3 OR e.hidden = 0) \
                 ORDER BY e.id * ?4 LIMIT ?5 OFFSET ?6"
            ),
            arguments![team.row(), slug, with_hidden, direction, take, skip],
        ),
        OfTeams::Teams(teams) => {
            let rows = |teams: &[TeamId]| {
                json!(teams.iter().map(|id| id.row()).collect::<Vec<_>>()).to_string()
            };
            Statement::query(
                select_of_team!(
                    "WHERE ?1 IS NULL OR e.team_id IN (SELECT value FROM json_each(?1)) \
                     ORDER BY e.id * ?2 LIMIT ?3 OFFSET ?4"
                ),
                arguments![teams.map(rows), direction, take, skip],
            )
        }
    }
}

async fn with_hosts<D: Database>(
    scope: &Scope<'_, D>,
    rows: &Rows,
    source: Source,
) -> Result<Vec<TeamEventType>, StoreError> {
    let organization = scope.organization();
    let mut found = rows.map(|row| {
        Ok(TeamEventType {
            event_type: EventType::read(organization, row)?,
            team: ShownTeam::read(organization, row, WIDTH)?,
            hosts: Vec::new(),
        })
    })?;
    let ids: Vec<EventTypeId> = found.iter().map(|found| found.event_type.id).collect();
    if ids.is_empty() {
        return Ok(found);
    }
    for (id, host) in event_hosts::of(scope, &ids, source).await? {
        if let Some(of) = found.iter_mut().find(|found| found.event_type.id == id) {
            of.hosts.push(host);
        }
    }
    Ok(found)
}

/// The copies users have of a managed event type, oldest first, each with its user.
/// What they share with their parent is taken from there.
pub async fn copies<D: Database>(
    scope: &Scope<'_, D>,
    parent: &EventType,
) -> Result<Vec<OwnedEventType>, StoreError> {
    let organization = scope.organization();
    let mut found: Vec<OwnedEventType> = Vec::new();
    loop {
        let after = found.last().map_or(0, |last| last.event_type.id.row());
        let query = Statement::query(
            concat!(
                "SELECT c.id, c.slug, c.schedule_id, c.created_at, c.updated_at, ",
                owner_columns!(),
                " FROM event_type c JOIN user u ON u.id = c.owner_id \
                 WHERE c.parent_id = ?1 AND c.id > ?2 ORDER BY c.id LIMIT ?3"
            ),
            arguments![parent.id.row(), after, COPIES_PAGE],
        );
        let rows = scope.read_primary(query).await?;
        let page = rows.map(|row| copy(organization, parent, row))?;
        let complete = page.len() < usize::try_from(COPIES_PAGE).unwrap_or(usize::MAX);
        found.extend(page);
        if complete {
            return Ok(found);
        }
    }
}

/// Copies read at once; their users' metadata is what counts.
const COPIES_PAGE: u32 = 100;

fn copy(
    organization: OrganizationNumber,
    parent: &EventType,
    row: Row<'_>,
) -> Result<OwnedEventType, BadRow> {
    let owner = Owner::read(organization, row, 5)?;
    let schedule = row.optional(2, Row::integer)?;
    let event_type = EventType {
        id: EventTypeId::new(organization, row.integer(0)?),
        belongs: super::Belongs::ToUser { owner: owner.id, parent: Some(parent.id) },
        slug: row.string(1)?,
        schedule_id: schedule.map(|id| WireId::new(organization, id)),
        created_at: row.instant(3)?,
        updated_at: row.instant(4)?,
        ..parent.clone()
    };
    Ok(OwnedEventType { event_type, owner })
}
