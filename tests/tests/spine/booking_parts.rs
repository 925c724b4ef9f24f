//! What belongs to a booking: who attends, where, and how it gets into a calendar.

use meridian_tests::{Answer, Client, Organization, in_both_modes};
use serde_json::{Value, json};

const SEVEN: &str = "2050-09-05T07:00:00.000Z";

struct Stage {
    organization: Organization,
    uid: String,
}

impl Stage {
    fn new(organization: Organization) -> Self {
        Self::at(organization, "call", SEVEN)
    }

    fn at(organization: Organization, slug: &str, start: &str) -> Self {
        let booking = organization.book(organization.event_type(slug, 60), start);
        let uid = booking["uid"].as_str().unwrap().to_owned();
        Self { organization, uid }
    }

    fn path(&self, part: &str) -> String {
        format!("/v2/bookings/{}{part}", self.uid)
    }

    fn get(&self, part: &str) -> Answer {
        self.organization.own_bookings().get(&self.path(part))
    }

    fn post(&self, part: &str, body: &Value) -> Answer {
        self.organization.own_bookings().post(&self.path(part), body)
    }
}

fn emails(people: &Value) -> Vec<&str> {
    people.as_array().unwrap().iter().map(|one| one["email"].as_str().unwrap()).collect()
}

#[test]
fn attendees_are_read_and_added() {
    in_both_modes(|server| {
        let stage = Stage::new(server.organization());
        let zoe = json!({"name": "Zoe", "email": "zoe@example.org", "timeZone": "Asia/Tokyo",
                         "phoneNumber": "+37120993151", "language": "ja"});
        let added = stage.post("/attendees", &zoe).data(201);
        let booking = stage.get("").data(200);
        assert_eq!(added["bookingId"], booking["id"]);
        assert_eq!(added["displayEmail"], "zoe@example.org");
        assert_eq!(emails(&booking["attendees"]), ["ada@example.org", "zoe@example.org"]);
        let all = stage.get("/attendees").data(200);
        assert_eq!(all[1]["id"], added["id"]);
        assert_eq!((&all[1]["timeZone"], &all[1]["absent"]), (&json!("Asia/Tokyo"), &json!(false)));
        let one = stage.get(&format!("/attendees/{}", added["id"])).data(200);
        assert_eq!(one, added);

        assert_eq!(stage.post("/attendees", &zoe).error(400), "emails_must_be_unique_valid");
        assert_eq!(stage.get("/attendees/1").status, 404);
        assert!(stage.get("/attendees/x").error(400).starts_with("attendeeId"));
        let wrong =
            stage.post("/attendees", &json!({"name": "", "email": "x", "timeZone": "Mars"}));
        let message = wrong.error(400);
        for part in ["name ", "email ", "timeZone "] {
            assert!(message.contains(part), "{message}");
        }
        // Another booking's attendee is none of this one.
        let other = Stage::at(stage.organization.clone(), "other", "2050-09-05T09:00:00.000Z");
        let path = format!("/attendees/{}", added["id"]);
        assert_eq!(other.get(&path).status, 404);
    });
}

#[test]
fn who_has_to_do_with_a_booking_may_bring_people() {
    in_both_modes(|server| {
        let stage = Stage::new(server.organization());
        let organization = &stage.organization;
        let ada = organization.member(server, "ada", "MEMBER");
        let admin = organization.member(server, "admin", "ADMIN");
        let bring = |client: &Client, part: &str, body: &Value| {
            client.version("2024-08-13").post(&stage.path(part), body)
        };
        let person = |email: &str| json!({"name": "N", "email": email, "timeZone": "UTC"});
        let guests = |email: &str| json!({"guests": [{"email": email}]});
        for (part, body) in [("/attendees", person("a@x.org")), ("/guests", guests("a@x.org"))] {
            let refused = bring(&ada.client, part, &body).error(403);
            assert!(refused.starts_with("Only the organizer"), "{refused}");
            assert_eq!(bring(&organization.public, part, &body).status, 401);
        }
        bring(&admin.client, "/attendees", &person(&ada.email)).data(201);
        let booking = bring(&ada.client, "/guests", &guests("friend@x.org")).data(200);
        assert_eq!(booking["guests"], json!(["friend@x.org"]));
        // Who attends is seen by whoever attends.
        let list = ada.client.version("2024-08-13").get("/v2/bookings").data(200);
        assert_eq!(list[0]["uid"], stage.uid.as_str());
    });
}

