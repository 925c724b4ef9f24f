//! Slots through the whole stack.

use meridian_tests::in_both_modes;
use serde_json::json;

#[test]
fn the_range_asked_for_bounds_the_slots() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("hour", 60);
        let starts = |start: &str, end: &str| organization.starts(event_type, start, end);
        let monday = starts("2050-09-05", "2050-09-05");
        assert_eq!(monday.len(), 8);
        assert_eq!(starts("2050-09-05T09:00:00Z", "2050-09-05"), monday[2..]);
        // A slot has to end by the end that was asked for.
        let friday = starts("2050-09-09", "2050-09-09T12:00:00Z");
        assert_eq!(friday.last().unwrap(), "2050-09-09T11:00:00.000Z");
        assert_eq!(friday.len(), 5);
        assert_eq!(starts("2050-09-10", "2050-09-11"), Vec::<String>::new());
    });
}

#[test]
fn days_and_offsets_are_those_of_the_zone_asked_for() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("zone", 60);
        let path = format!(
            "/v2/slots?eventTypeId={event_type}&start=2050-09-05&end=2050-09-05&timeZone=asia/kolkata&format=range"
        );
        let data = organization.slots().get(&path).data(200);
        assert_eq!(data["2050-09-05"][0]["start"], "2050-09-05T12:30:00.000+05:30");
        assert_eq!(data["2050-09-05"][0]["end"], "2050-09-05T13:30:00.000+05:30");
    });
}

#[test]
fn hours_keep_to_the_wall_clock_on_days_that_change_it() {
    in_both_modes(|server| {
        let organization = server.organization();
        let schedule = json!({
            "name": "New York", "timeZone": "America/New_York", "isDefault": false,
            "availability": [{"days": ["Saturday", "Sunday", "Monday"], "startTime": "13:30", "endTime": "15:00"}],
        });
        let schedule = organization.schedules().post("/v2/schedules", &schedule).data(201);
        let event_type = organization.event_type_with(
            "ny",
            30,
            &json!({"scheduleId": schedule["id"], "minimumBookingNotice": 0}),
        );
        // Clocks go forward on 2050-03-13 and back on 2050-11-06.
        let spring = organization.starts(event_type, "2050-03-12", "2050-03-14");
        let hours: Vec<&str> = spring.iter().map(|start| &start[5..16]).collect();
        assert_eq!(
            hours,
            [
                "03-12T18:30",
                "03-12T19:00",
                "03-12T19:30",
                "03-13T17:30",
                "03-13T18:00",
                "03-13T18:30",
                "03-14T17:30",
                "03-14T18:00",
                "03-14T18:30",
            ]
        );
        let autumn = organization.starts(event_type, "2050-11-05", "2050-11-06");
        assert_eq!(autumn[0], "2050-11-05T17:30:00.000Z");
        assert_eq!(autumn[3], "2050-11-06T18:30:00.000Z");
    });
}

#[test]
fn overrides_replace_their_day() {
    in_both_modes(|server| {
        let organization = server.organization();
        let schedule = organization.schedules().get("/v2/schedules/default").data(200);
        let path = format!("/v2/schedules/{}", schedule["id"]);
        let overrides = json!({"overrides": [
            {"date": "2050-09-05", "startTime": "00:00", "endTime": "00:00"},
            {"date": "2050-09-06", "startTime": "20:00", "endTime": "23:59"},
        ]});
        organization.schedules().patch(&path, &overrides).data(200);
        let event_type = organization.event_type("override", 60);
        let starts = organization.starts(event_type, "2050-09-05", "2050-09-06");
        assert_eq!(starts, [18, 19, 20, 21].map(|hour| format!("2050-09-06T{hour}:00:00.000Z")),);
    });
}

#[test]
fn slots_are_found_by_slug_and_username_of_an_organisation() {
    in_both_modes(|server| {
        let organization = server.organization();
        organization.event_type("by-slug", 60);
        let path = format!(
            "/v2/slots?eventTypeSlug=by-slug&username={}&organizationSlug={}&start=2050-09-05&end=2050-09-05",
            organization.username, organization.slug
        );
        let data = organization.slots().get(&path).data(200);
        assert_eq!(data["2050-09-05"].as_array().unwrap().len(), 8);
        let nobody = path.replace(&organization.username, "nobody");
        assert_eq!(
            organization.slots().get(&nobody).error(404),
            "User with username nobody not found"
        );
    });
}

