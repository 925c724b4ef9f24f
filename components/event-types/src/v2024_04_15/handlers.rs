//! The operations of 2024-04-15.

use meridian_edge::WitDatabase;
use meridian_gateway::{
    ApiError, Reply, Request,
    validate::{self, Fields, boolean, query_object, text},
};
use meridian_kernel::{EventTypeId, Role, TeamId};
use meridian_store::{
    Scope,
    event_types::{self, EventType, Found, OfTeams, Part, TeamEventType, Whose},
};
use serde::Serialize;
use serde_json::{Value, json};

use super::input;
use super::public_view::{BookablePublicView, People, Person};
use super::view::{EventTypeView, PublicEventTypeView};
use crate::{
    create_event_type::create, delete_event_type::delete, list_event_types, present,
    rights::Readable, update_event_type::change,
};

/// How long a name in a query may be.
const MAX_NAME: usize = 255;

/// POST /v2/event-types
pub async fn create_event_type(request: Request) -> Result<Reply, ApiError> {
    let input = input::new_event_type(&validate::json_body(&request)?)?;
    let made = create(&request, input).await?;
    Reply::created(&EventTypeView::new(&made.event_type)?)
}

/// What is left of a deleted event type.
#[derive(Serialize)]
struct Deleted {
    id: EventTypeId,
    length: u32,
    slug: String,
    title: String,
}

/// DELETE /v2/event-types/:eventTypeId
pub async fn delete_event_type(request: Request) -> Result<Reply, ApiError> {
    let EventType { id, length_minutes: length, slug, title, .. } = delete(&request).await?;
    Reply::ok(&Deleted { id, length, slug, title })
}

/// PATCH /v2/event-types/:eventTypeId
pub async fn update_event_type(request: Request) -> Result<Reply, ApiError> {
    let body = validate::json_body(&request)?;
    let changed = change(&request, |stored| input::changed_event_type(&body, stored)).await?;
    Reply::ok(&EventTypeView::new(&changed.event_type)?)
}

/// GET /v2/event-types/:eventTypeId
pub async fn get_event_type(request: Request) -> Result<Reply, ApiError> {
    let scope = meridian_edge::scope(&request).await?;
    let readable = Readable::load(&request, &scope).await?;
    let (event_type, hosts) = match readable.found() {
        Found::OfUser(owned) | Found::Copy(owned, _) => (&owned.event_type, [].as_slice()),
        Found::OfTeam(found) => (&found.event_type, found.hosts.as_slice()),
    };
    let member = |host: &meridian_store::event_hosts::Host| {
        json!({"id": host.user_id, "name": host.name, "username": host.username,
               "avatar": host.avatar_url})
    };
    Reply::ok(&json!({
        "eventType": EventTypeView::new(event_type)?,
        "locationOptions": [],
        "destinationCalendar": null,
        "team": null,
        "teamMembers": hosts.iter().map(member).collect::<Vec<Value>>(),
        "currentUserMembership": null,
        "isUserOrganizationAdmin": request.principal()?.has_organization_role(Role::Admin),
    }))
}

/// A user or a team, with their event types.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    team_id: Option<TeamId>,
    profile: Profile,
    metadata: GroupMetadata,
    event_types: Vec<EventTypeView>,
}

