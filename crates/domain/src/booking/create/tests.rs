use super::*;
use crate::booking::Status;
use crate::event_type::{Frequency, NoticeThreshold, NoticeUnit, Recurrence, Seats};

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn booker() -> Attendee {
    Attendee {
        name: "Grace Hopper".to_owned(),
        email: Some("grace@example.com".to_owned()),
        time_zone: Zone::UTC,
        language: "en".to_owned(),
        phone_number: None,
    }
}

struct Case {
    settings: EventTypeSettings,
    attendee: Attendee,
    guests: Vec<String>,
    length: Option<u32>,
    occurrences: Option<u32>,
    later_starts: Vec<Instant>,
    by_host: bool,
    code: CodeProof,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            settings: EventTypeSettings::default(),
            attendee: booker(),
            guests: Vec::new(),
            length: None,
            occurrences: None,
            later_starts: Vec::new(),
            by_host: false,
            code: CodeProof::None,
        }
    }
}

impl Case {
    fn decide(&self) -> Result<Decision, Refusal> {
        let offer = Offer {
            length_minutes: 30,
            before_event_buffer: 10,
            after_event_buffer: 5,
            settings: &self.settings,
        };
        let wish = Wish {
            start: at("2050-09-05T09:00:00Z"),
            length_minutes: self.length,
            occurrences: self.occurrences,
            later_starts: &self.later_starts,
            attendee: &self.attendee,
            guests: &self.guests,
            location: None,
            responses: &Map::new(),
            by_host: self.by_host,
            code: self.code,
        };
        decide(offer, &wish, at("2050-09-05T07:00:00Z"))
    }
}

fn confirming(policy: ConfirmationPolicy) -> Case {
    let settings =
        EventTypeSettings { confirmation_policy: Some(policy), ..EventTypeSettings::default() };
    Case { settings, ..Case::default() }
}

#[test]
fn a_booking_needs_its_buffers_free() {
    let decision = Case::default().decide().unwrap();
    assert_eq!(decision.change, create(false, false));
    let [time] = decision.times.as_slice() else { panic!("{:?}", decision.times) };
    assert_eq!(time.end, at("2050-09-05T09:30:00Z"));
    let needs = decision.needs(*time);
    assert_eq!(needs.start, at("2050-09-05T08:50:00Z"));
    assert_eq!(needs.end, at("2050-09-05T09:35:00Z"));
    assert_eq!((decision.in_series, decision.seats), (false, None));
}

#[test]
fn what_must_be_confirmed_is_pending_and_takes_the_slot_only_if_told_to() {
    for blocks in [false, true] {
        let always = ConfirmationPolicy::Always { block_unconfirmed_bookings_in_booker: blocks };
        assert_eq!(confirming(always).decide().unwrap().change, create(true, blocks));
    }
}

#[test]
fn a_host_need_not_confirm_an_own_booking() {
    let always = ConfirmationPolicy::Always { block_unconfirmed_bookings_in_booker: false };
    let own = Case { by_host: true, ..confirming(always) };
    assert_eq!(own.decide().unwrap().change, create(false, false));
}

#[test]
fn a_booking_further_away_than_the_threshold_is_accepted_at_once() {
    for (hours, status) in [(2, Status::Accepted), (3, Status::Pending)] {
        let policy = ConfirmationPolicy::Time {
            notice_threshold: NoticeThreshold { unit: NoticeUnit::Hours, count: hours },
            block_unconfirmed_bookings_in_booker: false,
        };
        let decision = confirming(policy).decide().unwrap();
        assert_eq!(decision.change.status, status, "{hours} hours");
    }
}

#[test]
fn a_length_is_chosen_only_where_there_is_a_choice() {
    let asking = Case { length: Some(30), ..Case::default() };
    assert_eq!(asking.decide(), Err(Refusal::LengthNotChoosable));
    let settings = EventTypeSettings {
        length_in_minutes_options: vec![30, 60],
        ..EventTypeSettings::default()
    };
    let longer = Case { settings: settings.clone(), length: Some(60), ..Case::default() };
    assert_eq!(longer.decide().unwrap().times[0].end, at("2050-09-05T10:00:00Z"));
    let wrong = Case { settings, length: Some(45), ..Case::default() };
    assert_eq!(wrong.decide(), Err(Refusal::LengthNotOffered(vec![30, 60])));
}