#[test]
fn wrong_questions_are_refused_at_once() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("wrong", 60);
        let ask = |query: &str| organization.slots().get(&format!("/v2/slots?{query}"));
        let id = format!("eventTypeId={event_type}");
        for (query, text) in [
            (format!("{id}&start=never&end=2050-09-05"), "start"),
            (format!("{id}&start=2050-09-05&end=never"), "end"),
            (
                format!("{id}&start=2050-09-06&end=2050-09-05"),
                "Invalid time range given - check the 'start' and 'end' query parameters.",
            ),
            (format!("{id}&start=2050-09-05&end=2055-09-05"), "366"),
            (format!("{id}&start=2050-09-05&end=2050-09-06&timeZone=Mars/Base"), "timeZone"),
            (format!("{id}&start=-271821-04-20&end=275760-09-13"), "start"),
            (format!("{id}&start=2050-09-05&end=2050-09-06&duration=-5"), "duration"),
            ("start=2050-09-05&end=2050-09-06".to_owned(), "eventTypeId"),
            ("eventTypeId=x&start=2050-09-05&end=2050-09-06".to_owned(), "eventTypeId"),
        ] {
            let answer = ask(&query);
            assert_eq!(answer.status, 400, "{query}: {}", answer.text);
            let message = answer.error(400);
            assert!(message.contains(text), "{query}: {message}");
        }
        let missing =
            ask(&format!("eventTypeId={}&start=2050-09-05&end=2050-09-06", event_type + 999));
        assert_eq!(missing.error(404), "Event Type not found");
    });
}

#[test]
fn a_booking_takes_the_starts_it_overlaps_and_gives_them_back_to_whoever_moves_it() {
    in_both_modes(|server| {
        let organization = server.organization();
        let quarter = json!({"slotInterval": 15});
        let event_type = organization.event_type_with("quarter", 30, &quarter);
        let all = organization.starts(event_type, "2050-09-05", "2050-09-05");
        let booking = organization.book(event_type, "2050-09-05T09:00:00.000Z");
        let taken =
            ["2050-09-05T08:45:00.000Z", "2050-09-05T09:00:00.000Z", "2050-09-05T09:15:00.000Z"];
        let left: Vec<String> =
            all.iter().filter(|start| !taken.contains(&start.as_str())).cloned().collect();
        assert_eq!(organization.starts(event_type, "2050-09-05", "2050-09-05"), left);
        let path = format!(
            "/v2/slots?eventTypeId={event_type}&start=2050-09-05&end=2050-09-05&bookingUidToReschedule={}",
            booking["uid"].as_str().unwrap()
        );
        let day = organization.slots().get(&path).data(200)["2050-09-05"].clone();
        assert_eq!(day.as_array().unwrap().len(), all.len());
    });
}

#[test]
fn limits_close_their_period_and_days_off_their_day() {
    in_both_modes(|server| {
        let organization = server.organization();
        let limits = json!({"bookingLimitsCount": {"day": 1}});
        let event_type = organization.event_type_with("limited", 60, &limits);
        organization.book(event_type, "2050-09-05T07:00:00.000Z");
        let days = |starts: Vec<String>| {
            let mut days: Vec<String> = starts.iter().map(|start| start[..10].to_owned()).collect();
            days.dedup();
            days
        };
        let offered = days(organization.starts(event_type, "2050-09-05", "2050-09-07"));
        assert_eq!(offered, ["2050-09-06", "2050-09-07"]);
    });
}

