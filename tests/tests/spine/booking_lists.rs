//! Lists of bookings: one's own, a team's, an organisation's.

use meridian_kernel::Instant;
use meridian_tests::{Answer, Client, Member, Organization, Server, in_both_modes};
use serde_json::{Value, json};

const SEVEN: &str = "2050-09-05T07:00:00.000Z";
const EIGHT: &str = "2050-09-05T08:00:00.000Z";
const NINE: &str = "2050-09-05T09:00:00.000Z";

#[track_caller]
fn uids(answer: &Answer) -> Vec<String> {
    let data = answer.data(200);
    data.as_array().unwrap().iter().map(|one| uid(one)).collect()
}

#[track_caller]
fn uid(booking: &Value) -> String {
    booking["uid"].as_str().unwrap().to_owned()
}

fn main(client: &Client) -> Client {
    client.version("2024-08-13")
}

#[track_caller]
fn book(organization: &Organization, event_type: i64, start: &str, email: &str) -> Value {
    let mut body = organization.booking(event_type, start);
    body["attendee"]["email"] = json!(email);
    organization.bookings().post("/v2/bookings", &body).data(201)
}

#[test]
fn every_status_has_its_list() {
    in_both_modes(|server| {
        let organization = server.organization();
        let plain = organization.event_type("plain", 60);
        let asking = organization.event_type_with(
            "asking",
            60,
            &json!({"confirmationPolicy": {"type": "always", "blockUnconfirmedBookingsInBooker": false}}),
        );
        let weekly = organization.event_type_with(
            "weekly",
            60,
            &json!({"recurrence": {"interval": 1, "occurrences": 2, "frequency": "weekly"}}),
        );
        let ahead = uid(&organization.book(plain, SEVEN));
        let off = uid(&organization.book(plain, EIGHT));
        let cancel = json!({"cancellationReason": "rain"});
        organization.bookings().post(&format!("/v2/bookings/{off}/cancel"), &cancel).data(200);
        let asked = uid(&organization.book(asking, NINE));
        let series = organization.book(weekly, "2050-09-05T10:00:00.000Z");
        let [first, second] = series.as_array().unwrap().as_slice() else { panic!("{series}") };
        let (first, second) = (uid(first), uid(second));
        let list = |status: &str| {
            uids(&organization.own_bookings().get(&format!("/v2/bookings?status={status}")))
        };
        assert_eq!(list("upcoming"), [&ahead, &asked, &first, &second].map(Clone::clone));
        assert_eq!(list("unconfirmed"), [asked.clone()]);
        assert_eq!(list("recurring"), [&first, &second].map(Clone::clone));
        assert_eq!(list("cancelled"), [off.clone()]);
        assert_eq!(list("past"), Vec::<String>::new());
        assert_eq!(list("unconfirmed,cancelled"), [off, asked]);
        let of_type =
            organization.own_bookings().get(&format!("/v2/bookings?eventTypeId={weekly}"));
        assert_eq!(uids(&of_type), [first, second]);
        assert_eq!(of_type.json()["pagination"]["totalItems"], 2);
    });
}

#[test]
fn a_page_behind_the_last_is_empty_and_says_so() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("plain", 60);
        for start in [SEVEN, EIGHT, NINE] {
            organization.book(event_type, start);
        }
        for skip in [3, 300, -3] {
            let page = organization.own_bookings().get(&format!("/v2/bookings?take=2&skip={skip}"));
            assert_eq!(
                page.json()["pagination"],
                json!({
                    "totalItems": 3, "remainingItems": 0, "returnedItems": 0, "itemsPerPage": 2,
                    "currentPage": 2, "totalPages": 2, "hasNextPage": false,
                    "hasPreviousPage": true,
                }),
                "{skip}"
            );
        }
    });
}

