//! Codes that show that a booker's address is theirs, for event types that ask for it.

use meridian_domain::booking::CodeProof;
use meridian_edge::{SpinServices, email_codes};
use meridian_gateway::throttle::{self, CODES_BY_ADDRESS, Guess, MAILS_BY_ADDRESS};
use meridian_gateway::validate::{Fields, Violation, email, json_body};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{EventTypeId, WireId};
use meridian_store::verified_emails::{self, Purpose};
use serde_json::{Value, json};

use crate::booking_input::{BookingInput, EventTypeSelector};
use crate::event_type::{self, Target};

/// `POST /v2/bookings/verification-code/request`: mails the code that books with that
/// address, a quarter of an hour long.
pub async fn request_booker_code(request: Request) -> Result<Reply, ApiError> {
    let body = json_body(&request)?;
    let mut fields = Fields::of(&body);
    let email = fields.required("email", email());
    let event_type = fields.required_some("eventTypeId", event_type_id);
    fields.finish()?;
    let event_type = event_type.ok_or_else(|| ApiError::bad_request("eventTypeId is missing"))?;
    let target = event_type::find(&request, &EventTypeSelector::Id(event_type)).await?;
    event_type::check_may_book(&request, &target)?;
    if !target.settings.requires_booker_email_verification {
        return Err(ApiError::bad_request(
            "eventTypeId names an event type that is booked without a code.",
        ));
    }
    let guess = Guess::by_address(&MAILS_BY_ADDRESS, request.client_address());
    throttle::attempt(&SpinServices, request.now, &[guess]).await?;
    email_codes::send(&target.scope, Purpose::Booking, &email, request.now).await?;
    Reply::json(http::StatusCode::OK, &json!({"status": "success"}))
}

fn event_type_id(value: &Value) -> Result<EventTypeId, Violation> {
    let rule = || Violation::new("isInt", "must be the id of an event type");
    value.as_i64().and_then(|id| EventTypeId::from_wire(id).ok()).ok_or_else(rule)
}

/// What the code of a booking shows, where its event type asks for one.
pub async fn proof(
    request: &Request,
    input: &BookingInput,
    target: &Target,
) -> Result<CodeProof, ApiError> {
    let (Some(code), Some(email)) = (&input.verification_code, &input.attendee.email) else {
        return Ok(CodeProof::None);
    };
    if !target.settings.requires_booker_email_verification {
        return Ok(CodeProof::None);
    }
    let guess = Guess::by_address(&CODES_BY_ADDRESS, request.client_address());
    let attempt = throttle::attempt(&SpinServices, request.now, &[guess]).await?;
    let hashes = email_codes::hashes(code).await?;
    let given = (email.as_str(), hashes.as_slice());
    if !verified_emails::check_booking_code(&target.scope, given, request.now).await? {
        return Ok(CodeProof::Wrong);
    }
    attempt.succeeded().await;
    Ok(CodeProof::Right)
}
