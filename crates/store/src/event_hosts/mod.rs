//! Who hosts the event types of teams: rows of `event_host`, and for managed event
//! types the copies their users have.

mod copies;
mod hosting;

use meridian_kernel::{
    EventTypeId, Instant, OrganizationNumber, ScheduleId, SchedulingType, TeamId, UserId, WireId,
};
use serde_json::json;

use crate::event_types::Source;
use crate::{BadRow, Database, Row, Scope, Statement, StoreError, arguments};

/// Rows read at once where hosts are read.
const PAGE: u32 = 1_000;

/// A host as stored, with what of the user is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Who.
    pub user_id: UserId,
    /// Possibly empty.
    pub name: String,
    /// Unique within the organisation.
    pub username: String,
    /// A picture.
    pub avatar_url: Option<String>,
    /// Such as `Sunday`.
    pub week_start: String,
    /// In every booking.
    pub is_fixed: bool,
    /// 0 to 4, higher goes first.
    pub priority: u32,
    /// Their share of the bookings, relative to the others'.
    pub weight: u32,
    /// One host of every group is needed; `None`: the group of all who have none.
    pub group_id: Option<String>,
    /// A schedule of theirs for this event type only.
    pub schedule_id: Option<ScheduleId>,
}

/// A host to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostDraft {
    /// Who.
    pub user: UserId,
    /// In every booking.
    pub is_fixed: bool,
    /// 0 to 4, higher goes first.
    pub priority: u32,
    /// Their share of the bookings.
    pub weight: u32,
    /// One host of every group is needed.
    pub group_id: Option<String>,
    /// A schedule of theirs for this event type only.
    pub schedule: Option<ScheduleId>,
}

/// What is wrong with hosts that were refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strangers {
    /// Those who are no members of the team.
    pub not_members: Vec<UserId>,
    /// Those for whom a schedule was named that is not theirs.
    pub not_their_schedule: Vec<UserId>,
}

impl Host {
    /// The row mapper; the columns after the event type's row.
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            user_id: UserId::new(organization, row.integer(1)?),
            name: row.string(2)?,
            username: row.string(3)?,
            avatar_url: row.optional(4, Row::string)?,
            week_start: row.string(5)?,
            is_fixed: row.boolean(6)?,
            priority: row.count(7)?,
            weight: row.count(8)?,
            group_id: row.optional(9, Row::string)?,
            schedule_id: row
                .optional(10, Row::integer)?
                .map(|id| ScheduleId::new(organization, id)),
        })
    }
}

/// The hosts of some event types of teams, in their order; those of a managed one
/// are the users who have a copy. A page at a time, since a team may be large.
pub(crate) async fn of<D: Database>(
    scope: &Scope<'_, D>,
    event_types: &[EventTypeId],
    source: Source,
) -> Result<Vec<(EventTypeId, Host)>, StoreError> {
    let rows: Vec<i64> = event_types.iter().map(|id| id.row()).collect();
    let rows = json!(rows).to_string();
    let organization = scope.organization();
    let mut found: Vec<(i64, i64, Host)> = Vec::new();
    loop {
        let after = found.last().map_or((0, 0), |(id, _, host)| (*id, host.user_id.row()));
        let page = source.ask(scope, page(&rows, after)).await?;
        for row in page.iter() {
            found.push((row.integer(0)?, row.integer(11)?, Host::read(organization, row)?));
        }
        if page.iter().len() < usize::try_from(PAGE).unwrap_or(usize::MAX) {
            break;
        }
    }
    found.sort_by_key(|(event_type, position, host)| (*event_type, *position, host.user_id));
    let read = |(id, _, host)| (EventTypeId::new(organization, id), host);
    Ok(found.into_iter().map(read).collect())
}

fn page(event_types: &str, (event_type, user): (i64, i64)) -> Statement {
    Statement::query(
        "SELECT h.event_type_id, u.id, u.name, u.username, u.avatar_url, u.week_start, \
             h.is_fixed, h.priority, h.weight, h.group_id, h.schedule_id, h.position \
         FROM json_each(?1) AS asked JOIN event_host h ON h.event_type_id = asked.value \
         JOIN user u ON u.id = h.user_id \
         WHERE (h.event_type_id, h.user_id) > (?2, ?3) \
         UNION ALL \
         SELECT c.parent_id, u.id, u.name, u.username, u.avatar_url, u.week_start, \
             0, 2, 100, NULL, c.schedule_id, c.id \
         FROM json_each(?1) AS asked JOIN event_type c ON c.parent_id = asked.value \
         JOIN user u ON u.id = c.owner_id \
         WHERE (c.parent_id, c.owner_id) > (?2, ?3) \
         ORDER BY 1, 2 LIMIT ?4",
        arguments![event_types, event_type, user, PAGE],
    )
}

