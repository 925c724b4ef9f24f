use meridian_domain::event_type::{EventTypeSettings, HostWish, HostsAsked, Priority};
use meridian_kernel::WireId;
use serde_json::{Value, json};

use super::*;

const TEAM: Whose = Whose::Team { in_organization: true };

fn team_with(extra: &Value, whose: Whose) -> Result<(SchedulingType, TeamInput), ApiError> {
    let mut body = base();
    let (Some(body_fields), Some(extra)) = (body.as_object_mut(), extra.as_object()) else {
        panic!("tests send objects");
    };
    body_fields.extend(extra.clone());
    new_team_event_type(&body, whose)
}

#[test]
fn a_team_says_how_its_hosts_serve() {
    for (sent, read) in [
        ("collective", SchedulingType::Collective),
        ("roundRobin", SchedulingType::RoundRobin),
        ("MANAGED", SchedulingType::Managed),
    ] {
        let (scheduling, input) = team_with(&json!({"schedulingType": sent}), TEAM).unwrap();
        assert_eq!((scheduling, input.hosts.scheduling), (read, Some(read)));
    }
    for wrong in [json!({}), json!({"schedulingType": "lottery"})] {
        assert_eq!(
            team_with(&wrong, TEAM).unwrap_err().message,
            "schedulingType must be one of the following values: collective, roundRobin, managed"
        );
    }
}

#[test]
fn hosts_are_read_with_what_decides_who_is_chosen() {
    let sent = json!({"schedulingType": "roundRobin", "hosts": [
        {"userId": 5},
        {"userId": 6, "mandatory": true, "priority": "highest", "weight": 20, "groupId": "a",
         "scheduleId": 9},
    ]});
    let (_, input) = team_with(&sent, TEAM).unwrap();
    let hosts = input.hosts.hosts.unwrap();
    assert_eq!(hosts[0], HostWish::plain(hosts[0].user));
    assert_eq!((hosts[1].mandatory, hosts[1].priority), (true, Priority::Highest));
    assert_eq!((hosts[1].weight, hosts[1].group_id.as_deref()), (20, Some("a")));
    assert_eq!(hosts[1].schedule.map(WireId::wire), Some(9));
    let wrong = json!({"schedulingType": "roundRobin", "assignAllTeamMembers": "all", "hosts": [
        {"priority": "urgent"}, {"userId": 7, "weight": -1},
    ]});
    let message = team_with(&wrong, TEAM).unwrap_err().message;
    for part in [
        "hosts.0.userId must be a positive integer",
        "hosts.0.priority must be one of the following values: lowest, low,",
        "hosts.1.weight must not be less than 0",
        "assignAllTeamMembers must be a boolean value",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
}

#[test]
fn what_only_teams_have_is_theirs_alone() {
    let sent = json!({
        "schedulingType": "collective",
        "locations": [{"type": "organizersDefaultApp"}],
        "emailSettings": {"disableEmailsToHosts": true},
        "rescheduleWithSameRoundRobinHost": true, "isRRWeightsEnabled": true,
        "restrictionScheduleId": 4, "useBookerTimezone": true,
    });
    let (_, input) = team_with(&sent, TEAM).unwrap();
    assert_eq!(input.restriction.map(WireId::wire), Some(4));
    let settings = serde_json::to_value(&input.input.values.settings).unwrap();
    for (name, value) in sent.as_object().unwrap() {
        match name.as_str() {
            "schedulingType" => {}
            "emailSettings" => assert_eq!(settings[name]["disableEmailsToHosts"], true),
            _ => assert_eq!(&settings[name], value, "{name}"),
        }
    }
    let mut of_user = base();
    of_user["locations"] = sent["locations"].clone();
    let message = new_event_type(&of_user).unwrap_err();
    assert!(message.message.starts_with("locations.0.type must be one of"), "{message}");
    let alone = settings_of_user(&sent);
    assert_eq!(alone.email_settings, None);
    assert!(!alone.is_rr_weights_enabled);
}

/// What a user's event type makes of the same request, without its locations.
fn settings_of_user(sent: &Value) -> EventTypeSettings {
    let mut sent = sent.clone();
    sent.as_object_mut().unwrap().remove("locations");
    for (name, value) in base().as_object().unwrap() {
        sent[name] = value.clone();
    }
    new_event_type(&sent).unwrap().values.settings
}

fn base() -> Value {
    json!({"title": "Demo", "slug": "demo", "lengthInMinutes": 30})
}

#[test]
fn e_mails_are_turned_off_by_organizations_only() {
    let sent = json!({"schedulingType": "collective",
                      "emailSettings": {"disableEmailsToHosts": true}});
    let nobodys = Whose::Team { in_organization: false };
    let message = team_with(&sent, nobodys).unwrap_err().message;
    assert!(message.starts_with("emailSettings is only available for"), "{message}");
}

#[test]
fn an_organizations_team_may_be_booked_by_phone_alone() {
    let sent = json!({"schedulingType": "collective", "bookingFields": [
        {"type": "email", "required": false, "label": "Email", "hidden": true},
        {"type": "phone", "slug": "attendeePhoneNumber", "required": true, "label": "Phone",
         "hidden": false},
    ]});
    assert!(team_with(&sent, TEAM).unwrap().1.input.decide().is_ok());
    let nobodys = Whose::Team { in_organization: false };
    let refused = team_with(&sent, nobodys).unwrap().1.input.decide().unwrap_err();
    assert!(refused.message.starts_with("checkIsEmailUserAccessible"), "{refused}");
    let mut of_user = base();
    of_user["bookingFields"] = sent["bookingFields"].clone();
    let refused = new_event_type(&of_user).unwrap().decide().unwrap_err();
    assert!(refused.message.starts_with("checkIsEmailUserAccessible"), "{refused}");
}

#[test]
fn a_teams_change_leaves_what_it_does_not_name() {
    let sent = json!({"schedulingType": "roundRobin", "isRRWeightsEnabled": true,
                      "emailSettings": {"disableEmailsToHosts": true}, "restrictionScheduleId": 4});
    let stored = team_with(&sent, TEAM).unwrap().1.input.values;
    let same = changed_team_event_type(&json!({}), stored.clone(), TEAM).unwrap();
    assert_eq!(same.input.values, stored);
    assert_eq!((same.hosts, same.restriction), (HostsAsked::default(), None));
    let change = json!({"emailSettings": {"disableEmailsToAttendees": true},
                        "restrictionScheduleId": null});
    let changed = changed_team_event_type(&change, stored, TEAM).unwrap().input.values.settings;
    let emails = changed.email_settings.unwrap();
    assert!(emails.disable_emails_to_hosts && emails.disable_emails_to_attendees);
    assert_eq!(changed.restriction_schedule_id, None);
}
