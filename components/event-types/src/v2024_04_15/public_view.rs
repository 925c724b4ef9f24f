//! What a booking page of 2024-04-15 needs to know of an event type.

use meridian_domain::event_type::BookerLayouts;
use meridian_gateway::ApiError;
use meridian_kernel::{EventTypeId, OrganizationNumber, ScheduleId, UserId, WireId};
use meridian_store::event_hosts::Host;
use meridian_store::event_types::{Belongs, EventType, Owner, ShownTeam};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::view::{RecurringView, scheduling_type};
use super::{booking_fields, locations};
use crate::present::{self, text};

/// Who is met.
pub struct People<'a> {
    /// The owner, of a user's.
    pub owner: Option<&'a Owner>,
    /// The team, of a team's.
    pub team: Option<&'a ShownTeam>,
    /// Everybody who holds its bookings.
    pub users: Vec<Person>,
    /// Whether nobody made it: several users met by name.
    pub is_dynamic: bool,
}

/// Somebody who holds the bookings.
pub struct Person {
    id: UserId,
    username: String,
    name: String,
    week_start: String,
    avatar_url: Option<String>,
}

impl From<&Owner> for Person {
    fn from(owner: &Owner) -> Self {
        Self {
            id: owner.id,
            username: owner.username.clone(),
            name: owner.name.clone(),
            week_start: owner.week_start.clone(),
            avatar_url: owner.avatar_url.clone(),
        }
    }
}

