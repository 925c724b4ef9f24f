//! A delivery as the owner of its webhook sees it.

use meridian_kernel::{Instant, OrganizationNumber};
use meridian_store::deliveries::Logged;
use serde::Serialize;

use crate::attempt::delivery_id;

/// A delivery as the owner of its webhook sees it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeliveryOutput {
    /// What subscribers see as `x-cal-delivery-id`.
    id: i64,
    webhook_id: String,
    trigger: String,
    /// `pending`, `delivered` or `failed`.
    status: String,
    booking_uid: Option<String>,
    created_at: Instant,
    tries: u32,
    last_try_at: Option<Instant>,
    next_try_at: Option<Instant>,
    delivered_at: Option<Instant>,
    response_status: Option<u32>,
    /// The first kilobyte of the last answer.
    response_body: Option<String>,
    error: Option<String>,
    duration_ms: Option<u32>,
}

/// Presents a delivery.
pub(crate) fn present(
    organization: OrganizationNumber,
    webhook_id: &str,
    delivery: Logged,
) -> DeliveryOutput {
    DeliveryOutput {
        id: delivery_id(organization, delivery.id),
        webhook_id: webhook_id.to_owned(),
        trigger: delivery.trigger,
        status: delivery.state,
        booking_uid: delivery.booking_uid,
        created_at: delivery.happened_at,
        tries: delivery.attempts,
        last_try_at: delivery.attempted_at,
        next_try_at: delivery.next_attempt_at,
        delivered_at: delivery.delivered_at,
        response_status: delivery.status,
        response_body: delivery.answer,
        error: delivery.error,
        duration_ms: delivery.took,
    }
}
