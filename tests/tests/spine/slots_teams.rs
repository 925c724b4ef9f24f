//! Slots and reservations of teams and of people asked for together.

use meridian_tests::{Client, Member, Organization, Server, in_both_modes};
use serde_json::{Value, json};

const DAY: &str = "2050-09-05";
/// 09:00 in Rome.
const NINE: &str = "2050-09-05T07:00:00.000Z";
const TEN: &str = "2050-09-05T08:00:00.000Z";
const ELEVEN: &str = "2050-09-05T09:00:00.000Z";

const RESERVED: &str =
    "This time slot is already reserved by another user. Please choose a different time.";

/// Ada and Bob, who work from nine to five in Rome, in a team of their own.
struct Stage {
    organization: Organization,
    team: i64,
    ada: Member,
    bob: Member,
}

impl Stage {
    fn new(server: &Server) -> Self {
        let organization = server.organization();
        let (ada, bob) = (
            organization.member(server, "ada", "MEMBER"),
            organization.member(server, "bob", "MEMBER"),
        );
        let team = organization.team("sales", &[(ada.id, "MEMBER"), (bob.id, "MEMBER")]);
        Self { organization, team, ada, bob }
    }

    fn event_type(&self, scheduling: &str, more: &Value) -> i64 {
        let mut all = json!({"hosts": [{"userId": self.ada.id}, {"userId": self.bob.id}]});
        for (name, value) in more.as_object().unwrap() {
            all[name] = value.clone();
        }
        self.organization.team_event_type(self.team, scheduling, scheduling, &all)
    }

    /// Books an hour of a member's own.
    fn take(&self, member: &Member, start: &str) {
        let client = member.client.version("2024-06-14");
        let slug = format!("own-{}", &start[11..13]);
        let body = json!({"title": "own", "slug": slug, "lengthInMinutes": 60});
        let own = client.post("/v2/event-types", &body).data(201)["id"].as_i64().unwrap();
        self.organization.book(own, start);
    }

    /// From the first day to the last.
    fn is_off(&self, member: &Member, first: &str, last: &str) {
        let days = json!({"start": first, "end": last});
        member.client.post("/v2/me/ooo", &days).data(201);
    }

    fn starts(&self, event_type: i64) -> Vec<String> {
        self.organization.starts(event_type, DAY, DAY)
    }

    fn reserve(&self, event_type: i64, start: &str) -> meridian_tests::Answer {
        let body = json!({"eventTypeId": event_type, "slotStart": start});
        self.organization.slots().post("/v2/slots/reservations", &body)
    }
}

/// How many slots a query has on the day of these tests.
fn count(client: &Client, query: &str) -> usize {
    let path = format!("/v2/slots?start={DAY}&end={DAY}&{query}");
    let data = client.get(&path).data(200);
    data[DAY].as_array().map_or(0, Vec::len)
}

#[test]
fn of_a_collective_all_must_be_free_and_of_those_who_take_turns_one() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let (all, one) = (
            stage.event_type("collective", &json!({})),
            stage.event_type("roundRobin", &json!({})),
        );
        assert_eq!((stage.starts(all).len(), stage.starts(one).len()), (8, 8));
        stage.take(&stage.ada, NINE);
        assert_eq!(stage.starts(all)[0], TEN);
        assert_eq!((stage.starts(all).len(), stage.starts(one).len()), (7, 8));
        stage.take(&stage.bob, NINE);
        assert_eq!((stage.starts(all).len(), stage.starts(one).len()), (7, 7));
        // By names too.
        let slug = &stage.organization.slug;
        let query = format!("eventTypeSlug=roundRobin&teamSlug=sales&organizationSlug={slug}");
        let query = query.replace("eventTypeSlug=roundRobin", "eventTypeSlug=roundrobin");
        assert_eq!(count(&stage.organization.slots(), &query), 7);
        let missing = format!(
            "/v2/slots?start={DAY}&end={DAY}&eventTypeSlug=no&teamSlug=sales&organizationSlug={slug}"
        );
        assert_eq!(stage.organization.slots().get(&missing).error(404), "Event Type not found");
    });
}

#[test]
fn hosts_who_take_turns_can_be_picked_out() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let one = stage.event_type("roundRobin", &json!({}));
        stage.take(&stage.ada, NINE);
        let slots = stage.organization.slots();
        let of = |ids: &str| count(&slots, &format!("eventTypeId={one}&rrHostSubsetIds={ids}"));
        assert_eq!(of(&stage.ada.id.to_string()), 7);
        assert_eq!(of(&stage.bob.id.to_string()), 8);
        assert_eq!(of(&format!("{},{}", stage.ada.id, stage.bob.id)), 8);
    });
}

