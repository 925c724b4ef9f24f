use meridian_domain::event_type::{
    BookingWindow, ConfirmationPolicy, EventTypeSettings, FieldType, Location,
};
use meridian_kernel::Patch;
use serde_json::{Value, json};

use super::*;

fn with(extra: &Value) -> Result<Input, ApiError> {
    let mut body = json!({"title": "Intro", "slug": "intro", "lengthInMinutes": 30});
    let (Some(body_fields), Some(extra)) = (body.as_object_mut(), extra.as_object()) else {
        panic!("tests send objects");
    };
    body_fields.extend(extra.clone());
    new_event_type(&body)
}

fn settings(extra: &Value) -> EventTypeSettings {
    with(extra).unwrap().values.settings
}

fn refusal(extra: &Value) -> String {
    with(extra).unwrap_err().message
}

fn change(stored: Values, body: &Value) -> Input {
    changed_event_type(body, stored).unwrap()
}

#[test]
fn three_fields_make_an_event_type() {
    let input = with(&json!({})).unwrap();
    assert_eq!(input.values.settings, EventTypeSettings::default());
    assert_eq!(input.schedule, Patch::Absent);
    assert_eq!(
        new_event_type(&json!({})).unwrap_err().message,
        "title must be a string, slug must be a string, \
         lengthInMinutes must be an integer number"
    );
}

#[test]
fn slugs_are_slugified() {
    let body = json!({"title": "T", "slug": " Intro Call! ", "lengthInMinutes": 5});
    assert_eq!(new_event_type(&body).unwrap().values.slug, "intro-call");
    let body = json!({"title": "T", "slug": "!!", "lengthInMinutes": 5});
    assert_eq!(new_event_type(&body).unwrap_err().message, "slug must contain a letter or a digit");
}

#[test]
fn what_did_not_come_stays() {
    let stored = with(&json!({
        "description": "d", "hidden": true, "beforeEventBuffer": 10, "slotInterval": 20,
        "metadata": {"a": "1"}, "calVideoSettings": {"disableRecordingForGuests": true},
        "bookingLimitsCount": {"day": 1},
    }))
    .unwrap()
    .values;
    let same = change(stored.clone(), &json!({}));
    assert_eq!(same.values, stored);
    let changed = change(
        stored,
        &json!({"title": "New", "slotInterval": null, "metadata": {"b": "2"},
                "calVideoSettings": {"sendTranscriptionEmails": false}}),
    );
    assert_eq!(changed.values.title, "New");
    assert_eq!(changed.values.slug, "intro");
    assert_eq!(changed.values.slot_interval, None);
    assert_eq!(changed.values.before_event_buffer, 10);
    let settings = changed.values.settings;
    assert_eq!(Value::Object(settings.metadata), json!({"a": "1", "b": "2"}));
    let video = settings.cal_video_settings.unwrap();
    assert!(video.disable_recording_for_guests && !video.send_transcription_emails);
}

#[test]
fn disabled_takes_a_setting_back() {
    let all = json!({
        "bookingLimitsCount": {"day": 1, "year": 9},
        "bookingLimitsDuration": {"week": 60},
        "bookerActiveBookingsLimit": {"maximumActiveBookings": 2, "offerReschedule": true},
        "bookingWindow": {"type": "businessDays", "value": 3},
        "confirmationPolicy": {"type": "always", "blockUnconfirmedBookingsInBooker": true},
        "recurrence": {"interval": 1, "occurrences": 3, "frequency": "weekly"},
        "seats": {"seatsPerTimeSlot": 2, "showAttendeeInfo": true, "showAvailabilityCount": true},
    });
    let stored = with(&all).unwrap().values;
    for name in all.as_object().unwrap().keys() {
        for reset in [json!({"disabled": true}), Value::Null] {
            let changed = change(stored.clone(), &json!({ name.clone(): reset }));
            let shown = serde_json::to_value(&changed.values.settings).unwrap();
            assert_eq!(shown[name], Value::Null, "{name}");
        }
    }
}