#[test]
fn old_clients_are_answered_in_their_shape() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("old", 60);
        for version in ["2024-04-15", "2024-06-11", "2024-06-14", "2024-08-13"] {
            let old = organization.public.version(version);
            let path = format!(
                "/v2/slots/available?eventTypeId={event_type}&startTime=2050-09-05&endTime=2050-09-05"
            );
            let data = old.get(&path).data(200);
            assert_eq!(data["slots"]["2050-09-05"][0], json!({"time": "2050-09-05T07:00:00.000Z"}));
            assert_eq!(data["slots"]["2050-09-05"].as_array().unwrap().len(), 8);
            let range = old.get(&format!("{path}&slotFormat=range&timeZone=Europe/Rome")).data(200);
            assert_eq!(
                range["slots"]["2050-09-05"][0],
                json!({
                    "startTime": "2050-09-05T09:00:00.000+02:00",
                    "endTime": "2050-09-05T10:00:00.000+02:00",
                })
            );
        }
        let old = organization.public.version("2024-04-15");
        let by_name = format!(
            "/v2/slots/available?eventTypeSlug=old&usernameList[]={}&orgSlug={}&startTime=2050-09-05&endTime=2050-09-05",
            organization.username, organization.slug
        );
        assert_eq!(old.get(&by_name).data(200)["slots"]["2050-09-05"].as_array().unwrap().len(), 8);
        let empty = old.get(&format!(
            "/v2/slots/available?eventTypeId={event_type}&startTime=2050-09-10&endTime=2050-09-11"
        ));
        assert_eq!(empty.data(200), json!({"slots": {}}));
        let backwards = old.get(&format!(
            "/v2/slots/available?eventTypeId={event_type}&startTime=2050-09-06&endTime=2050-09-04"
        ));
        assert_eq!(
            backwards.error(400),
            "Invalid time range given - check the 'startTime' and 'endTime' query parameters."
        );
        organization.slots().get("/v2/slots/available").error(404);
        old.get(&format!("/v2/slots?eventTypeId={event_type}&start=2050-09-05&end=2050-09-06"))
            .error(404);
    });
}

#[test]
fn what_a_selector_names_and_is_not_there_is_said() {
    in_both_modes(|server| {
        let organization = server.organization();
        let slug = &organization.slug;
        let ask = |query: &str| {
            let path = format!("/v2/slots?start=2050-09-05&end=2050-09-05&{query}");
            organization.slots().get(&path)
        };
        assert_eq!(
            ask(&format!("eventTypeSlug=x&teamSlug=nobodys&organizationSlug={slug}")).error(404),
            "Team with slug nobodys not found"
        );
        assert_eq!(
            ask("eventTypeSlug=x&username=x&organizationSlug=no-such-organization").error(404),
            "Organization with slug no-such-organization not found"
        );
        assert_eq!(
            ask(&format!("usernames={},eve&organizationSlug={slug}", organization.username))
                .error(404),
            "User with username eve not found"
        );
        let many: Vec<String> = (0..3_000).map(|index| format!("u{index}")).collect();
        let refused = ask(&format!("usernames={}", many.join(","))).error(400);
        assert!(refused.contains("usernames must name no more than 30"), "{refused}");
        assert!(ask("usernames=alone").error(400).contains("at least 2 usernames"));
    });
}

#[test]
fn the_list_is_what_can_be_taken_and_nothing_else() {
    in_both_modes(|server| {
        let organization = server.organization();
        let rules = json!({"slotInterval": 15, "beforeEventBuffer": 10, "afterEventBuffer": 5});
        let event_type = organization.event_type_with("agreed", 30, &rules);
        organization.book(event_type, "2050-09-05T10:00:00.000Z");
        let listed = organization.starts(event_type, "2050-09-05", "2050-09-05");
        assert!(listed.len() > 20, "{listed:?}");
        let client = organization.slots();
        for quarter in 0..96 {
            let start = format!("2050-09-05T{:02}:{:02}:00.000Z", quarter / 4, quarter % 4 * 15);
            let body = json!({"eventTypeId": event_type, "slotStart": start});
            let answer = client.post("/v2/slots/reservations", &body);
            let expected = if listed.contains(&start) { 201 } else { 422 };
            assert_eq!(answer.status, expected, "{start}: {}", answer.text);
            if expected == 201 {
                let uid = answer.data(201)["reservationUid"].as_str().unwrap().to_owned();
                client.delete(&format!("/v2/slots/reservations/{uid}"));
            }
        }
        // Whatever is first on the list can be booked, until nothing is left.
        let mut booked = 0;
        while let Some(first) =
            organization.starts(event_type, "2050-09-05", "2050-09-05").first().cloned()
        {
            organization.book(event_type, &first);
            booked += 1;
            assert!(booked <= 16, "the list does not end");
        }
        assert!(booked >= 8, "{booked}");
    });
}
