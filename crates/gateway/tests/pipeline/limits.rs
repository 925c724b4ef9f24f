//! Rate limits.

use meridian_kernel::Rate;

use crate::world::{Answer, World, ask};

fn limited() -> World {
    World::new().with_variable("rate_limit_api_key", "3").with_variable("rate_limit_ip", "2")
}

fn as_caller(world: &World, token: &str) -> Answer {
    world.send(ask("GET", "/v2/me").bearer(token).sent_from("10.0.0.1:5000"))
}

fn from(world: &World, address: &str) -> u16 {
    world.send(ask("GET", "/v2/slots").sent_from(address)).status()
}

#[test]
fn every_answer_tells_where_the_caller_stands() {
    let world = limited();
    for remaining in ["2", "1", "0"] {
        let answer = as_caller(&world, "ada");
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.header("x-ratelimit-limit-default"), Some("3"));
        assert_eq!(answer.header("x-ratelimit-remaining-default"), Some(remaining));
        assert_eq!(answer.header("x-ratelimit-reset-default"), Some("60"));
    }
    assert!(world.get("/v2/nowhere").header("x-ratelimit-limit-default").is_some());
}

#[test]
fn whoever_exceeds_the_limit_is_blocked_for_a_minute() {
    let world = limited();
    for _ in 0..3 {
        assert_eq!(as_caller(&world, "ada").status(), 200);
    }
    world.wait_seconds(50);
    let refused = as_caller(&world, "ada");
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.json()["error"]["code"], "ThrottlerException");
    assert_eq!(refused.message(), "Too many requests. Please try again later.");
    assert_eq!(refused.header("retry-after"), Some("60"));
    assert_eq!(refused.header("x-ratelimit-remaining-default"), Some("0"));
    // The window is over, the block is not, and asking does not prolong it.
    world.wait_seconds(40);
    let still = as_caller(&world, "ada");
    assert_eq!((still.status(), still.header("retry-after")), (429, Some("20")));
    world.wait_seconds(20);
    assert_eq!(as_caller(&world, "ada").status(), 200);
}

#[test]
fn a_new_window_begins_when_the_old_one_is_over() {
    let world = limited();
    for _ in 0..3 {
        as_caller(&world, "ada");
    }
    world.wait_seconds(60);
    let answer = as_caller(&world, "ada");
    assert_eq!((answer.status(), answer.header("x-ratelimit-remaining-default")), (200, Some("2")));
}

#[test]
fn callers_do_not_use_up_each_others_limit() {
    let world = limited();
    for _ in 0..4 {
        as_caller(&world, "ada");
    }
    assert_eq!(as_caller(&world, "ada").status(), 429);
    assert_eq!(as_caller(&world, "eve").status(), 200);
    assert_eq!(from(&world, "10.0.0.1:1"), 200);
}

#[test]
fn anonymous_callers_are_told_by_address_whatever_the_port() {
    let world = limited();
    assert_eq!([1, 2, 3].map(|port| from(&world, &format!("10.0.0.1:{port}"))), [200, 200, 429]);
    assert_eq!(from(&world, "10.0.0.2:1"), 200);
}

#[test]
fn wrong_keys_count_against_the_address() {
    let world = limited();
    assert_eq!(["a", "b", "c"].map(|key| as_caller(&world, key).status()), [401, 401, 429]);
    // A good key from the same address has a limit of its own.
    assert_eq!(as_caller(&world, "ada").status(), 200);
}

#[test]
fn each_kind_of_credential_has_its_own_limit() {
    let world = World::new();
    for (token, limit) in [("ada", "120"), ("client", "500"), ("token", "500")] {
        let answer = as_caller(&world, token);
        assert_eq!(answer.header("x-ratelimit-limit-default"), Some(limit), "{token}");
    }
}

#[test]
fn zero_means_no_limit() {
    let world = World::new().with_variable("rate_limit_api_key", "0");
    for _ in 0..200 {
        assert_eq!(as_caller(&world, "ada").status(), 200);
    }
    assert!(world.counters().is_empty());
}

