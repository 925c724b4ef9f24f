//! The main job from end to end, as the README shows it.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use meridian_tests::{Receiver, in_both_modes};
use serde_json::json;
use sha2::Sha256;

/// Longer than a sweep and a slow machine need.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn an_organisation_is_provisioned_booked_and_told_of_it() {
    in_both_modes(|server| {
        let receiver = Receiver::start();
        let organization = server.organization();

        let me = organization.client.get("/v2/me").data(200);
        assert_eq!(me["organizationId"], organization.id);
        assert_eq!(me["id"], organization.owner_id);
        assert_eq!(me["timeZone"], "Europe/Rome");
        let schedule = organization.schedules().get("/v2/schedules/default").data(200);
        assert_eq!(me["defaultScheduleId"], schedule["id"]);
        assert_eq!(schedule["availability"][0]["startTime"], "09:00");

        let hook = json!({
            "subscriberUrl": receiver.url("/hook"),
            "triggers": ["BOOKING_CREATED", "BOOKING_CANCELLED"],
            "active": true,
            "secret": "a-webhook-secret",
        });
        organization.client.post("/v2/webhooks", &hook).data(201);

        let event_type = organization.event_type("intro", 60);
        let starts = organization.starts(event_type, "2050-09-05", "2050-09-09");
        // Monday to Friday, 09:00 to 17:00 in Rome, which is two hours ahead of UTC.
        assert_eq!(starts.len(), 5 * 8);
        assert_eq!(starts[0], "2050-09-05T07:00:00.000Z");

        let booking = organization.book(event_type, &starts[0]);
        assert_eq!(booking["status"], "accepted");
        assert_eq!(booking["hosts"][0]["id"], organization.owner_id);
        assert_eq!(booking["duration"], 60);
        let left = organization.starts(event_type, "2050-09-05", "2050-09-09");
        assert_eq!(left, starts[1..]);

        let uid = booking["uid"].as_str().unwrap();
        let read = organization.bookings().get(&format!("/v2/bookings/{uid}")).data(200);
        assert_eq!(read["id"], booking["id"]);
        let listed = organization.own_bookings().get("/v2/bookings?status=upcoming");
        assert_eq!(listed.json()["pagination"]["totalItems"], 1);
        assert_eq!(listed.data(200)[0]["uid"], uid);

        let created = receiver.wait_for("/hook", 1, PATIENCE).remove(0);
        assert_signed(&created.body, created.header("x-cal-signature-256"));
        let body = created.json();
        assert_eq!(body["triggerEvent"], "BOOKING_CREATED");
        assert_eq!(body["payload"]["uid"], uid);
        assert_eq!(body["payload"]["bookingId"], booking["id"]);
        assert_eq!(body["payload"]["startTime"], "2050-09-05T07:00:00.000Z");
        assert_eq!(body["payload"]["organizer"]["email"], organization.email);
        assert_eq!(body["payload"]["attendees"][0]["email"], "ada@example.org");

        let reason = json!({"cancellationReason": "rain"});
        let path = format!("/v2/bookings/{uid}/cancel");
        let cancelled = organization.bookings().post(&path, &reason).data(200);
        assert_eq!(cancelled["status"], "cancelled");
        assert_eq!(cancelled["cancellationReason"], "rain");
        let told = receiver.wait_for("/hook", 2, PATIENCE).remove(1).json();
        assert_eq!(told["triggerEvent"], "BOOKING_CANCELLED");
        assert_eq!(told["payload"]["cancellationReason"], "rain");
        // What was cancelled is free again.
        assert_eq!(organization.starts(event_type, "2050-09-05", "2050-09-09"), starts);
    });
}

/// The signature a subscriber computes: HMAC-SHA256 over the raw body, in hex.
fn assert_signed(body: &[u8], signature: &str) {
    let mut mac = Hmac::<Sha256>::new_from_slice(b"a-webhook-secret").unwrap();
    mac.update(body);
    let expected: String =
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(signature, expected);
}
