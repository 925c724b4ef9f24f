//! What an event type allows: limits, links, held times, overrides, places, answers.

use meridian_tests::{Answer, Organization, in_both_modes};
use serde_json::{Value, json};

const NINE: &str = "2050-09-05T07:00:00.000Z";
const TEN: &str = "2050-09-05T08:00:00.000Z";
const NEXT_DAY: &str = "2050-09-06T08:00:00.000Z";
const TAKEN: &str = "User either already has booking at this time or is not available";

fn body(organization: &Organization, event_type: i64, start: &str, more: &Value) -> Value {
    let mut body = organization.booking(event_type, start);
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn book(organization: &Organization, event_type: i64, start: &str, more: &Value) -> Answer {
    organization.bookings().post("/v2/bookings", &body(organization, event_type, start, more))
}

#[test]
fn a_full_day_refuses_and_the_next_does_not() {
    in_both_modes(|server| {
        let organization = server.organization();
        for (slug, limit) in [
            ("count", json!({"bookingLimitsCount": {"day": 1}})),
            ("time", json!({"bookingLimitsDuration": {"day": 30}})),
        ] {
            let event_type = organization.event_type_with(slug, 30, &limit);
            let start = if slug == "count" { NINE } else { TEN };
            book(&organization, event_type, start, &json!({})).data(201);
            let late = book(&organization, event_type, "2050-09-05T12:00:00.000Z", &json!({}));
            assert!(late.error(409).contains("limit"), "{slug}");
            let next = if slug == "count" { NEXT_DAY } else { "2050-09-06T09:00:00.000Z" };
            book(&organization, event_type, next, &json!({})).data(201);
        }
    });
}

#[test]
fn parallel_bookings_do_not_pass_a_limit() {
    in_both_modes(|server| {
        let organization = server.organization();
        let limit = json!({"bookingLimitsCount": {"day": 2}});
        let event_type = organization.event_type_with("two", 30, &limit);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let threads: Vec<_> = (7..13)
                .map(|hour| {
                    let organization = &organization;
                    scope.spawn(move || {
                        let start = format!("2050-09-05T{hour:02}:00:00.000Z");
                        book(organization, event_type, &start, &json!({})).status
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
        assert_eq!((count(201), count(409)), (2, 4), "{statuses:?}");
    });
}

#[test]
fn a_booker_has_so_many_ahead_and_is_shown_which_to_move() {
    in_both_modes(|server| {
        let organization = server.organization();
        let limit = json!({
            "bookerActiveBookingsLimit": {"maximumActiveBookings": 1, "offerReschedule": true},
        });
        let event_type = organization.event_type_with("one", 30, &limit);
        let first = book(&organization, event_type, NINE, &json!({})).data(201);
        assert_eq!(
            book(&organization, event_type, TEN, &json!({})).error(400),
            format!(
                "Attendee with this email can't book because the maximum number of active \
                 bookings has been reached. You can reschedule your existing booking ({}) to a \
                 new timeslot instead.",
                first["uid"].as_str().unwrap()
            )
        );
        let attendee = json!({"name": "B", "email": "b@example.org", "timeZone": "UTC"});
        book(&organization, event_type, TEN, &json!({"attendee": attendee})).data(201);
    });
}

#[test]
fn a_private_link_is_used_up_by_the_booking_made_with_it() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("hidden", 30);
        let path = format!("/v2/event-types/{event_type}/private-links");
        let link = organization.client.post(&path, &json!({})).data(201)["linkId"].clone();
        let by_link = |start: &str, link: &Value| {
            book(&organization, event_type, start, &json!({"privateLink": link}))
        };
        by_link(NINE, &link).data(201);
        assert_eq!(organization.client.get(&path).data(200)[0]["usageCount"], 1);
        let refused = by_link(TEN, &link);
        assert!(refused.error(400).contains("private link"), "{}", refused.text);
        assert!(by_link(TEN, &json!("unknown")).error(400).contains("private link"));
        book(&organization, event_type, TEN, &json!({})).data(201);
    });
}

#[test]
fn a_held_time_is_its_holders_by_body_header_or_cookie() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("held", 30);
        let proofs: [fn(&Organization, &mut Value, &str) -> meridian_tests::Client; 3] = [
            |organization, body, uid| {
                body["reservationUid"] = json!(uid);
                organization.bookings()
            },
            |organization, _, uid| organization.bookings().with("x-cal-reservation-uid", uid),
            |organization, _, uid| {
                organization.bookings().with("cookie", &format!("a=b; uid={uid}"))
            },
        ];
        for (index, proof) in proofs.into_iter().enumerate() {
            let start = format!("2050-09-05T{:02}:00:00.000Z", 7 + index);
            let wish = json!({"eventTypeId": event_type, "slotStart": start});
            let held = organization.slots().post("/v2/slots/reservations", &wish).data(201);
            let uid = held["reservationUid"].as_str().unwrap();
            let mut body = organization.booking(event_type, &start);
            organization.bookings().post("/v2/bookings", &body).error(400);
            let client = proof(&organization, &mut body, uid);
            client.post("/v2/bookings", &body).data(201);
            let path = format!("/v2/slots/reservations/{uid}");
            assert_eq!(organization.slots().get(&path).data(200), Value::Null);
        }
    });
}

