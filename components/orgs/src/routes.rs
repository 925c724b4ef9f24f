//! What this component answers to.

use meridian_gateway::Access::{Platform, Public};
use meridian_gateway::Resource::Any;
use meridian_gateway::{Access, Route, RouteTable, route};
use meridian_kernel::Role;

use crate::create_organization::create_organization;
use crate::create_organization_key::create_organization_key;
use crate::delete_organization::delete_organization;
use crate::get_organization::get_organization;
use crate::health::{get_health, get_readiness};
use crate::list_organizations::list_organizations;
use crate::platform_info::get_platform_info;
use crate::suspend_organization::{resume_organization, suspend_organization};
use crate::update_organization::update_organization;
use crate::{members, memberships, teams};

const OWN_READ: Access = Access::User { scope: "TEAM_PROFILE_READ" };
const OWN_WRITE: Access = Access::User { scope: "TEAM_PROFILE_WRITE" };
const JOIN: Access = Access::User { scope: "TEAM_MEMBERSHIP_WRITE" };

const TEAM_SEEN: Access = Access::Team { scope: "TEAM_PROFILE_READ", role: Role::Member };
const TEAM_READ: Access = Access::Team { scope: "TEAM_PROFILE_READ", role: Role::Admin };
const TEAM_WRITE: Access = Access::Team { scope: "TEAM_PROFILE_WRITE", role: Role::Admin };
const TEAM_DELETE: Access = Access::Team { scope: "TEAM_PROFILE_WRITE", role: Role::Owner };
const PEERS_READ: Access = Access::Team { scope: "TEAM_MEMBERSHIP_READ", role: Role::Member };
const CREW_READ: Access = Access::Team { scope: "TEAM_MEMBERSHIP_READ", role: Role::Admin };
const CREW_WRITE: Access = Access::Team { scope: "TEAM_MEMBERSHIP_WRITE", role: Role::Admin };

const ORG_SEEN: Access = Access::Organization { scope: "ORG_PROFILE_READ", role: Role::Member };
const ORG_READ: Access = Access::Organization { scope: "ORG_PROFILE_READ", role: Role::Admin };
const ORG_WRITE: Access = Access::Organization { scope: "ORG_PROFILE_WRITE", role: Role::Admin };
const USERS_READ: Access =
    Access::Organization { scope: "ORG_MEMBERSHIP_READ", role: Role::Member };
const STAFF_READ: Access = Access::Organization { scope: "ORG_MEMBERSHIP_READ", role: Role::Admin };
const STAFF_WRITE: Access =
    Access::Organization { scope: "ORG_MEMBERSHIP_WRITE", role: Role::Admin };

