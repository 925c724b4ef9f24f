//! Integer ids: `organisation number × 2^32 + row number`, below 2^53 so that
//! JSON clients keep them exact. Organisation 0 therefore has small ids.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Rows per organisation: the low 32 bits of an id.
const ROW_SPAN: i64 = 1 << 32;

/// The first id that JSON clients could no longer hold exactly.
const FIRST_UNSAFE_ID: i64 = 1 << 53;

/// The number of an organisation, which names its database.
///
/// Number 0 holds the accounts that belong to no organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrganizationNumber(u32);

impl OrganizationNumber {
    /// Where accounts without an organisation live.
    pub const NONE: Self = Self(0);

    /// The first number whose ids would pass 2^53.
    pub const LIMIT: u32 = 1 << 21;

    /// `None` where ids of that organisation would not fit JSON numbers.
    pub const fn new(number: u32) -> Option<Self> {
        if number < Self::LIMIT { Some(Self(number)) } else { None }
    }

    /// The bare number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The name of this organisation's database: `org-17`.
    pub fn database_name(self) -> String {
        format!("org-{}", self.0)
    }

    /// The id under which the API shows the organisation itself.
    ///
    /// Its row number is 0, so that it meets no row of its own database; the
    /// organisation can be read off it like off any other id.
    pub const fn wire_id(self) -> i64 {
        self.0 as i64 * ROW_SPAN
    }

    /// The organisation shown under that id; `None` where it is no organisation's.
    pub fn from_wire_id(id: i64) -> Option<Self> {
        let number = u32::try_from(id / ROW_SPAN).ok().and_then(Self::new)?;
        (number.wire_id() == id).then_some(number)
    }
}

impl fmt::Display for OrganizationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a number is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdError;

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a positive integer below 2^53")
    }
}

impl std::error::Error for IdError {}

/// An id as clients see it, split where the organisation ends and the row begins.
pub trait WireId: Copy + Sized {
    /// From the organisation and the row number of its own database.
    fn new(organization: OrganizationNumber, row: i64) -> Self;
    /// From what a client sent.
    fn from_wire(value: i64) -> Result<Self, IdError>;
    /// As clients see it.
    fn wire(self) -> i64;

    /// Whose database holds the row.
    fn organization(self) -> OrganizationNumber {
        OrganizationNumber(u32::try_from(self.wire() / ROW_SPAN).unwrap_or(0))
    }

    /// The row number in that database.
    fn row(self) -> i64 {
        self.wire() % ROW_SPAN
    }

    /// From a path or query parameter in decimal.
    fn parse(text: &str) -> Result<Self, IdError> {
        text.parse::<i64>().map_err(|_| IdError).and_then(Self::from_wire)
    }
}

macro_rules! wire_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(i64);

        impl WireId for $name {
            fn new(organization: OrganizationNumber, row: i64) -> Self {
                debug_assert!((0..ROW_SPAN).contains(&row), "row {row} is outside an organisation");
                Self(organization.wire_id() + row)
            }

            fn from_wire(value: i64) -> Result<Self, IdError> {
                if value > 0 && value < FIRST_UNSAFE_ID { Ok(Self(value)) } else { Err(IdError) }
            }

            fn wire(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

wire_ids! {
    /// A user.
    UserId,
    /// An event type.
    EventTypeId,
    /// A schedule.
    ScheduleId,
    /// A booking's integer id; clients address bookings by uid.
    BookingId,
    /// An attendee of a booking.
    AttendeeId,
    /// An API key, by which its owner deletes it.
    ApiKeyId,
    /// A team.
    TeamId,
    /// A user's place in a team; in an organisation it is the user's own id.
    MembershipId,
    /// An out-of-office entry.
    OutOfOfficeId,
    /// A span of days in another zone.
    TravelScheduleId,
    /// A mailbox that was shown to be somebody's.
    VerifiedEmailId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_where_it_lives() {
        let organization = OrganizationNumber::new(7).unwrap();
        let id = UserId::new(organization, 42);
        assert_eq!(id.wire(), 7 * (1 << 32) + 42);
        assert_eq!(id.organization(), organization);
        assert_eq!(id.row(), 42);
        assert_eq!(UserId::parse(&id.to_string()), Ok(id));
    }

    #[test]
    fn an_organisation_is_read_off_its_own_id_only() {
        let organization = OrganizationNumber::new(7).unwrap();
        assert_eq!(OrganizationNumber::from_wire_id(organization.wire_id()), Some(organization));
        for id in [7, organization.wire_id() + 1, -1, i64::MAX] {
            assert_eq!(OrganizationNumber::from_wire_id(id), None, "{id}");
        }
    }

    #[test]
    fn ids_of_organisation_zero_are_small() {
        assert_eq!(EventTypeId::new(OrganizationNumber::NONE, 5).wire(), 5);
    }

    #[test]
    fn what_json_cannot_hold_is_no_id() {
        assert_eq!(OrganizationNumber::new(OrganizationNumber::LIMIT), None);
        for text in ["0", "-1", "9007199254740992", "x", "", "1.5", "99999999999999999999"] {
            assert_eq!(UserId::parse(text), Err(IdError), "{text}");
        }
    }
}
