//! What a platform customer subscribes to.

/// A plan: each holds all that the ones before it hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Plan {
    /// Nothing paid for.
    Free,
    /// The smallest.
    Starter,
    /// Organisations and teams.
    Essentials,
    /// Organisations within the organisation, delegated credentials, workflows.
    Scale,
    /// Everything.
    Enterprise,
}

impl Plan {
    /// All of them, the least first.
    pub const ALL: [Self; 5] =
        [Self::Free, Self::Starter, Self::Essentials, Self::Scale, Self::Enterprise];

    /// As in the API, and as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Free => "FREE",
            Self::Starter => "STARTER",
            Self::Essentials => "ESSENTIALS",
            Self::Scale => "SCALE",
            Self::Enterprise => "ENTERPRISE",
        }
    }

    /// `None` where the text is none of them.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plan| plan.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plan_is_read_as_it_is_written_and_is_more_than_the_one_before() {
        for plan in Plan::ALL {
            assert_eq!(Plan::parse(plan.as_str()), Some(plan));
        }
        assert!(Plan::ALL.is_sorted());
        assert_eq!(Plan::parse("GOLD"), None);
    }
}