#[test]
fn disabled_false_alone_says_nothing_but_for_limits() {
    for name in ["bookingWindow", "confirmationPolicy", "recurrence", "seats"] {
        let message = refusal(&json!({ name: {"disabled": false} }));
        assert!(message.starts_with(&format!("{name}.")), "{message}");
    }
    assert_eq!(
        settings(&json!({"bookingLimitsCount": {"disabled": false}})).booking_limits_count,
        None
    );
}

#[test]
fn limits_of_minutes_come_in_quarters_of_an_hour() {
    assert_eq!(
        refusal(&json!({"bookingLimitsDuration": {"day": 20, "week": 0}})),
        "bookingLimitsDuration.day must be a multiple of 15, \
         bookingLimitsDuration.week must not be less than 15"
    );
    assert_eq!(
        refusal(&json!({"bookingLimitsCount": {"month": 0}})),
        "bookingLimitsCount.month must not be less than 1"
    );
}

#[test]
fn windows_are_days_or_a_range() {
    let window = json!({"type": "calendarDays", "value": 30, "rolling": true});
    assert_eq!(
        settings(&json!({ "bookingWindow": window })).booking_window,
        Some(BookingWindow::CalendarDays { value: 30, rolling: true })
    );
    let range = json!({"type": "range", "value": ["2030-09-05", "2030-09-09"]});
    let stored = settings(&json!({ "bookingWindow": range }));
    assert_eq!(serde_json::to_value(stored.booking_window).unwrap(), range);
    let backwards = json!({"type": "range", "value": ["2030-09-09", "2030-09-05"]});
    assert!(refusal(&json!({ "bookingWindow": backwards })).starts_with("bookingWindow.value "));
    assert_eq!(
        refusal(&json!({"bookingWindow": {"type": "weeks", "value": 1}})),
        "bookingWindow.type must be one of the following values: businessDays, calendarDays, range"
    );
}

#[test]
fn a_policy_by_time_needs_its_threshold() {
    let threshold = json!({"unit": "hours", "count": 2});
    let time = json!({"type": "time", "blockUnconfirmedBookingsInBooker": false,
                      "noticeThreshold": threshold});
    let policy = settings(&json!({ "confirmationPolicy": time })).confirmation_policy;
    assert!(matches!(policy, Some(ConfirmationPolicy::Time { .. })));
    let bare = json!({"type": "time", "blockUnconfirmedBookingsInBooker": false});
    assert_eq!(
        refusal(&json!({ "confirmationPolicy": bare })),
        "confirmationPolicy.noticeThreshold is required where type is time"
    );
    let days = json!({"type": "time", "blockUnconfirmedBookingsInBooker": false,
                      "noticeThreshold": {"unit": "days", "count": 2}});
    assert_eq!(
        refusal(&json!({ "confirmationPolicy": days })),
        "confirmationPolicy.noticeThreshold.unit must be one of the following values: \
         minutes, hours"
    );
    assert_eq!(
        refusal(&json!({"confirmationPolicy": {"type": "always"}})),
        "confirmationPolicy.blockUnconfirmedBookingsInBooker must be a boolean value"
    );
}

#[test]
fn every_location_of_the_contract_is_read() {
    let sent = json!([
        {"type": "address", "address": "Via Roma 1", "public": true},
        {"type": "link", "link": "https://example.com/room", "public": false},
        {"type": "integration", "integration": "cal-video"},
        {"type": "phone", "phone": "+37120993151", "public": true},
        {"type": "attendeeAddress"},
        {"type": "attendeePhone"},
        {"type": "attendeeDefined"},
    ]);
    let stored = settings(&json!({ "locations": sent }));
    assert_eq!(serde_json::to_value(stored.locations).unwrap(), sent);
    assert_eq!(settings(&json!({"locations": []})).locations, [Location::integration("cal-video")]);
}

