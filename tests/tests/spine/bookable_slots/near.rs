//! How soon and how far ahead: what depends on the clock.

use meridian_kernel::Instant;
use meridian_tests::{Organization, Random, in_both_modes};
use serde_json::{Value, json};

const DAY: i64 = 24 * 60;

/// Slots this near to the end of the notice may be gone when they are booked.
const TOO_NEAR: i64 = 2;

const TOO_SOON_OR_FAR: &str = "The event type can't be booked at the \"start\" time provided.";
const PAST: &str = "Attempting to book a meeting in the past.";

/// Windows, and the days after today on which nothing is taken any more, anywhere.
fn windows(now: Instant) -> [(Value, i64); 4] {
    let date = |days: i64| now.plus_minutes(days * DAY).to_iso()[..10].to_owned();
    [
        (json!({"type": "calendarDays", "value": 4, "rolling": false}), 7),
        (json!({"type": "businessDays", "value": 3, "rolling": false}), 9),
        (json!({"type": "calendarDays", "value": 3, "rolling": true}), 7),
        (json!({"type": "range", "value": [date(1), date(5)]}), 8),
    ]
}

#[test]
fn what_is_too_soon_too_far_or_past_is_not_offered_and_refused() {
    in_both_modes(|server| {
        for (index, zone) in
            ["Asia/Kathmandu", "Pacific/Kiritimati", "America/St_Johns", "Pacific/Pago_Pago"]
                .into_iter()
                .enumerate()
        {
            let mut random = Random::seeded(500 + index as u64);
            let organization = server.organization();
            let body = json!({"name": "Near", "timeZone": zone, "isDefault": true});
            let made = organization.schedules().post("/v2/schedules", &body).data(201);
            Organization::work_around_the_clock(&organization.client);
            assert_eq!(made["timeZone"], zone);
            let now = Instant::now();
            let (window, far) = windows(now)[index].clone();
            let notice = random.pick(&[1, 90, 1_500]);
            let more = json!({"bookingWindow": window, "minimumBookingNotice": notice});
            let event_type = organization.event_type_with("near", 60, &more);
            check(&mut random, &organization, event_type, Limits { zone, notice, far });
        }
    });
}

#[derive(Clone, Copy)]
struct Limits {
    zone: &'static str,
    notice: i64,
    far: i64,
}

fn check(random: &mut Random, organization: &Organization, event_type: i64, limits: Limits) {
    let now = Instant::now();
    let (from, to) = (now.plus_minutes(-DAY), now.plus_minutes(30 * DAY));
    let path = format!(
        "/v2/slots?eventTypeId={event_type}&start={}&end={}&timeZone={}",
        from.to_iso(),
        to.to_iso(),
        limits.zone
    );
    let days = organization.slots().get(&path).data(200);
    let slots = days.as_object().unwrap().values().flat_map(|day| day.as_array().unwrap());
    let offered: Vec<Instant> = slots.map(|slot| meridian_tests::instant(slot, "start")).collect();
    let soonest = now.plus_minutes(limits.notice);
    assert!(
        offered
            .iter()
            .all(|start| *start >= soonest && *start < now.plus_minutes(limits.far * DAY))
    );
    assert!(offered.len() > 20, "{offered:?}");
    let sure = |start: &&Instant| **start > soonest.plus_minutes(TOO_NEAR);
    let sure: Vec<Instant> = offered.iter().filter(sure).copied().collect();
    let mut tried = random.some(20, &sure);
    tried.extend([sure[0], sure[sure.len() - 1]]);
    let book = |start: Instant| {
        let mut body = organization.booking(event_type, &start.to_iso());
        body["attendee"]["timeZone"] = json!(limits.zone);
        organization.bookings().post("/v2/bookings", &body)
    };
    for start in tried {
        let answer = book(start);
        assert_eq!(answer.status, 201, "{} is offered: {}", start.to_iso(), answer.text);
        let uid = answer.data(201)["uid"].as_str().unwrap().to_owned();
        let path = format!("/v2/bookings/{uid}/cancel");
        organization.bookings().post(&path, &json!({})).data(200);
    }
    let mut refused = vec![now.plus_minutes(limits.far * DAY), now.plus_minutes(300 * DAY)];
    if limits.notice > 2 {
        refused.push(soonest.plus_minutes(-1));
    }
    for start in refused {
        let refused = book(start).error(400);
        assert!(refused.starts_with(TOO_SOON_OR_FAR), "{}: {refused}", start.to_iso());
    }
    for minutes in [1, DAY, 365 * DAY] {
        assert_eq!(book(now.plus_minutes(-minutes)).error(400), PAST);
    }
}
