//! Lists of bookings: the caller's own, a team's, an organisation's, those of one of
//! its users.

use meridian_edge::SpinServices;
use meridian_gateway::{ApiError, Pagination, Principal, Reply, Request, Services, validate};
use meridian_kernel::{EventTypeId, TeamId, UserId};
use meridian_store::bookings::{self, Booking, Page, Viewer};
use meridian_store::{teams, users};

use crate::admission::OpenScope;
use crate::booking_output::{BookingOutput, USUAL_BYTES};
use crate::list_input::ListInput;
use crate::managed::manages;
use crate::managed_addresses;

/// `GET /v2/bookings`: what the caller organises, hosts or attends.
pub async fn list_bookings(request: Request) -> Result<Reply, ApiError> {
    let input = ListInput::read(&validate::query_object(&request))?;
    let scope = meridian_edge::scope(&request).await?;
    let own = Viewer::User(request.principal()?.user_id);
    list(&request, &scope, &input, own).await
}

/// `GET /v2/organizations/:orgId/bookings`
pub async fn list_organization_bookings(request: Request) -> Result<Reply, ApiError> {
    let input = ListInput::read(&validate::query_object(&request))?;
    let scope = meridian_edge::scope(&request).await?;
    let viewer = match input.users() {
        None => Viewer::Organization,
        Some(users) => match users.as_slice() {
            [user] => Viewer::User(*user),
            _ => Viewer::Users(users),
        },
    };
    list(&request, &scope, &input, viewer).await
}

/// `GET /v2/organizations/:orgId/users/:userId/bookings`
pub async fn list_user_bookings(request: Request) -> Result<Reply, ApiError> {
    let input = ListInput::read(&validate::query_object(&request))?;
    let user: UserId = request.id("userId")?;
    let scope = meridian_edge::scope(&request).await?;
    if users::find(&scope, user).await?.is_none() {
        let message = format!("User with id {user} not found in this organization");
        return Err(ApiError::not_found(message));
    }
    list(&request, &scope, &input, Viewer::User(user)).await
}

/// `GET /v2/teams/:teamId/bookings`, and the same below an organisation.
pub async fn list_team_bookings(request: Request) -> Result<Reply, ApiError> {
    let input = ListInput::read(&validate::query_object(&request))?;
    let team: TeamId = request.id("teamId")?;
    let scope = meridian_edge::scope(&request).await?;
    check_team(&scope, team).await?;
    list(&request, &scope, &input, Viewer::Team(team)).await
}

/// 404 where there is no such team.
pub async fn check_team(scope: &OpenScope, team: TeamId) -> Result<(), ApiError> {
    let found = teams::find(scope, team).await?;
    let unknown = || ApiError::not_found(format!("Team with id {team} not found"));
    found.map(|_| ()).ok_or_else(unknown)
}

async fn list(
    request: &Request,
    scope: &OpenScope,
    input: &ListInput,
    viewer: Viewer,
) -> Result<Reply, ApiError> {
    let mut filter = input.filter(viewer, request.now);
    let kept = managed_addresses::of_filter(request, scope, filter.attendee_email).await?;
    filter.attendee_email = kept.as_deref().or(filter.attendee_email);
    let page = bookings::list(scope, &filter).await?;
    log_unreadable(request, &page);
    let shows = showing_attendees(scope, request.principal()?, &page.bookings).await?;
    let shown = page.bookings.iter().map(|one| show(one, request.principal.as_ref(), &shows));
    let returned = page.bookings.len();
    Ok(Reply::page_as_text(
        returned.saturating_mul(USUAL_BYTES),
        |json| json.list(shown, |json, one| one.write(json)),
        &Pagination::of(page.total, returned, filter.skip, filter.take),
    ))
}

/// Says which rows of a page nobody could read.
pub fn log_unreadable(request: &Request, page: &Page) {
    for error in &page.unreadable {
        SpinServices.log(&format!("{}: a booking was left out: {error}", request.request_id));
    }
}

/// Who has a seat beside the caller: not for everybody to see.
fn hides_attendees(booking: &Booking, caller: Option<&Principal>) -> bool {
    booking.seats_per_slot.is_some() && !manages(caller, booking)
}

/// Of event types whose seats are hidden from the caller, those that show them all
/// the same. Without such seats nothing is asked.
pub async fn showing_attendees(
    scope: &OpenScope,
    caller: &Principal,
    page: &[Booking],
) -> Result<Vec<EventTypeId>, ApiError> {
    let hidden = page.iter().filter(|booking| hides_attendees(booking, Some(caller)));
    let mut event_types: Vec<EventTypeId> = hidden.map(|booking| booking.event_type_id).collect();
    event_types.sort_unstable();
    event_types.dedup();
    if event_types.is_empty() {
        return Ok(Vec::new());
    }
    Ok(bookings::showing_attendees(scope, &event_types).await?)
}

fn show<'a>(
    booking: &'a Booking,
    caller: Option<&Principal>,
    shows: &[EventTypeId],
) -> BookingOutput<'a> {
    let output = BookingOutput::of(booking);
    let hidden = hides_attendees(booking, caller) && !shows.contains(&booking.event_type_id);
    if hidden { output.without_attendees() } else { output }
}
