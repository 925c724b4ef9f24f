//! Booking event types of teams: who hosts, and when nobody can.

use meridian_tests::{Answer, Member, Organization, Server, in_both_modes};
use serde_json::{Value, json};

const NINE: &str = "2050-09-05T07:00:00.000Z";
const TEN: &str = "2050-09-05T08:00:00.000Z";
const ONE_IS_TAKEN: &str =
    "One of the hosts either already has booking at this time or is not available";

/// A team with two members, in an organisation of its own.
struct Stage {
    organization: Organization,
    team: i64,
    ada: Member,
    bob: Member,
}

impl Stage {
    fn new(server: &Server) -> Self {
        let organization = server.organization();
        let ada = organization.member(server, "ada", "MEMBER");
        let bob = organization.member(server, "bob", "MEMBER");
        let team = organization.team("sales", &[(ada.id, "MEMBER"), (bob.id, "MEMBER")]);
        Self { organization, team, ada, bob }
    }

    #[track_caller]
    fn event_type(&self, slug: &str, scheduling: &str, more: &Value) -> Value {
        let mut body = json!({
            "title": slug, "slug": slug, "lengthInMinutes": 30, "schedulingType": scheduling,
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let path = format!("/v2/teams/{}/event-types", self.team);
        self.organization.client.post(&path, &body).data(201)
    }

    /// One with both members as hosts; its id.
    #[track_caller]
    fn of_both(&self, scheduling: &str) -> i64 {
        let hosts = json!({"hosts": [{"userId": self.ada.id}, {"userId": self.bob.id}]});
        self.event_type(scheduling, scheduling, &hosts)["id"].as_i64().unwrap()
    }

    fn book(&self, event_type: i64, start: &str) -> Answer {
        let body = self.organization.booking(event_type, start);
        self.organization.bookings().post("/v2/bookings", &body)
    }

    /// A member's own event type; its id.
    fn own(&self, member: &Member) -> i64 {
        let body = json!({"title": "own", "slug": "own", "lengthInMinutes": 30});
        let client = member.client.version("2024-06-14");
        client.post("/v2/event-types", &body).data(201)["id"].as_i64().unwrap()
    }
}

fn hosts(booking: &Value) -> Vec<i64> {
    let hosts = booking["hosts"].as_array().unwrap().iter();
    hosts.map(|host| host["id"].as_i64().unwrap()).collect()
}

#[test]
fn all_hosts_of_a_collective_meet_the_booker() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let event_type = stage.of_both("collective");
        let booking = stage.book(event_type, NINE).data(201);
        assert_eq!(hosts(&booking), [stage.ada.id, stage.bob.id]);
        assert_eq!(booking["title"], "collective between sales and Ada Attendee");
        // Both are taken, for each other's event types too.
        for member in [&stage.ada, &stage.bob] {
            stage.book(stage.own(member), NINE).error(400);
        }
        let busy =
            stage.event_type("other", "collective", &json!({"hosts": [{"userId": stage.ada.id}]}));
        let refused = stage.book(busy["id"].as_i64().unwrap(), NINE);
        assert_eq!(refused.error(400), ONE_IS_TAKEN);
    });
}

#[test]
fn a_collective_needs_every_host_free() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let event_type = stage.of_both("collective");
        stage.book(stage.own(&stage.bob), NINE).data(201);
        assert_eq!(stage.book(event_type, NINE).error(400), ONE_IS_TAKEN);
        stage.book(event_type, TEN).data(201);
    });
}

#[test]
fn turns_of_a_round_robin_go_round() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let event_type = stage.of_both("roundRobin");
        let mut chosen = Vec::new();
        for day in 5..9 {
            let start = format!("2050-09-{day:02}T09:00:00.000Z");
            chosen.extend(hosts(&stage.book(event_type, &start).data(201)));
        }
        let (ada, bob) = (stage.ada.id, stage.bob.id);
        assert_eq!(chosen, [ada, bob, ada, bob]);
    });
}