#[test]
fn health_checks_and_the_operator_are_not_limited() {
    let world = limited();
    for _ in 0..5 {
        assert_eq!(world.get("/healthz").status(), 200);
        let sweep = ask("POST", "/internal/sweep").bearer("operator");
        assert_eq!(world.send(sweep).status(), 200);
    }
    let guess = || world.send(ask("POST", "/internal/sweep").bearer("guess")).status();
    assert_eq!([guess(), guess(), guess()], [401, 401, 429]);
}

#[test]
fn a_store_that_fails_stops_nobody() {
    let world = limited();
    world.store_fails.set(true);
    for _ in 0..5 {
        assert_eq!(as_caller(&world, "ada").status(), 200);
    }
}

#[test]
fn counters_do_not_hold_credentials_or_addresses() {
    let world = limited();
    as_caller(&world, "ada");
    from(&world, "10.0.0.1:1");
    for key in world.counters() {
        assert!(key.starts_with("limit:") && key.len() == "limit:".len() + 64, "{key}");
    }
}

#[test]
fn the_length_of_a_block_is_the_operators() {
    let world = limited().with_variable("rate_limit_block_seconds", "5");
    for _ in 0..3 {
        as_caller(&world, "ada");
    }
    assert_eq!(as_caller(&world, "ada").header("retry-after"), Some("5"));
    world.wait_seconds(5);
    assert_eq!(as_caller(&world, "ada").status(), 200);
}

#[test]
fn who_has_several_windows_passes_while_any_has_room_and_sees_them_all() {
    let world = limited();
    world.rates.replace(vec![
        Rate::new("burst", 2, 1_000).blocking(10_000),
        Rate::new("hour", 4, 3_600_000).blocking(30_000),
    ]);
    let told = |answer: &Answer, what: &str| {
        ["burst", "hour"].map(|name| {
            answer.header(&format!("x-ratelimit-{what}-{name}")).unwrap().parse::<u32>().unwrap()
        })
    };
    for (burst, hour) in [(1, 3), (0, 2), (0, 1), (0, 0)] {
        let answer = as_caller(&world, "ada");
        assert_eq!((answer.status(), told(&answer, "remaining")), (200, [burst, hour]));
        assert_eq!(told(&answer, "limit"), [2, 4]);
        assert!(answer.header("x-ratelimit-limit-default").is_none());
        let exposed = answer.header("access-control-expose-headers").unwrap();
        assert!(exposed.contains("X-RateLimit-Reset-burst"), "{exposed}");
    }
    let refused = as_caller(&world, "ada");
    assert_eq!(refused.status(), 429);
    assert_eq!(told(&refused, "reset"), [10, 30]);
    assert_eq!(refused.header("retry-after"), Some("10"), "the first that has room again");
    world.wait_seconds(10);
    assert_eq!(as_caller(&world, "ada").status(), 200);
    // Somebody else with the same windows has them for themselves.
    assert_eq!(told(&as_caller(&world, "eve"), "remaining"), [1, 3]);
}

#[test]
fn a_routes_own_limit_counts_beside_the_callers() {
    let world = limited();
    let delete = |caller: &str| world.send(ask("DELETE", "/v2/teams/1").bearer(caller));
    let first = delete("ada");
    assert_eq!(
        (first.status(), first.header("x-ratelimit-remaining-teams_delete")),
        (204, Some("0"))
    );
    assert_eq!(first.header("x-ratelimit-remaining-default"), Some("2"));
    let second = delete("ada");
    assert_eq!((second.status(), second.header("retry-after")), (429, Some("1")));
    assert_eq!(delete("eve").status(), 204);
    world.wait_seconds(1);
    assert_eq!(delete("ada").status(), 204);
}

#[test]
fn what_was_counted_once_does_not_stay_for_ever() {
    let world = World::new();
    // As many other callers as there are places come and go.
    from(&world, "10.0.0.1:1");
    world.skip_places("limit", 1 << 17);
    let first = world.counters();
    from(&world, "10.0.0.2:1");
    let second = world.counters();
    assert_eq!((first.len(), second.len()), (1, 1), "{first:?} {second:?}");
    assert_ne!(first, second);
}
