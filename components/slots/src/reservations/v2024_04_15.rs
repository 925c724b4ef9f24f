//! Reservations of 2024-04-15: `POST /v2/slots/reserve`, which remembers the uid in
//! a cookie, and `DELETE /v2/slots/selected-slot`.

use http::{HeaderValue, header};
use meridian_gateway::validate::{Fields, text};
use meridian_gateway::{ApiError, Reply, Request, validate};
use meridian_kernel::WireId;
use meridian_kernel::limits::MAX_EVENT_LENGTH_MINUTES;
use meridian_store::reservations;
use serde_json::Value;

use super::claim::claim;
use super::input::{ReserveInput, SlotLength, date, event_type_id};
use super::refusal::event_type_not_found;
use super::release_slot::release;
use crate::slots::find::instead_of_not_found;

/// The cookie that holds the uid of the browser's reservation.
const COOKIE: &str = "uid";

/// How long the text of a date may be.
const MAX_DATE: usize = 64;

fn read(body: &Value) -> Result<ReserveInput, ApiError> {
    let mut fields = Fields::of(body);
    let id = fields.required_some("eventTypeId", event_type_id());
    let start = fields.required("slotUtcStartDate", text(1, MAX_DATE));
    let end = fields.required("slotUtcEndDate", text(1, MAX_DATE));
    fields.finish()?;
    let (start, end) = (date(&start, "start")?, date(&end, "end")?);
    let longest = i64::from(MAX_EVENT_LENGTH_MINUTES);
    let minutes = end.minutes_since(start);
    let length = u32::try_from(minutes).ok().filter(|_| (1..=longest).contains(&minutes));
    let length = length.ok_or_else(|| {
        ApiError::bad_request(format!(
            "'slotUtcEndDate' must be 1 to {longest} minutes after 'slotUtcStartDate'."
        ))
    })?;
    Ok(ReserveInput {
        event_type_id: id.ok_or_else(|| ApiError::bad_request("eventTypeId"))?,
        start,
        length: Some(SlotLength::Given(length)),
        duration: None,
    })
}

/// Holds a slot for whoever has the cookie; a slot they held before is given back.
pub async fn reserve_slot(request: Request) -> Result<Reply, ApiError> {
    let input = read(&validate::json_body(&request)?)?;
    let organization = input.event_type_id.organization();
    let scope = meridian_edge::scope_of(organization).await;
    let unknown = || event_type_not_found(input.event_type_id);
    let scope = scope.map_err(|error| instead_of_not_found(error, unknown))?;
    let mut existing = None;
    if let Some(uid) = request.cookie(COOKIE).and_then(meridian_kernel::UuidUid::parse)
        && uid.organization() == organization
    {
        existing = reservations::find(&scope, uid.as_str(), request.now).await?;
    }
    let existing = existing.as_ref().map(|reservation| reservation.uid.as_str());
    let held = claim(&scope, &input, None, existing, request.now).await?;
    let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax", held.uid);
    let cookie = HeaderValue::try_from(cookie).map_err(ApiError::internal)?;
    Ok(Reply::created(&held.uid)?.with_header(header::SET_COOKIE, cookie))
}

/// Gives back the slot of the cookie, else of the query.
pub async fn delete_selected_slot(request: Request) -> Result<Reply, ApiError> {
    let uid = match request.cookie(COOKIE) {
        Some(uid) if !uid.is_empty() => uid,
        _ => request.query(COOKIE).unwrap_or_default(),
    };
    release(uid).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_length_is_from_start_to_end() {
        let body = |end: &str| {
            json!({"eventTypeId": 7, "slotUtcStartDate": "2050-09-05T09:00:00.000Z",
                "slotUtcEndDate": end})
        };
        let input = read(&body("2050-09-05T09:45:00.000Z")).unwrap();
        assert_eq!(input.length, Some(SlotLength::Given(45)));
        for end in ["2050-09-05T09:00:00Z", "2050-09-04T09:00:00Z", "2051-09-05T09:00:00Z"] {
            let message = read(&body(end)).unwrap_err().message;
            assert!(message.contains("10080 minutes"), "{end}: {message}");
        }
        assert_eq!(read(&body("later")).unwrap_err().message, "Invalid end date");
        assert_eq!(
            read(&json!({})).unwrap_err().message,
            "eventTypeId must be a positive integer below 2^53, \
             slotUtcStartDate must be a string, slotUtcEndDate must be a string"
        );
    }
}
