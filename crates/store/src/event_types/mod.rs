//! Event types: of users, of teams, and the copies that users have of managed ones.

mod read;
mod team;
mod team_write;
mod write;

use meridian_kernel::{
    EventTypeId, Instant, OrganizationNumber, ScheduleId, SchedulingType, TeamId, UserId, WireId,
};
use serde_json::{Map, Value as Json};

use crate::{BadRow, Row, StoreError};

pub use read::{
    Whose, dynamic_owners, find, find_by_slug, find_owned, find_owned_at_primary, list, owner_named,
};
pub use team::{
    Found, OfTeams, Part, ShownTeam, Source, TeamEventType, copies, find_any, find_by_team_slug,
    find_of_team, list_of_teams, shown_team,
};
pub use team_write::{
    TeamDraft, TeamWriteRefused, Written, create_for_team, delete_of_team, update_of_team,
};
pub use write::{create, delete, update};

/// How long `event_type.settings` may be, in bytes. [`LIST_PAGE`] of the longest
/// stay below what a provider answers in one batch.
pub const MAX_SETTINGS_BYTES: usize = 64 * 1024;

/// Rows read at once where a list is read.
const LIST_PAGE: u32 = 50;

/// Whose an event type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belongs {
    /// A user's.
    ToUser {
        /// Who holds its bookings.
        owner: UserId,
        /// The managed event type of a team it follows.
        parent: Option<EventTypeId>,
    },
    /// A team's.
    ToTeam {
        /// The team.
        team: TeamId,
        /// How its hosts serve.
        scheduling: SchedulingType,
        /// Whether every member is a host, also those who join later.
        assign_all: bool,
    },
}

impl Belongs {
    /// The user, where it is a user's.
    pub const fn owner(self) -> Option<UserId> {
        match self {
            Self::ToUser { owner, .. } => Some(owner),
            Self::ToTeam { .. } => None,
        }
    }

    /// The team, where it is a team's.
    pub const fn team(self) -> Option<TeamId> {
        match self {
            Self::ToTeam { team, .. } => Some(team),
            Self::ToUser { .. } => None,
        }
    }

    /// The managed event type it follows.
    pub const fn parent(self) -> Option<EventTypeId> {
        match self {
            Self::ToUser { parent, .. } => parent,
            Self::ToTeam { .. } => None,
        }
    }
}

/// A row of `event_type`. What decides slots has columns of its own; every other
/// field of the API is in `settings`.
#[derive(Clone, Debug, PartialEq)]
pub struct EventType {
    /// The id.
    pub id: EventTypeId,
    /// Whose it is.
    pub belongs: Belongs,
    /// Unique per owner or team, in any case of letters.
    pub slug: String,
    /// The title.
    pub title: String,
    /// The length in minutes where a booking names none.
    pub length_minutes: u32,
    /// The schedule; `None`: each host's default.
    pub schedule_id: Option<ScheduleId>,
    /// Not shown to everybody.
    pub hidden: bool,
    /// Minutes between starts; `None`: the length.
    pub slot_interval: Option<u32>,
    /// Minutes.
    pub minimum_booking_notice: u32,
    /// Minutes.
    pub before_event_buffer: u32,
    /// Minutes.
    pub after_event_buffer: u32,
    /// Minutes.
    pub offset_start: u32,
    /// JSON object: every other field, in the newest form of the API.
    pub settings: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// What of its owner is shown with an event type.
#[derive(Clone, Debug, PartialEq)]
pub struct Owner {
    /// The id.
    pub id: UserId,
    /// Possibly empty.
    pub name: String,
    /// Unique within the organisation.
    pub username: String,
    /// A picture.
    pub avatar_url: Option<String>,
    /// Such as `Sunday`.
    pub week_start: String,
    /// The owner's own.
    pub metadata: Map<String, Json>,
    /// JSON object: `brandColor` and what else only presents.
    pub settings: Map<String, Json>,
}

/// An event type of a user, with that user.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnedEventType {
    /// The event type.
    pub event_type: EventType,
    /// Its owner.
    pub owner: Owner,
}

