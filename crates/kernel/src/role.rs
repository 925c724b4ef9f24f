//! What a member of an organisation or of a team may do there.

use serde::{Deserialize, Serialize};

/// A member's role: each holds all that the ones before it hold. Written as the
/// API writes it, and stored so.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Role {
    /// Takes part.
    #[default]
    Member,
    /// Looks after what all have in common.
    Admin,
    /// Also decides who else may.
    Owner,
}

impl Role {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Member, Self::Admin, Self::Owner];

    /// As in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "MEMBER",
            Self::Admin => "ADMIN",
            Self::Owner => "OWNER",
        }
    }

    /// `None` where the text is none of them.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_read_as_it_is_written() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("owner"), None);
    }

    #[test]
    fn an_owner_is_more_than_an_admin_and_an_admin_more_than_a_member() {
        assert!(Role::Owner > Role::Admin && Role::Admin > Role::Member);
    }
}
