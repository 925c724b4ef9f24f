//! PATCH /v2/teams/:teamId/event-types/:eventTypeId

use meridian_domain::event_type::reassign;
use meridian_gateway::{ApiError, Reply, Request, validate};
use meridian_kernel::{EventTypeId, TeamId};
use meridian_store::{
    Database, Scope,
    event_types::{self, Belongs, EventType, Source, TeamWriteRefused, Written},
};
use serde_json::Value;

use super::draft::Decided;
use super::written::WrittenView;
use super::{MAX_ATTEMPTS, errors, whose};
use crate::input::{TeamInput, Values};
use crate::{errors::not_found, parse, present};

/// Changes an event type of a team; the copies of a managed one follow.
pub async fn update_team_event_type(request: Request) -> Result<Reply, ApiError> {
    let team: TeamId = request.id("teamId")?;
    let id: EventTypeId = request.id("eventTypeId")?;
    let body = validate::json_body(&request)?;
    let scope = meridian_edge::scope(&request).await?;
    for attempt in 1..=MAX_ATTEMPTS {
        let found = event_types::find_of_team(&scope, team, id, Source::Primary).await?;
        let current = found.ok_or_else(|| not_found(id))?.event_type;
        let is_last = attempt == MAX_ATTEMPTS;
        if let Some(changed) = change(&scope, &request, &current, &body, is_last).await? {
            return Reply::ok(&WrittenView::new(&changed, &present::app_url().await)?);
        }
    }
    Err(not_found(id))
}

/// One attempt; `None`: the event type is no longer as it was read.
async fn change<D: Database>(
    scope: &Scope<'_, D>,
    request: &Request,
    current: &EventType,
    body: &Value,
    is_last: bool,
) -> Result<Option<Written>, ApiError> {
    let asker = request.principal()?.user_id;
    let Belongs::ToTeam { team, scheduling, assign_all } = current.belongs else {
        return Err(not_found(current.id));
    };
    let input = parse::changed_team_event_type(body, Values::stored(current)?, whose(team))?;
    let TeamInput { input, hosts, restriction } = input;
    let assignment = reassign(scheduling, assign_all, hosts).map_err(errors::hosts_refused)?;
    let schedule = input.schedule.clone();
    let decided = Decided::new(input.decide()?, assignment, schedule, restriction);
    let wanted = decided.for_store(asker);
    match event_types::update_of_team(scope, team, current, &wanted, request.now).await {
        Ok(changed) => Ok(Some(changed)),
        Err(TeamWriteRefused::Changed) if !is_last => Ok(None),
        Err(refused) => Err(errors::write_refused(refused, team, &decided, asker)),
    }
}
