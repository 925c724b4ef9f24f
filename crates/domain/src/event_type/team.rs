//! Settings that only event types of teams have.

use serde::{Deserialize, Serialize};

/// Who is sent no e-mail about bookings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EmailSettings {
    /// Attendees.
    pub disable_emails_to_attendees: bool,
    /// Hosts.
    pub disable_emails_to_hosts: bool,
}