#[test]
fn guests_are_new_few_and_seldom() {
    in_both_modes(|server| {
        let stage = Stage::new(server.organization());
        let guests = |from: usize, count: usize| {
            let all: Vec<Value> =
                (from..from + count).map(|n| json!({"email": format!("g{n}@x.org")})).collect();
            json!({ "guests": all })
        };
        // Known ones, and those who come twice, are left out.
        let mixed = json!({"guests": [
            {"email": "ADA@example.org"}, {"email": "g0@x.org", "name": "Gus"},
            {"email": "G0@x.org"}, {"email": stage.organization.email},
        ]});
        let booking = stage.post("/guests", &mixed).data(200);
        assert_eq!(booking["guests"], json!(["g0@x.org"]));
        assert_eq!(booking["attendees"][1]["name"], "Gus");
        assert_eq!(booking["attendees"][1]["timeZone"], "Europe/London");
        assert_eq!(booking["bookingFieldsResponses"]["guests"], json!(["g0@x.org"]));
        let again = stage.post("/guests", &mixed);
        assert_eq!(again.error(400), "emails_must_be_unique_valid");

        let message = stage.post("/guests", &guests(1, 11)).error(400);
        assert!(message.starts_with("guests must contain no more than 10"), "{message}");
        assert!(stage.post("/guests", &json!({"guests": []})).error(400).starts_with("guests"));
        stage.post("/guests", &guests(1, 10)).data(200);
        let limited = stage.post("/guests", &guests(11, 10));
        assert_eq!(limited.error(429), "Too many requests. Please try again later.");
        assert!(!limited.header("retry-after").is_empty());
    });
}

#[test]
fn a_booking_has_at_most_thirty_people_beside_the_booker() {
    in_both_modes(|server| {
        let stage = Stage::new(server.organization());
        let bring = |count: usize, batch: usize| {
            let all: Vec<Value> =
                (0..count).map(|n| json!({"email": format!("g{batch}-{n}@x.org")})).collect();
            stage.post("/guests", &json!({ "guests": all }))
        };
        for batch in 0..2 {
            bring(10, batch).data(200);
        }
        bring(9, 2).data(200);
        let message = bring(2, 3).error(400);
        assert!(message.starts_with("A booking can have at most 30 guests"), "{message}");
        bring(1, 4).data(200);
        assert_eq!(stage.get("/attendees").data(200).as_array().unwrap().len(), 31);
    });
}

#[test]
fn nobody_joins_a_seated_or_cancelled_booking_without_booking() {
    in_both_modes(|server| {
        let organization = server.organization();
        let seats = json!({"seats": {"seatsPerTimeSlot": 2, "showAttendeeInfo": false,
                                     "showAvailabilityCount": true}});
        let event_type = organization.event_type_with("table", 60, &seats);
        let booking = organization.book(event_type, "2050-09-06T07:00:00.000Z");
        let person = json!({"name": "N", "email": "n@x.org", "timeZone": "UTC"});
        let path = format!("/v2/bookings/{}/attendees", booking["uid"].as_str().unwrap());
        let refused = organization.own_bookings().post(&path, &person).error(400);
        assert!(refused.contains("is a seated booking"), "{refused}");

        let stage = Stage::new(organization);
        let cancel = json!({"cancellationReason": "rain"});
        stage.post("/cancel", &cancel).data(200);
        let refused = stage.post("/attendees", &person).error(400);
        assert!(refused.contains("cancelled"), "{refused}");
        let link = json!({"location": {"type": "link", "link": "https://meet.x.org"}});
        let refused = stage.organization.own_bookings().patch(&stage.path("/location"), &link);
        assert!(refused.error(400).contains("cancelled"));
    });
}

