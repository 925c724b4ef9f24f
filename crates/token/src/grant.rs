//! What a token grants, and to whom.

use meridian_kernel::{Instant, OrganizationNumber, TeamId, UserId, WireId};

/// What a token is for. Each kind has an audience of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A managed user calls the API.
    ManagedAccess,
    /// A managed user's pair of tokens is exchanged for a new one.
    ManagedRefresh,
    /// A third-party application calls the API in somebody's name.
    ThirdPartyAccess,
    /// An e-mail address is proven to be read by whom it belongs to.
    EmailVerification,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::ManagedAccess,
        Self::ManagedRefresh,
        Self::ThirdPartyAccess,
        Self::EmailVerification,
    ];

    /// Its `aud`.
    pub const fn audience(self) -> &'static str {
        match self {
            Self::ManagedAccess => "managed-user",
            Self::ManagedRefresh => "managed-user-refresh",
            Self::ThirdPartyAccess => "third-party",
            Self::EmailVerification => "email-verification",
        }
    }

    /// `None` where the text is no kind's audience.
    pub(crate) fn of_audience(audience: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.audience() == audience)
    }
}

/// In whose name a third-party application acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A user's.
    User(UserId),
    /// A team's.
    Team(TeamId),
}

impl Holder {
    fn organization(self) -> OrganizationNumber {
        match self {
            Self::User(user) => user.organization(),
            Self::Team(team) => team.organization(),
        }
    }
}

/// What a token grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// To be a managed user.
    ManagedAccess {
        /// Of this platform client.
        client_id: String,
        /// Who.
        owner: UserId,
    },
    /// To get a new pair of tokens.
    ManagedRefresh {
        /// From this platform client.
        client_id: String,
        /// For whom.
        owner: UserId,
    },
    /// To act in somebody's name.
    ThirdPartyAccess {
        /// The application.
        client_id: String,
        /// In whose name.
        holder: Holder,
        /// To do what; empty: everything.
        scopes: Vec<String>,
    },
    /// To say that an address is one's own.
    EmailVerification {
        /// Whose.
        user: UserId,
        /// The address.
        email: String,
    },
}

impl Grant {
    /// What the token is for.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::ManagedAccess { .. } => Kind::ManagedAccess,
            Self::ManagedRefresh { .. } => Kind::ManagedRefresh,
            Self::ThirdPartyAccess { .. } => Kind::ThirdPartyAccess,
            Self::EmailVerification { .. } => Kind::EmailVerification,
        }
    }

    /// Whose database knows whether it still stands.
    pub fn organization(&self) -> OrganizationNumber {
        match self {
            Self::ManagedAccess { owner, .. } | Self::ManagedRefresh { owner, .. } => {
                owner.organization()
            }
            Self::ThirdPartyAccess { holder, .. } => holder.organization(),
            Self::EmailVerification { user, .. } => user.organization(),
        }
    }
}

/// A token before it is signed, and after it was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Which one it is (`jti`): what a database knows it by.
    pub id: String,
    /// What it grants.
    pub grant: Grant,
    /// Since when, in whole seconds.
    pub issued_at: Instant,
    /// Until when, in whole seconds.
    pub expires_at: Instant,
}

impl Token {
    /// A token that works from now on for so many minutes.
    pub fn new(id: impl Into<String>, grant: Grant, now: Instant, minutes: i64) -> Self {
        let issued_at = Instant::from_millis(now.millis() - now.millis().rem_euclid(1_000));
        Self { id: id.into(), grant, issued_at, expires_at: issued_at.plus_minutes(minutes) }
    }

    /// Whose database knows whether it still stands.
    pub fn organization(&self) -> OrganizationNumber {
        self.grant.organization()
    }
}
