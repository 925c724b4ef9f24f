//! Where a booking stands.

/// The states of a booking.
///
/// `pending → accepted | rejected | cancelled`, `accepted → cancelled`; the other
/// two are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Waits for its host.
    Pending,
    /// Takes place.
    Accepted,
    /// Was called off.
    Cancelled,
    /// Was refused by its host.
    Rejected,
}

impl Status {
    /// As stored, and as the API shows it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Cancelled => "cancelled",
            Self::Rejected => "rejected",
        }
    }

    /// From what is stored.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Accepted, Self::Cancelled, Self::Rejected]
            .into_iter()
            .find(|status| status.as_str() == text)
    }

    /// Whether nothing follows it.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Cancelled | Self::Rejected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_as_it_is_written() {
        for status in [Status::Pending, Status::Accepted, Status::Cancelled, Status::Rejected] {
            assert_eq!(Status::parse(status.as_str()), Some(status));
        }
        assert_eq!(Status::parse("ACCEPTED"), None);
    }
}