/// What is decided of an event type, without its schedule: whose that may be, only
/// the database can tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Unique per owner or team.
    pub slug: String,
    /// The title.
    pub title: String,
    /// Minutes.
    pub length_minutes: u32,
    /// Not shown to everybody.
    pub hidden: bool,
    /// Minutes; `None`: the length.
    pub slot_interval: Option<u32>,
    /// Minutes.
    pub minimum_booking_notice: u32,
    /// Minutes.
    pub before_event_buffer: u32,
    /// Minutes.
    pub after_event_buffer: u32,
    /// Minutes.
    pub offset_start: u32,
    /// JSON object of at most [`MAX_SETTINGS_BYTES`].
    pub settings: String,
}

/// Why an event type was not written.
#[derive(Clone, Debug, PartialEq)]
pub enum WriteRefused {
    /// There is another event type of that slug.
    SlugTaken,
    /// The schedule is not the owner's, or there is none.
    NotOwnSchedule,
    /// It was changed or deleted since it was read: read it again.
    Changed,
    /// Nobody's request.
    Store(StoreError),
}

impl From<StoreError> for WriteRefused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<BadRow> for WriteRefused {
    fn from(error: BadRow) -> Self {
        Self::Store(error.into())
    }
}

/// The columns [`EventType::read`] expects, in order, of a table called `e`.
macro_rules! columns {
    () => {
        "e.id, e.owner_id, e.parent_id, e.team_id, e.scheduling_type, \
         e.assign_all_team_members, e.slug, e.title, e.length_minutes, e.schedule_id, e.hidden, \
         e.slot_interval, e.minimum_booking_notice, e.before_event_buffer, e.after_event_buffer, \
         e.offset_start, e.settings, e.created_at, e.updated_at"
    };
}

/// The columns [`Owner::read`] expects, in order, of a table called `u`.
macro_rules! owner_columns {
    () => {
        "u.id, u.name, u.username, u.avatar_url, u.week_start, u.metadata, u.settings"
    };
}

/// How many columns an event type has.
const WIDTH: usize = 19;

/// A query for event types: `select!("WHERE …")`.
macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM event_type e ", $rest)
    };
}

/// A query for event types with their owners: the columns of [`EventType`], then
/// those of its [`Owner`].
macro_rules! select_owned {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", ",
            owner_columns!(),
            " FROM event_type e JOIN user u ON u.id = e.owner_id ",
            $rest
        )
    };
}

use {columns, owner_columns, select, select_owned};

impl EventType {
    /// The row mapper.
    pub(crate) fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            id: EventTypeId::new(organization, row.integer(0)?),
            belongs: Belongs::read(organization, row)?,
            slug: row.string(6)?,
            title: row.string(7)?,
            length_minutes: row.count(8)?,
            schedule_id: row.optional(9, Row::integer)?.map(|id| ScheduleId::new(organization, id)),
            hidden: row.boolean(10)?,
            slot_interval: row.optional(11, Row::count)?,
            minimum_booking_notice: row.count(12)?,
            before_event_buffer: row.count(13)?,
            after_event_buffer: row.count(14)?,
            offset_start: row.count(15)?,
            settings: row.string(16)?,
            created_at: row.instant(17)?,
            updated_at: row.instant(18)?,
        })
    }
}

impl Belongs {
    /// From the columns 1 to 5 of an event type.
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        if let Some(owner) = row.optional(1, Row::integer)? {
            let parent = row.optional(2, Row::integer)?;
            return Ok(Self::ToUser {
                owner: UserId::new(organization, owner),
                parent: parent.map(|id| EventTypeId::new(organization, id)),
            });
        }
        let expected = "a scheduling type";
        Ok(Self::ToTeam {
            team: TeamId::new(organization, row.integer(3)?),
            scheduling: SchedulingType::parse(row.text(4)?)
                .ok_or(BadRow { column: 4, expected })?,
            assign_all: row.boolean(5)?,
        })
    }
}

impl Owner {
    /// The row mapper, from a column on.
    fn read(organization: OrganizationNumber, row: Row<'_>, at: usize) -> Result<Self, BadRow> {
        Ok(Self {
            id: UserId::new(organization, row.integer(at)?),
            name: row.string(at + 1)?,
            username: row.string(at + 2)?,
            avatar_url: row.optional(at + 3, Row::string)?,
            week_start: row.string(at + 4)?,
            metadata: row.json(at + 5)?,
            settings: row.json(at + 6)?,
        })
    }
}

impl OwnedEventType {
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        let event_type = EventType::read(organization, row)?;
        let owner = Owner::read(organization, row, WIDTH)?;
        Ok(Self { event_type, owner })
    }
}
