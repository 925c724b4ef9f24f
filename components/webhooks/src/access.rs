//! Whose webhooks a path is about, and who may handle them.

use meridian_edge::WitDatabase;
use meridian_gateway::{ApiError, Method, Principal, Request};
use meridian_kernel::{ClientId, EventTypeId, Role, TeamId, UuidUid};
use meridian_store::Scope;
use meridian_store::event_types::{self, EventType};
use meridian_store::oauth_clients;
use meridian_store::webhooks::{self, MAX_WEBHOOKS, Owner, Webhook};

/// Whose webhooks the path is about, where the caller may handle them: their own, or
/// those of an event type that they own or administer, or of a platform client that they
/// are or whose organisation they administer. That they administer the organisation or
/// the team of the path is the guard's check already.
pub(crate) async fn owner(
    request: &Request,
    scope: &Scope<'_, WitDatabase>,
) -> Result<Owner, ApiError> {
    if !request.parameter("eventTypeId").is_empty() {
        let id: EventTypeId = request.id("eventTypeId")?;
        let found = event_types::find(scope, id).await?.ok_or_else(|| no_event_type(id))?;
        check_event_type(request, &found)?;
        return Ok(Owner::EventType(id));
    }
    if !request.parameter("orgId").is_empty() {
        return Ok(Owner::Organization);
    }
    if !request.parameter("clientId").is_empty() {
        return client(request, scope).await.map(Owner::Client);
    }
    Ok(Owner::User(request.principal()?.user_id))
}

/// The platform client that the path names. Unknown ones, and those of other
/// organisations, are 404; a client that is not the one which calls is 403.
async fn client(request: &Request, scope: &Scope<'_, WitDatabase>) -> Result<ClientId, ApiError> {
    let text = request.parameter("clientId");
    let unknown = || ApiError::not_found(format!("OAuth client with ID {text} not found"));
    let id = ClientId::parse(text).ok_or_else(unknown)?;
    oauth_clients::find(scope, &id).await?.ok_or_else(unknown)?;
    let caller = request.principal()?;
    let is_another = caller.client.as_ref().is_some_and(|client| client.id != id.as_str());
    if caller.method == Method::OAuthClient && is_another {
        return Err(ApiError::forbidden(format!(
            "The webhooks of OAuth client {id} are not this client's."
        )));
    }
    Ok(id)
}

fn check_event_type(request: &Request, found: &EventType) -> Result<(), ApiError> {
    if !request.parameter("teamId").is_empty() {
        let team: TeamId = request.id("teamId")?;
        let is_its = found.belongs.team() == Some(team);
        return if is_its { Ok(()) } else { Err(no_event_type(found.id)) };
    }
    let caller = request.principal()?;
    if may_change(caller, found) {
        return Ok(());
    }
    Err(ApiError::forbidden(format!(
        "User with ID={} does not own event type with ID={}",
        caller.user_id, found.id
    )))
}

fn may_change(caller: &Principal, event_type: &EventType) -> bool {
    let administers = |team| caller.has_team_role(team, Role::Admin);
    event_type.belongs.owner() == Some(caller.user_id)
        || event_type.belongs.team().is_some_and(administers)
}

/// The webhook that the path names. Unknown ones, and those of other organisations,
/// are 404; those of another owner in the organisation 403.
pub(crate) async fn find_own(
    request: &Request,
    scope: &Scope<'_, WitDatabase>,
) -> Result<Webhook, ApiError> {
    let owner = owner(request, scope).await?;
    let id = request.parameter("webhookId");
    let uid = UuidUid::parse(id).ok_or_else(|| not_found(request))?;
    let webhook = webhooks::find(scope, &uid).await?.ok_or_else(|| not_found(request))?;
    if webhook.owner == owner {
        return Ok(webhook);
    }
    let owner = show(&owner, scope);
    Err(ApiError::forbidden(format!("Webhook ({id}) does not belong to the {owner}.")))
}

fn show(owner: &Owner, scope: &Scope<'_, WitDatabase>) -> String {
    match owner {
        Owner::User(id) => format!("user with id={id}"),
        Owner::EventType(id) => format!("event type with id={id}"),
        Owner::Organization => {
            format!("organization with id={}", scope.organization().wire_id())
        }
        Owner::Client(id) => format!("OAuth client with id={id}"),
    }
}

fn no_event_type(id: EventTypeId) -> ApiError {
    ApiError::not_found(format!("Event type with id {id} not found"))
}

/// 404 for the webhook that the path names.
pub(crate) fn not_found(request: &Request) -> ApiError {
    ApiError::not_found(format!("Webhook ({}) not found", request.parameter("webhookId")))
}

/// 404 for an owner that went while its webhook was made.
pub(crate) fn owner_gone(owner: &Owner, scope: &Scope<'_, WitDatabase>) -> ApiError {
    ApiError::not_found(format!("The {} does not exist any more", show(owner, scope)))
}

/// 400 for one webhook too many.
pub(crate) fn too_many(owner: &Owner, scope: &Scope<'_, WitDatabase>) -> ApiError {
    ApiError::bad_request(format!(
        "The {} cannot have more than {MAX_WEBHOOKS} webhooks. Delete one first.",
        show(owner, scope)
    ))
}

/// 409 for a URL the owner has a webhook for already.
pub(crate) fn url_taken() -> ApiError {
    ApiError::conflict("A webhook with this subscriberUrl already exists.")
}
