//! Every route of this component.

use meridian_gateway::{Access, ApiVersion, Resource, Route, RouteTable, route};
use meridian_kernel::{OAuthScope, Permission, Role};

use crate::{
    create_event_type::create_event_type,
    delete_event_type::delete_event_type,
    get_event_type::get_event_type,
    list_event_types::list_event_types,
    private_links::{
        create_private_link, delete_private_link, get_private_link, list_private_links,
        update_private_link,
    },
    team::{
        create_phone_call, create_team_event_type, delete_team_event_type, get_team_event_type,
        list_organization_event_types, list_team_event_types, update_team_event_type,
    },
    update_event_type::update_event_type,
    v2024_04_15 as old,
};

const READ: Access = Access::user(OAuthScope::EventTypeRead);
const WRITE: Access = Access::user(OAuthScope::EventTypeWrite);
const TEAM_READ: Access = Access::team(OAuthScope::TeamEventTypeRead, Role::Admin)
    .or_permission(Permission::EventTypeRead);
const TEAM_EDIT: Access = Access::team(OAuthScope::TeamEventTypeWrite, Role::Admin);
const TEAM_CREATE: Access = TEAM_EDIT.or_permission(Permission::EventTypeCreate);
const TEAM_WRITE: Access = TEAM_EDIT.or_permission(Permission::EventTypeUpdate);
const TEAM_DELETE: Access = TEAM_EDIT.or_permission(Permission::EventTypeDelete);
/// Which teams the caller administers is its handler's look-up, and custom roles too.
const ORG_READ: Access = Access::organization(OAuthScope::OrgEventTypeRead, Role::Member);
const ANYONE: Access = Access::OPTIONAL;

const CURRENT: Resource = Resource::EventTypes;
const OLD: Resource = Resource::Exactly(&[ApiVersion::V20240415, ApiVersion::V20240611]);
const ANY: Resource = Resource::Any;

#[rustfmt::skip]
const ROUTES: &[Route] = &[
    route!(POST   "/v2/event-types",              CURRENT, WRITE,  create_event_type),
    route!(GET    "/v2/event-types",              CURRENT, ANYONE, list_event_types),
    route!(GET    "/v2/event-types/:eventTypeId", CURRENT, READ,   get_event_type),
    route!(PATCH  "/v2/event-types/:eventTypeId", CURRENT, WRITE,  update_event_type),
    route!(DELETE "/v2/event-types/:eventTypeId", CURRENT, WRITE,  delete_event_type),

    route!(POST   "/v2/event-types",                             OLD, WRITE,          old::create_event_type),
    route!(GET    "/v2/event-types",                             OLD, READ,           old::list_event_types),
    route!(GET    "/v2/event-types/:eventTypeId",                OLD, READ,           old::get_event_type),
    route!(PATCH  "/v2/event-types/:eventTypeId",                OLD, WRITE,          old::update_event_type),
    route!(DELETE "/v2/event-types/:eventTypeId",                OLD, WRITE,          old::delete_event_type),
    route!(GET    "/v2/event-types/:username/public",            OLD, Access::PUBLIC, old::list_public_event_types),
    route!(GET    "/v2/event-types/:username/:eventSlug/public", OLD, Access::PUBLIC, old::get_public_event_type),

    route!(POST   "/v2/event-types/:eventTypeId/private-links",         ANY, WRITE, create_private_link),
    route!(GET    "/v2/event-types/:eventTypeId/private-links",         ANY, READ,  list_private_links),
    route!(GET    "/v2/event-types/:eventTypeId/private-links/:linkId", ANY, READ,  get_private_link),
    route!(PATCH  "/v2/event-types/:eventTypeId/private-links/:linkId", ANY, WRITE, update_private_link),
    route!(DELETE "/v2/event-types/:eventTypeId/private-links/:linkId", ANY, WRITE, delete_private_link),

    route!(POST   "/v2/teams/:teamId/event-types",                                ANY, TEAM_CREATE, create_team_event_type),
    route!(GET    "/v2/teams/:teamId/event-types",                                ANY, ANYONE,      list_team_event_types),
    route!(GET    "/v2/teams/:teamId/event-types/:eventTypeId",                   ANY, TEAM_READ,   get_team_event_type),
    route!(PATCH  "/v2/teams/:teamId/event-types/:eventTypeId",                   ANY, TEAM_WRITE,  update_team_event_type),
    route!(DELETE "/v2/teams/:teamId/event-types/:eventTypeId",                   ANY, TEAM_DELETE, delete_team_event_type),
    route!(POST   "/v2/teams/:teamId/event-types/:eventTypeId/create-phone-call", ANY, TEAM_WRITE,  create_phone_call),

    route!(GET    "/v2/organizations/:orgId/teams/event-types",                                            ANY, ORG_READ,    list_organization_event_types),
    route!(POST   "/v2/organizations/:orgId/teams/:teamId/event-types",                                    ANY, TEAM_CREATE, create_team_event_type),
    route!(GET    "/v2/organizations/:orgId/teams/:teamId/event-types",                                    ANY, ANYONE,      list_team_event_types),
    route!(GET    "/v2/organizations/:orgId/teams/:teamId/event-types/:eventTypeId",                       ANY, TEAM_READ,   get_team_event_type),
    route!(PATCH  "/v2/organizations/:orgId/teams/:teamId/event-types/:eventTypeId",                       ANY, TEAM_WRITE,  update_team_event_type),
    route!(DELETE "/v2/organizations/:orgId/teams/:teamId/event-types/:eventTypeId",                       ANY, TEAM_DELETE, delete_team_event_type),
    route!(POST   "/v2/organizations/:orgId/teams/:teamId/event-types/:eventTypeId/create-phone-call",     ANY, TEAM_WRITE,  create_phone_call),
    route!(POST   "/v2/organizations/:orgId/teams/:teamId/event-types/:eventTypeId/private-links",         ANY, TEAM_WRITE,  create_private_link),
    route!(GET    "/v2/organizations/:orgId/teams/:teamId/event-types/:eventTypeId/private-links",         ANY, TEAM_READ,   list_private_links),
    route!(GET    "/v2/organizations/:orgId/teams/:teamId/event-types/:eventTypeId/private-links/:linkId", ANY, TEAM_READ,   get_private_link),
    route!(PATCH  "/v2/organizations/:orgId/teams/:teamId/event-types/:eventTypeId/private-links/:linkId", ANY, TEAM_WRITE,  update_private_link),
    route!(DELETE "/v2/organizations/:orgId/teams/:teamId/event-types/:eventTypeId/private-links/:linkId", ANY, TEAM_WRITE,  delete_private_link),
];

/// The table.
pub static TABLE: RouteTable = RouteTable::new(ROUTES);
