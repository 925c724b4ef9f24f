//! What clients get.

mod event_type;
mod field;
mod team;
mod user;

use meridian_domain::event_type::{BookingField, EventTypeSettings, Location};
use meridian_gateway::ApiError;
use meridian_kernel::{EventTypeId, Instant, OrganizationNumber, UserId, WireId};
use meridian_store::event_types::{
    Belongs, EventType, Found, OwnedEventType, Owner, ShownTeam, TeamEventType,
};

pub use event_type::{CURRENCY, EventTypeView, PRICE};
pub use user::text;

use event_type::Belonging;
use team::TeamView;
use user::UserView;

/// Where the booking pages are when variable `app_url` says nothing.
const DEFAULT_APP_URL: &str = "http://localhost:3000";

/// The length in minutes of an event type nobody made, and what a booker may
/// choose instead.
const DYNAMIC_LENGTH: u32 = 30;
const DYNAMIC_LENGTHS: [u32; 5] = [15, 30, 45, 60, 90];

/// The base of booking URLs, without a slash behind it.
pub async fn app_url() -> String {
    let url = meridian_edge::variable("app_url").await;
    url.as_deref().unwrap_or(DEFAULT_APP_URL).trim_end_matches('/').to_owned()
}

/// An event type as its owner sees it.
pub fn for_owner(found: &OwnedEventType, app_url: &str) -> Result<EventTypeView, ApiError> {
    let event_type = &found.event_type;
    let settings = read_settings(event_type)?;
    let form = settings.form();
    let belonging = Belonging {
        users: Some(vec![UserView::from(&found.owner)]),
        booking_url: user_url(app_url, &found.owner.username, &event_type.slug),
        team: None,
    };
    Ok(EventTypeView::new(event_type, settings, &form, belonging))
}

/// An event type as everybody sees it: without what a booker is not asked, without
/// places that are not public, and without what its owner keeps about themselves.
pub fn for_public(found: &OwnedEventType, app_url: &str) -> Result<EventTypeView, ApiError> {
    let event_type = &found.event_type;
    let settings = public_settings(event_type)?;
    let form = settings.visible_form();
    let belonging = Belonging {
        users: Some(vec![UserView::for_public(&found.owner)]),
        booking_url: user_url(app_url, &found.owner.username, &event_type.slug),
        team: None,
    };
    Ok(EventTypeView::new(event_type, settings, &form, belonging))
}

/// A user's copy of a team's managed event type, as that team sees it.
pub fn copy(
    found: &OwnedEventType,
    team: &ShownTeam,
    app_url: &str,
) -> Result<EventTypeView, ApiError> {
    let event_type = &found.event_type;
    let settings = read_settings(event_type)?;
    let form = settings.form();
    let belonging = Belonging {
        users: None,
        booking_url: user_url(app_url, &found.owner.username, &event_type.slug),
        team: Some(TeamView::new(event_type, &settings, team, &[])),
    };
    Ok(EventTypeView::new(event_type, settings, &form, belonging))
}

/// An event type of a team as its members see it.
pub fn for_team(found: &TeamEventType, app_url: &str) -> Result<EventTypeView, ApiError> {
    let settings = read_settings(&found.event_type)?;
    let form = settings.form();
    Ok(of_team(found, settings, &form, None, app_url))
}

/// An event type of a team as everybody sees it.
pub fn for_team_public(found: &TeamEventType, app_url: &str) -> Result<EventTypeView, ApiError> {
    let settings = public_settings(&found.event_type)?;
    let form = settings.visible_form();
    Ok(of_team(found, settings, &form, None, app_url))
}

/// An event type, whoever has it, as whoever may read it by its id sees it.
pub fn by_id(found: &Found, app_url: &str) -> Result<EventTypeView, ApiError> {
    match found {
        Found::OfUser(owned) | Found::Copy(owned, _) => for_owner(owned, app_url),
        Found::OfTeam(found) => {
            let settings = read_settings(&found.event_type)?;
            let form = settings.form();
            let users = found.hosts.iter().map(UserView::from).collect();
            Ok(of_team(found, settings, &form, Some(users), app_url))
        }
    }
}

