//! Event types: every field, both views, and what is refused.

use meridian_tests::in_both_modes;
use serde_json::{Value, json};

/// Every setting a client may send, each away from its default.
fn everything() -> Value {
    json!({
        "title": "Consultation", "slug": "Consultation Hour", "lengthInMinutes": 60,
        "lengthInMinutesOptions": [30, 60, 90],
        "description": "All of it",
        "locations": [
            {"type": "address", "address": "1 High Street", "public": true},
            {"type": "link", "link": "https://meet.example.com/x", "public": false},
            {"type": "attendeePhone"},
        ],
        "bookingFields": [
            {"type": "text", "slug": "topic", "label": "Topic", "required": true, "placeholder": "What for"},
            {"type": "select", "slug": "size", "label": "Size", "required": false, "placeholder": "", "options": ["S", "L"]},
        ],
        "disableGuests": true,
        "slotInterval": 30, "minimumBookingNotice": 240,
        "beforeEventBuffer": 10, "afterEventBuffer": 5, "offsetStart": 5,
        "bookingLimitsCount": {"day": 2, "week": 5},
        "bookingLimitsDuration": {"day": 120},
        "bookerActiveBookingsLimit": {"maximumActiveBookings": 2, "offerReschedule": true},
        "onlyShowFirstAvailableSlot": true,
        "bookingWindow": {"type": "calendarDays", "value": 300, "rolling": false},
        "bookerLayouts": {"defaultLayout": "week", "enabledLayouts": ["week", "month"]},
        "confirmationPolicy": {"type": "always", "blockUnconfirmedBookingsInBooker": true},
        "requiresBookerEmailVerification": true, "hideCalendarNotes": true,
        "hideCalendarEventDetails": true, "hideOrganizerEmail": true,
        "lockTimeZoneToggleOnBookingPage": true, "hidden": true,
        "bookingRequiresAuthentication": true, "allowReschedulingPastBookings": true,
        "allowReschedulingCancelledBookings": true, "showOptimizedSlots": true,
        "color": {"lightThemeHex": "#112233", "darkThemeHex": "#fafafa"},
        "customName": "{Event type title} for {Scheduler}",
        "successRedirectUrl": "https://example.com/thanks",
        "disableCancelling": {"disabled": true},
        "disableRescheduling": {"disabled": false, "minutesBefore": 60},
        "interfaceLanguage": "de",
    })
}

#[test]
fn every_field_is_kept_and_shown() {
    in_both_modes(|server| {
        let organization = server.organization();
        let client = organization.event_types();
        let sent = everything();
        let made = client.post("/v2/event-types", &sent).data(201);
        let read = client.get(&format!("/v2/event-types/{}", made["id"])).data(200);
        assert_eq!(read, made);
        assert_eq!(read["slug"], "consultation-hour");
        assert_eq!(read["ownerId"], organization.owner_id);
        assert_eq!(read["users"][0]["username"], organization.username.as_str());
        for (name, value) in sent.as_object().unwrap() {
            match name.as_str() {
                "slug" => {}
                // These come back with what the defaults add.
                "bookingFields" => {
                    let slugs: Vec<&str> = read[name]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|field| field["slug"].as_str().unwrap())
                        .collect();
                    assert_eq!(slugs[..2], ["name", "email"]);
                    assert!(slugs.ends_with(&["topic", "size"]), "{slugs:?}");
                }
                _ => assert_eq!(&read[name], value, "{name}"),
            }
        }
    });
}

