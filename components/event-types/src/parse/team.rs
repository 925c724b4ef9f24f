//! What only event types of teams have.

use meridian_domain::event_type::{
    DEFAULT_WEIGHT, EmailSettings, EventTypeSettings, HostWish, HostsAsked,
};
use meridian_gateway::validate::{Fields, Violation, boolean, count, text};
use meridian_kernel::{ScheduleId, SchedulingType, UserId};
use serde_json::Value;

use super::{Whose, bounds, rules, setting};
use crate::input::{Input, TeamInput};

const PRIORITIES: &[&str] = &["lowest", "low", "medium", "high", "highest"];

/// The scheduling type as the API writes it, or in the capitals some clients send.
pub fn scheduling_type() -> impl Fn(&Value) -> Result<SchedulingType, Violation> {
    |value| {
        let text = value.as_str().unwrap_or_default();
        let capitals = match text {
            "COLLECTIVE" => Some(SchedulingType::Collective),
            "ROUND_ROBIN" => Some(SchedulingType::RoundRobin),
            "MANAGED" => Some(SchedulingType::Managed),
            _ => None,
        };
        SchedulingType::parse(text).or(capitals).ok_or_else(|| {
            let choices = SchedulingType::ALL.map(SchedulingType::as_str).join(", ");
            let text = format!("must be one of the following values: {choices}");
            Violation::new("isEnum", text)
        })
    }
}

/// The fields of teams, beside those that every event type has.
pub fn read(
    fields: &mut Fields<'_>,
    input: Input,
    whose: Whose,
    scheduling: Option<SchedulingType>,
) -> TeamInput {
    let hosts = HostsAsked {
        scheduling,
        hosts: fields
            .objects("hosts", bounds::HOSTS, host)
            .map(|hosts| hosts.into_iter().flatten().collect()),
        assign_all: fields.optional("assignAllTeamMembers", boolean()),
    };
    let mut input = input;
    let restriction = fields.patch("restrictionScheduleId", rules::id::<ScheduleId>());
    let named = restriction.value().copied();
    let s = input.values.settings;
    input.values.settings = EventTypeSettings {
        email_settings: email_settings(fields, s.email_settings, whose),
        reschedule_with_same_round_robin_host: fields
            .patch("rescheduleWithSameRoundRobinHost", boolean())
            .or(s.reschedule_with_same_round_robin_host),
        is_rr_weights_enabled: fields
            .patch("isRRWeightsEnabled", boolean())
            .or(s.is_rr_weights_enabled),
        restriction_schedule_id: restriction.apply(s.restriction_schedule_id),
        use_booker_timezone: fields.patch("useBookerTimezone", boolean()).or(s.use_booker_timezone),
        ..s
    };
    TeamInput { input, hosts, restriction: named }
}

fn host(fields: &mut Fields<'_>) -> Option<HostWish> {
    let user = fields.required_some("userId", rules::id::<UserId>());
    let mandatory = fields.optional("mandatory", boolean()).unwrap_or_default();
    let priority = fields.optional("priority", rules::variant(PRIORITIES)).unwrap_or_default();
    let weight = fields.optional("weight", count(0, bounds::WEIGHT)).unwrap_or(DEFAULT_WEIGHT);
    let group_id = fields.optional("groupId", text(1, bounds::GROUP));
    let schedule = fields.optional("scheduleId", rules::id::<ScheduleId>());
    Some(HostWish { user: user?, mandatory, priority, weight, group_id, schedule })
}

fn email_settings(
    fields: &mut Fields<'_>,
    stored: Option<EmailSettings>,
    whose: Whose,
) -> Option<EmailSettings> {
    if fields.has("emailSettings") && whose == (Whose::Team { in_organization: false }) {
        let text = "is only available for event types of an organization's teams";
        fields.refuse("emailSettings", &Violation::new("isOrganizationTeam", text));
        return stored;
    }
    let before = stored.unwrap_or_default();
    setting::object(fields, "emailSettings", stored, |fields| {
        Some(EmailSettings {
            disable_emails_to_attendees: fields
                .patch("disableEmailsToAttendees", boolean())
                .or(before.disable_emails_to_attendees),
            disable_emails_to_hosts: fields
                .patch("disableEmailsToHosts", boolean())
                .or(before.disable_emails_to_hosts),
        })
    })
}
