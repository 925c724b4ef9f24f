//! An event type of a team after a write: a managed one with its copies, as an array.

use meridian_gateway::ApiError;
use meridian_kernel::SchedulingType;
use meridian_store::event_types::{Belongs, Written};
use serde::Serialize;

use crate::present::{self, EventTypeView};

/// What clients get.
#[derive(Serialize)]
#[serde(untagged)]
pub enum WrittenView {
    /// Of a managed one: itself, then the copies.
    Managed(Vec<EventTypeView>),
    /// Of any other.
    Single(Box<EventTypeView>),
}

impl WrittenView {
    /// Of what was written.
    pub fn new(written: &Written, app_url: &str) -> Result<Self, ApiError> {
        let Written { event_type, copies } = written;
        let view = present::for_team(event_type, app_url)?;
        let managed = SchedulingType::Managed;
        match event_type.event_type.belongs {
            Belongs::ToTeam { scheduling, .. } if scheduling == managed => {
                let copies =
                    copies.iter().map(|copy| present::copy(copy, &event_type.team, app_url));
                let all = std::iter::once(Ok(view)).chain(copies);
                Ok(Self::Managed(all.collect::<Result<_, _>>()?))
            }
            _ => Ok(Self::Single(Box::new(view))),
        }
    }
}