#[test]
fn a_host_who_is_added_later_has_nothing_to_catch_up_with() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let (ada, bob) = (stage.ada.id, stage.bob.id);
        let alone = json!({"hosts": [{"userId": ada}], "isRRWeightsEnabled": true});
        let event_type = stage.event_type("shares", "roundRobin", &alone)["id"].as_i64().unwrap();
        let book = |day: u32| {
            let start = format!("2050-09-{day:02}T09:00:00.000Z");
            hosts(&stage.book(event_type, &start).data(201)).remove(0)
        };
        assert_eq!([5, 6, 7, 8].map(book), [ada; 4]);
        let path = format!("/v2/teams/{}/event-types/{event_type}", stage.team);
        let both = json!({"hosts": [{"userId": ada}, {"userId": bob}]});
        stage.organization.client.patch(&path, &both).data(200);
        let mut chosen = [12, 13, 14, 15].map(book);
        chosen.sort_unstable();
        assert_eq!(chosen, [ada, ada, bob, bob]);
    });
}

#[test]
fn a_round_robin_goes_to_who_is_free_until_nobody_is() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let event_type = stage.of_both("roundRobin");
        let first = hosts(&stage.book(event_type, NINE).data(201));
        let second = hosts(&stage.book(event_type, NINE).data(201));
        assert_ne!(first, second);
        assert_eq!(stage.book(event_type, NINE).error(400), ONE_IS_TAKEN);
    });
}

#[test]
fn of_many_at_once_as_many_are_booked_as_there_are_hosts() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let event_type = stage.of_both("roundRobin");
        let answers: Vec<(u16, String)> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..10)
                .map(|_| {
                    let stage = &stage;
                    scope.spawn(move || {
                        let answer = stage.book(event_type, NINE);
                        (answer.status, answer.text)
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let count = |wanted| answers.iter().filter(|(status, _)| *status == wanted).count();
        assert_eq!((count(201), count(400)), (2, 8), "{answers:?}");
    });
}

#[test]
fn fixed_hosts_are_in_every_booking_and_lead_it() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let given = json!({"hosts": [
            {"userId": stage.ada.id}, {"userId": stage.bob.id, "mandatory": true},
        ]});
        let made = stage.event_type("mixed", "roundRobin", &given);
        let event_type = made["id"].as_i64().unwrap();
        let booking = stage.book(event_type, NINE).data(201);
        assert_eq!(hosts(&booking), [stage.bob.id, stage.ada.id]);
        stage.book(event_type, NINE).error(400);
    });
}

#[test]
fn the_highest_priority_goes_first_and_a_form_may_lead_elsewhere() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let given = json!({"hosts": [
            {"userId": stage.ada.id, "priority": "low"},
            {"userId": stage.bob.id, "priority": "highest"},
        ]});
        let made = stage.event_type("ranked", "roundRobin", &given);
        let event_type = made["id"].as_i64().unwrap();
        assert_eq!(hosts(&stage.book(event_type, NINE).data(201)), [stage.bob.id]);
        let routed = |start: &str, routing: Value| {
            let mut body = stage.organization.booking(event_type, start);
            body["routing"] = routing;
            stage.organization.bookings().post("/v2/bookings", &body)
        };
        let to_ada = json!({"teamMemberIds": [stage.ada.id]});
        assert_eq!(hosts(&routed(TEN, to_ada.clone()).data(201)), [stage.ada.id]);
        // Bob would be free, but the form did not lead to him.
        assert_eq!(routed(TEN, to_ada).error(400), ONE_IS_TAKEN);
        let contact = json!({"teamMemberIds": [], "teamMemberEmail": stage.ada.email});
        let eleven = "2050-09-05T09:00:00.000Z";
        assert_eq!(hosts(&routed(eleven, contact.clone()).data(201)), [stage.ada.id]);
        assert_eq!(hosts(&routed(eleven, contact).data(201)), [stage.bob.id]);
    });
}

