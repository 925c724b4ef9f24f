//! Webhooks: of users, of event types, of the organisation and of platform clients.

mod keepers;
mod subscribers;
mod write;

use meridian_kernel::{
    ClientId, EventTypeId, Instant, OrganizationNumber, UserId, UuidUid, WireId,
};

pub use keepers::{Keeper, MOST_KEEPERS, keepers};
pub(crate) use subscribers::{asks_for, somebody_asks, somebody_listens, told_of_booking};
pub use write::{
    Changed, Changes, Created, MAX_WEBHOOKS, NewSecret, create, delete, delete_all, update,
};

use crate::{BadRow, Database, Row, Rows, Scope, Statement, StoreError, Value, arguments};

/// Whose a webhook is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A user's: hears of what the user hosts.
    User(UserId),
    /// An event type's: hears of its bookings, and of those of its managed copies.
    EventType(EventTypeId),
    /// The organisation's: hears of everything in it.
    Organization,
    /// A platform client's: hears of what its managed users host.
    Client(ClientId),
}

impl Owner {
    /// What stands in the column of its kind.
    fn value(&self) -> Value {
        match self {
            Self::User(id) => id.row().into(),
            Self::EventType(id) => id.row().into(),
            Self::Organization => 1_i64.into(),
            Self::Client(id) => id.as_str().into(),
        }
    }

    /// `None`: whatever the organisation.
    fn organization(&self) -> Option<OrganizationNumber> {
        match self {
            Self::User(id) => Some(id.organization()),
            Self::EventType(id) => Some(id.organization()),
            Self::Organization => None,
            Self::Client(id) => Some(id.organization()),
        }
    }

    /// Whether it can have anything in that database: a row number means something
    /// in its own only.
    fn is_of<D: Database>(&self, scope: &Scope<'_, D>) -> bool {
        self.organization().is_none_or(|own| own == scope.organization())
    }
}

/// A row of `webhook`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// The id.
    pub id: UuidUid,
    /// Whose it is.
    pub owner: Owner,
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
    /// Until when the secret before this one signs as well, where it does.
    pub previous_secret_until: Option<Instant>,
    /// The version of the payload.
    pub version: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// When and why it was switched off by itself, until it is switched on.
    pub disabled: Option<Disabled>,
}

/// That a webhook was switched off by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disabled {
    /// When.
    pub at: Instant,
    /// Why, for people.
    pub reason: String,
}

/// The columns [`Webhook::read`] expects, in order.
macro_rules! columns {
    () => {
        "id, user_id, event_type_id, of_organization, oauth_client_id, subscriber_url, active, \
         triggers, payload_template, secret, previous_secret_until, version, created_at, \
         updated_at, disabled_at, disabled_reason"
    };
}
use columns;

/// `$before`, the condition that a webhook is that owner's, who is `?1`, and `$behind`.
macro_rules! of_owner {
    ($owner:expr, $before:expr, $behind:expr) => {
        match $owner {
            Owner::User(_) => concat!($before, "user_id = ?1", $behind),
            Owner::EventType(_) => concat!($before, "event_type_id = ?1", $behind),
            Owner::Organization => concat!($before, "of_organization = ?1", $behind),
            Owner::Client(_) => concat!($before, "oauth_client_id = ?1", $behind),
        }
    };
}
use of_owner;

impl Webhook {
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        let expected = "a webhook id";
        Ok(Self {
            id: UuidUid::parse(row.text(0)?).ok_or(BadRow { column: 0, expected })?,
            owner: read_owner(organization, row)?,
            subscriber_url: row.string(5)?,
            active: row.boolean(6)?,
            triggers: row.json(7)?,
            payload_template: row.optional(8, Row::string)?,
            sealed_secret: row.optional(9, Row::string)?,
            previous_secret_until: row.optional(10, Row::instant)?,
            version: row.string(11)?,
            created_at: row.instant(12)?,
            updated_at: row.instant(13)?,
            disabled: match row.optional(14, Row::instant)? {
                Some(at) => Some(Disabled { at, reason: row.string(15)? }),
                None => None,
            },
        })
    }

    fn first<D: Database>(scope: &Scope<'_, D>, rows: &Rows) -> Result<Option<Self>, BadRow> {
        rows.first().map(|row| Self::read(scope.organization(), row)).transpose()
    }
}

fn read_owner(organization: OrganizationNumber, row: Row<'_>) -> Result<Owner, BadRow> {
    if let Some(user) = row.optional(1, Row::integer)? {
        return Ok(Owner::User(UserId::new(organization, user)));
    }
    if let Some(event_type) = row.optional(2, Row::integer)? {
        return Ok(Owner::EventType(EventTypeId::new(organization, event_type)));
    }
    if row.optional(3, Row::boolean)? == Some(true) {
        return Ok(Owner::Organization);
    }
    let client = row.optional(4, Row::text)?.and_then(ClientId::parse);
    client.map(Owner::Client).ok_or(BadRow { column: 1, expected: "an owner" })
}

/// A page of an owner's webhooks, oldest first.
pub async fn list<D: Database>(
    scope: &Scope<'_, D>,
    owner: &Owner,
    skip: u32,
    take: u32,
) -> Result<Vec<Webhook>, StoreError> {
    if !owner.is_of(scope) {
        return Ok(Vec::new());
    }
    let sql = of_owner!(
        owner,
        concat!("SELECT ", columns!(), " FROM webhook WHERE "),
        " ORDER BY created_at, id LIMIT ?2 OFFSET ?3"
    );
    let rows = scope.read_one(Statement::query(sql, arguments![owner.value(), take, skip])).await?;
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
    Ok(Webhook::first(scope, &rows)?)
}
