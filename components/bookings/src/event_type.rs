//! The event type a request wants to book.

use meridian_domain::event_type::EventTypeSettings;
use meridian_gateway::{ApiError, Request};
use meridian_kernel::{EventTypeId, WireId};
use meridian_store::availability::has_user;
use meridian_store::bookings::{Bookable, Selector, find_bookable};

use crate::admission::{OpenScope, instead_of_not_found, scope_in};
use crate::booking_input::EventTypeSelector;
use crate::errors::event_type_not_found;

/// An event type to be booked, and the database it is in.
pub struct Target {
    /// Its organisation's database.
    pub scope: OpenScope,
    /// The event type and its host.
    pub bookable: Bookable,
    /// Its settings.
    pub settings: EventTypeSettings,
}

/// Finds what a request wants to book; 404 says what is not there.
pub async fn find(request: &Request, selector: &EventTypeSelector) -> Result<Target, ApiError> {
    let (scope, bookable) = match selector {
        EventTypeSelector::Id(id) => by_id(request, *id).await?,
        EventTypeSelector::OfUser { username, slug, organization } => {
            by_slug(request, username, slug, organization.as_deref()).await?
        }
        EventTypeSelector::OfTeam { team } => {
            return Err(ApiError::not_found(format!("Team with slug {team} not found")));
        }
    };
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
    username: &str,
    slug: &str,
    organization: Option<&str>,
) -> Result<(OpenScope, Bookable), ApiError> {
    let number = meridian_edge::resolve_organization(request, organization).await?;
    let scope = scope_in(request, number).await?;
    if let Some(bookable) = find_bookable(&scope, Selector::Slug { username, slug }).await? {
        return Ok((scope, bookable));
    }
    if !has_user(&scope, username).await? {
        return Err(ApiError::not_found(format!("User with username {username} not found")));
    }
    let within = organization.map(|slug| format!(" within organization {slug}"));
    Err(ApiError::not_found(format!(
        "Event type with slug {slug} belonging to user {username}{} not found.",
        within.unwrap_or_default()
    )))
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
    if caller.owns_or_administers(target.bookable.organizer.id) {
        return Ok(());
    }
    Err(ApiError::forbidden(
        "checkBookingRequiresAuthentication - user is not authorized to access this event type. \
         User has to be either event type owner, host, team admin or owner or org admin or owner.",
    ))
}
