//! The three roles that everybody has, as roles beside those of one's own making.

use meridian_domain::role::{held_in_organization, held_in_team};
use meridian_kernel::{PermissionSet, Role};
use meridian_store::roles::Place;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SystemRole(Role);

impl SystemRole {
    /// All of them, the highest first.
    pub const ALL: [Self; 3] = [Self(Role::Owner), Self(Role::Admin), Self(Role::Member)];

    /// `None` where the id is of none of them.
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.id() == id)
    }

    /// The same everywhere.
    pub const fn id(self) -> &'static str {
        match self.0 {
            Role::Owner => "owner_role",
            Role::Admin => "admin_role",
            Role::Member => "member_role",
        }
    }

    /// For people; nobody can give it to a role of their own.
    pub const fn name(self) -> &'static str {
        match self.0 {
            Role::Owner => "Owner",
            Role::Admin => "Admin",
            Role::Member => "Member",
        }
    }

    /// For people.
    pub const fn description(self) -> &'static str {
        match self.0 {
            Role::Owner => "Everything, and who else may do what",
            Role::Admin => "Looks after members and what all have in common",
            Role::Member => "Takes part",
        }
    }

    /// What it allows in a place.
    pub fn permissions(self, place: Place) -> PermissionSet {
        match place {
            None => held_in_organization(self.0),
            Some(_) => held_in_team(self.0),
        }
    }
}

/// Whether the id is of one of them.
pub fn is_system(id: &str) -> bool {
    SystemRole::of_id(id).is_some()
}

/// Whether a name is one of theirs, in any case of letters.
pub fn is_system_name(name: &str) -> bool {
    SystemRole::ALL.iter().any(|role| role.name().eq_ignore_ascii_case(name))
}
