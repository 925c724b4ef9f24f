//! `GET /v2/slots`

use http::StatusCode;
use meridian_edge::WitDatabase;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{OrganizationNumber, WireId};
use meridian_store::Scope;
use meridian_store::availability::{self, Range, Selector};

use super::answer;
use super::query::{self, SlotsQuery, Wanted};
use crate::bookable::{self, Bookable};

/// When an event type can be booked, by date in the zone asked for.
pub async fn get_slots(request: Request) -> Result<Reply, ApiError> {
    let query = query::parse(&request)?;
    let bookable = load(&request, &query).await?;
    let length = query::length(query.duration, bookable.length_minutes, &bookable.length_options)?;
    let question = bookable.question(length, request.now);
    let starts = meridian_scheduling::slots(&question, query.window, query.zone);
    Ok(answer::slots(&starts, length, query.zone, query.format))
}

async fn load(request: &Request, query: &SlotsQuery) -> Result<Bookable, ApiError> {
    let scope = open(request, &query.wanted).await?;
    let selector = selector(&query.wanted)?;
    let range = Range {
        from: query.window.start,
        to: query.window.end,
        ignoring_booking: query.rescheduled_uid.as_deref(),
    };
    match bookable::load(&scope, selector, range, request.now).await? {
        Some(bookable) => Ok(bookable),
        None => Err(missing(&scope, selector).await?),
    }
}

fn no_event_type() -> ApiError {
    ApiError::not_found("Event Type not found")
}

/// Opens the database that the selector names.
async fn open(request: &Request, wanted: &Wanted) -> Result<Scope<'static, WitDatabase>, ApiError> {
    let known = |error: ApiError, otherwise: ApiError| {
        if error.status == StatusCode::NOT_FOUND { otherwise } else { error }
    };
    let organization_slug = match wanted {
        Wanted::Id(id) => {
            let scope = meridian_edge::scope_of(id.organization()).await;
            return scope.map_err(|error| known(error, no_event_type()));
        }
        Wanted::OfUser { organization, .. }
        | Wanted::OfTeam { organization, .. }
        | Wanted::Dynamic { organization, .. } => organization.as_deref(),
    };
    let number = meridian_edge::resolve_organization(request, organization_slug).await;
    let unknown = || {
        let slug = organization_slug.unwrap_or_default();
        ApiError::not_found(format!("Organization with slug {slug} not found"))
    };
    let number: OrganizationNumber = number.map_err(|error| known(error, unknown()))?;
    meridian_edge::scope_of(number).await.map_err(|error| known(error, unknown()))
}

/// Teams and dynamic groups have no event types yet.
fn selector(wanted: &Wanted) -> Result<Selector<'_>, ApiError> {
    match wanted {
        Wanted::Id(id) => Ok(Selector::Id(*id)),
        Wanted::OfUser { username, slug, .. } => Ok(Selector::Slug { username, slug }),
        Wanted::OfTeam { team, .. } => {
            Err(ApiError::not_found(format!("Team with slug {team} not found")))
        }
        Wanted::Dynamic { .. } => Err(ApiError::new(
            StatusCode::NOT_IMPLEMENTED,
            "Slots of dynamic groups ('usernames') are not built yet.",
        )),
    }
}

/// Says what of the selector there is not.
async fn missing(
    scope: &Scope<'_, WitDatabase>,
    selector: Selector<'_>,
) -> Result<ApiError, ApiError> {
    match selector {
        Selector::Slug { username, .. } if !availability::has_user(scope, username).await? => {
            Ok(ApiError::not_found(format!("User with username {username} not found")))
        }
        _ => Ok(no_event_type()),
    }
}
