//! Version 2024-08-13: as the newest, without what only hosts may ask for.

use meridian_gateway::{ApiError, Reply, Request, validate};
use serde_json::Value;

use crate::booking_input::BookingInput;
use crate::create_booking::{answer, book};

/// What later versions read and this one does not know.
const UNKNOWN: [&str; 2] = ["allowConflicts", "allowBookingOutOfBounds"];

/// Books an event type.
pub async fn create_booking(request: Request) -> Result<Reply, ApiError> {
    let input = BookingInput::read(&known(validate::json_body(&request)?))?;
    answer(&request, &book(&request, &input).await?)
}

/// A body without what this version does not know.
pub fn known(mut body: Value) -> Value {
    if let Some(body) = body.as_object_mut() {
        body.retain(|name, _| !UNKNOWN.contains(&name.as_str()));
    }
    body
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_only_hosts_may_ask_for_is_not_known() {
        let body = json!({"start": "x", "allowConflicts": true, "allowBookingOutOfBounds": 5});
        assert_eq!(known(body), json!({"start": "x"}));
        assert_eq!(known(json!([])), json!([]));
    }
}