impl From<&Host> for Person {
    fn from(host: &Host) -> Self {
        Self {
            id: host.user_id,
            username: host.username.clone(),
            name: host.name.clone(),
            week_start: host.week_start.clone(),
            avatar_url: host.avatar_url.clone(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileView {
    username: String,
    id: Option<i64>,
    user_id: UserId,
    name: String,
    organization_id: Option<i64>,
    up_id: String,
    image: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserView {
    username: String,
    name: String,
    week_start: String,
    organization_id: Option<i64>,
    avatar_url: Option<String>,
    profile: ProfileView,
    booker_url: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnerView {
    id: UserId,
    avatar_url: Option<String>,
    username: String,
    name: String,
    week_start: String,
    brand_color: Option<String>,
    dark_brand_color: Option<String>,
    theme: Option<String>,
    metadata: Map<String, Value>,
    non_profile_username: String,
    profile: ProfileView,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScheduleView {
    id: ScheduleId,
    time_zone: Option<String>,
}

/// An event type as everybody sees it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BookablePublicView {
    id: EventTypeId,
    title: String,
    description: String,
    event_name: Option<String>,
    slug: String,
    is_instant_event: bool,
    scheduling_type: Option<&'static str>,
    length: u32,
    locations: Vec<Value>,
    custom_inputs: [(); 0],
    disable_guests: bool,
    metadata: Map<String, Value>,
    lock_time_zone_toggle_on_booking_page: bool,
    requires_confirmation: bool,
    requires_booker_email_verification: bool,
    recurring_event: Option<RecurringView>,
    price: u32,
    currency: &'static str,
    seats_per_time_slot: Option<u32>,
    seats_show_availability_count: Option<bool>,
    booking_fields: Vec<Value>,
    team: Option<Value>,
    success_redirect_url: Option<String>,
    hosts: [(); 0],
    owner: Option<OwnerView>,
    schedule: Option<ScheduleView>,
    hidden: bool,
    assign_all_team_members: bool,
    booker_layouts: Option<BookerLayouts>,
    users: Vec<UserView>,
    entity: Value,
    is_dynamic: bool,
}

impl BookablePublicView {
    /// Of an event type and whoever is met.
    pub fn new(
        event_type: &EventType,
        people: &People<'_>,
        app_url: &str,
    ) -> Result<Self, ApiError> {
        let settings = present::public_settings(event_type)?;
        let (scheduling, assign_all_team_members) = match event_type.belongs {
            Belongs::ToTeam { scheduling, assign_all, .. } => (Some(scheduling), assign_all),
            Belongs::ToUser { .. } => (None, false),
        };
        let schedule = |id| ScheduleView { id, time_zone: None };
        Ok(Self {
            id: event_type.id,
            title: event_type.title.clone(),
            slug: event_type.slug.clone(),
            is_instant_event: false,
            scheduling_type: scheduling.map(scheduling_type),
            length: event_type.length_minutes,
            locations: settings.locations.iter().map(locations::show).collect(),
            custom_inputs: [],
            disable_guests: settings.disable_guests,
            metadata: Map::new(),
            lock_time_zone_toggle_on_booking_page: settings.lock_time_zone_toggle_on_booking_page,
            requires_confirmation: settings.confirmation_policy.is_some(),
            requires_booker_email_verification: settings.requires_booker_email_verification,
            recurring_event: settings.recurrence.map(Into::into),
            price: present::PRICE,
            currency: present::CURRENCY,
            seats_per_time_slot: settings.seats.map(|seats| seats.seats_per_time_slot),
            seats_show_availability_count: settings
                .seats
                .map(|seats| seats.show_availability_count),
            booking_fields: settings.visible_form().iter().map(booking_fields::show).collect(),
            team: people.team.map(team),
            hosts: [],
            owner: people.owner.map(owner),
            schedule: event_type.schedule_id.map(schedule),
            hidden: event_type.hidden,
            assign_all_team_members,
            users: people.users.iter().map(|person| user(person, app_url)).collect(),
            entity: json!({
                "considerUnpublished": false,
                "orgSlug": null,
                "teamSlug": people.team.map(|team| team.slug.as_str()),
                "name": people.team.map(|team| team.name.as_str()),
            }),
            is_dynamic: people.is_dynamic,
            description: settings.description,
            event_name: settings.custom_name,
            success_redirect_url: settings.success_redirect_url,
            booker_layouts: settings.booker_layouts,
        })
    }
}

/// The organisation of an id; `None`: organisation 0, which is none.
fn organization(id: UserId) -> Option<i64> {
    let organization = id.organization();
    (organization != OrganizationNumber::NONE).then(|| organization.wire_id())
}

fn profile(id: UserId, username: &str, name: &str, image: Option<&String>) -> ProfileView {
    ProfileView {
        username: username.to_owned(),
        id: None,
        user_id: id,
        name: name.to_owned(),
        organization_id: organization(id),
        up_id: format!("usr-{id}"),
        image: image.cloned(),
    }
}

fn user(person: &Person, app_url: &str) -> UserView {
    UserView {
        username: person.username.clone(),
        name: person.name.clone(),
        week_start: person.week_start.clone(),
        organization_id: organization(person.id),
        avatar_url: person.avatar_url.clone(),
        profile: profile(person.id, &person.username, &person.name, person.avatar_url.as_ref()),
        booker_url: app_url.to_owned(),
    }
}

fn owner(owner: &Owner) -> OwnerView {
    OwnerView {
        id: owner.id,
        avatar_url: owner.avatar_url.clone(),
        username: owner.username.clone(),
        name: owner.name.clone(),
        week_start: owner.week_start.clone(),
        brand_color: text(&owner.settings, "brandColor"),
        dark_brand_color: text(&owner.settings, "darkBrandColor"),
        theme: text(&owner.settings, "theme"),
        metadata: Map::new(),
        non_profile_username: owner.username.clone(),
        profile: profile(owner.id, &owner.username, &owner.name, owner.avatar_url.as_ref()),
    }
}

fn team(team: &ShownTeam) -> Value {
    let setting = |name: &str| text(&team.settings, name);
    json!({
        "id": team.id,
        "slug": team.slug,
        "name": team.name,
        "logoUrl": setting("logoUrl"),
        "bannerUrl": setting("bannerUrl"),
        "brandColor": setting("brandColor"),
        "darkBrandColor": setting("darkBrandColor"),
        "theme": setting("theme"),
        "weekStart": team.week_start,
    })
}