#[derive(Clone, Serialize)]
struct Profile {
    slug: String,
    name: String,
    image: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupMetadata {
    read_only: bool,
}

/// GET /v2/event-types
pub async fn list_event_types(request: Request) -> Result<Reply, ApiError> {
    let scope = meridian_edge::scope(&request).await?;
    let caller = request.principal()?;
    let own = event_types::list(&scope, Whose::Own(caller.user_id)).await?;
    let own = own.iter().map(|own| EventTypeView::new(&own.event_type));
    let mut groups = vec![Group {
        team_id: None,
        profile: Profile { slug: caller.username.clone(), name: caller.name.clone(), image: None },
        metadata: GroupMetadata { read_only: false },
        event_types: own.collect::<Result<_, _>>()?,
    }];
    let teams: Vec<TeamId> = caller.teams.iter().map(|place| place.team_id).collect();
    let all = Part { skip: 0, take: u32::MAX, newest_first: false };
    let of_teams = OfTeams::Teams(Some(&teams));
    for found in event_types::list_of_teams(&scope, of_teams, all).await? {
        let read_only = !caller.has_team_role(found.team.id, Role::Admin);
        add_to_group(&mut groups, &found, read_only)?;
    }
    let profiles: Vec<Profile> = groups.iter().map(|group| group.profile.clone()).collect();
    Reply::ok(&json!({"eventTypeGroups": groups, "profiles": profiles}))
}

fn add_to_group(
    groups: &mut Vec<Group>,
    found: &TeamEventType,
    read_only: bool,
) -> Result<(), ApiError> {
    let team = &found.team;
    let view = EventTypeView::new(&found.event_type)?;
    if let Some(group) = groups.iter_mut().find(|group| group.team_id == Some(team.id)) {
        group.event_types.push(view);
        return Ok(());
    }
    groups.push(Group {
        team_id: Some(team.id),
        profile: Profile {
            slug: format!("team/{}", team.slug),
            name: team.name.clone(),
            image: present::text(&team.settings, "logoUrl"),
        },
        metadata: GroupMetadata { read_only },
        event_types: vec![view],
    });
    Ok(())
}

/// GET /v2/event-types/:username/public
pub async fn list_public_event_types(request: Request) -> Result<Reply, ApiError> {
    let username = request.parameter("username");
    let scope = list_event_types::home_of_user(&request, None, username).await?;
    let whose = Whose::Named { username, slug: None, viewer: None };
    let found = event_types::list(&scope, whose).await?;
    let shown = found.iter().map(|found| PublicEventTypeView::new(&found.event_type));
    Reply::ok(&shown.collect::<Result<Vec<_>, _>>()?)
}

/// GET /v2/event-types/:username/:eventSlug/public
pub async fn get_public_event_type(request: Request) -> Result<Reply, ApiError> {
    let object = query_object(&request);
    let mut fields = Fields::of(&object);
    let organization = fields.optional("org", text(0, MAX_NAME)).filter(|slug| !slug.is_empty());
    let is_team = fields.optional("isTeamEvent", boolean()).unwrap_or_default();
    fields.finish()?;
    let (name, slug) = (request.parameter("username"), request.parameter("eventSlug"));
    let organization = organization.as_deref();
    let app_url = present::app_url().await;
    let view = if is_team {
        let organization = meridian_edge::resolve_organization(&request, organization).await?;
        let scope = meridian_edge::scope_of(organization).await?;
        of_team(&scope, name, slug, &app_url).await?
    } else {
        let names: Vec<String> = name.split('+').map(str::to_owned).collect();
        let first = names.first().map(String::as_str).unwrap_or_default();
        let scope = list_event_types::home_of_user(&request, organization, first).await?;
        match names.as_slice() {
            [name] => of_user(&scope, name, slug, &app_url).await?,
            names => of_several(&scope, names, &app_url).await?,
        }
    };
    Reply::ok(&view)
}

async fn of_user(
    scope: &Scope<'static, WitDatabase>,
    username: &str,
    slug: &str,
    app_url: &str,
) -> Result<Option<BookablePublicView>, ApiError> {
    let Some(found) = event_types::find_by_slug(scope, username, slug).await? else {
        return Ok(None);
    };
    let people = People {
        owner: Some(&found.owner),
        team: None,
        users: vec![Person::from(&found.owner)],
        is_dynamic: false,
    };
    BookablePublicView::new(&found.event_type, &people, app_url).map(Some)
}

async fn of_team(
    scope: &Scope<'static, WitDatabase>,
    team: &str,
    slug: &str,
    app_url: &str,
) -> Result<Option<BookablePublicView>, ApiError> {
    let Some(found) = event_types::find_by_team_slug(scope, team, slug).await? else {
        return Ok(None);
    };
    let people = People {
        owner: None,
        team: Some(&found.team),
        users: found.hosts.iter().map(Person::from).collect(),
        is_dynamic: false,
    };
    BookablePublicView::new(&found.event_type, &people, app_url).map(Some)
}

/// Where one of them is unknown there is none.
async fn of_several(
    scope: &Scope<'static, WitDatabase>,
    usernames: &[String],
    app_url: &str,
) -> Result<Option<BookablePublicView>, ApiError> {
    let owners = event_types::dynamic_owners(scope, usernames).await?;
    if owners.len() != usernames.len() || usernames.len() > list_event_types::MAX_USERNAMES {
        return Ok(None);
    }
    let (event_type, _) = present::dynamic_event_type();
    let people = People {
        owner: None,
        team: None,
        users: owners.iter().map(Person::from).collect(),
        is_dynamic: true,
    };
    BookablePublicView::new(&event_type, &people, app_url).map(Some)
}
