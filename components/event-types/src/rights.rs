//! The event type of a path, as proof of what its caller may do with it (contract:
//! event-types, "GET by id"): whoever holds one of these types was allowed to.
//!
//! Under a team's path, that the caller administers the team is the guard's check
//! already; here it must be that team's.

use std::ops::Deref;

use meridian_edge::WitDatabase;
use meridian_gateway::{ApiError, Principal, Request};
use meridian_kernel::{EventTypeId, Role, UserId};
use meridian_store::Scope;
use meridian_store::event_types::{self, EventType, Found, Source};

use crate::errors;

/// One that the caller may read: its owner, its hosts, whoever administers the team it
/// is of, or the organisation.
pub struct Readable(Found);

impl Readable {
    /// 404 where there is none, 403 where the caller may not read it.
    pub async fn load(request: &Request, scope: &Scope<'_, WitDatabase>) -> Result<Self, ApiError> {
        let id: EventTypeId = request.id("eventTypeId")?;
        if names_team(request) {
            let team = request.team_id()?;
            let found = event_types::find_of_team(scope, team, id, Source::Replica).await?;
            return found.map(Found::OfTeam).map(Self).ok_or_else(|| errors::not_found(id));
        }
        let found = event_types::find_any(scope, id).await?;
        let found = found.ok_or_else(|| errors::not_found(id))?;
        let caller = request.principal()?;
        if may_read(caller, &found) {
            Ok(Self(found))
        } else {
            Err(errors::not_allowed_to_read(caller.user_id, id))
        }
    }

    /// Whose it is.
    pub const fn found(&self) -> &Found {
        &self.0
    }
}

impl Deref for Readable {
    type Target = EventType;

    fn deref(&self) -> &EventType {
        match &self.0 {
            Found::OfUser(found) | Found::Copy(found, _) => &found.event_type,
            Found::OfTeam(found) => &found.event_type,
        }
    }
}

/// One that the caller may change: its owner; of a team's, whoever administers the
/// team.
pub struct Changeable(EventType);

impl Changeable {
    /// 404 where there is none, 403 where it is somebody else's.
    pub async fn load(request: &Request, scope: &Scope<'_, WitDatabase>) -> Result<Self, ApiError> {
        let id: EventTypeId = request.id("eventTypeId")?;
        let found = event_types::find(scope, id).await?;
        if names_team(request) {
            let team = request.team_id()?;
            let found = found.filter(|found| found.belongs.team() == Some(team));
            return found.map(Self).ok_or_else(|| errors::not_found(id));
        }
        let found = found.ok_or_else(|| errors::does_not_exist(id))?;
        let caller = request.principal()?;
        if may_change(caller, &found) {
            Ok(Self(found))
        } else {
            Err(errors::not_owner(caller.user_id, id))
        }
    }
}

impl Deref for Changeable {
    type Target = EventType;

    fn deref(&self) -> &EventType {
        &self.0
    }
}

fn names_team(request: &Request) -> bool {
    !request.parameter("teamId").is_empty()
}

fn may_read(caller: &Principal, found: &Found) -> bool {
    match found {
        Found::OfUser(owned) => caller.owns_or_administers(owned.owner.id),
        Found::Copy(owned, team) => {
            caller.owns_or_administers(owned.owner.id) || caller.has_team_role(team.id, Role::Admin)
        }
        Found::OfTeam(found) => {
            let is_host = found.hosts.iter().any(|host| host.user_id == caller.user_id);
            is_host || caller.has_team_role(found.team.id, Role::Admin)
        }
    }
}

fn may_change(caller: &Principal, event_type: &EventType) -> bool {
    let owns = |owner: UserId| owner == caller.user_id;
    let administers = |team| caller.has_team_role(team, Role::Admin);
    event_type.belongs.owner().is_some_and(owns)
        || event_type.belongs.team().is_some_and(administers)
}
