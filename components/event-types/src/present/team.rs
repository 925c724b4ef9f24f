//! What only event types of teams show.

use meridian_domain::event_type::{EmailSettings, EventTypeSettings, Priority};
use meridian_kernel::{EventTypeId, ScheduleId, SchedulingType, TeamId, UserId};
use meridian_store::{
    event_hosts::Host,
    event_types::{Belongs, EventType, ShownTeam},
};
use serde::Serialize;

use super::user::text;

/// The team an event type belongs to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TeamOwnerView {
    id: TeamId,
    slug: String,
    name: String,
    banner_url: Option<String>,
    logo_url: Option<String>,
    week_start: String,
    brand_color: Option<String>,
    dark_brand_color: Option<String>,
    theme: Option<String>,
}

impl From<&ShownTeam> for TeamOwnerView {
    fn from(team: &ShownTeam) -> Self {
        let setting = |name: &str| text(&team.settings, name);
        Self {
            id: team.id,
            slug: team.slug.clone(),
            name: team.name.clone(),
            banner_url: setting("bannerUrl"),
            logo_url: setting("logoUrl"),
            week_start: team.week_start.clone(),
            brand_color: setting("brandColor"),
            dark_brand_color: setting("darkBrandColor"),
            theme: setting("theme"),
        }
    }
}

/// A host. What decides who is chosen is shown where somebody is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HostView {
    user_id: UserId,
    name: String,
    username: String,
    avatar_url: Option<String>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    duty: Option<DutyView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule_id: Option<ScheduleId>,
}

/// How a host of a round robin serves.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DutyView {
    mandatory: bool,
    priority: Priority,
    weight: u32,
    group_id: Option<String>,
}

impl HostView {
    fn of(host: &Host, scheduling: SchedulingType) -> Self {
        let duty = || DutyView {
            mandatory: host.is_fixed,
            priority: Priority::of_level(host.priority),
            weight: host.weight,
            group_id: host.group_id.clone(),
        };
        Self {
            user_id: host.user_id,
            name: host.name.clone(),
            username: host.username.clone(),
            avatar_url: host.avatar_url.clone(),
            duty: (scheduling == SchedulingType::RoundRobin).then(duty),
            schedule_id: host.schedule_id,
        }
    }
}

/// What only event types of teams, and the copies of managed ones, show.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TeamView {
    team_id: Option<TeamId>,
    parent_event_type_id: Option<EventTypeId>,
    hosts: Vec<HostView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assign_all_team_members: Option<bool>,
    scheduling_type: Option<SchedulingType>,
    team: TeamOwnerView,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_settings: Option<EmailSettings>,
    reschedule_with_same_round_robin_host: bool,
    #[serde(rename = "isRRWeightsEnabled")]
    is_rr_weights_enabled: bool,
    restriction_schedule_id: Option<ScheduleId>,
    use_booker_timezone: bool,
}

impl TeamView {
    /// Of an event type of that team, or of a user's copy of one.
    pub fn new(
        event_type: &EventType,
        settings: &EventTypeSettings,
        team: &ShownTeam,
        hosts: &[Host],
    ) -> Self {
        let (scheduling, assign_all) = match event_type.belongs {
            Belongs::ToTeam { scheduling, assign_all, .. } => (Some(scheduling), Some(assign_all)),
            Belongs::ToUser { .. } => (None, None),
        };
        let host = |host| HostView::of(host, scheduling.unwrap_or(SchedulingType::Managed));
        Self {
            team_id: event_type.belongs.team(),
            parent_event_type_id: event_type.belongs.parent(),
            hosts: hosts.iter().map(host).collect(),
            assign_all_team_members: assign_all,
            scheduling_type: scheduling,
            team: team.into(),
            email_settings: settings.email_settings,
            reschedule_with_same_round_robin_host: settings.reschedule_with_same_round_robin_host,
            is_rr_weights_enabled: settings.is_rr_weights_enabled,
            restriction_schedule_id: settings.restriction_schedule_id,
            use_booker_timezone: settings.use_booker_timezone,
        }
    }
}
