//! Webhooks of a user: kept, checked, delivered again.

use std::time::Duration;

use http::StatusCode;
use meridian_tests::{Options, Receiver, Server, in_both_modes};
use serde_json::json;

#[test]
fn a_webhook_is_made_read_changed_and_deleted() {
    in_both_modes(|server| {
        let organization = server.organization();
        let client = &organization.client;
        let body = json!({
            "subscriberUrl": "https://example.com/hook", "active": true,
            "triggers": ["BOOKING_CREATED", "BOOKING_CREATED", "BOOKING_CANCELLED"],
        });
        let made = client.post("/v2/webhooks", &body).data(201);
        assert_eq!(made["triggers"], json!(["BOOKING_CREATED", "BOOKING_CANCELLED"]));
        assert_eq!(made["userId"], organization.owner_id);
        client.post("/v2/webhooks", &body).error(409);
        let path = format!("/v2/webhooks/{}", made["id"].as_str().unwrap());
        assert_eq!(client.get(&path).data(200)["subscriberUrl"], "https://example.com/hook");
        assert_eq!(client.patch(&path, &json!({"active": false})).data(200)["active"], false);
        assert_eq!(client.get("/v2/webhooks").data(200).as_array().unwrap().len(), 1);
        client.delete(&path).data(200);
        client.get(&path).error(404);
        let wrong =
            json!({"subscriberUrl": "ftp://x", "active": "maybe", "triggers": ["BOOKING_EATEN"]});
        let message = client.post("/v2/webhooks", &wrong).error(400);
        for field in ["subscriberUrl ", "active ", "triggers "] {
            assert!(message.contains(field), "{message}");
        }
        let message = client
            .post("/v2/webhooks", &json!({"subscriberUrl": "https://u:p@example.com", "active": true, "triggers": []}))
            .error(400);
        assert!(message.contains("subscriberUrl"), "{message}");
    });
}

#[test]
fn a_delivery_that_fails_comes_again_and_inactive_subscribers_hear_nothing() {
    in_both_modes(|server| {
        let receiver = Receiver::behaving(|before, _| {
            if before == 0 { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK }
        });
        let organization = server.organization();
        for (path, active) in [("/hook", true), ("/quiet", false)] {
            let body = json!({
                "subscriberUrl": receiver.url(path), "active": active, "triggers": ["BOOKING_CREATED"],
            });
            organization.client.post("/v2/webhooks", &body).data(201);
        }
        let event_type = organization.event_type("retry", 30);
        organization.book(event_type, "2050-09-05T07:00:00.000Z");
        let tries = receiver.wait_for("/hook", 2, Duration::from_secs(60));
        assert_eq!(tries[0].body, tries[1].body);
        assert_eq!(tries[0].header("x-cal-signature-256"), "no-secret-provided");
        assert_eq!(tries[1].header("x-cal-attempt"), "2");
        assert!(receiver.deliveries().iter().all(|delivery| delivery.path == "/hook"));
    });
}

#[test]
fn a_template_shapes_the_body() {
    in_both_modes(|server| {
        let receiver = Receiver::start();
        let organization = server.organization();
        let body = json!({
            "subscriberUrl": receiver.url("/template"), "active": true, "triggers": ["BOOKING_CREATED"],
            "payloadTemplate": "{\"what\":\"{{triggerEvent}}\",\"who\":\"{{attendees.0.name}}\",\"none\":\"{{nothing.here}}\"}",
        });
        organization.client.post("/v2/webhooks", &body).data(201);
        let event_type = organization.event_type("template", 30);
        let mut booking = organization.booking(event_type, "2050-09-05T07:00:00.000Z");
        booking["attendee"]["name"] = json!("Ada \"The Countess\" Lovelace");
        organization.bookings().post("/v2/bookings", &booking).data(201);
        let delivery = receiver.wait_for("/template", 1, Duration::from_secs(30)).remove(0);
        assert!(delivery.header("content-type").starts_with("application/json"));
        assert_eq!(
            delivery.json(),
            json!({"what": "BOOKING_CREATED", "who": "Ada \"The Countess\" Lovelace", "none": ""})
        );
    });
}

