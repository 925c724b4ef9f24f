//! Whoever wants the hosts of a team.

use std::collections::HashSet;

use meridian_tests::{
    Answer, Client, Member, Organization, Server, all_bookings, assert_nothing_overlaps,
    in_both_modes, race,
};
use serde_json::{Value, json};

use super::{BOOKED, RESERVED, TAKEN, TEAM_TAKEN, TRIES, World, act, place, uid, winner, winners};

/// Three members of a team, who work day and night.
struct Team {
    world: World,
    id: i64,
    members: Vec<Member>,
}

impl Team {
    fn new(server: &Server) -> Self {
        let world = World::new(server);
        let member = |name: &&str| {
            let member = world.0.member(server, name, "MEMBER");
            Organization::work_around_the_clock(&member.client);
            member
        };
        let members: Vec<Member> = ["ada", "bob", "cleo"].iter().map(member).collect();
        let roles: Vec<(i64, &str)> = members.iter().map(|one| (one.id, "MEMBER")).collect();
        let id = world.0.team("sales", &roles);
        Self { world, id, members }
    }

    fn event_type(&self, slug: &str, scheduling: &str, hosts: &Value) -> i64 {
        self.world.0.team_event_type(self.id, slug, scheduling, &json!({"hosts": hosts}))
    }

    /// All bookings of all members, each once.
    fn bookings(&self) -> Vec<Value> {
        let mut seen = HashSet::new();
        let lists = self.members.iter().map(|one| all_bookings(&one.client, "/v2/bookings"));
        lists.flatten().filter(|booking| seen.insert(uid(booking))).collect()
    }
}

fn personal(client: &Client, slug: &str) -> i64 {
    let body = json!({"title": slug, "slug": slug, "lengthInMinutes": 60});
    let made = client.version("2024-06-14").post("/v2/event-types", &body).data(201);
    made["id"].as_i64().unwrap()
}

/// What a contender of a round wants.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// One of the hosts.
    Book,
    /// One of them, held.
    Hold,
    /// All of them.
    BookAll,
}

impl Wish {
    /// In some rounds two only hold a host, in others the last one wants all.
    const fn of(round: usize, contender: usize) -> Self {
        match (round % 4, contender) {
            (0, 4) => Self::BookAll,
            (1, 0 | 1) => Self::Hold,
            _ => Self::Book,
        }
    }
}

#[test]
fn hosts_who_take_turns_take_as_many_bookings_of_one_time_as_they_are() {
    in_both_modes(|server| {
        let team = Team::new(server);
        let hosts: Value = team.members.iter().map(|one| json!({"userId": one.id})).collect();
        let turns = team.event_type("turns", "roundRobin", &hosts);
        let together = team.event_type("together", "collective", &hosts);
        let rounds = race(TRIES, 5, |round, contender| match Wish::of(round, contender) {
            Wish::Book => team.world.book(turns, place(round)),
            Wish::Hold => team.world.reserve(turns, place(round)),
            Wish::BookAll => team.world.book(together, place(round)),
        });
        for (round, answers) in rounds.iter().enumerate() {
            let won = winners(answers, &[TEAM_TAKEN, RESERVED, BOOKED]);
            let wishes: Vec<Wish> = won.iter().map(|one| Wish::of(round, *one)).collect();
            if wishes == [Wish::BookAll] {
                assert_eq!(hosts_of(&answers[won[0]]).len(), 3);
                continue;
            }
            assert!(won.len() == 3 && !wishes.contains(&Wish::BookAll), "{won:?} of {round}");
            let booked = won.iter().filter(|one| Wish::of(round, **one) == Wish::Book);
            let hosts: Vec<i64> = booked.flat_map(|one| hosts_of(&answers[*one])).collect();
            let distinct: HashSet<i64> = hosts.iter().copied().collect();
            assert_eq!(distinct.len(), hosts.len(), "{hosts:?}");
        }
        assert_nothing_overlaps(&team.bookings(), |_| (0, 0));
    });
}

fn hosts_of(answer: &Answer) -> Vec<i64> {
    let booking = answer.data(201);
    let hosts = booking["hosts"].as_array().unwrap().iter();
    hosts.map(|host| host["id"].as_i64().unwrap()).collect()
}

#[test]
fn of_bookings_handed_to_one_host_one_arrives() {
    const NOT_FREE: (u16, &str) = (400, "is not available at that time");
    const NOBODY: (u16, &str) = (400, "no other host is available at that time");
    in_both_modes(|server| {
        let team = Team::new(server);
        let [ada, bob, cleo] = &team.members[..] else { panic!("three members") };
        // Each of the first two takes all that comes; the third one stands in for both.
        let of = |slug: &str, first: i64| {
            let hosts = json!([{"userId": first, "priority": "highest"},
                               {"userId": cleo.id, "priority": "lowest"}]);
            team.event_type(slug, "roundRobin", &hosts)
        };
        let types = [of("ada", ada.id), of("bob", bob.id)];
        let own = personal(&cleo.client, "own");
        let bookings = race(TRIES, 2, |round, contender| {
            let booking = team.world.book(types[contender], place(round)).data(201);
            assert_eq!(booking["hosts"][0]["id"], [ada.id, bob.id][contender]);
            uid(&booking)
        });
        let rounds = race(TRIES, 3, |round, contender| match bookings[round].get(contender) {
            None => team.world.book(own, place(round)),
            Some(uid) if round % 2 == 0 => {
                let action = format!("reassign/{}", cleo.id);
                act(&team.world.0.client, uid, &action, &json!({"reason": "away"}))
            }
            Some(uid) => act(&team.world.0.client, uid, "reassign", &json!({})),
        });
        for (answers, bookings) in rounds.iter().zip(&bookings) {
            let winner = winner(answers, &[NOT_FREE, NOBODY, TAKEN]);
            for (contender, booking) in bookings.iter().enumerate() {
                let host = if contender == winner { cleo.id } else { [ada.id, bob.id][contender] };
                let booking = team.world.read(booking);
                assert_eq!(booking["hosts"].as_array().unwrap().len(), 1, "{booking}");
                assert_eq!(booking["hosts"][0]["id"], host);
            }
        }
        let kept = team.bookings();
        assert_nothing_overlaps(&kept, |_| (0, 0));
        let of_cleo = kept.iter().filter(|booking| booking["hosts"][0]["id"] == cleo.id);
        assert_eq!(of_cleo.count(), TRIES);
    });
}