/// What of the asked hosts cannot be: read after a batch was refused.
pub(crate) async fn strangers<D: Database>(
    scope: &Scope<'_, D>,
    team: TeamId,
    hosts: &[HostDraft],
) -> Result<Strangers, StoreError> {
    let query = Statement::query(
        "SELECT h.key, \
             EXISTS (SELECT 1 FROM team_membership m JOIN user u ON u.id = m.user_id \
                 WHERE m.team_id = ?1 AND m.user_id = h.value ->> 'user' AND m.accepted = 1 \
                 AND u.left_at IS NULL), \
             h.value ->> 'schedule' IS NULL OR EXISTS (SELECT 1 FROM schedule s \
                 WHERE s.id = h.value ->> 'schedule' AND s.owner_id = h.value ->> 'user') \
         FROM json_each(?2) h ORDER BY h.key",
        arguments![team.row(), as_json(scope, hosts)],
    );
    let answer = scope.read_primary(query).await?;
    let mut strangers = Strangers::default();
    for (row, host) in answer.iter().zip(hosts) {
        if !row.boolean(1)? {
            strangers.not_members.push(host.user);
        } else if !row.boolean(2)? {
            strangers.not_their_schedule.push(host.user);
        }
    }
    Ok(strangers)
}

/// Hosts as the statements below read them. An id of another organisation becomes
/// one that nobody has.
pub(crate) fn as_json<D: Database>(scope: &Scope<'_, D>, hosts: &[HostDraft]) -> String {
    let own = |id: i64, organization| if organization == scope.organization() { id } else { 0 };
    let host = |host: &HostDraft| {
        json!({
            "user": own(host.user.row(), host.user.organization()),
            "fixed": i64::from(host.is_fixed),
            "priority": host.priority,
            "weight": host.weight,
            "group": host.group_id,
            "schedule": host.schedule.map(|id| own(id.row(), id.organization())),
        })
    };
    json!(hosts.iter().map(host).collect::<Vec<_>>()).to_string()
}

/// Which hosts an event type shall have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// Those it has.
    Kept,
    /// Exactly these, who must all be members.
    These(&'a [HostDraft]),
    /// Every member of the team.
    Everybody,
}

/// An event type of a team, as the statements of its own batch find it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfTeam<'a> {
    /// The team's row.
    pub team: i64,
    /// The event type's slug.
    pub slug: &'a str,
}

/// The statements that give an event type the wanted hosts, behind the one that
/// writes the event type itself. The first of them decides, and must affect a row,
/// where hosts are named: all must be members of the team.
pub(crate) fn statements<D: Database>(
    scope: &Scope<'_, D>,
    of: OfTeam<'_>,
    scheduling: SchedulingType,
    wanted: Wanted<'_>,
    now: Instant,
) -> Vec<Statement> {
    let is_managed = scheduling == SchedulingType::Managed;
    let mut statements = match wanted {
        Wanted::Kept => Vec::new(),
        Wanted::These(hosts) => {
            let hosts = as_json(scope, hosts);
            let all_are_members = all_are_members(of, &hosts).must_affect();
            let change = if is_managed { copies::these } else { hosting::these };
            [vec![all_are_members], change(of, &hosts, now)].concat()
        }
        Wanted::Everybody if is_managed => copies::everybody(of, now),
        Wanted::Everybody => hosting::everybody(of, now),
    };
    if is_managed {
        statements.push(copies::follow(of, now));
    }
    statements
}

fn all_are_members(of: OfTeam<'_>, hosts: &str) -> Statement {
    Statement::command(
        "UPDATE event_type SET updated_at = updated_at \
         WHERE team_id = ?1 AND slug = ?2 AND json_array_length(?3) = ( \
             SELECT count(*) FROM json_each(?3) h \
             JOIN team_membership m ON m.team_id = ?1 AND m.user_id = h.value ->> 'user' \
                 AND m.accepted = 1 \
             JOIN user u ON u.id = m.user_id AND u.left_at IS NULL \
             WHERE h.value ->> 'schedule' IS NULL OR EXISTS (SELECT 1 FROM schedule s \
                 WHERE s.id = h.value ->> 'schedule' AND s.owner_id = u.id))",
        arguments![of.team, of.slug, hosts],
    )
}

/// Makes a member of a team host of its event types that everybody hosts, in the
/// batch that accepts the membership; without an accepted one they change nothing.
pub fn add_member_to_team_event_types(team: TeamId, user: UserId, now: Instant) -> Vec<Statement> {
    vec![hosting::add_member(team, user, now), copies::add_member(team, user, now)]
}

/// Takes somebody out of all event types of a team, with the copies they have of
/// managed ones, in the batch that ends the membership. Their bookings stay.
pub fn remove_member_from_team_event_types(team: TeamId, user: UserId) -> Vec<Statement> {
    vec![hosting::remove_member(team, user), copies::remove_member(team, user)]
}
