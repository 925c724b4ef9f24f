//! Whatever is sent: a clear answer, never a 5xx.

use meridian_tests::in_both_modes;
use serde_json::{Value, json};

/// How many bodies and queries are sent in each mode.
const TRIES: u32 = 1_200;

/// A small generator: the same sequence at every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        // Knuth's MMIX constants; the high bits are the good ones.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

/// What a field may be sent instead of what it should be.
fn values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1),
        json!(i64::MAX),
        json!(1e308),
        json!(-0.5),
        json!(""),
        json!("x"),
        json!("\u{0}"),
        json!("😀".repeat(300)),
        json!("2050-09-05T07:00:00Z"),
        json!("9999-12-31T23:59:59Z"),
        json!("0001-01-01"),
        json!("Europe/Rome"),
        json!([]),
        json!({}),
        json!([[]]),
        json!([null]),
        json!({"a": {"b": []}}),
        json!("a".repeat(70_000)),
        json!(vec!["a"; 2_000]),
        json!([{"type": "address"}]),
        json!({"type": "range", "value": ["x", "y"]}),
        json!({"disabled": true}),
        json!({"disabled": false}),
        json!({"day": 15}),
        json!({"type": "time", "noticeThreshold": {"unit": "hours", "count": 99_999_999_999_i64}}),
    ]
}

const TEAM_EVENT_TYPE_FIELDS: &[&str] = &[
    "schedulingType",
    "hosts",
    "assignAllTeamMembers",
    "emailSettings",
    "restrictionScheduleId",
    "useBookerTimezone",
    "isRRWeightsEnabled",
    "rescheduleWithSameRoundRobinHost",
    "locations",
    "scheduleId",
];

const OLD_EVENT_TYPE_FIELDS: &[&str] = &[
    "length",
    "title",
    "slug",
    "locations",
    "bookingFields",
    "slotInterval",
    "seatsPerTimeSlot",
    "minimumBookingNotice",
    "hidden",
];

const LINK_FIELDS: &[&str] = &["expiresAt", "maxUsageCount"];

const EVENT_TYPE_FIELDS: &[&str] = &[
    "title",
    "slug",
    "lengthInMinutes",
    "lengthInMinutesOptions",
    "locations",
    "bookingFields",
    "slotInterval",
    "minimumBookingNotice",
    "beforeEventBuffer",
    "scheduleId",
    "bookingLimitsCount",
    "bookingLimitsDuration",
    "bookerActiveBookingsLimit",
    "bookingWindow",
    "offsetStart",
    "bookerLayouts",
    "confirmationPolicy",
    "recurrence",
    "seats",
    "color",
    "customName",
    "destinationCalendar",
    "successRedirectUrl",
    "calVideoSettings",
    "disableCancelling",
    "disableRescheduling",
    "interfaceLanguage",
    "metadata",
];
const SCHEDULE_FIELDS: &[&str] = &["name", "timeZone", "isDefault", "availability", "overrides"];
const BOOKING_FIELDS: &[&str] = &[
    "start",
    "attendee",
    "eventTypeId",
    "eventTypeSlug",
    "username",
    "organizationSlug",
    "guests",
    "bookingFieldsResponses",
    "lengthInMinutes",
    "metadata",
    "location",
    "instant",
    "recurrenceCount",
    "routing",
];
const OTHER_FIELDS: &[&str] = &[
    "subscriberUrl",
    "triggers",
    "active",
    "payloadTemplate",
    "secret",
    "version",
    "email",
    "name",
    "timeFormat",
    "defaultScheduleId",
    "weekStart",
    "timeZone",
    "locale",
    "avatarUrl",
    "metadata",
    "note",
    "expiresInDays",
    "neverExpires",
    "mode",
    "apiKeyDaysValid",
];
const HOURS_FIELDS: &[&str] = &[
    "name",
    "timeZone",
    "isDefault",
    "availabilities",
    "schedule",
    "dateOverrides",
    "start",
    "end",
    "notes",
    "toUserId",
    "reason",
    "startDate",
    "endDate",
];
const RESERVATION_FIELDS: &[&str] = &[
    "eventTypeId",
    "slotStart",
    "slotDuration",
    "reservationDuration",
    "slotUtcStartDate",
    "slotUtcEndDate",
];
const QUERY_FIELDS: &[&str] = &[
    "eventTypeId",
    "start",
    "end",
    "timeZone",
    "duration",
    "format",
    "eventTypeSlug",
    "username",
    "usernames",
    "teamSlug",
    "startTime",
    "endTime",
    "usernameList[]",
    "isTeamEvent",
    "slotFormat",
    "orgSlug",
    "rescheduleUid",
    "rrHostSubsetIds",
    "bookingUidToReschedule",
    "organizationSlug",
    "status",
    "take",
    "skip",
    "sortStart",
    "afterStart",
    "attendeeEmail",
    "eventTypeIds",
    "bookingUid",
    "eventSlug",
];
const QUERY_VALUES: &[&str] = &[
    "",
    "x",
    "-1",
    "0",
    "2050-09-05",
    "2050-09-06T00:00:00Z",
    "9999-12-31",
    "0001-01-01",
    "%00",
    "%F0%9F%98%80",
    "%ff",
    "a,b",
    "1e99",
    "99999999999999999999",
    "asc",
    "upcoming,past",
    "Europe/Rome",
    "Pacific/Apia",
];