#[test]
fn a_patch_changes_what_it_names_and_disabled_resets() {
    in_both_modes(|server| {
        let organization = server.organization();
        let client = organization.event_types();
        let made = client.post("/v2/event-types", &everything()).data(201);
        let path = format!("/v2/event-types/{}", made["id"]);
        let change = json!({
            "title": "Shorter", "bookingWindow": {"disabled": true}, "confirmationPolicy": {"disabled": true},
            "bookingLimitsCount": {"disabled": true},
        });
        let changed = client.patch(&path, &change).data(200);
        assert_eq!(changed["title"], "Shorter");
        assert_eq!(changed["bookingWindow"], json!({"disabled": true}));
        for name in
            ["slug", "lengthInMinutes", "locations", "color", "bookingLimitsDuration", "hidden"]
        {
            assert_eq!(changed[name], made[name], "{name}");
        }
        let seats = json!({"seats": {"seatsPerTimeSlot": 3, "showAttendeeInfo": true, "showAvailabilityCount": true}});
        let refused = client.patch(&path, &seats).error(400);
        assert!(refused.starts_with("Seats Validation failed:"), "{refused}");
        client.delete(&path).data(200);
        client.get(&path).error(404);
    });
}

#[test]
fn the_public_see_what_is_not_hidden() {
    in_both_modes(|server| {
        let organization = server.organization();
        organization.event_type("open", 30);
        organization.event_type_with("closed", 30, &json!({"hidden": true}));
        let public = organization.public.version("2024-06-14");
        let path = format!(
            "/v2/event-types?username={}&orgSlug={}",
            organization.username, organization.slug
        );
        let slugs = |data: Value| -> Vec<String> {
            let rows = data.as_array().unwrap().iter();
            rows.map(|row| row["slug"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(slugs(public.get(&path).data(200)), ["open"]);
        assert_eq!(
            slugs(public.get(&format!("{path}&eventSlug=closed")).data(200)),
            Vec::<String>::new()
        );
        let mut own = slugs(organization.event_types().get("/v2/event-types").data(200));
        own.sort();
        assert_eq!(own, ["closed", "open"]);
        assert_eq!(public.get("/v2/event-types").data(200), json!([]));
    });
}

#[test]
fn a_slug_is_used_once_whoever_comes_first() {
    in_both_modes(|server| {
        let organization = server.organization();
        let body = json!({"title": "Same", "slug": "same", "lengthInMinutes": 30});
        let answers: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..10)
                .map(|_| {
                    let (client, body) = (organization.event_types(), &body);
                    scope.spawn(move || client.post("/v2/event-types", body))
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
        for answer in answers.iter().filter(|answer| answer.status != 201) {
            assert_eq!(answer.error(400), "User already has an event type with this slug.");
        }
    });
}

#[test]
fn wrong_settings_are_named() {
    in_both_modes(|server| {
        let organization = server.organization();
        let base = json!({"title": "t", "slug": "t", "lengthInMinutes": 30});
        for (field, value) in [
            ("lengthInMinutes", json!(0)),
            ("lengthInMinutes", json!(100_000_000)),
            ("lengthInMinutesOptions", json!([15, 45])),
            ("slotInterval", json!(-5)),
            ("beforeEventBuffer", json!("long")),
            ("bookingWindow", json!({"type": "moons", "value": 3})),
            ("bookingLimitsDuration", json!({"day": 20})),
            ("bookingLimitsCount", json!({"day": 0})),
            ("locations", json!([{"type": "moon"}])),
            (
                "bookingFields",
                json!([{"type": "select", "slug": "x", "label": "x", "required": true}]),
            ),
            ("customName", json!("{Nobody knows}")),
            ("successRedirectUrl", json!("javascript:alert(1)")),
            ("interfaceLanguage", json!("tlh")),
            (
                "seats",
                json!({"seatsPerTimeSlot": 0, "showAttendeeInfo": true, "showAvailabilityCount": true}),
            ),
            ("scheduleId", json!(-1)),
        ] {
            let mut body = base.clone();
            body[field] = value.clone();
            let answer = organization.event_types().post("/v2/event-types", &body);
            assert_eq!(answer.status, 400, "{field} {value}: {}", answer.text);
            answer.error(400);
        }
        assert_eq!(organization.event_types().get("/v2/event-types").data(200), json!([]));
    });
}

#[test]
fn clients_of_the_first_version_are_answered_in_its_shapes() {
    in_both_modes(|server| {
        let organization = server.organization();
        // Without the header, and with those dates, that version answers.
        let clients = [None, Some("2024-04-15"), Some("2024-06-11")].map(|version| match version {
            Some(version) => organization.client.version(version),
            None => organization.client.clone(),
        });
        for (index, client) in clients.iter().enumerate() {
            let sent = json!({
                "title": "Old", "slug": format!("old-{index}"), "length": 60, "description": "d",
                "hidden": false, "disableGuests": true, "slotInterval": 15, "afterEventBuffer": 5,
                "beforeEventBuffer": 10, "minimumBookingNotice": 120,
                "locations": [{"type": "inPerson", "address": "123 Main St"}],
            });
            let made = client.post("/v2/event-types", &sent).data(201);
            for (name, value) in sent.as_object().unwrap() {
                assert_eq!(&made[name], value, "{name}");
            }
            let path = format!("/v2/event-types/{}", made["id"]);
            let read = client.get(&path).data(200);
            assert_eq!(read["eventType"], made);
            assert_eq!(read["eventType"]["userId"], organization.owner_id);
            let change = json!({"title": "Newer", "slotInterval": 30, "seatsPerTimeSlot": 4});
            let changed = client.patch(&path, &change).data(200);
            assert_eq!((&changed["title"], &changed["length"]), (&json!("Newer"), &json!(60)));
            assert_eq!(changed["seatsPerTimeSlot"], 4);
            // The newest version sees the same event type.
            let newest = organization.event_types().get(&path).data(200);
            assert_eq!(
                (&newest["lengthInMinutes"], &newest["slotInterval"]),
                (&json!(60), &json!(30))
            );
            assert_eq!(newest["locations"][0]["address"], "123 Main St");
            let groups = client.get("/v2/event-types").data(200);
            let group = &groups["eventTypeGroups"][0];
            assert_eq!(group["profile"]["slug"], organization.username.as_str());
            assert_eq!(group["eventTypes"][0]["id"], made["id"]);
            assert_eq!(groups["profiles"][0], group["profile"]);
            let deleted = client.delete(&path).data(200);
            assert_eq!((&deleted["id"], &deleted["length"]), (&made["id"], &json!(60)));
            client.get(&path).error(404);
            client.delete(&path).error(404);
            assert!(
                client.post("/v2/event-types", &json!({})).error(400).contains("length must be")
            );
        }
        organization.public.get("/v2/event-types").error(401);
    });
}

#[test]
fn the_first_versions_booking_pages_find_what_is_booked() {
    in_both_modes(|server| {
        let organization = server.organization();
        let (username, slug) = (&organization.username, &organization.slug);
        let place = json!([{"type": "address", "address": "secret lair", "public": false}]);
        let open = organization.event_type_with("open", 30, &json!({"locations": place}));
        organization.event_type_with("closed", 30, &json!({"hidden": true}));
        let path = format!("/v2/event-types/{username}/open/public?org={slug}");
        let page = organization.public.get(&path);
        assert!(!page.text.contains("lair"), "{}", page.text);
        let page = page.data(200);
        assert_eq!((&page["id"], &page["length"]), (&json!(open), &json!(30)));
        assert_eq!(page["owner"]["username"], username.as_str());
        assert_eq!(
            (&page["users"][0]["username"], &page["isDynamic"]),
            (&json!(username), &json!(false))
        );
        let none = format!("/v2/event-types/{username}/nothing/public?org={slug}");
        assert_eq!(organization.public.get(&none).data(200), Value::Null);
        // Without an organisation, names are looked up among those who have none.
        let list = format!("/v2/event-types/{username}/public");
        assert_eq!(organization.public.get(&list).data(200), json!([]));
        organization.public.version("2024-08-13").get(&list).error(404);
    });
}
