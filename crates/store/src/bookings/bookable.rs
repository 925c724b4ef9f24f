//! An event type with its hosts: what a booking is made of.

use meridian_kernel::{ClientId, EventTypeId, SchedulingType, TeamId, UserId, WireId};

use super::{Host, Organizer, cells, host_object, organizer_columns};
use crate::webhooks::somebody_listens;
use crate::{BadRow, Database, Row, Rows, Scope, Statement, StoreError, arguments};

/// What a booking needs to know of its event type.
#[derive(Clone, Debug, PartialEq)]
pub struct Bookable {
    /// The event type.
    pub id: EventTypeId,
    /// Its slug.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Minutes, where a booking names none.
    pub length_minutes: u32,
    /// Minutes.
    pub before_event_buffer: u32,
    /// Minutes.
    pub after_event_buffer: u32,
    /// JSON object: every other field of the event type.
    pub settings: String,
    /// Whose it is; `None`: a team's.
    pub owner: Option<UserId>,
    /// How its hosts serve, where it is a team's.
    pub scheduling: Option<SchedulingType>,
    /// The team: its own, or that of the managed event type it is a copy of.
    pub team: Option<BookableTeam>,
    /// The owner, or the hosts of a team's in their order; a managed parent has none.
    pub hosts: Vec<Host>,
    /// Whether somebody listens who would be told of a booking.
    pub has_webhooks: bool,
    /// The platform client that manages its owner.
    pub client: Option<ClientId>,
}

/// The team of an event type.
#[derive(Clone, Debug, PartialEq)]
pub struct BookableTeam {
    /// The id.
    pub id: TeamId,
    /// The name.
    pub name: String,
    /// JSON object: how many bookings all its event types may have, where that
    /// holds for this one.
    pub booking_limits: Option<String>,
}

/// The columns [`Bookable::first`] expects, in order, and their tables.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT e.id, e.slug, e.title, e.length_minutes, e.before_event_buffer, \
             e.after_event_buffer, e.settings, e.owner_id, e.scheduling_type, t.id, t.name, \
             CASE WHEN e.team_id IS NOT NULL OR t.include_managed_events_in_limits = 1 \
                 THEN t.booking_limits END, \
             CASE WHEN e.scheduling_type IN ('collective', 'roundRobin') \
                 THEN (SELECT json_group_array(",
            host_object!(),
            ") FROM (SELECT user_id, is_fixed FROM event_host WHERE event_type_id = e.id \
                 ORDER BY position) h CROSS JOIN user c ON c.id = h.user_id \
                 AND c.left_at IS NULL) END, \
             ",
            somebody_listens!(
                "SELECT e.owner_id UNION ALL \
                 SELECT user_id FROM event_host WHERE event_type_id = e.id",
                "e.id, e.parent_id"
            ),
            ", (SELECT client_id FROM managed_user WHERE user_id = e.owner_id), ",
            organizer_columns!(),
            " FROM event_type e LEFT JOIN user u ON u.id = e.owner_id \
             LEFT JOIN event_type p ON p.id = e.parent_id \
             LEFT JOIN team t ON t.id = coalesce(e.team_id, p.team_id) \
             WHERE u.left_at IS NULL AND ",
            $rest
        )
    };
}

impl Bookable {
    /// The row mapper, of the first row.
    pub(super) fn first<D: Database>(
        scope: &Scope<'_, D>,
        rows: &Rows,
    ) -> Result<Option<Self>, BadRow> {
        let Some(row) = rows.first() else { return Ok(None) };
        let organization = scope.organization();
        let team = |row: Row<'_>, column| {
            Ok(BookableTeam {
                id: TeamId::new(organization, row.integer(column)?),
                name: row.string(column + 1)?,
                booking_limits: row.optional(column + 2, Row::string)?,
            })
        };
        let owner = row.optional(7, Row::integer)?.map(|id| UserId::new(organization, id));
        let mut hosts = row.optional(12, |row, column| cells::hosts(organization, row, column))?;
        if owner.is_some() {
            let user = Organizer::read(organization, row, 15)?;
            hosts = Some(vec![Host { user, is_fixed: true }]);
        }
        Ok(Some(Self {
            id: EventTypeId::new(organization, row.integer(0)?),
            slug: row.string(1)?,
            title: row.string(2)?,
            length_minutes: row.count(3)?,
            before_event_buffer: row.count(4)?,
            after_event_buffer: row.count(5)?,
            settings: row.string(6)?,
            owner,
            scheduling: row.optional(8, scheduling)?,
            team: row.optional(9, team)?,
            hosts: hosts.unwrap_or_default(),
            has_webhooks: row.boolean(13)?,
            client: row.optional(14, Row::text)?.and_then(ClientId::parse),
        }))
    }

    /// Whether that user hosts it.
    pub fn is_hosted_by(&self, user: UserId) -> bool {
        self.hosts.iter().any(|host| host.user.id == user)
    }
}

fn scheduling(row: Row<'_>, column: usize) -> Result<SchedulingType, BadRow> {
    let expected = "a scheduling type";
    SchedulingType::parse(row.text(column)?).ok_or(BadRow { column, expected })
}

/// Which event type is booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selector<'a> {
    /// By its id.
    Id(EventTypeId),
    /// By its owner's username and its slug, both in any case of letters.
    OfUser {
        /// The owner's username.
        username: &'a str,
        /// The event type's slug.
        slug: &'a str,
    },
    /// By its team's slug and its own, both in any case of letters.
    OfTeam {
        /// The team's slug.
        team: &'a str,
        /// The event type's slug.
        slug: &'a str,
    },
}

/// An event type to be booked; `None` where there is none, or it is another
/// organisation's.
pub async fn find_bookable<D: Database>(
    scope: &Scope<'_, D>,
    selector: Selector<'_>,
) -> Result<Option<Bookable>, StoreError> {
    let statement = match selector {
        Selector::Id(id) if id.organization() != scope.organization() => return Ok(None),
        Selector::Id(id) => Statement::query(select!("e.id = ?1"), arguments![id.row()]),
        Selector::OfUser { username, slug } => {
            Statement::query(select!("u.username = ?1 AND e.slug = ?2"), arguments![username, slug])
        }
        Selector::OfTeam { team, slug } => Statement::query(
            select!("e.team_id = (SELECT id FROM team WHERE slug = ?1) AND e.slug = ?2"),
            arguments![team, slug],
        ),
    };
    Ok(Bookable::first(scope, &scope.read_one(statement).await?)?)
}

/// The same event type as the primary has it now: for whoever found out that what
/// was read before no longer holds.
pub async fn reload_bookable<D: Database>(
    scope: &Scope<'_, D>,
    id: EventTypeId,
) -> Result<Option<Bookable>, StoreError> {
    let statement = Statement::query(select!("e.id = ?1"), arguments![id.row()]);
    Ok(Bookable::first(scope, &scope.read_primary(statement).await?)?)
}

pub(super) fn of_booking(uid: &str) -> Statement {
    Statement::query(
        select!("e.id = (SELECT event_type_id FROM booking WHERE uid = ?1)"),
        arguments![uid],
    )
}