#[test]
fn no_body_and_no_query_is_answered_with_a_5xx() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("bad", 30);
        let booking = organization.booking(event_type, "2051-09-05T07:00:00Z");
        let schedule = json!({"name": "s", "timeZone": "UTC", "isDefault": false});
        let team = organization.team("bad-team", &[]);
        let routes = [
            (
                "POST",
                format!("/v2/teams/{team}/event-types"),
                "2024-06-14",
                json!({"title": "t", "slug": "t", "lengthInMinutes": 30,
                       "schedulingType": "roundRobin"}),
                TEAM_EVENT_TYPE_FIELDS,
            ),
            (
                "POST",
                "/v2/event-types".to_owned(),
                "2024-04-15",
                json!({"title": "t", "slug": "t", "length": 30}),
                OLD_EVENT_TYPE_FIELDS,
            ),
            (
                "PATCH",
                format!("/v2/event-types/{event_type}"),
                "2024-04-15",
                json!({}),
                OLD_EVENT_TYPE_FIELDS,
            ),
            (
                "POST",
                format!("/v2/event-types/{event_type}/private-links"),
                "2024-06-14",
                json!({}),
                LINK_FIELDS,
            ),
            (
                "POST",
                "/v2/event-types".to_owned(),
                "2024-06-14",
                json!({"title": "t", "slug": "t", "lengthInMinutes": 30}),
                EVENT_TYPE_FIELDS,
            ),
            (
                "PATCH",
                format!("/v2/event-types/{event_type}"),
                "2024-06-14",
                json!({}),
                EVENT_TYPE_FIELDS,
            ),
            ("POST", "/v2/schedules".to_owned(), "2024-06-11", schedule.clone(), SCHEDULE_FIELDS),
            ("POST", "/v2/schedules".to_owned(), "2024-04-15", schedule, HOURS_FIELDS),
            (
                "POST",
                "/v2/me/ooo".to_owned(),
                "2024-04-15",
                json!({"start": "2050-01-01", "end": "2050-01-02"}),
                HOURS_FIELDS,
            ),
            (
                "POST",
                "/v2/me/travel-schedules".to_owned(),
                "2024-04-15",
                json!({"timeZone": "UTC", "startDate": "2050-01-01", "endDate": "2050-01-02"}),
                HOURS_FIELDS,
            ),
            ("POST", "/v2/bookings".to_owned(), "2024-08-13", booking, BOOKING_FIELDS),
            (
                "POST",
                "/v2/slots/reservations".to_owned(),
                "2024-09-04",
                json!({"eventTypeId": event_type, "slotStart": "2050-09-05T07:00:00Z"}),
                RESERVATION_FIELDS,
            ),
            (
                "POST",
                "/v2/slots/reserve".to_owned(),
                "2024-04-15",
                json!({"eventTypeId": event_type, "slotUtcStartDate": "2050-09-05T07:00:00Z",
                       "slotUtcEndDate": "2050-09-05T07:30:00Z"}),
                RESERVATION_FIELDS,
            ),
            ("PATCH", "/v2/me".to_owned(), "2024-04-15", json!({}), OTHER_FIELDS),
            (
                "POST",
                "/v2/webhooks".to_owned(),
                "2024-04-15",
                json!({"subscriberUrl": "http://127.0.0.1:1/x", "triggers": [], "active": true}),
                OTHER_FIELDS,
            ),
            ("POST", "/v2/api-keys".to_owned(), "2024-04-15", json!({}), OTHER_FIELDS),
        ];
        let values = values();
        let mut random = Random(20_501_105);
        for number in 0..TRIES {
            let (method, path, version, body, fields) = random.pick(&routes).clone();
            let mut body = body.clone();
            for _ in 0..=random.below(3) {
                body[*random.pick(fields)] = random.pick(&values).clone();
            }
            let client = organization.client.version(version);
            let answer = client.send(method, &path, Some(body.to_string()));
            assert!(
                answer.status < 500 || answer.status == 501,
                "{number}: {method} {path} {body}: {} {}",
                answer.status,
                answer.text
            );

            let (path, version) = *random.pick(&[
                ("/v2/slots", "2024-09-04"),
                ("/v2/slots/available", "2024-04-15"),
                ("/v2/bookings", "2024-08-13"),
                ("/v2/event-types", "2024-06-14"),
                ("/v2/webhooks", "2024-04-15"),
                ("/v2/me/ooo", "2024-04-15"),
                ("/v2/me/travel-schedules", "2024-04-15"),
            ]);
            let mut query = format!("eventTypeId={event_type}&start=2050-09-05&end=2050-09-06");
            for _ in 0..=random.below(3) {
                query =
                    format!("{}={}&{query}", random.pick(QUERY_FIELDS), random.pick(QUERY_VALUES));
            }
            let answer = organization.client.version(version).get(&format!("{path}?{query}"));
            assert!(
                answer.status < 500 || answer.status == 501,
                "{number}: {path}?{query}: {} {}",
                answer.status,
                answer.text
            );
        }
        for body in ["{", "[1,2", "\"", &"[".repeat(100_000), &"{\"a\":".repeat(500), "\u{feff}{}"]
        {
            for (method, path, version, _, _) in &routes {
                let client = organization.client.version(version);
                let answer = client.send(method, path, Some((*body).to_owned()));
                assert_eq!(answer.status, 400, "{method} {path}: {}", answer.text);
            }
        }
    });
}