#[test]
fn a_list_is_sorted_and_bounded_as_asked() {
    in_both_modes(|server| {
        let organization = server.organization();
        let short = organization.event_type("short", 30);
        let long = organization.event_type("long", 120);
        let late = uid(&organization.book(long, "2050-09-05T10:00:00.000Z"));
        let early = uid(&organization.book(short, SEVEN));
        let middle = uid(&organization.book(long, "2050-09-05T07:30:00.000Z"));
        let list =
            |query: &str| uids(&organization.own_bookings().get(&format!("/v2/bookings?{query}")));
        for (query, expected) in [
            ("", [&early, &middle, &late].as_slice()),
            ("sortStart=desc", &[&late, &middle, &early]),
            ("sortEnd=asc", &[&early, &middle, &late]),
            ("sortEnd=desc&take=2", &[&late, &middle]),
            ("sortCreated=asc", &[&late, &early, &middle]),
            ("sortCreated=desc", &[&middle, &early, &late]),
            ("sortUpdatedAt=desc", &[&middle, &early, &late]),
            ("afterStart=2050-09-05T07:30:00Z", &[&middle, &late]),
            ("beforeEnd=2050-09-05T09:30:00Z", &[&early, &middle]),
            ("afterStart=2050-09-05T07:10:00Z&beforeEnd=2050-09-05T09:30:00Z", &[&middle]),
        ] {
            let expected: Vec<String> = expected.iter().map(|one| (*one).clone()).collect();
            assert_eq!(list(query), expected, "{query}");
        }
        // What changes later is found by when it changed.
        let before = Instant::now().to_iso();
        std::thread::sleep(std::time::Duration::from_millis(5));
        let cancel = json!({"cancellationReason": "rain"});
        let path = format!("/v2/bookings/{early}/cancel");
        organization.bookings().post(&path, &cancel).data(200);
        assert_eq!(list(&format!("afterUpdatedAt={before}")), [early.clone()]);
        assert_eq!(list(&format!("afterCreatedAt={before}")), Vec::<String>::new());
        assert_eq!(list(&format!("beforeUpdatedAt={before}")), [middle, late]);
    });
}

/// An organisation whose team has an event type with two hosts.
struct Stage {
    organization: Organization,
    ada: Member,
    bob: Member,
    team: i64,
    /// Of the owner's own event type, and of the team's.
    own: String,
    of_team: String,
}

impl Stage {
    fn new(server: &Server) -> Self {
        let organization = server.organization();
        let ada = organization.member(server, "ada", "MEMBER");
        let bob = organization.member(server, "bob", "MEMBER");
        let team = organization.team("sales", &[(ada.id, "MEMBER"), (bob.id, "ADMIN")]);
        let hosts = json!({"hosts": [{"userId": ada.id}, {"userId": bob.id}]});
        let event_type = organization.team_event_type(team, "both", "collective", &hosts);
        let own = organization.event_type("own", 60);
        let own = uid(&book(&organization, own, SEVEN, &ada.email.to_uppercase()));
        let of_team = uid(&book(&organization, event_type, EIGHT, "out@example.org"));
        Self { organization, ada, bob, team, own, of_team }
    }
}

#[test]
fn everybody_sees_what_they_host_or_attend() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let list = |client: &Client| uids(&main(client).get("/v2/bookings"));
        assert_eq!(list(&stage.organization.client), [stage.own.clone()]);
        assert_eq!(list(&stage.ada.client), [stage.own.clone(), stage.of_team.clone()]);
        assert_eq!(list(&stage.bob.client), [stage.of_team.clone()]);
        let of_team = format!("/v2/bookings?teamId={}", stage.team);
        assert_eq!(uids(&main(&stage.ada.client).get(&of_team)), [stage.of_team.clone()]);
        let shown = main(&stage.bob.client).get("/v2/bookings").data(200);
        let hosts: Vec<i64> = shown[0]["hosts"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one["id"].as_i64())
            .collect();
        assert_eq!(hosts, [stage.ada.id, stage.bob.id]);
    });
}

#[test]
fn administrators_see_the_bookings_of_their_organisation() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let base = format!("/v2/organizations/{}", stage.organization.id);
        let all = format!("{base}/bookings");
        let owner = &stage.organization.client;
        let both = [stage.own.clone(), stage.of_team.clone()];
        assert_eq!(uids(&owner.get(&all)), both);
        assert_eq!(uids(&owner.get(&format!("/api{all}?sortStart=desc&take=1"))), both[1..]);
        let of_users = |ids: &str| uids(&owner.get(&format!("{all}?userIds={ids}")));
        assert_eq!(of_users(&stage.bob.id.to_string()), both[1..]);
        assert_eq!(of_users(&format!("{},{}", stage.bob.id, stage.ada.id)), both);
        assert_eq!(of_users("1"), Vec::<String>::new());
        let of_bob = format!("{base}/users/{}/bookings", stage.bob.id);
        assert_eq!(uids(&owner.get(&of_bob)), both[1..]);
        assert_eq!(owner.get(&format!("{base}/users/1/bookings")).status, 404);

        for path in [all.as_str(), of_bob.as_str()] {
            let refused = stage.bob.client.get(path).error(403);
            assert!(refused.contains("ORG_ADMIN"), "{refused}");
        }
        assert!(owner.get(&format!("{all}?userIds=x")).error(400).starts_with("userIds"));
        let elsewhere = server.organization();
        assert_eq!(elsewhere.client.get(&all).status, 404);
    });
}