#[test]
fn only_a_host_books_over_what_is_in_the_way_and_only_in_the_newest_version() {
    in_both_modes(|server| {
        let organization = server.organization();
        let window = json!({"bookingWindow": {"type": "calendarDays", "value": 3}});
        let near = organization.event_type_with("near", 30, &window);
        let event_type = organization.event_type("busy", 30);
        book(&organization, event_type, NINE, &json!({})).data(201);
        let conflicts = body(&organization, event_type, NINE, &json!({"allowConflicts": true}));
        let bounds = body(&organization, near, TEN, &json!({"allowBookingOutOfBounds": true}));
        let newest = organization.public.version("2026-02-25");
        assert_eq!(newest.post("/v2/bookings", &conflicts).error(400), TAKEN);
        let refused = newest.post("/v2/bookings", &bounds).error(400);
        assert!(refused.starts_with("The event type can't be booked at the \"start\" time"));
        let older = organization.own_bookings();
        assert_eq!(older.post("/v2/bookings", &conflicts).error(400), TAKEN);
        let host = organization.client.version("2026-02-25");
        host.post("/v2/bookings", &conflicts).data(201);
        host.post("/v2/bookings", &bounds).data(201);
        // What was forced is taken for everybody else.
        assert_eq!(newest.post("/v2/bookings", &conflicts).error(400), TAKEN);
    });
}

#[test]
fn a_booking_that_waits_leaves_its_time_open_unless_told_otherwise() {
    in_both_modes(|server| {
        let organization = server.organization();
        for (slug, blocks, start) in [("open", false, NINE), ("closed", true, TEN)] {
            let policy = json!({"confirmationPolicy": {
                "type": "always", "blockUnconfirmedBookingsInBooker": blocks,
            }});
            let event_type = organization.event_type_with(slug, 30, &policy);
            let asked = book(&organization, event_type, start, &json!({})).data(201);
            assert_eq!(asked["status"], "pending");
            let again = book(&organization, event_type, start, &json!({}));
            assert_eq!(again.status, if blocks { 400 } else { 201 }, "{}", again.text);
            let own = body(&organization, event_type, NEXT_DAY, &json!({}));
            let own = organization.own_bookings().post("/v2/bookings", &own);
            // A host need not confirm; the second time theirs is taken.
            match slug {
                "open" => assert_eq!(own.data(201)["status"], "accepted"),
                _ => assert_eq!(own.error(400), TAKEN),
            }
        }
    });
}

#[test]
fn an_address_that_must_be_proven_needs_a_code() {
    in_both_modes(|server| {
        let organization = server.organization();
        let verified = json!({"requiresBookerEmailVerification": true});
        let event_type = organization.event_type_with("verified", 30, &verified);
        for more in [json!({}), json!({"emailVerificationCode": "123456"})] {
            let refused = book(&organization, event_type, NINE, &more).error(400);
            assert!(refused.starts_with("emailVerificationCode"), "{refused}");
        }
    });
}

#[test]
fn a_place_is_one_of_those_offered() {
    in_both_modes(|server| {
        let organization = server.organization();
        let places = json!({"locations": [
            {"type": "address", "address": "Via Roma 1", "public": true},
            {"type": "attendeePhone"},
        ]});
        let event_type = organization.event_type_with("places", 30, &places);
        let at = |start: &str, location: Value| {
            book(&organization, event_type, start, &json!({"location": location}))
        };
        let refused = at(NINE, json!({"type": "link"})).error(400);
        let expected = format!(
            "Booking location with type link not valid for event type with id={event_type}. The \
             event type has following location types: address, attendeePhone"
        );
        assert_eq!(refused, expected);
        let phone = json!({"type": "attendeePhone", "phone": "+390612345678"});
        assert_eq!(at(NINE, phone).data(201)["location"], "+390612345678");
        let first = book(&organization, event_type, TEN, &json!({})).data(201);
        assert_eq!(first["location"], "Via Roma 1");
    });
}

#[test]
fn an_old_client_books_in_its_own_words() {
    in_both_modes(|server| {
        let organization = server.organization();
        let lengths = json!({"lengthInMinutesOptions": [30, 60]});
        let event_type = organization.event_type_with("old", 30, &lengths);
        let old = |start: &str, end: &str| {
            json!({
                "eventTypeId": event_type, "start": start, "end": end, "timeZone": "Europe/Rome",
                "language": "it", "metadata": {"a": "b"},
                "responses": {
                    "name": "Grace", "email": "grace@example.org", "guests": ["bob@example.org"],
                    "location": {"value": "integrations:daily", "optionValue": ""},
                },
            })
        };
        for (version, start, end, minutes) in [
            ("", NINE, "2050-09-05T07:30:00.000Z", 30),
            ("2024-06-14", TEN, "2050-09-05T09:00:00.000Z", 60),
        ] {
            let client = organization.public.version(version);
            let made = client.post("/v2/bookings", &old(start, end)).data(201);
            assert_eq!((&made["startTime"], &made["endTime"]), (&json!(start), &json!(end)));
            assert_eq!(made["status"], "ACCEPTED");
            assert_eq!(made["userPrimaryEmail"], organization.email);
            assert_eq!(made["attendees"][0]["email"], "grace@example.org");
            assert_eq!(made["attendees"][1]["email"], "bob@example.org");
            let path = format!("/v2/bookings/{}", made["uid"].as_str().unwrap());
            let shown = organization.bookings().get(&path).data(200);
            assert_eq!((&shown["duration"], &shown["id"]), (&json!(minutes), &made["id"]));
        }
        let client = organization.public.version("2024-04-15");
        client.post("/v2/bookings", &old(NEXT_DAY, NEXT_DAY)).error(400);
        let refused = client.post("/v2/bookings", &json!({"start": "x"})).error(400);
        for field in ["start ", "eventTypeId ", "timeZone ", "responses "] {
            assert!(refused.contains(field), "{refused}");
        }
        assert_eq!(
            client.post("/v2/bookings", &old(NINE, "2050-09-05T07:30:00.000Z")).error(400),
            TAKEN
        );
    });
}
