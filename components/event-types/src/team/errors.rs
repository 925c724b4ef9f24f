//! The words for what is refused of event types of teams.

use meridian_domain::event_type::HostsRefused;
use meridian_gateway::ApiError;
use meridian_kernel::{ScheduleId, TeamId, UserId};
use meridian_store::event_types::TeamWriteRefused;
use serde_json::Value;

use super::draft::Decided;

/// 400 for hosts that cannot be as asked.
pub fn hosts_refused(refused: HostsRefused) -> ApiError {
    match refused {
        HostsRefused::Both => ApiError::invalid_field(
            "hosts",
            Value::Null,
            "must not be provided together with assignAllTeamMembers: provide one of them",
        ),
        HostsRefused::Twice(user) => ApiError::invalid_field(
            "hosts",
            Value::Null,
            format!("must not name the user with id {user} twice"),
        ),
        HostsRefused::Conversion => ApiError::invalid_field(
            "schedulingType",
            Value::Null,
            "cannot be changed to or from managed: create another event type",
        ),
    }
}

/// Why the event type was not written. `Changed` is the caller's to retry; seen here,
/// it went on for too long.
pub fn write_refused(
    refused: TeamWriteRefused,
    team: TeamId,
    decided: &Decided,
    asker: UserId,
) -> ApiError {
    match refused {
        TeamWriteRefused::SlugTaken => {
            ApiError::bad_request("Team already has an event type with this slug.")
        }
        TeamWriteRefused::NoTeam => no_team(team),
        TeamWriteRefused::NotUsableSchedule => {
            not_their_schedule(asker, decided.schedule.value().copied())
        }
        TeamWriteRefused::NotUsableRestriction => ApiError::not_found(format!(
            "restrictionScheduleId: neither a member of the team with id {team} nor the caller \
             owns schedule with ID={}",
            text(decided.restriction)
        )),
        TeamWriteRefused::Hosts(strangers) => match strangers.not_their_schedule.first() {
            Some(user) if strangers.not_members.is_empty() => {
                not_their_schedule(*user, decided.schedule_of(*user))
            }
            _ => {
                let ids: Vec<String> =
                    strangers.not_members.iter().map(ToString::to_string).collect();
                ApiError::not_found(format!(
                    "Invalid user ids: {}. Hosts must be accepted members of team with id {team}.",
                    ids.join(", ")
                ))
            }
        },
        TeamWriteRefused::Changed => ApiError::conflict(
            "The event type is being changed by other requests. Please try again.",
        ),
        TeamWriteRefused::Store(error) => error.into(),
    }
}

fn not_their_schedule(user: UserId, schedule: Option<ScheduleId>) -> ApiError {
    ApiError::not_found(format!(
        "User with ID={user} does not own schedule with ID={}",
        text(schedule)
    ))
}

fn text(schedule: Option<ScheduleId>) -> String {
    schedule.map(|id| id.to_string()).unwrap_or_default()
}

/// 404
pub fn no_team(team: TeamId) -> ApiError {
    ApiError::not_found(format!("Team with id {team} not found"))
}