#[test]
fn administrators_see_the_bookings_of_their_team() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let (organization, team) = (&stage.organization, stage.team);
        let other = organization.team("other", &[(stage.bob.id, "OWNER")]);
        for base in ["/v2".to_owned(), format!("/v2/organizations/{}", organization.id)] {
            let path = format!("{base}/teams/{team}/bookings");
            for client in [&organization.client, &stage.bob.client] {
                assert_eq!(uids(&client.get(&path)), [stage.of_team.clone()], "{path}");
            }
            assert_eq!(stage.ada.client.get(&path).status, 403, "{path}");
            let none = format!("{base}/teams/{other}/bookings");
            assert_eq!(uids(&stage.bob.client.get(&none)), Vec::<String>::new());
            let unknown = format!("{base}/teams/{}/bookings", organization.id + 4_000);
            assert_eq!(organization.client.get(&unknown).status, 404, "{unknown}");
        }
        let references = |team: i64| {
            format!(
                "/v2/organizations/{}/teams/{team}/bookings/{}/references",
                organization.id, stage.of_team
            )
        };
        assert_eq!(organization.client.get(&references(team)).data(200), json!([]));
        assert_eq!(organization.client.get(&references(other)).status, 404);
    });
}

#[test]
fn seats_of_others_are_not_in_ones_list() {
    in_both_modes(|server| {
        let organization = server.organization();
        let ada = organization.member(server, "ada", "MEMBER");
        let seats = |show: bool| {
            json!({"seats": {"seatsPerTimeSlot": 5, "showAttendeeInfo": show,
                             "showAvailabilityCount": true}})
        };
        for (slug, start, show) in [("shut", SEVEN, false), ("open", EIGHT, true)] {
            let event_type = organization.event_type_with(slug, 60, &seats(show));
            book(&organization, event_type, start, &ada.email);
            book(&organization, event_type, start, "out@example.org");
        }
        let attendees = |client: &Client| -> Vec<usize> {
            let data = main(client).get("/v2/bookings").data(200);
            let bookings = data.as_array().unwrap().iter();
            bookings.map(|one| one["attendees"].as_array().unwrap().len()).collect()
        };
        assert_eq!(attendees(&ada.client), [0, 2]);
        assert_eq!(attendees(&organization.client), [2, 2]);
    });
}

#[test]
fn clients_of_the_oldest_version_have_a_list_of_their_own() {
    in_both_modes(|server| {
        let organization = server.organization();
        let weekly = organization.event_type_with(
            "weekly",
            60,
            &json!({"recurrence": {"interval": 1, "occurrences": 3, "frequency": "weekly"}}),
        );
        let plain = organization.event_type("plain", 60);
        let series = organization.book(weekly, NINE);
        let plain = organization.book(plain, SEVEN);
        let list = |query: &str| organization.client.get(&format!("/v2/bookings{query}")).data(200);
        let page = list("?filters[status]=upcoming&limit=2");
        assert_eq!((&page["totalCount"], &page["nextCursor"]), (&json!(4), &json!(2)));
        assert_eq!(page["bookings"][0]["uid"], plain["uid"]);
        assert_eq!(page["bookings"][0]["startTime"], SEVEN);
        assert_eq!(page["bookings"][0]["status"], "ACCEPTED");
        let info = &page["recurringInfo"][0];
        assert_eq!(info["recurringEventId"], series[0]["recurringBookingUid"]);
        assert_eq!((&info["count"], &info["firstDate"]), (&json!(3), &json!(NINE)));
        assert_eq!(info["bookings"]["ACCEPTED"].as_array().unwrap().len(), 3);
        let last = list("?limit=2&cursor=2");
        assert_eq!(last["bookings"].as_array().unwrap().len(), 2);
        assert_eq!(last["nextCursor"], json!(null));
        assert_eq!(list("?filters%5Bstatus%5D=past")["totalCount"], 0);
        for (query, name) in [("filters[status]=soon", "filters[status]"), ("limit=0", "limit")] {
            let refused = organization.client.get(&format!("/v2/bookings?{query}")).error(400);
            assert!(refused.starts_with(name), "{refused}");
        }
        let uid = plain["uid"].as_str().unwrap();
        for path in [format!("/v2/bookings/{uid}"), format!("/v2/bookings/{uid}/reschedule")] {
            let shown = organization.public.get(&path).data(200);
            assert_eq!((&shown["uid"], &shown["startTime"]), (&plain["uid"], &json!(SEVEN)));
        }
        let unknown = organization.public.get("/v2/bookings/mg3EVprisqeBSLKZey4rKf").error(404);
        assert_eq!(unknown, "Booking with UID=mg3EVprisqeBSLKZey4rKf does not exist.");
    });
}
