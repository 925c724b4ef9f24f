//! What a custom role may allow, in an organisation or in one of its teams.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Defines [`Permission`]: variant, text of the API, and where it may be granted.
/// The order is the bit of each in a [`PermissionSet`]: new ones go to the end.
macro_rules! permissions {
    ($($variant:ident $text:literal $place:ident,)+) => {
        /// One thing a custom role may allow (contract: 00-overview, "PBAC").
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Permission {
            $(#[doc = concat!("`", $text, "`")] $variant,)+
        }

        impl Permission {
            /// All of them, in the order of the API.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// As in the API.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            const fn place(self) -> Place {
                match self {
                    $(Self::$variant => Place::$place,)+
                }
            }
        }
    };
}

/// Which roles a permission may be in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Organization,
    Team,
    Both,
}

permissions! {
    All                        "*.*"                             Organization,
    RoleCreate                 "role.create"                     Both,
    RoleRead                   "role.read"                       Both,
    RoleUpdate                 "role.update"                     Both,
    RoleDelete                 "role.delete"                     Both,
    EventTypeCreate            "eventType.create"                Both,
    EventTypeRead              "eventType.read"                  Both,
    EventTypeUpdate            "eventType.update"                Both,
    EventTypeDelete            "eventType.delete"                Both,
    TeamCreate                 "team.create"                     Organization,
    TeamRead                   "team.read"                       Both,
    TeamUpdate                 "team.update"                     Both,
    TeamDelete                 "team.delete"                     Both,
    TeamInvite                 "team.invite"                     Both,
    TeamRemove                 "team.remove"                     Both,
    TeamListMembers            "team.listMembers"                Both,
    TeamListMembersPrivate     "team.listMembersPrivate"         Both,
    TeamChangeMemberRole       "team.changeMemberRole"           Both,
    TeamImpersonate            "team.impersonate"                Both,
    OrganizationCreate         "organization.create"             Organization,
    OrganizationRead           "organization.read"               Organization,
    OrganizationListMembers    "organization.listMembers"        Organization,
    OrganizationListMembersPrivate "organization.listMembersPrivate" Organization,
    OrganizationInvite         "organization.invite"             Organization,
    OrganizationRemove         "organization.remove"             Organization,
    OrganizationManageBilling  "organization.manageBilling"      Organization,
    OrganizationChangeMemberRole "organization.changeMemberRole" Organization,
    OrganizationImpersonate    "organization.impersonate"        Organization,
    OrganizationPasswordReset  "organization.passwordReset"      Organization,
    OrganizationUpdate         "organization.update"             Organization,
    BookingRead                "booking.read"                    Both,
    BookingReadOrgBookings     "booking.readOrgBookings"         Organization,
    BookingReadTeamBookings    "booking.readTeamBookings"        Team,
    BookingReadRecordings      "booking.readRecordings"          Both,
    BookingUpdate              "booking.update"                  Both,
    BookingReadOrgAuditLogs    "booking.readOrgAuditLogs"        Organization,
    BookingReadTeamAuditLogs   "booking.readTeamAuditLogs"       Team,
    InsightsRead               "insights.read"                   Both,
    WorkflowCreate             "workflow.create"                 Both,
    WorkflowRead               "workflow.read"                   Both,
    WorkflowUpdate             "workflow.update"                 Both,
    WorkflowDelete             "workflow.delete"                 Both,
    AttributesRead             "organization.attributes.read"    Organization,
    AttributesUpdate           "organization.attributes.update"  Organization,
    AttributesDelete           "organization.attributes.delete"  Organization,
    AttributesCreate           "organization.attributes.create"  Organization,
    AttributesEditUsers        "organization.attributes.editUsers" Organization,
    RoutingFormCreate          "routingForm.create"              Both,
    RoutingFormRead            "routingForm.read"                Both,
    RoutingFormUpdate          "routingForm.update"              Both,
    RoutingFormDelete          "routingForm.delete"              Both,
    WebhookCreate              "webhook.create"                  Both,
    WebhookRead                "webhook.read"                    Both,
    WebhookUpdate              "webhook.update"                  Both,
    WebhookDelete              "webhook.delete"                  Both,
    WatchlistCreate            "watchlist.create"                Organization,
    WatchlistRead              "watchlist.read"                  Organization,
    WatchlistUpdate            "watchlist.update"                Organization,
    WatchlistDelete            "watchlist.delete"                Organization,
    FeatureOptInRead           "featureOptIn.read"               Both,
    FeatureOptInUpdate         "featureOptIn.update"             Both,
}

