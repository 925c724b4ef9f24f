//! A team as the API shows it.

use meridian_kernel::{OrganizationNumber, WireId};
use meridian_store::teams::Team;
use serde_json::{Map, Value, json};

/// What is shown of a team. What was never set is left out.
pub fn of(team: &Team) -> Value {
    let organization = team.id.organization();
    let mut shown = Map::from_iter([
        ("id".to_owned(), json!(team.id)),
        ("name".to_owned(), json!(team.name)),
        ("slug".to_owned(), json!(team.slug)),
        ("isOrganization".to_owned(), json!(false)),
        ("isPrivate".to_owned(), json!(false)),
        ("hideBranding".to_owned(), json!(false)),
        ("hideBookATeamMember".to_owned(), json!(false)),
        ("timeZone".to_owned(), json!(team.time_zone)),
        ("weekStart".to_owned(), json!(team.week_start)),
        ("includeManagedEventsInLimits".to_owned(), json!(team.include_managed_events_in_limits)),
        ("metadata".to_owned(), json!(team.metadata)),
    ]);
    if organization != OrganizationNumber::NONE {
        shown.insert("parentId".to_owned(), json!(organization.wire_id()));
    }
    if let Some(limits) = &team.booking_limits {
        shown.insert("bookingLimits".to_owned(), limits.clone());
    }
    shown.extend(team.settings.clone());
    Value::Object(shown)
}