fn of_team(
    found: &TeamEventType,
    settings: EventTypeSettings,
    form: &[BookingField],
    users: Option<Vec<UserView>>,
    app_url: &str,
) -> EventTypeView {
    let TeamEventType { event_type, team, hosts } = found;
    let belonging = Belonging {
        users,
        booking_url: format!("{app_url}/team/{}/{}", team.slug, event_type.slug),
        team: Some(TeamView::new(event_type, &settings, team, hosts)),
    };
    EventTypeView::new(event_type, settings, form, belonging)
}

fn user_url(app_url: &str, username: &str, slug: &str) -> String {
    format!("{app_url}/{username}/{slug}")
}

/// The event type in which several users meet without anybody having made it.
pub fn dynamic(hosts: &[Owner], app_url: &str) -> EventTypeView {
    let (event_type, settings) = dynamic_event_type();
    let usernames: Vec<&str> = hosts.iter().map(|host| host.username.as_str()).collect();
    let belonging = Belonging {
        users: Some(hosts.iter().map(UserView::for_public).collect()),
        booking_url: user_url(app_url, &usernames.join("+"), &event_type.slug),
        team: None,
    };
    let form = settings.visible_form();
    EventTypeView::new(&event_type, settings, &form, belonging)
}

/// Its values.
pub fn dynamic_event_type() -> (EventType, EventTypeSettings) {
    let settings = EventTypeSettings {
        length_in_minutes_options: DYNAMIC_LENGTHS.to_vec(),
        ..EventTypeSettings::default()
    };
    let event_type = EventType {
        id: EventTypeId::new(OrganizationNumber::NONE, 0),
        belongs: Belongs::ToUser { owner: UserId::new(OrganizationNumber::NONE, 0), parent: None },
        slug: "dynamic".to_owned(),
        title: "Group meeting".to_owned(),
        length_minutes: DYNAMIC_LENGTH,
        schedule_id: None,
        hidden: false,
        slot_interval: None,
        minimum_booking_notice: 0,
        before_event_buffer: 0,
        after_event_buffer: 0,
        offset_start: 0,
        settings: "{}".to_owned(),
        created_at: Instant::EARLIEST,
        updated_at: Instant::EARLIEST,
    };
    (event_type, settings)
}

/// The settings as stored.
pub fn read_settings(event_type: &EventType) -> Result<EventTypeSettings, ApiError> {
    EventTypeSettings::from_stored(&event_type.settings).map_err(ApiError::internal)
}