/// Contract: webhooks, "`triggers` enum".
const TRIGGERS: [&str; 21] = [
    "BOOKING_CREATED",
    "BOOKING_PAYMENT_INITIATED",
    "BOOKING_PAID",
    "BOOKING_RESCHEDULED",
    "BOOKING_REQUESTED",
    "BOOKING_CANCELLED",
    "BOOKING_REJECTED",
    "BOOKING_NO_SHOW_UPDATED",
    "FORM_SUBMITTED",
    "FORM_SUBMITTED_NO_EVENT",
    "ROUTING_FORM_FALLBACK_HIT",
    "MEETING_STARTED",
    "MEETING_ENDED",
    "RECORDING_READY",
    "RECORDING_TRANSCRIPTION_GENERATED",
    "INSTANT_MEETING",
    "OOO_CREATED",
    "AFTER_HOSTS_CAL_VIDEO_NO_SHOW",
    "AFTER_GUESTS_CAL_VIDEO_NO_SHOW",
    "DELEGATION_CREDENTIAL_ERROR",
    "WRONG_ASSIGNMENT_REPORT",
];

#[test]
fn every_trigger_can_be_asked_for_and_tried_out_in_its_own_words() {
    in_both_modes(|server| {
        let receiver = Receiver::start();
        let organization = server.organization();
        let client = &organization.client;
        let body = json!({
            "subscriberUrl": receiver.url("/all"), "active": true, "triggers": TRIGGERS,
        });
        let made = client.post("/v2/webhooks", &body).data(201);
        assert_eq!(made["triggers"], json!(TRIGGERS));
        let test = format!("/v2/webhooks/{}/test", made["id"].as_str().unwrap());
        for trigger in TRIGGERS {
            client.post(&test, &json!({ "trigger": trigger })).data(201);
        }
        let heard = receiver.wait_for("/all", TRIGGERS.len(), Duration::from_secs(60));
        for trigger in TRIGGERS {
            let of_it = heard.iter().map(|one| one.json());
            let body = of_it.into_iter().find(|body| body["triggerEvent"] == trigger);
            let body = body.unwrap_or_else(|| panic!("{trigger} was not heard"));
            assert_eq!(body["payload"]["test"], true, "{trigger}");
            // What only this one has, or those like it.
            let own = match trigger {
                "BOOKING_PAYMENT_INITIATED" | "BOOKING_PAID" => "/paymentId",
                "BOOKING_RESCHEDULED" => "/rescheduleUid",
                "BOOKING_CANCELLED" => "/cancellationReason",
                "BOOKING_REJECTED" => "/rejectionReason",
                "BOOKING_NO_SHOW_UPDATED" => "/attendees/0/noShow",
                "FORM_SUBMITTED" => "/responses/email/value",
                "FORM_SUBMITTED_NO_EVENT" => "/redirect/value",
                "ROUTING_FORM_FALLBACK_HIT" => "/fallbackAction/type",
                "MEETING_STARTED" | "MEETING_ENDED" => "/userId",
                "RECORDING_READY" => "/downloadLink",
                "RECORDING_TRANSCRIPTION_GENERATED" => "/downloadLinks/transcription/0/link",
                "OOO_CREATED" => "/oooEntry/uuid",
                "AFTER_HOSTS_CAL_VIDEO_NO_SHOW" => "/hostEmail",
                "AFTER_GUESTS_CAL_VIDEO_NO_SHOW" => "/message",
                "DELEGATION_CREDENTIAL_ERROR" => "/credential/appId",
                "WRONG_ASSIGNMENT_REPORT" => "/report/reportedBy/email",
                _ => "/organizer/email",
            };
            assert!(body["payload"].pointer(own).is_some(), "{trigger}: {body}");
            let at_root = body.get("email").is_some();
            assert_eq!(at_root, trigger.contains("FORM"), "{trigger}: {body}");
        }
    });
}

#[test]
fn private_targets_are_refused_unless_allowed() {
    let server = Server::with(Options::default().variable("webhook_private_targets", "refuse"));
    let organization = server.organization();
    for url in [
        "http://127.0.0.1:9/x",
        "http://localhost/x",
        "http://10.1.2.3/x",
        "http://192.168.0.1/",
        "http://169.254.169.254/latest",
        "http://[::1]/x",
        "http://[fd00::1]/",
        "http://0.0.0.0/",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
    ] {
        let body = json!({"subscriberUrl": url, "active": true, "triggers": ["BOOKING_CREATED"]});
        let message = organization.client.post("/v2/webhooks", &body).error(400);
        assert!(message.contains("subscriberUrl"), "{url}: {message}");
    }
}