#[test]
fn a_team_is_booked_by_its_slugs() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        stage.of_both("collective");
        let book = |event_type: &str, team: &str| {
            let mut body = stage.organization.booking(1, NINE);
            let object = body.as_object_mut().unwrap();
            object.remove("eventTypeId");
            object.insert("eventTypeSlug".to_owned(), json!(event_type));
            object.insert("teamSlug".to_owned(), json!(team));
            object.insert("organizationSlug".to_owned(), json!(stage.organization.slug));
            stage.organization.bookings().post("/v2/bookings", &body)
        };
        assert_eq!(book("collective", "nobody").error(404), "Team with slug nobody not found");
        let unknown = book("unknown", "sales").error(404);
        assert!(unknown.starts_with("Event type with slug unknown belonging to team sales"));
        book("collective", "sales").data(201);
    });
}

#[test]
fn a_managed_parent_is_booked_through_its_copies() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let made =
            stage.event_type("managed", "managed", &json!({"hosts": [{"userId": stage.ada.id}]}));
        let (parent, copy) = (made[0]["id"].as_i64().unwrap(), made[1]["id"].as_i64().unwrap());
        let refused = stage.book(parent, NINE).error(400);
        let expected = format!(
            "Event type with id={parent} is the parent managed event type that can't be booked"
        );
        assert!(refused.starts_with(&expected), "{refused}");
        let booking = stage.book(copy, NINE).data(201);
        assert_eq!(hosts(&booking), [stage.ada.id]);
    });
}

#[test]
fn a_team_without_hosts_is_not_booked() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let made = stage.event_type("empty", "roundRobin", &json!({"hosts": []}));
        let event_type = made["id"].as_i64().unwrap();
        let refused = stage.book(event_type, NINE).error(422);
        assert_eq!(
            refused,
            format!(
                "Can't book this team event type because it has no hosts. Please, add at least 1 \
                 host to event type with id={event_type}."
            )
        );
    });
}

#[test]
fn an_instant_booking_is_a_teams_and_may_start_now() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let personal = stage.organization.event_type("personal", 30);
        let instant = |event_type: i64, start: &str| {
            let mut body = stage.organization.booking(event_type, start);
            body["instant"] = json!(true);
            stage.organization.bookings().post("/v2/bookings", &body)
        };
        assert_eq!(
            instant(personal, NINE).error(400),
            "Instant bookings are only supported for team event types, not individual user event \
             types."
        );
        // Round the clock, and otherwise only with a day's notice.
        let always = json!({
            "name": "always", "timeZone": "UTC", "isDefault": true,
            "availability": [{
                "days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
                         "Sunday"],
                "startTime": "00:00", "endTime": "23:59",
            }],
        });
        let schedules = stage.ada.client.version("2024-06-11");
        schedules.post("/v2/schedules", &always).data(201);
        let noticed = json!({"hosts": [{"userId": stage.ada.id}], "minimumBookingNotice": 1440});
        let made = stage.event_type("now", "roundRobin", &noticed);
        let event_type = made["id"].as_i64().unwrap();
        let now = meridian_kernel::Instant::now().to_iso();
        stage.book(event_type, &now).error(400);
        let booking = instant(event_type, &now).data(201);
        assert_eq!((hosts(&booking), &booking["start"]), (vec![stage.ada.id], &json!(now)));
    });
}

#[test]
fn who_must_sign_in_to_book_is_told_so() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let guarded = json!({
            "hosts": [{"userId": stage.ada.id}], "bookingRequiresAuthentication": true,
        });
        let made = stage.event_type("guarded", "collective", &guarded);
        let event_type = made["id"].as_i64().unwrap();
        let refused = stage.book(event_type, NINE).error(401);
        assert!(refused.starts_with("checkBookingRequiresAuthentication - request must be"));
        let body = stage.organization.booking(event_type, NINE);
        let as_ = |member: &Member| member.client.version("2024-08-13").post("/v2/bookings", &body);
        let refused = as_(&stage.bob).error(403);
        assert!(refused.starts_with("checkBookingRequiresAuthentication - user is not authorized"));
        as_(&stage.ada).data(201);
    });
}
