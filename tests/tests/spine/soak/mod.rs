//! Clients who do at random what clients do, while the server is killed and started
//! again under them. Each writes down what it was told; afterwards all of it must be
//! so, and no host be in two places.

mod actor;
mod history;
mod line;

use std::time::Duration;

use meridian_kernel::Instant;
use meridian_tests::{Mode, Options, Organization, Random, Server};
use serde_json::json;

use actor::Actor;
use line::Line;

/// What all chance begins with. A failure names the seed of the client it is about.
const SEED: u64 = 20_500_905;

/// How many clients there are.
const CLIENTS: u64 = 6;

/// How often the server is killed.
const KILLS: usize = 2;

/// How long it runs between kills.
const LIFE: Duration = Duration::from_millis(2_500);

#[test]
fn nothing_acknowledged_is_lost_and_nobody_is_in_two_places() {
    soak(Mode::Native);
}

#[test]
fn nothing_is_lost_with_remote_databases_either() {
    soak(Mode::Remote);
}

fn soak(mode: Mode) {
    let mut server = Server::with(Options::default().mode(mode));
    let world = World::new(&server);
    let line = Line::to(server.client());
    let actors: Vec<Actor<'_>> = std::thread::scope(|scope| {
        let act = |number| {
            let mut actor = Actor::new(number, Random::seeded(SEED + number), &world, &line);
            scope.spawn(move || {
                actor.live();
                actor
            })
        };
        let open = line.open();
        let threads: Vec<_> = (0..CLIENTS).map(act).collect();
        for _ in 0..KILLS {
            std::thread::sleep(LIFE);
            server.kill();
            server.restart();
            line.moved_to(server.client());
        }
        std::thread::sleep(LIFE);
        drop(open);
        threads.into_iter().map(|thread| thread.join().expect("a client that ended well")).collect()
    });
    history::check(&world, &line, &actors);
}

/// An event type, as far as clients count on it.
#[derive(Clone, Copy, Debug)]
struct Kind {
    id: i64,
    /// Minutes before and after each booking.
    buffers: (i64, i64),
    /// Its time is shared by so many.
    seats: Option<usize>,
    /// Its bookings wait for a host.
    waits: bool,
    /// Its hosts take turns.
    by_turns: bool,
}

/// Four hosts who work day and night, and what can be booked of them.
struct World {
    organization: Organization,
    kinds: Vec<Kind>,
}

impl World {
    fn new(server: &Server) -> Self {
        let organization = server.organization();
        Organization::work_around_the_clock(&organization.client);
        let hosts = ["ada", "bob", "cleo"].map(|name| {
            let member = organization.member(server, name, "MEMBER");
            Organization::work_around_the_clock(&member.client);
            member
        });
        let own = Kind { id: 0, buffers: (0, 0), seats: None, waits: false, by_turns: false };
        let of = |slug: &str, more| organization.event_type_with(slug, 30, &more);
        let buffers = json!({"beforeEventBuffer": 15, "afterEventBuffer": 10, "slotInterval": 5});
        let policy = json!({"confirmationPolicy": {
            "type": "always", "blockUnconfirmedBookingsInBooker": false}});
        let seats = json!({"seats": {"seatsPerTimeSlot": 3, "showAttendeeInfo": true,
                                     "showAvailabilityCount": true}});
        let mut kinds = vec![
            Kind { id: of("plain", json!({})), ..own },
            Kind { id: of("buffered", buffers), buffers: (15, 10), ..own },
            Kind { id: of("asked", policy), waits: true, ..own },
            Kind { id: of("shared", seats), seats: Some(3), ..own },
        ];
        let roles: Vec<(i64, &str)> = hosts.iter().map(|one| (one.id, "MEMBER")).collect();
        let team = organization.team("sales", &roles);
        let all: Vec<_> = hosts.iter().map(|host| json!({"userId": host.id})).collect();
        let of_team = |slug: &str, scheduling, hosts: &[_]| {
            organization.team_event_type(team, slug, scheduling, &json!({"hosts": hosts}))
        };
        kinds.extend([
            Kind { id: of_team("turns", "roundRobin", &all), by_turns: true, ..own },
            Kind { id: of_team("some", "roundRobin", &all[1..]), by_turns: true, ..own },
            Kind { id: of_team("pair", "collective", &all[..2]), ..own },
        ]);
        Self { organization, kinds }
    }

    fn kind(&self, id: i64) -> &Kind {
        self.kinds.iter().find(|kind| kind.id == id).expect("a known event type")
    }
}

/// A quarter of an hour of a day and a half.
fn some_start(random: &mut Random) -> Instant {
    let first = Instant::parse("2050-09-05T00:00:00Z").unwrap();
    first.plus_minutes(random.within(0..144) * 15)
}