#[test]
fn guests_come_once_and_are_not_the_booker() {
    let guests = ["bob@x.org", "BOB@x.org", "Grace@Example.com", "eve@x.org"];
    let guests: Vec<String> = guests.map(str::to_owned).to_vec();
    let case = Case { guests: guests.clone(), ..Case::default() };
    let decision = case.decide().unwrap();
    assert_eq!(decision.guests, ["bob@x.org", "eve@x.org"]);
    assert_eq!(decision.responses["guests"], json!(["bob@x.org", "eve@x.org"]));
    let settings = EventTypeSettings { disable_guests: true, ..EventTypeSettings::default() };
    let without = Case { settings, guests, ..Case::default() };
    assert!(without.decide().unwrap().guests.is_empty());
}

#[test]
fn an_address_is_asked_for() {
    let attendee = Attendee { email: None, ..booker() };
    let case = Case { attendee, ..Case::default() };
    let missing = AnswerError::Missing { slug: "email".to_owned() };
    assert_eq!(case.decide(), Err(Refusal::Answer(missing)));
}

#[test]
fn a_title_is_made_of_a_template() {
    let title = |custom_name: Option<&str>| {
        let custom_name = custom_name.map(str::to_owned);
        let settings = EventTypeSettings { custom_name, ..EventTypeSettings::default() };
        let decision = Case { settings: settings.clone(), ..Case::default() }.decide().unwrap();
        decision.title(&settings, "Intro", "Ada Lovelace", "Grace Hopper")
    };
    assert_eq!(title(None), "Intro between Ada Lovelace and Grace Hopper");
    let template = "{Scheduler first name} meets {HOST} at {Location}";
    assert_eq!(title(Some(template)), "Grace meets Ada Lovelace at integrations:daily");
}

fn weekly(occurrences: u32) -> EventTypeSettings {
    let recurrence = Recurrence { interval: 1, occurrences, frequency: Frequency::Weekly };
    EventTypeSettings { recurrence: Some(recurrence), ..EventTypeSettings::default() }
}

#[test]
fn a_series_has_as_many_times_as_asked_for_and_no_more_than_it_has() {
    let case = |occurrences| Case { settings: weekly(3), occurrences, ..Case::default() };
    for (asked, made) in [(None, 3), (Some(1), 1), (Some(3), 3)] {
        let decision = case(asked).decide().unwrap();
        assert_eq!((decision.times.len(), decision.in_series), (made, true), "{asked:?}");
    }
    assert_eq!(case(Some(4)).decide(), Err(Refusal::TooManyOccurrences(3)));
    let single = Case { occurrences: Some(2), ..Case::default() };
    assert_eq!(single.decide(), Err(Refusal::NotRecurring));
}

#[test]
fn whoever_names_all_times_of_a_series_has_those() {
    let later_starts = ["2050-09-14T09:00:00Z", "2050-09-12T09:00:00Z"].map(at).to_vec();
    let case = |settings| Case { settings, later_starts: later_starts.clone(), ..Case::default() };
    let decision = case(weekly(3)).decide().unwrap();
    let starts: Vec<Instant> = decision.times.iter().map(|time| time.start).collect();
    let expected = ["2050-09-05T09:00:00Z", "2050-09-12T09:00:00Z", "2050-09-14T09:00:00Z"];
    assert_eq!(starts, expected.map(at));
    assert_eq!(case(weekly(2)).decide(), Err(Refusal::TooManyOccurrences(2)));
    let single = case(EventTypeSettings::default()).decide();
    assert_eq!(single, Err(Refusal::NotRecurring));
}

#[test]
fn everybody_who_comes_along_needs_a_seat() {
    let seats =
        Seats { seats_per_time_slot: 2, show_attendee_info: false, show_availability_count: false };
    let settings = EventTypeSettings { seats: Some(seats), ..EventTypeSettings::default() };
    let case = |guests: &[&str]| Case {
        settings: settings.clone(),
        guests: guests.iter().map(|guest| (*guest).to_owned()).collect(),
        ..Case::default()
    };
    assert_eq!(case(&["bob@x.org"]).decide().unwrap().seats, Some(2));
    let refused = case(&["bob@x.org", "eve@x.org"]).decide();
    assert_eq!(refused, Err(Refusal::TooManyForSeats(2)));
}

#[test]
fn an_address_that_must_be_proven_is_not_believed() {
    let settings = EventTypeSettings {
        requires_booker_email_verification: true,
        ..EventTypeSettings::default()
    };
    let case =
        |code, by_host| Case { settings: settings.clone(), code, by_host, ..Case::default() };
    assert_eq!(case(CodeProof::None, false).decide(), Err(Refusal::CodeMissing));
    assert_eq!(case(CodeProof::Wrong, false).decide(), Err(Refusal::CodeWrong));
    assert!(case(CodeProof::Right, false).decide().is_ok());
    assert!(case(CodeProof::None, true).decide().is_ok());
}
