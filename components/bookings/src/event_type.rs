//! The event type a request wants to book.

use meridian_domain::event_type::{BookingLimits, EventTypeSettings};
use meridian_gateway::{ApiError, Principal, Request};
use meridian_kernel::{EventTypeId, Role, WireId};
use meridian_scheduling::{Limits, PerPeriod};
use meridian_store::availability::{has_team, has_user};
use meridian_store::bookings::{Bookable, Selector, find_bookable, reload_bookable};

use crate::admission::{OpenScope, instead_of_not_found, scope_in};
use crate::booking_input::EventTypeSelector;
use crate::errors::event_type_not_found;

/// An event type to be booked, and the database it is in.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its organisation's database.
    pub scope: OpenScope,
    /// The event type and its hosts.
    pub bookable: Bookable,
    /// Its settings.
    pub settings: EventTypeSettings,
}

impl Target {
    /// How many bookings there may be.
    pub fn limits(&self) -> Limits {
        let own = |limits: Option<BookingLimits>| limits.as_ref().map(per_period);
        let team = self.bookable.team.as_ref().and_then(|team| team.booking_limits.as_deref());
        let team = team.and_then(|limits| serde_json::from_str(limits).ok());
        Limits {
            bookings: own(self.settings.booking_limits_count).unwrap_or_default(),
            minutes: own(self.settings.booking_limits_duration).unwrap_or_default(),
            team_bookings: own(team).unwrap_or_default(),
        }
    }
}

fn per_period(limits: &BookingLimits) -> PerPeriod {
    let BookingLimits { day, week, month, year } = *limits;
    PerPeriod { day, week, month, year }
}

/// Finds what a request wants to book; 404 says what is not there.
pub async fn find(request: &Request, selector: &EventTypeSelector) -> Result<Target, ApiError> {
    let (scope, bookable) = match selector {
        EventTypeSelector::Id(id) => by_id(request, *id).await?,
        EventTypeSelector::OfUser { username, slug, organization } => {
            let organization = organization.as_deref();
            let selector = Selector::OfUser { username, slug };
            by_slug(request, selector, organization).await?
        }
        EventTypeSelector::OfTeam { team, slug, organization } => {
            by_slug(request, Selector::OfTeam { team, slug }, organization.as_deref()).await?
        }
    };
    let settings = settings_of(&bookable)?;
    Ok(Target { scope, bookable, settings })
}

/// The same event type as it is now.
pub async fn reload(target: Target) -> Result<Target, ApiError> {
    let Target { scope, bookable, .. } = target;
    let id = bookable.id;
    let bookable = reload_bookable(&scope, id).await?.ok_or_else(|| event_type_not_found(id))?;
    let settings = settings_of(&bookable)?;
    Ok(Target { scope, bookable, settings })
}

/// The settings of a stored event type.
pub fn settings_of(bookable: &Bookable) -> Result<EventTypeSettings, ApiError> {
    EventTypeSettings::from_stored(&bookable.settings).map_err(ApiError::internal)
}

async fn by_id(request: &Request, id: EventTypeId) -> Result<(OpenScope, Bookable), ApiError> {
    let unknown = || event_type_not_found(id);
    let scope = scope_in(request, id.organization()).await;
    let scope = scope.map_err(|error| instead_of_not_found(error, unknown))?;
    let bookable = find_bookable(&scope, Selector::Id(id)).await?.ok_or_else(unknown)?;
    Ok((scope, bookable))
}

async fn by_slug(
    request: &Request,
    selector: Selector<'_>,
    organization: Option<&str>,
) -> Result<(OpenScope, Bookable), ApiError> {
    let number = meridian_edge::resolve_organization(request, organization).await?;
    let scope = scope_in(request, number).await?;
    if let Some(bookable) = find_bookable(&scope, selector).await? {
        return Ok((scope, bookable));
    }
    let within = organization.map(|slug| format!(" within organization {slug}"));
    let within = within.unwrap_or_default();
    Err(ApiError::not_found(match selector {
        Selector::OfUser { username, .. } if !has_user(&scope, username).await? => {
            format!("User with username {username} not found")
        }
        Selector::OfTeam { team, .. } if !has_team(&scope, team).await? => {
            format!("Team with slug {team} not found")
        }
        Selector::OfUser { username, slug } => {
            format!("Event type with slug {slug} belonging to user {username}{within} not found.")
        }
        Selector::OfTeam { team, slug } => {
            format!("Event type with slug {slug} belonging to team {team}{within} not found.")
        }
        Selector::Id(id) => format!("Event type with id {id} not found."),
    }))
}

/// Whether the caller may book: some event types are for their own people only.
pub fn check_may_book(request: &Request, target: &Target) -> Result<(), ApiError> {
    if !target.settings.booking_requires_authentication {
        return Ok(());
    }
    let Some(caller) = &request.principal else {
        return Err(ApiError::unauthorized(
            "checkBookingRequiresAuthentication - request must be authenticated by passing \
             credentials belonging to event type owner, host or team or org admin or owner.",
        ));
    };
    if hosts_or_manages(caller, &target.bookable) {
        return Ok(());
    }
    Err(ApiError::forbidden(
        "checkBookingRequiresAuthentication - user is not authorized to access this event type. \
         User has to be either event type owner, host, team admin or owner or org admin or owner.",
    ))
}

/// Whether the caller owns or hosts an event type, or administers its team or
/// organisation.
pub fn hosts_or_manages(caller: &Principal, bookable: &Bookable) -> bool {
    let owns = bookable.owner.is_some_and(|owner| caller.owns_or_administers(owner));
    let team = bookable.team.as_ref();
    let manages = team.is_some_and(|team| caller.has_team_role(team.id, Role::Admin));
    owns || manages || bookable.is_hosted_by(caller.user_id)
}
