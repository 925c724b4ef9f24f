//! How the hosts of a team's event type serve.

use serde::{Deserialize, Serialize};

/// How the hosts of a team's event type serve. Written as the API writes it, and
/// stored so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SchedulingType {
    /// All of them attend.
    Collective,
    /// Those who are fixed attend, and of the others one of each group.
    RoundRobin,
    /// None of them: each has an event type of their own, made after this one.
    Managed,
}

impl SchedulingType {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Collective, Self::RoundRobin, Self::Managed];

    /// As in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Collective => "collective",
            Self::RoundRobin => "roundRobin",
            Self::Managed => "managed",
        }
    }

    /// `None` where the text is none of them.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_read_as_it_is_written() {
        for kind in SchedulingType::ALL {
            assert_eq!(SchedulingType::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(SchedulingType::parse("ROUND_ROBIN"), None);
    }
}