impl Permission {
    /// `None` where the text is none of them.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.as_str() == text)
    }

    /// Whether an organisation's role may hold it.
    pub fn is_for_organizations(self) -> bool {
        self.place() != Place::Team
    }

    /// Whether a team's role may hold it.
    pub fn is_for_teams(self) -> bool {
        self.place() != Place::Organization
    }

    /// The same in an organisation, of which a team's role may hold only its part.
    #[must_use]
    pub const fn in_organization(self) -> Self {
        match self {
            Self::BookingReadTeamBookings => Self::BookingReadOrgBookings,
            Self::BookingReadTeamAuditLogs => Self::BookingReadOrgAuditLogs,
            other => other,
        }
    }

    const fn bit(self) -> u64 {
        1 << self as u8
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Some permissions, each once. Stored as its bits.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PermissionSet(u64);

impl PermissionSet {
    /// None of them.
    pub const EMPTY: Self = Self(0);

    /// All of them.
    pub const ALL: Self = Self((1 << Permission::ALL.len()) - 1);

    /// The set of those bits, without those that stand for nothing.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// The set of those bits; `None` where some stand for nothing.
    pub fn try_from_bits(bits: u64) -> Option<Self> {
        Some(Self::from_bits(bits)).filter(|set| set.0 == bits)
    }

    /// Each permission's bit, in the order of [`Permission::ALL`].
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Whether it holds none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether that permission is in it, word for word.
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether it allows what the permission stands for: `*.*` allows everything.
    pub const fn allows(self, permission: Permission) -> bool {
        self.contains(Permission::All) || self.contains(permission)
    }

    /// Whether it allows all that the other does.
    pub const fn allows_all(self, other: Self) -> bool {
        self.contains(Permission::All) || other.0 & !self.0 == 0
    }

    /// The same, with each permission that `*.*` stands for where it is in it.
    #[must_use]
    pub const fn with_all_it_allows(self) -> Self {
        if self.contains(Permission::All) { Self::ALL } else { self }
    }

    /// What is in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in this one and not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// What is in it, in the order of the API.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.contains(*permission))
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | permission.bit()))
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Permission::as_str)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organisations_have_59_permissions_and_teams_37() {
        let count = |is: fn(Permission) -> bool| {
            Permission::ALL.iter().filter(|permission| is(**permission)).count()
        };
        assert_eq!(count(Permission::is_for_organizations), 59);
        assert_eq!(count(Permission::is_for_teams), 37);
    }

    #[test]
    fn every_permission_is_read_as_it_is_written_and_has_a_bit_of_its_own() {
        let all: PermissionSet = Permission::ALL.iter().copied().collect();
        assert_eq!(all.iter().count(), Permission::ALL.len());
        for permission in Permission::ALL {
            assert_eq!(Permission::parse(permission.as_str()), Some(*permission));
        }
        assert_eq!(Permission::parse("booking.fly"), None);
    }

    #[test]
    fn the_bits_that_are_stored_stay_what_they_are() {
        for (permission, bit) in [
            (Permission::All, 0),
            (Permission::RoleCreate, 1),
            (Permission::BookingReadTeamBookings, 32),
            (Permission::FeatureOptInUpdate, 60),
        ] {
            assert_eq!(PermissionSet::from_iter([permission]).bits(), 1 << bit, "{permission}");
        }
    }

    #[test]
    fn the_star_allows_everything_and_nothing_else_does() {
        let star = PermissionSet::from_iter([Permission::All]);
        let some = PermissionSet::from_iter([Permission::RoleRead, Permission::BookingRead]);
        assert!(star.allows(Permission::RoleRead) && star.allows_all(some));
        assert!(!star.contains(Permission::RoleRead));
        assert!(some.allows(Permission::RoleRead) && !some.allows(Permission::RoleUpdate));
        assert!(!some.allows_all(star) && some.allows_all(PermissionSet::EMPTY));
    }

    #[test]
    fn sets_are_joined_and_parted() {
        let read = PermissionSet::from_iter([Permission::RoleRead]);
        let both = PermissionSet::from_iter([Permission::RoleRead, Permission::RoleUpdate]);
        assert_eq!(read.union(both), both);
        assert_eq!(both.without(read), PermissionSet::from_iter([Permission::RoleUpdate]));
        assert_eq!(PermissionSet::from_bits(both.bits()), both);
        assert_eq!(PermissionSet::from_bits(u64::MAX), PermissionSet::ALL);
        assert_eq!(PermissionSet::try_from_bits(1 << 61), None);
        assert_eq!(format!("{read:?}"), r#"{"role.read"}"#);
    }
}