#[test]
fn a_place_is_changed_by_those_who_host() {
    in_both_modes(|server| {
        let stage = Stage::new(server.organization());
        let change = |client: &Client, body: &Value| {
            client.version("2024-08-13").patch(&stage.path("/location"), body)
        };
        let owner = &stage.organization.client;
        let link = json!({"location": {"type": "link", "link": "https://meet.x.org/a,b"}});
        let changed = change(owner, &link).data(200);
        assert_eq!(changed["location"], "https://meet.x.org/a,b");
        let read = stage.get("").data(200);
        for field in ["location", "meetingUrl", "bookingFieldsResponses", "updatedAt"] {
            assert_eq!(read[field], changed[field], "{field}");
        }
        assert_eq!(read["bookingFieldsResponses"]["location"]["value"], "link");
        let ada = stage.organization.member(server, "ada", "ADMIN");
        change(&ada.client, &json!({"location": {"type": "address", "address": "Via Roma 1"}}))
            .data(200);
        let bob = stage.organization.member(server, "bob", "MEMBER");
        assert_eq!(change(&bob.client, &link).status, 403);
        assert!(change(owner, &json!({"location": {"type": "moon"}})).error(400).contains("type"));
        let oldest = owner.patch(&stage.path("/location"), &link);
        assert_eq!(oldest.status, 404, "{}", oldest.text);
    });
}

#[test]
fn a_booking_gets_into_every_calendar() {
    in_both_modes(|server| {
        let stage = Stage::new(server.organization());
        let ics = || {
            let links = stage.get("/calendar-links").data(200);
            let labels: Vec<&str> = links
                .as_array()
                .unwrap()
                .iter()
                .map(|link| link["label"].as_str().unwrap())
                .collect();
            let all = ["Google Calendar", "Microsoft Office", "Microsoft Outlook", "ICS"];
            assert_eq!(labels, all);
            let link = links[3]["link"].as_str().unwrap();
            let data = link.strip_prefix("data:text/calendar,").unwrap();
            let ics =
                percent_encoding::percent_decode_str(data).decode_utf8().unwrap().into_owned();
            for line in ics.split_terminator("\r\n") {
                assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line}");
            }
            let ics = ics.replace("\r\n ", "");
            ics.split_terminator("\r\n").map(str::to_owned).collect::<Vec<String>>()
        };
        let line = |ics: &[String], name: &str| {
            ics.iter().find(|line| line.starts_with(name)).cloned().unwrap_or_default()
        };
        let first = ics();
        let booking = stage.get("").data(200);
        assert_eq!(line(&first, "UID:"), format!("UID:{}", booking["icsUid"].as_str().unwrap()));
        for (name, value) in [
            ("METHOD", "METHOD:REQUEST"),
            ("SEQUENCE", "SEQUENCE:0"),
            ("DTSTART", "DTSTART:20500905T070000Z"),
            ("DTEND", "DTEND:20500905T080000Z"),
            ("STATUS", "STATUS:CONFIRMED"),
        ] {
            assert_eq!(line(&first, name), value);
        }
        assert!(
            line(&first, "ORGANIZER").ends_with(&format!("mailto:{}", stage.organization.email))
        );
        assert!(line(&first, "ATTENDEE").ends_with("mailto:ada@example.org"));

        let link = json!({"location": {"type": "attendeeDefined", "location": "Bar; left, up"}});
        stage.organization.own_bookings().patch(&stage.path("/location"), &link).data(200);
        let moved = ics();
        assert_eq!(line(&moved, "UID:"), line(&first, "UID:"));
        assert_eq!(line(&moved, "SEQUENCE"), "SEQUENCE:1");
        assert_eq!(line(&moved, "LOCATION"), "LOCATION:Bar\\; left\\, up");
        stage.post("/cancel", &json!({"cancellationReason": "rain"})).data(200);
        let cancelled = ics();
        assert_eq!(line(&cancelled, "METHOD"), "METHOD:CANCEL");
        assert_eq!(line(&cancelled, "STATUS"), "STATUS:CANCELLED");
        assert_eq!(line(&cancelled, "SEQUENCE"), "SEQUENCE:2");
        let unknown = "/v2/bookings/mg3EVprisqeBSLKZey4rKf/calendar-links";
        assert_eq!(
            stage.organization.own_bookings().get(unknown).error(404),
            "Booking with uid mg3EVprisqeBSLKZey4rKf not found"
        );
    });
}