#[rustfmt::skip]
const ROUTES: &[Route] = &[
    route!(GET    "/healthz", Any, Public, get_health),
    route!(GET    "/readyz",  Any, Public, get_readiness),

    route!(GET    "/platform/info",                         Any, Platform, get_platform_info),
    route!(POST   "/platform/organizations",                Any, Platform, create_organization),
    route!(GET    "/platform/organizations",                Any, Platform, list_organizations),
    route!(GET    "/platform/organizations/:slug",          Any, Platform, get_organization),
    route!(PATCH  "/platform/organizations/:slug",          Any, Platform, update_organization),
    route!(DELETE "/platform/organizations/:slug",          Any, Platform, delete_organization),
    route!(POST   "/platform/organizations/:slug/suspend",  Any, Platform, suspend_organization),
    route!(POST   "/platform/organizations/:slug/resume",   Any, Platform, resume_organization),
    route!(POST   "/platform/organizations/:slug/api-keys", Any, Platform, create_organization_key),

    route!(GET    "/v2/teams",                                   Any, OWN_READ,    teams::list_own_teams),
    route!(POST   "/v2/teams",                                   Any, OWN_WRITE,   teams::create_team),
    route!(POST   "/v2/teams/join",                              Any, JOIN,        teams::join_team),
    route!(GET    "/v2/teams/:teamId",                           Any, TEAM_SEEN,   teams::get_team),
    route!(PATCH  "/v2/teams/:teamId",                           Any, TEAM_WRITE,  teams::update_team),
    route!(DELETE "/v2/teams/:teamId",                           Any, TEAM_DELETE, teams::delete_team),
    route!(POST   "/v2/teams/:teamId/invite",                    Any, CREW_WRITE,  teams::invite_to_team),
    route!(GET    "/v2/teams/:teamId/memberships",               Any, PEERS_READ,  memberships::list_memberships),
    route!(POST   "/v2/teams/:teamId/memberships",               Any, CREW_WRITE,  memberships::create_membership),
    route!(GET    "/v2/teams/:teamId/memberships/:membershipId", Any, PEERS_READ,  memberships::get_membership),
    route!(PATCH  "/v2/teams/:teamId/memberships/:membershipId", Any, CREW_WRITE,  memberships::update_membership),
    route!(DELETE "/v2/teams/:teamId/memberships/:membershipId", Any, CREW_WRITE,  memberships::delete_membership),

    route!(GET    "/v2/organizations/:orgId/teams",                                   Any, ORG_READ,   teams::list_all_teams),
    route!(POST   "/v2/organizations/:orgId/teams",                                   Any, ORG_WRITE,  teams::create_team),
    route!(GET    "/v2/organizations/:orgId/teams/me",                                Any, ORG_SEEN,   teams::list_reachable_teams),
    route!(GET    "/v2/organizations/:orgId/teams/:teamId",                           Any, TEAM_READ,  teams::get_team),
    route!(PATCH  "/v2/organizations/:orgId/teams/:teamId",                           Any, ORG_WRITE,  teams::update_team),
    route!(DELETE "/v2/organizations/:orgId/teams/:teamId",                           Any, ORG_WRITE,  teams::delete_team),
    route!(POST   "/v2/organizations/:orgId/teams/:teamId/invite",                    Any, CREW_WRITE, teams::invite_to_team),
    route!(GET    "/v2/organizations/:orgId/teams/:teamId/memberships",               Any, CREW_READ,  memberships::list_memberships),
    route!(POST   "/v2/organizations/:orgId/teams/:teamId/memberships",               Any, CREW_WRITE, memberships::create_membership),
    route!(GET    "/v2/organizations/:orgId/teams/:teamId/memberships/:membershipId", Any, CREW_READ,  memberships::get_membership),
    route!(PATCH  "/v2/organizations/:orgId/teams/:teamId/memberships/:membershipId", Any, CREW_WRITE, memberships::update_membership),
    route!(DELETE "/v2/organizations/:orgId/teams/:teamId/memberships/:membershipId", Any, CREW_WRITE, memberships::delete_membership),

    route!(GET    "/v2/organizations/:orgId/memberships",               Any, STAFF_READ,  members::list_memberships),
    route!(POST   "/v2/organizations/:orgId/memberships",               Any, STAFF_WRITE, members::create_membership),
    route!(GET    "/v2/organizations/:orgId/memberships/:membershipId", Any, STAFF_READ,  members::get_membership),
    route!(PATCH  "/v2/organizations/:orgId/memberships/:membershipId", Any, STAFF_WRITE, members::update_membership),
    route!(DELETE "/v2/organizations/:orgId/memberships/:membershipId", Any, STAFF_WRITE, members::delete_membership),
    route!(GET    "/v2/organizations/:orgId/users",                     Any, USERS_READ,  members::list_users),
    route!(POST   "/v2/organizations/:orgId/users",                     Any, STAFF_WRITE, members::create_user),
    route!(PATCH  "/v2/organizations/:orgId/users/:userId",             Any, STAFF_WRITE, members::update_user),
    route!(DELETE "/v2/organizations/:orgId/users/:userId",             Any, STAFF_WRITE, members::delete_user),
];

/// The table.
pub static TABLE: RouteTable = RouteTable::new(ROUTES);
