//! What stands for a booking elsewhere: entries in calendars, video calls.

use meridian_gateway::validate::{self, Fields, one_of};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::TeamId;
use meridian_store::bookings::Booking;
use serde::{Deserialize, Serialize};

use crate::attendees::load_within;
use crate::errors::booking_not_found;
use crate::list_bookings::check_team;

const TYPES: &[&str] = &[
    "google_calendar",
    "office365_calendar",
    "daily_video",
    "google_video",
    "office365_video",
    "zoom_video",
];

/// One of them, as `extras.references` keeps it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    #[serde(rename = "type")]
    kind: String,
    event_uid: String,
    #[serde(default)]
    destination_calendar_id: Option<String>,
    id: i64,
}

/// `GET /v2/bookings/:bookingUid/references`
pub async fn get_references(request: Request) -> Result<Reply, ApiError> {
    let wanted = read_type(&request)?;
    let managed = load_within(&request).await?;
    Reply::ok(&references(&managed.booking, wanted))
}

/// `GET /v2/organizations/:orgId/teams/:teamId/bookings/:bookingUid/references`
pub async fn get_team_references(request: Request) -> Result<Reply, ApiError> {
    let wanted = read_type(&request)?;
    let team: TeamId = request.id("teamId")?;
    let scope = meridian_edge::scope(&request).await?;
    check_team(&scope, team).await?;
    let managed = load_within(&request).await?;
    if managed.booking.team_id != Some(team) {
        return Err(booking_not_found(&managed.booking.uid));
    }
    Reply::ok(&references(&managed.booking, wanted))
}

fn read_type(request: &Request) -> Result<Option<&'static str>, ApiError> {
    let query = validate::query_object(request);
    let mut fields = Fields::of(&query);
    let wanted = fields.optional("type", one_of(TYPES));
    fields.finish().map(|()| wanted)
}

/// Those of one type, or all. One that nobody can read is left out.
fn references(booking: &Booking, wanted: Option<&str>) -> Vec<Reference> {
    let all = booking.extras.get("references").and_then(|references| references.as_array());
    let all = all.into_iter().flatten();
    let read = all.filter_map(|one| serde_json::from_value::<Reference>(one.clone()).ok());
    read.filter(|reference| wanted.is_none_or(|wanted| reference.kind == wanted)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::booking_output::tests::sample;

    #[test]
    fn references_are_told_apart_by_their_type() {
        let mut booking = sample();
        assert!(references(&booking, None).is_empty());
        let stored = json!([
            {"type": "google_calendar", "eventUid": "e", "destinationCalendarId": "c", "id": 1},
            {"type": "daily_video", "eventUid": "r", "id": 2},
            {"type": 5},
        ]);
        let extras = json!({ "references": stored });
        booking.extras = extras.as_object().unwrap().clone().into();
        assert_eq!(references(&booking, None).len(), 2);
        let video = serde_json::to_value(references(&booking, Some("daily_video"))).unwrap();
        let expected = json!([
            {"type": "daily_video", "eventUid": "r", "destinationCalendarId": null, "id": 2}
        ]);
        assert_eq!(video, expected);
    }
}
