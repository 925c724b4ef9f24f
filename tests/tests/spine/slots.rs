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
