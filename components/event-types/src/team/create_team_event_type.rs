//! POST /v2/teams/:teamId/event-types

use meridian_domain::event_type::assign;
use meridian_gateway::{ApiError, Reply, Request, validate};
use meridian_kernel::TeamId;
use meridian_store::event_types::{self, TeamWriteRefused};

use super::draft::Decided;
use super::written::WrittenView;
use super::{MAX_ATTEMPTS, errors, whose};
use crate::input::TeamInput;
use crate::{parse, present};

/// Makes an event type of a team; a managed one with a copy for each host.
pub async fn create_team_event_type(request: Request) -> Result<Reply, ApiError> {
    let team: TeamId = request.id("teamId")?;
    let asker = request.principal()?.user_id;
    let body = validate::json_body(&request)?;
    let (scheduling, input) = parse::new_team_event_type(&body, whose(team))?;
    let TeamInput { input, hosts, restriction } = input;
    let assignment = assign(scheduling, hosts).map_err(errors::hosts_refused)?;
    let schedule = input.schedule.clone();
    let decided = Decided::new(input.decide()?, assignment, schedule, restriction);
    let scope = meridian_edge::scope(&request).await?;
    let mut attempts = 0;
    loop {
        attempts += 1;
        let wanted = decided.for_store(asker);
        match event_types::create_for_team(&scope, team, &wanted, request.now).await {
            Ok(made) => {
                return Reply::created(&WrittenView::new(&made, &present::app_url().await)?);
            }
            // Somebody joined or left meanwhile.
            Err(TeamWriteRefused::Changed) if attempts < MAX_ATTEMPTS => {}
            Err(refused) => return Err(errors::write_refused(refused, team, &decided, asker)),
        }
    }
}