#[test]
fn where_nobody_picked_out_has_time_in_two_weeks_everybody_takes_turns_again() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let one = stage.event_type("roundRobin", &json!({}));
        let of = |ids: i64| {
            count(&stage.organization.slots(), &format!("eventTypeId={one}&rrHostSubsetIds={ids}"))
        };
        stage.take(&stage.bob, NINE);
        // Who is no host has no time at all.
        assert_eq!(of(stage.organization.owner_id), 8);
        // A week off is waited for; three weeks are not.
        stage.is_off(&stage.ada, DAY, "2050-09-11");
        assert_eq!(of(stage.ada.id), 0);
        stage.is_off(&stage.ada, "2050-09-12", "2050-09-25");
        assert_eq!(of(stage.ada.id), 7);
    });
}

#[test]
fn a_slot_can_be_held_as_often_as_somebody_is_free() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let (all, one) = (
            stage.event_type("collective", &json!({})),
            stage.event_type("roundRobin", &json!({})),
        );
        stage.reserve(one, NINE).data(201);
        assert_eq!(stage.starts(one).len(), 8);
        assert_eq!(stage.starts(all).len(), 7);
        let second = stage.reserve(one, NINE).data(201);
        assert_eq!(stage.starts(one).len(), 7);
        assert_eq!(stage.reserve(one, NINE).error(422), RESERVED);
        // A collective holds everybody.
        stage.reserve(all, TEN).data(201);
        assert_eq!(stage.reserve(one, TEN).error(422), RESERVED);
        let path = format!("/v2/slots/reservations/{}", second["reservationUid"].as_str().unwrap());
        stage.organization.slots().delete(&path);
        stage.reserve(one, NINE).data(201);
        // Of many at once as many hold it as there are hosts.
        let statuses: Vec<u16> = std::thread::scope(|threads| {
            let tries: Vec<_> =
                (0..8).map(|_| threads.spawn(|| stage.reserve(one, ELEVEN).status)).collect();
            tries.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 2, "{statuses:?}");
        assert!(statuses.iter().all(|status| [201, 422].contains(status)), "{statuses:?}");
    });
}

#[test]
fn an_event_type_without_hosts_has_no_slots_to_show_or_hold() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let nobody = stage.event_type("roundRobin", &json!({"hosts": []}));
        // A managed one is a template: its copies have slots, it has none.
        let body = json!({
            "title": "managed", "slug": "managed", "lengthInMinutes": 60,
            "schedulingType": "managed", "hosts": [{"userId": stage.ada.id}],
        });
        let path = format!("/v2/teams/{}/event-types", stage.team);
        let made = stage.organization.client.post(&path, &body).data(201);
        let is_template = |one: &&Value| one["teamId"] == stage.team;
        let (template, copy): (Vec<&Value>, Vec<&Value>) =
            made.as_array().unwrap().iter().partition(is_template);
        assert_eq!(stage.starts(copy[0]["id"].as_i64().unwrap()).len(), 8);
        let managed = template[0]["id"].as_i64().unwrap();
        for event_type in [nobody, managed] {
            assert!(stage.starts(event_type).is_empty());
            assert_eq!(
                stage.reserve(event_type, NINE).error(400),
                "Cannot reserve a slot for a team event without any hosts"
            );
        }
    });
}

#[test]
fn people_asked_for_together_are_offered_what_suits_them_all() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let slots = stage.organization.slots();
        let names = format!("usernames=ada,bob&organizationSlug={}", stage.organization.slug);
        assert_eq!(count(&slots, &names), 16);
        assert_eq!(count(&slots, &format!("{names}&duration=60")), 8);
        stage.take(&stage.ada, NINE);
        stage.take(&stage.bob, TEN);
        assert_eq!(count(&slots, &names), 12);
        let old = stage.organization.public.version("2024-04-15");
        let path = format!(
            "/v2/slots/available?startTime={DAY}&endTime={DAY}&eventTypeSlug=dynamic\
             &usernameList[]=ada&usernameList[]=bob&orgSlug={}",
            stage.organization.slug
        );
        assert_eq!(old.get(&path).data(200)["slots"][DAY].as_array().unwrap().len(), 12);
    });
}
