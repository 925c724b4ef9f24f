//! `kill -9` at any moment: what was acknowledged is kept, and heard of.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use meridian_tests::{Mode, Options, Receiver, Server};
use serde_json::json;

/// After so many bookings the server dies.
const ENOUGH: usize = 40;

#[test]
fn every_acknowledged_booking_survives_and_its_webhook_arrives() {
    survives(Mode::Native);
}

#[test]
fn every_acknowledged_booking_survives_with_remote_databases_too() {
    survives(Mode::Remote);
}

fn survives(mode: Mode) {
    let receiver = Receiver::start();
    let mut server = Server::with(Options::default().mode(mode));
    let organization = server.organization();
    let hook = json!({"subscriberUrl": receiver.url("/hook"), "active": true, "triggers": ["BOOKING_CREATED"]});
    organization.client.post("/v2/webhooks", &hook).data(201);
    let event_type = organization.event_type("stream", 15);
    // Eight weeks hold more slots than the stream reaches before the kill.
    let starts = organization.starts(event_type, "2050-09-05", "2050-10-28");
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let acknowledged = Mutex::new(HashSet::new());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let client = organization.bookings();
            let (organization, starts, next, stop, acknowledged) =
                (&organization, &starts, &next, &stop, &acknowledged);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let Some(start) = starts.get(next.fetch_add(1, Ordering::Relaxed)) else {
                        return;
                    };
                    let body = organization.booking(event_type, start).to_string();
                    let Ok(answer) = client.try_send("POST", "/v2/bookings", Some(body)) else {
                        return;
                    };
                    if answer.status == 201 {
                        let uid = answer.json()["data"]["uid"].as_str().unwrap().to_owned();
                        acknowledged.lock().unwrap().insert(uid);
                    }
                }
            });
        }
        let deadline = std::time::Instant::now() + Duration::from_secs(60);
        while acknowledged.lock().unwrap().len() < ENOUGH {
            assert!(std::time::Instant::now() < deadline, "bookings come too slowly");
            std::thread::sleep(Duration::from_millis(10));
        }
        server.kill();
        stop.store(true, Ordering::Relaxed);
    });
    server.restart();
    let acknowledged = acknowledged.into_inner().unwrap();
    let client = server.client().version("2024-08-13");
    for uid in &acknowledged {
        let booking = client.get(&format!("/v2/bookings/{uid}")).data(200);
        assert_eq!(booking["status"], "accepted");
    }
    // The sweeper finds what the dead process did not deliver.
    let deadline = std::time::Instant::now() + Duration::from_secs(90);
    loop {
        let told: HashSet<String> = receiver
            .deliveries()
            .iter()
            .map(|delivery| delivery.json()["payload"]["uid"].as_str().unwrap().to_owned())
            .collect();
        let missing = acknowledged.difference(&told).count();
        if missing == 0 {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "{missing} webhooks never came");
        std::thread::sleep(Duration::from_millis(200));
    }
}
