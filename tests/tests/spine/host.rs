//! The host keeps its promises whatever a component does.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use meridian_tests::{Options, Server, binary, signal};

fn misbehaving() -> Options {
    patiently_misbehaving().arguments(&["--request-timeout", "2s"])
}

/// For what need not be stopped: two seconds are too few on a machine that is busy.
fn patiently_misbehaving() -> Options {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/misbehave/spin.toml");
    Options { manifest: Some(manifest), ..Options::default() }
}

#[test]
fn a_trap_answers_500_in_the_envelope_and_the_next_request_is_fine() {
    let server = Server::with(misbehaving());
    for _ in 0..3 {
        server.client().get("/panic").error(500);
        assert_eq!(server.client().get("/echo").status, 200);
    }
}

#[test]
fn an_endless_loop_is_stopped_and_others_are_served_meanwhile() {
    let server = Server::with(misbehaving());
    std::thread::scope(|scope| {
        let looping = scope.spawn(|| {
            let begun = Instant::now();
            (server.client().get("/spin"), begun.elapsed())
        });
        std::thread::sleep(Duration::from_millis(200));
        let begun = Instant::now();
        assert_eq!(server.client().get("/echo").status, 200);
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
        let (answer, took) = looping.join().unwrap();
        assert!(matches!(answer.status, 500 | 504), "{}", answer.text);
        assert!(took < Duration::from_secs(8), "{took:?}");
    });
    assert_eq!(server.client().get("/echo").status, 200);
}

#[test]
fn beyond_the_bound_requests_are_told_to_come_back() {
    let server = Server::with(misbehaving().arguments(&["--max-requests-in-flight", "4"]));
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
fn a_second_process_on_the_same_folder_is_refused() {
    let server = Server::start();
    let folder = server.folder().join("data");
    let output = Command::new(binary())
        .args(["up", "--listen", "127.0.0.1:0", "--tenants", "none", "--data-dir"])
        .arg(&folder)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
        .output()
        .unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("data") && text.contains("in use"), "{text}");
}

#[test]
fn sigterm_lets_requests_in_flight_finish() {
    let mut server = Server::with(misbehaving());
    let client = server.client();
    let slow = std::thread::spawn(move || client.get("/sleep/1200"));
    std::thread::sleep(Duration::from_millis(300));
    let pid = server.pid();
    signal(pid, "TERM");
    let answer = slow.join().unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(server.terminate_wait(), Some(0));
}

#[test]
fn a_manifest_is_refused_with_every_mistake_listed() {
    let folder = tempfile::tempdir().unwrap();
    let manifest: PathBuf = folder.path().join("spin.toml");
    let text = "spin_manifest_version = 2\n\
        [application]\nname = \"x\"\ncolour = \"red\"\n\
        [[trigger.http]]\nroute = \"/...\"\ncomponent = \"missing\"\n\
        [[trigger.redis]]\nchannel = \"c\"\ncomponent = \"missing\"\n";
    std::fs::write(&manifest, text).unwrap();
    let output = Command::new(binary())
        .args(["up", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder.path().join("data"))
        .arg("--manifest")
        .arg(&manifest)
        .output()
        .unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    for part in ["colour", "missing", "redis"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_component_has_only_what_the_manifest_grants() {
    let server = Server::with(patiently_misbehaving());
    let outbound = server.client().get("/outbound?url=http://example.com/");
    assert_eq!(outbound.status, 200, "{}", outbound.text);
    assert!(outbound.text.to_lowercase().contains("denied"), "{}", outbound.text);
    assert_eq!(server.client().get("/kv").status, 200);
}

#[test]
fn a_second_start_uses_what_the_first_compiled() {
    let mut server = Server::start();
    server.kill();
    let first = server.log().len();
    server.restart();
    // Lines are collected for a moment before they are written.
    let deadline = Instant::now() + Duration::from_secs(5);
    while !server.log()[first..].contains("\"listening\"") {
        assert!(Instant::now() < deadline, "{}", server.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(!server.log()[first..].contains("\"compiling\""), "{}", server.log());
}