#[test]
fn wrong_locations_are_named_by_their_place() {
    let message = refusal(&json!({"locations": [
        {"type": "address", "address": "", "public": true},
        {"type": "phone", "phone": "12", "public": "maybe"},
        {"type": "integration", "integration": "carrier-pigeon"},
        {"type": "moon"},
        "nowhere",
    ]}));
    for part in [
        "locations.0.address should not be empty",
        "locations.1.phone must be a valid phone number",
        "locations.1.public must be a boolean value",
        "locations.2.integration must be one of the following values: cal-video, google-meet,",
        "locations.3.type must be one of the following values: address, link,",
        "locations.4 must be an object",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
}

#[test]
fn every_booking_field_of_the_contract_is_read() {
    let custom = |kind: &str| {
        json!({"type": kind, "slug": format!("my-{kind}"), "label": "L", "required": true,
               "hidden": false, "placeholder": "p", "options": ["a", "b"]})
    };
    let mut sent = vec![
        json!({"type": "name", "label": "Who?", "placeholder": "Ada", "disableOnPrefill": true}),
        json!({"type": "email", "label": "Mail", "placeholder": ""}),
        json!({"slug": "title", "required": true}),
        json!({"slug": "notes", "label": "Notes"}),
        json!({"slug": "guests", "hidden": true}),
        json!({"slug": "rescheduleReason", "required": true}),
        json!({"slug": "location", "label": "Where?"}),
    ];
    let kinds = [
        "phone",
        "address",
        "text",
        "number",
        "textarea",
        "select",
        "multiselect",
        "multiemail",
        "checkbox",
        "radio",
        "boolean",
        "url",
    ];
    sent.extend(kinds.map(custom));
    let stored = settings(&json!({ "bookingFields": sent })).booking_fields;
    assert_eq!(stored.len(), sent.len());
    assert!(stored.iter().take(7).all(|field| field.is_default));
    assert!(stored.iter().skip(7).all(|field| !field.is_default && field.required));
    assert_eq!(stored[0].label.as_deref(), Some("Who?"));
    let with_options: Vec<_> =
        stored.iter().filter(|field| !field.options.is_empty()).map(|field| field.kind).collect();
    assert_eq!(
        with_options,
        [FieldType::Select, FieldType::Multiselect, FieldType::Checkbox, FieldType::Radio]
    );
}

#[test]
fn a_form_is_accepted_back_as_it_was_shown() {
    let stored = settings(&json!({
        "locations": [{"type": "attendeePhone"}, {"type": "attendeeAddress"}],
        "bookingFields": [{"slug": "notes", "label": "Notes"}],
    }));
    let shown = serde_json::to_value(stored.form()).unwrap();
    let again = settings(&json!({"locations": stored.locations, "bookingFields": shown}));
    assert_eq!(again.form(), stored.form());
}

#[test]
fn wrong_booking_fields_are_named_by_their_place() {
    let message = refusal(&json!({"bookingFields": [
        {"type": "text", "slug": "a", "required": true},
        {"type": "select", "slug": "b", "label": "B", "required": true, "options": []},
        {"type": "text", "slug": "notes", "label": "N", "required": true},
        {"type": "hologram", "slug": "c"},
        {"slug": "favourite"},
        {"type": "url", "slug": "d", "label": "D", "required": "sometimes"},
    ]}));
    for part in [
        "bookingFields.0.label must be a string",
        "bookingFields.1.options should not be empty",
        "bookingFields.2.slug is the slug of a default field",
        "bookingFields.3.type must be one of the following values: name, email, phone,",
        "bookingFields.4.slug must be one of the following values: title, location,",
        "bookingFields.5.required must be a boolean value",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let twice = json!({"type": "text", "slug": "a", "label": "A", "required": true});
    assert_eq!(
        refusal(&json!({"bookingFields": [twice, twice]})),
        "bookingFields must not have two fields with the slug a"
    );
}

#[test]
fn rescheduling_is_disabled_always_or_late_not_both() {
    assert_eq!(
        refusal(&json!({"disableRescheduling": {"disabled": true, "minutesBefore": 60}})),
        "disableRescheduling.minutesBefore must not be set where disabled is true"
    );
    let late = settings(&json!({"disableRescheduling": {"minutesBefore": 60}}));
    assert_eq!(late.disable_rescheduling.unwrap().minutes_before, Some(60));
}

#[test]
fn small_settings_are_checked() {
    for (body, path) in [
        (json!({"color": {"lightThemeHex": "red", "darkThemeHex": "#fff"}}), "color.lightThemeHex"),
        (json!({"interfaceLanguage": "tlh"}), "interfaceLanguage"),
        (
            json!({"bookerLayouts": {"defaultLayout": "week", "enabledLayouts": ["month"]}}),
            "bookerLayouts.defaultLayout",
        ),
        (json!({"successRedirectUrl": "javascript:alert(1)"}), "successRedirectUrl"),
        (json!({"offsetStart": 0}), "offsetStart"),
        (json!({"scheduleId": "7"}), "scheduleId"),
        (json!({"beforeEventBuffer": 1441}), "beforeEventBuffer"),
        (json!({"lengthInMinutes": 10_081}), "lengthInMinutes"),
        (json!({"lengthInMinutesOptions": [15, 0]}), "lengthInMinutesOptions"),
    ] {
        let message = refusal(&body);
        assert!(message.starts_with(&format!("{path} ")), "{path}: {message}");
    }
}

#[test]
fn rules_between_fields_are_held_with_the_words_of_the_contract() {
    let seats =
        json!({"seatsPerTimeSlot": 2, "showAttendeeInfo": true, "showAvailabilityCount": true});
    let several = json!([{"type": "attendeePhone"}, {"type": "attendeeAddress"}]);
    let confirm = json!({"type": "always", "blockUnconfirmedBookingsInBooker": true});
    let decided = |input: Result<Input, ApiError>| input.unwrap().decide().unwrap_err().message;
    assert_eq!(
        decided(with(&json!({"seats": seats, "locations": several}))),
        "Seats Validation failed: Seats are enabled but more than one location provided."
    );
    assert_eq!(
        decided(with(&json!({"seats": seats, "confirmationPolicy": confirm}))),
        "Seats Validation failed: Seats are enabled but requiresConfirmation is true."
    );
    let seated = with(&json!({ "seats": seats })).unwrap().values;
    assert_eq!(
        decided(changed_event_type(&json!({ "locations": several }), seated.clone())),
        "Locations Validation failed: Seats are enabled but more than one location provided."
    );
    assert_eq!(
        decided(changed_event_type(&json!({ "confirmationPolicy": confirm }), seated)),
        "RequiresConfirmation Validation failed: Seats are enabled but requiresConfirmation is \
         true."
    );
    assert_eq!(
        decided(with(&json!({"lengthInMinutesOptions": [15, 60]}))),
        "lengthInMinutesOptions must include lengthInMinutes, which is 30"
    );
    assert_eq!(
        decided(with(&json!({"customName": "{Scheduler} {Foo}"}))),
        "Invalid event name variables: {Foo}"
    );
    assert_eq!(
        decided(with(&json!({"bookingFields": [{"type": "email", "required": false}]}))),
        "checkIsEmailUserAccessible - Email booking field must be required and visible"
    );
    assert_eq!(
        decided(with(&json!({"useDestinationCalendarEmail": true}))),
        "Validation failed: A primary connected calendar is required to set \
         useDestinationCalendarEmail"
    );
    assert_eq!(
        decided(with(
            &json!({"destinationCalendar": {"integration": "google_calendar", "externalId": "a"}})
        )),
        "Invalid destinationCalendarId: Calendar does not exist"
    );
}

#[test]
fn settings_have_a_bound_together() {
    let field = |index: usize| {
        json!({"type": "select", "slug": format!("f{index}"), "label": "L".repeat(400),
               "required": false, "options": vec!["o".repeat(400); 3]})
    };
    let fields: Vec<Value> = (0..60).map(field).collect();
    let error = with(&json!({ "bookingFields": fields })).unwrap().decide().unwrap_err();
    assert!(error.message.contains("65536 bytes"), "{}", error.message);
}
