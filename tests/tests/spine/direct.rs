//! Components that the host calls directly: it keeps the same promises for them.

use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use meridian_tests::{Client, Options, Server};

fn lingering() -> Options {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/linger/spin.toml");
    Options { manifest: Some(manifest), ..Options::default() }
}

fn hurried() -> Options {
    lingering().arguments(&["--request-timeout", "2s"])
}

fn counted(client: &Client, key: &str) -> i64 {
    client.get(&format!("/count/{key}")).data(200)["count"].as_i64().unwrap()
}

/// Waits until something was counted so often; false where it never is.
fn is_counted(client: &Client, key: &str, times: i64) -> bool {
    let deadline = Instant::now() + Duration::from_secs(15);
    while counted(client, key) < times {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    true
}

#[test]
fn a_trap_answers_500_in_the_envelope_and_the_next_request_is_fine() {
    let server = Server::with(lingering());
    for path in ["/panic", "/memory", "/panic"] {
        server.client().get(path).error(500);
        assert_eq!(server.client().get("/answers").data(200)["answers"], 1, "a new instance");
    }
}

#[test]
fn an_endless_loop_is_stopped_and_others_are_served_meanwhile() {
    let server = Server::with(hurried());
    std::thread::scope(|scope| {
        let looping = scope.spawn(|| {
            let begun = Instant::now();
            (server.client().get("/spin"), begun.elapsed())
        });
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(server.client().get("/answers").status, 200);
        let (answer, took) = looping.join().unwrap();
        answer.error(504);
        assert!(took < Duration::from_secs(8), "{took:?}");
    });
    assert_eq!(server.client().get("/answers").status, 200);
}

#[test]
fn who_waits_for_too_long_is_told_so() {
    let server = Server::with(hurried());
    server.client().get("/sleep/20000").error(504);
    assert_eq!(server.client().get("/sleep/10").status, 200);
}

#[test]
fn beyond_the_bound_requests_are_told_to_come_back() {
    let server = Server::with(lingering().arguments(&["--max-requests-in-flight", "4"]));
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..16).map(|_| scope.spawn(|| server.client().get("/sleep/700"))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 503).collect();
    assert!(!refused.is_empty());
    for answer in refused {
        answer.error(503);
        assert_eq!(answer.header("retry-after"), "1");
    }
    assert!(answers.iter().filter(|answer| answer.status == 200).count() >= 4);
}

#[test]
fn an_instance_is_used_again_and_for_one_request_at_a_time() {
    let server = Server::with(lingering());
    let client = server.client();
    let answers = || client.get("/answers").data(200)["answers"].as_i64().unwrap();
    // A warm instance ends where nobody needed it for a second.
    assert!((0..20).map(|_| answers()).max() > Some(10));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(server.client().get("/sleep/500").status, 200));
        }
    });
    assert!(begun.elapsed() < Duration::from_secs(3), "side by side: {:?}", begun.elapsed());
}

#[test]
fn after_its_hundred_and_twenty_eighth_request_an_instance_is_followed_by_a_new_one() {
    let server = Server::with(lingering());
    let client = server.client();
    let answers = || client.get("/answers").data(200)["answers"].as_i64().unwrap();
    let seen: Vec<i64> = (0..300).map(|_| answers()).collect();
    assert_eq!(seen.iter().filter(|answers| **answers > 128).count(), 0);
    assert!(seen.iter().filter(|answers| **answers == 1).count() >= 2);
}

#[test]
fn work_after_the_answer_is_done_before_the_instance_rests() {
    let server = Server::with(lingering());
    let client = server.client();
    let begun = Instant::now();
    for _ in 0..3 {
        assert_eq!(client.get("/after/1500").status, 200);
    }
    assert!(begun.elapsed() < Duration::from_millis(1400), "{:?}", begun.elapsed());
    assert!(is_counted(&client, "after", 3));
}

#[test]
fn a_server_that_stops_waits_for_work_after_the_answer() {
    let mut server = Server::with(lingering());
    assert_eq!(server.client().get("/after/800").status, 200);
    meridian_tests::signal(server.pid(), "TERM");
    assert_eq!(server.terminate_wait(), Some(0));
    server.kill_and_restart();
    assert_eq!(counted(&server.client(), "after"), 1);
}

#[test]
fn a_trap_after_the_answer_hurts_nobody_else() {
    let server = Server::with(lingering());
    let client = server.client();
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| server.client().get("/sleep/900"));
        assert_eq!(client.get("/after/600").status, 200);
        for _ in 0..3 {
            assert_eq!(client.get("/panic-after/200").data(200)["panics"], true);
        }
        std::thread::sleep(Duration::from_millis(400));
        assert_eq!(client.get("/answers").status, 200);
        assert_eq!(slow.join().unwrap().status, 200);
    });
    assert!(is_counted(&client, "after", 1));
}

/// Asks on connections that are cut before any answer can come.
fn ask_and_hang_up(server: &Server, path: &str) {
    let ask = |_| {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        stream
    };
    let streams: Vec<TcpStream> = (0..3).map(ask).collect();
    assert!(is_counted(&server.client(), "begun", 3), "they came in");
    drop(streams);
}

#[test]
fn what_began_is_ended_though_the_client_hung_up() {
    let server = Server::with(lingering());
    ask_and_hang_up(&server, "/sleep/1000");
    assert_eq!(counted(&server.client(), "ended"), 0);
    assert!(is_counted(&server.client(), "ended", 3));
    assert_eq!(server.client().get("/sleep/1").status, 200);
}

#[test]
fn work_after_the_answer_is_done_though_the_client_hung_up() {
    let server = Server::with(lingering());
    ask_and_hang_up(&server, "/after/1000");
    assert_eq!(counted(&server.client(), "after"), 0);
    assert!(is_counted(&server.client(), "after", 3));
}

#[test]
fn components_reach_each_other_whichever_way_each_is_called() {
    let server = Server::with(lingering());
    let client = server.client();
    // The fixture that is reached by `wasi:http` alone, from outside and from inside.
    assert_eq!(client.get("/echo").json()["method"], "GET");
    let asked = client.get("/ask/misbehave").data(200);
    assert_eq!(asked["status"], 200);
    let echo: serde_json::Value = serde_json::from_str(asked["text"].as_str().unwrap()).unwrap();
    assert_eq!((&echo["method"], &echo["length"]), (&"POST".into(), &5.into()));
    assert_eq!(echo["headers"]["spin-client-addr"], "0.0.0.0:0");
    // One that is called directly has no such path, and says so itself.
    let asked = client.get("/ask/linger").data(200);
    assert_eq!(asked["status"], 404);
    assert!(asked["text"].as_str().unwrap().contains("Cannot POST /echo"));
}

#[test]
fn every_answer_carries_what_all_answers_carry_and_its_own_length() {
    let server = Server::with(lingering());
    let answer = server.client().get("/answers");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("x-request-id").len(), 36);
    assert_eq!(answer.header("content-length"), answer.text.len().to_string());
    let head = server.client().send("HEAD", "/answers", None);
    assert_eq!((head.status, head.text.as_str()), (200, ""));
}