#[test]
fn of_a_call_there_is_nothing_for_those_who_may_know() {
    in_both_modes(|server| {
        let stage = Stage::new(server.organization());
        let bob = stage.organization.member(server, "bob", "MEMBER");
        for part in ["/recordings", "/transcripts", "/conferencing-sessions"] {
            assert_eq!(stage.get(part).data(200), json!([]), "{part}");
            let stranger = bob.client.version("2024-08-13").get(&stage.path(part));
            assert_eq!(stranger.status, 403, "{part}");
            assert_eq!(stage.organization.bookings().get(&stage.path(part)).status, 401, "{part}");
        }
        assert_eq!(stage.get("/references").data(200), json!([]));
        assert_eq!(stage.get("/references?type=zoom_video").data(200), json!([]));
        assert!(stage.get("/references?type=fax").error(400).starts_with("type"));
    });
}

#[test]
fn a_series_and_a_seat_lead_to_their_bookings() {
    in_both_modes(|server| {
        let organization = server.organization();
        let weekly = organization.event_type_with(
            "weekly",
            60,
            &json!({"recurrence": {"interval": 1, "occurrences": 3, "frequency": "weekly"}}),
        );
        let series = organization.book(weekly, SEVEN);
        let read = |client: &Client, path: &str| client.version("2026-02-25").get(path);
        let recurring = series[0]["recurringBookingUid"].as_str().unwrap();
        let all = read(&organization.public, &format!("/v2/bookings/{recurring}")).data(200);
        assert_eq!(all, series);
        let one = series[1]["uid"].as_str().unwrap();
        let one = read(&organization.public, &format!("/v2/bookings/{one}")).data(200);
        assert_eq!(one, series[1]);

        let shut = json!({"seats": {"seatsPerTimeSlot": 3, "showAttendeeInfo": false,
                                    "showAvailabilityCount": true}});
        let table = organization.event_type_with("table", 60, &shut);
        let seat = organization.book(table, "2050-09-06T07:00:00.000Z");
        let path = format!("/v2/bookings/by-seat/{}", seat["seatUid"].as_str().unwrap());
        let anybody = read(&organization.public, &path).data(200);
        assert_eq!((&anybody["uid"], &anybody["attendees"]), (&seat["uid"], &json!([])));
        assert!(anybody.get("guests").is_none() && anybody.get("bookingFieldsResponses").is_none());
        let host = read(&organization.client, &path).data(200);
        let attendee = &host["attendees"][0];
        assert_eq!(
            (&attendee["seatUid"], &attendee["email"]),
            (&seat["seatUid"], &json!("ada@example.org"))
        );
        assert!(attendee["bookingFieldsResponses"].is_object(), "{attendee}");
        for path in [
            "/v2/bookings/3be561a9-31f1-4b8e-aefc-9d9a085f0dd1",
            "/v2/bookings/by-seat/3be561a9-31f1-4b8e-aefc-9d9a085f0dd1",
            "/v2/bookings/by-seat/seat",
        ] {
            assert_eq!(read(&organization.public, path).status, 404, "{path}");
        }
    });
}
