//! Event types of teams, under `/v2/teams/:teamId` and
//! `/v2/organizations/:orgId/teams/:teamId` alike: the guard has checked the caller's
//! role in the team, and that the organisation is the caller's own.

mod create_phone_call;
mod create_team_event_type;
mod delete_team_event_type;
mod draft;
mod errors;
mod get_team_event_type;
mod list_organization_event_types;
mod list_team_event_types;
mod update_team_event_type;
mod written;

use meridian_kernel::{OrganizationNumber, TeamId, WireId};

use crate::parse::Whose;

pub use create_phone_call::create_phone_call;
pub use create_team_event_type::create_team_event_type;
pub use delete_team_event_type::delete_team_event_type;
pub use get_team_event_type::get_team_event_type;
pub use list_organization_event_types::list_organization_event_types;
pub use list_team_event_types::list_team_event_types;
pub use update_team_event_type::update_team_event_type;

/// How often a write is decided again because something else came first.
const MAX_ATTEMPTS: usize = 5;

/// How an event type of that team is read: organisation 0 is none.
fn whose(team: TeamId) -> Whose {
    Whose::Team { in_organization: team.organization() != OrganizationNumber::NONE }
}