/// The same, without places that are not public.
pub fn public_settings(event_type: &EventType) -> Result<EventTypeSettings, ApiError> {
    let mut settings = read_settings(event_type)?;
    settings.locations = settings.locations.into_iter().map(Location::for_public).collect();
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn stored(settings: &Value) -> OwnedEventType {
        let organization = OrganizationNumber::new(3).unwrap();
        let owner_id = UserId::new(organization, 1);
        let event_type = EventType {
            id: EventTypeId::new(organization, 9),
            belongs: Belongs::ToUser { owner: owner_id, parent: None },
            slug: "intro".to_owned(),
            title: "Intro".to_owned(),
            length_minutes: 30,
            schedule_id: None,
            hidden: false,
            slot_interval: None,
            minimum_booking_notice: 0,
            before_event_buffer: 0,
            after_event_buffer: 5,
            offset_start: 0,
            settings: settings.to_string(),
            created_at: Instant::EARLIEST,
            updated_at: Instant::EARLIEST,
        };
        let owner = Owner {
            id: owner_id,
            name: "Ada".to_owned(),
            username: "ada".to_owned(),
            avatar_url: None,
            week_start: "Sunday".to_owned(),
            metadata: json!({"private": "note"}).as_object().unwrap().clone(),
            settings: serde_json::Map::new(),
        };
        OwnedEventType { event_type, owner }
    }

    fn shown(view: &EventTypeView) -> Value {
        serde_json::to_value(view).unwrap()
    }

    #[test]
    fn a_plain_event_type_has_every_field_of_the_contract() {
        let view = shown(&for_owner(&stored(&json!({})), "https://cal.example").unwrap());
        assert_eq!(view["bookingUrl"], "https://cal.example/ada/intro");
        assert_eq!(view["ownerId"], view["users"][0]["id"]);
        assert_eq!(view["locations"], json!([{"type": "integration", "integration": "cal-video"}]));
        assert_eq!((&view["price"], &view["currency"]), (&json!(0), &json!("usd")));
        assert_eq!(view["seats"], json!({"disabled": true}));
        for required in [
            "id",
            "lengthInMinutes",
            "title",
            "slug",
            "description",
            "locations",
            "bookingFields",
            "disableGuests",
            "recurrence",
            "metadata",
            "price",
            "currency",
            "lockTimeZoneToggleOnBookingPage",
            "forwardParamsSuccessRedirect",
            "successRedirectUrl",
            "isInstantEvent",
            "scheduleId",
            "hidden",
            "bookingRequiresAuthentication",
            "ownerId",
            "users",
            "bookingUrl",
        ] {
            assert!(view.get(required).is_some(), "{required}");
        }
    }

    #[test]
    fn settings_are_shown_in_the_form_they_came_in() {
        let settings = json!({
            "bookingWindow": {"type": "calendarDays", "value": 3, "rolling": true},
            "confirmationPolicy": {"type": "always", "blockUnconfirmedBookingsInBooker": true},
            "seats": {"seatsPerTimeSlot": 4, "showAttendeeInfo": true, "showAvailabilityCount": true},
            "recurrence": {"interval": 1, "occurrences": 2, "frequency": "weekly"},
            "bookingLimitsCount": {"day": 1},
            "disableRescheduling": {"disabled": false, "minutesBefore": 60},
        });
        let view = shown(&for_owner(&stored(&settings), "").unwrap());
        for (name, value) in settings.as_object().unwrap() {
            assert_eq!(&view[name], value, "{name}");
        }
        assert_eq!(view["seatsPerTimeSlot"], 4);
    }

    #[test]
    fn the_public_sees_what_it_is_asked_and_what_is_public() {
        let settings = json!({
            "locations": [{"type": "phone", "phone": "+391234567", "public": false}],
            "bookingFields": [
                {"type": "text", "slug": "internal", "label": "Internal", "hidden": true},
                {"type": "text", "slug": "topic", "label": "Topic"},
            ],
        });
        let view = shown(&for_public(&stored(&settings), "").unwrap());
        let text = view.to_string();
        assert!(!text.contains("391234567") && !text.contains("internal"), "{text}");
        assert!(text.contains("topic"));
        assert_eq!(view["users"][0]["metadata"], json!({}));
    }

    #[test]
    fn several_users_meet_in_one_dynamic_event_type() {
        let mut hosts = vec![stored(&json!({})).owner];
        hosts.push(Owner { username: "bob".to_owned(), ..hosts[0].clone() });
        let view = shown(&dynamic(&hosts, "http://a"));
        assert_eq!((&view["id"], &view["ownerId"]), (&json!(0), &json!(0)));
        assert_eq!(view["lengthInMinutes"], 30);
        assert_eq!(view["bookingUrl"], "http://a/ada+bob/dynamic");
        assert_eq!(view["users"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn damaged_settings_are_nobodys_request() {
        let mut damaged = stored(&json!({}));
        damaged.event_type.settings = "[".to_owned();
        assert_eq!(for_owner(&damaged, "").err().unwrap().status, 500);
    }
}
