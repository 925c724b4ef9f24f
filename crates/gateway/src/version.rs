//! Dated API versions: `cal-api-version`, exact match, silent fall-back to the
//! oldest (contract: 00-overview, "API versions").

use std::fmt;

/// A dated version of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApiVersion {
    /// 2024-04-15, served where the header is missing or unknown.
    V20240415,
    /// 2024-06-11
    V20240611,
    /// 2024-06-14
    V20240614,
    /// 2024-08-13
    V20240813,
    /// 2024-09-04
    V20240904,
    /// 2026-02-25
    V20260225,
}

use ApiVersion::{V20240415, V20240611, V20240614, V20240813, V20240904, V20260225};

impl ApiVersion {
    /// All of them, oldest first.
    pub const ALL: [Self; 6] = [V20240415, V20240611, V20240614, V20240813, V20240904, V20260225];

    /// As in the header.
    pub const fn as_str(self) -> &'static str {
        match self {
            V20240415 => "2024-04-15",
            V20240611 => "2024-06-11",
            V20240614 => "2024-06-14",
            V20240813 => "2024-08-13",
            V20240904 => "2024-09-04",
            V20260225 => "2026-02-25",
        }
    }

    /// The version a request asks for: an exact text, else the oldest.
    pub fn from_header(value: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|version| Some(version.as_str()) == value).unwrap_or(V20240415)
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which versions of the header a route answers to. A known version that a
/// resource has no route for is 404, as upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Answers to every version.
    Any,
    /// Bookings of 2024-08-13: also 2024-09-04 is unknown to them; 2026-02-25 is
    /// the same with host-only overrides.
    Bookings,
    /// Event types of 2024-06-14.
    EventTypes,
    /// Schedules of 2024-06-11.
    Schedules,
    /// Slots of 2024-09-04.
    Slots,
    /// A list of its own: dated modules of later slices.
    Exactly(&'static [ApiVersion]),
}

impl Resource {
    /// The versions served, newest representation first named last.
    pub const fn versions(self) -> &'static [ApiVersion] {
        match self {
            Self::Any => &ApiVersion::ALL,
            Self::Bookings => &[V20240813, V20260225],
            Self::EventTypes => &[V20240614, V20240813, V20240904, V20260225],
            Self::Schedules => &[V20240611, V20240614, V20240813, V20240904, V20260225],
            Self::Slots => &[V20240904, V20260225],
            Self::Exactly(versions) => versions,
        }
    }

    /// Whether a request for that version comes here.
    pub fn serves(self, version: ApiVersion) -> bool {
        self.versions().contains(&version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_unknown_and_quoted_versions_are_the_oldest() {
        for header in [None, Some("2099-01-01"), Some("\"2024-08-13\""), Some("")] {
            assert_eq!(ApiVersion::from_header(header), V20240415);
        }
        assert_eq!(ApiVersion::from_header(Some("2024-08-13")), V20240813);
    }
}
