//! What this component answers to.

use meridian_gateway::Resource::Any;
use meridian_gateway::{Access, Route, RouteTable, route};
use meridian_kernel::{OAuthScope, Permission, Rate, Role};

use crate::create_organization::create_organization;
use crate::create_organization_key::create_organization_key;
use crate::delete_organization::delete_organization;
use crate::get_organization::get_organization;
use crate::health::{get_health, get_readiness};
use crate::list_organizations::list_organizations;
use crate::platform_info::get_platform_info;
use crate::suspend_organization::{resume_organization, suspend_organization};
use crate::update_organization::update_organization;
use crate::update_organization_key::update_organization_key;
use crate::{members, memberships, roles, teams, verified_emails};

/// As upstream has it: whoever deletes teams in a loop is slowed down.
static TEAM_DELETIONS: Rate = Rate::new("org_teams_delete", 1, 1_000);

const PUBLIC: Access = Access::PUBLIC;
const PLATFORM: Access = Access::PLATFORM;

const OWN_READ: Access = Access::user(OAuthScope::TeamProfileRead);
const OWN_WRITE: Access = Access::user(OAuthScope::TeamProfileWrite);
const JOIN: Access = Access::user(OAuthScope::TeamMembershipWrite);

const TEAM_SEEN: Access = Access::team(OAuthScope::TeamProfileRead, Role::Member);
const TEAM_READ: Access =
    Access::team(OAuthScope::TeamProfileRead, Role::Admin).or_permission(Permission::TeamRead);
const TEAM_WRITE: Access =
    Access::team(OAuthScope::TeamProfileWrite, Role::Admin).or_permission(Permission::TeamUpdate);
const TEAM_DELETE: Access =
    Access::team(OAuthScope::TeamProfileWrite, Role::Owner).or_permission(Permission::TeamDelete);

const PEERS_READ: Access = Access::team(OAuthScope::TeamMembershipRead, Role::Member)
    .or_permission(Permission::TeamListMembers);
const CREW_READ: Access = Access::team(OAuthScope::TeamMembershipRead, Role::Admin)
    .or_permission(Permission::TeamListMembers);
const CREW: Access = Access::team(OAuthScope::TeamMembershipWrite, Role::Admin);
const CREW_INVITE: Access = CREW.or_permission(Permission::TeamInvite);
const CREW_CHANGE: Access = CREW.or_permission(Permission::TeamChangeMemberRole);
const CREW_REMOVE: Access = CREW.or_permission(Permission::TeamRemove);

const ORG_SEEN: Access = Access::organization(OAuthScope::OrgProfileRead, Role::Member);
const ORG_READ: Access = Access::organization(OAuthScope::OrgProfileRead, Role::Admin)
    .or_permission(Permission::TeamRead);
const ORG_EDIT: Access = Access::organization(OAuthScope::OrgProfileWrite, Role::Admin);
const ORG_CREATE: Access = ORG_EDIT.or_permission(Permission::TeamCreate);
const ORG_WRITE: Access = ORG_EDIT.or_permission(Permission::TeamUpdate);
const ORG_DELETE: Access = ORG_EDIT.or_permission(Permission::TeamDelete);

const USERS_READ: Access = Access::organization(OAuthScope::OrgMembershipRead, Role::Member);
const STAFF_READ: Access = Access::organization(OAuthScope::OrgMembershipRead, Role::Admin)
    .or_permission(Permission::OrganizationListMembers);
const STAFF: Access = Access::organization(OAuthScope::OrgMembershipWrite, Role::Admin);
const STAFF_INVITE: Access = STAFF.or_permission(Permission::OrganizationInvite);
const STAFF_CHANGE: Access = STAFF.or_permission(Permission::OrganizationChangeMemberRole);
const STAFF_REMOVE: Access = STAFF.or_permission(Permission::OrganizationRemove);

const ROLES_READ: Access = Access::organization(OAuthScope::OrgProfileRead, Role::Admin)
    .or_permission(Permission::RoleRead);
const ROLES: Access = Access::organization(OAuthScope::OrgProfileWrite, Role::Admin);
const ROLES_CREATE: Access = ROLES.or_permission(Permission::RoleCreate);
const ROLES_WRITE: Access = ROLES.or_permission(Permission::RoleUpdate);
const ROLES_DELETE: Access = ROLES.or_permission(Permission::RoleDelete);

const TEAM_ROLES_READ: Access =
    Access::team(OAuthScope::TeamProfileRead, Role::Admin).or_permission(Permission::RoleRead);
const TEAM_ROLES: Access = Access::team(OAuthScope::TeamProfileWrite, Role::Admin);
const TEAM_ROLES_CREATE: Access = TEAM_ROLES.or_permission(Permission::RoleCreate);
const TEAM_ROLES_WRITE: Access = TEAM_ROLES.or_permission(Permission::RoleUpdate);
const TEAM_ROLES_DELETE: Access = TEAM_ROLES.or_permission(Permission::RoleDelete);

const MAILBOXES_READ: Access = Access::user(OAuthScope::VerifiedResourcesRead);
const MAILBOXES: Access = Access::user(OAuthScope::VerifiedResourcesWrite);
const TEAM_MAILBOXES_READ: Access =
    Access::team(OAuthScope::TeamVerifiedResourcesRead, Role::Admin)
        .or_permission(Permission::TeamRead);
const TEAM_MAILBOXES: Access = Access::team(OAuthScope::TeamVerifiedResourcesWrite, Role::Admin)
    .or_permission(Permission::TeamUpdate);

#[rustfmt::skip]
const ROUTES: &[Route] = &[
    route!(GET "/healthz", Any, PUBLIC, get_health),
    route!(GET "/readyz",  Any, PUBLIC, get_readiness),

    route!(GET    "/platform/info",                                Any, PLATFORM, get_platform_info),
    route!(POST   "/platform/organizations",                       Any, PLATFORM, create_organization),
    route!(GET    "/platform/organizations",                       Any, PLATFORM, list_organizations),
    route!(GET    "/platform/organizations/:slug",                 Any, PLATFORM, get_organization),
    route!(PATCH  "/platform/organizations/:slug",                 Any, PLATFORM, update_organization),
    route!(DELETE "/platform/organizations/:slug",                 Any, PLATFORM, delete_organization),
    route!(POST   "/platform/organizations/:slug/suspend",         Any, PLATFORM, suspend_organization),
    route!(POST   "/platform/organizations/:slug/resume",          Any, PLATFORM, resume_organization),
    route!(POST   "/platform/organizations/:slug/api-keys",        Any, PLATFORM, create_organization_key),
    route!(PATCH  "/platform/organizations/:slug/api-keys/:keyId", Any, PLATFORM, update_organization_key),

    route!(GET    "/v2/teams",                                   Any, OWN_READ,    teams::list_own_teams),
    route!(POST   "/v2/teams",                                   Any, OWN_WRITE,   teams::create_team),
    route!(POST   "/v2/teams/join",                              Any, JOIN,        teams::join_team),
    route!(GET    "/v2/teams/:teamId",                           Any, TEAM_SEEN,   teams::get_team),
    route!(PATCH  "/v2/teams/:teamId",                           Any, TEAM_WRITE,  teams::update_team),
    route!(DELETE "/v2/teams/:teamId",                           Any, TEAM_DELETE, teams::delete_team),
    route!(POST   "/v2/teams/:teamId/invite",                    Any, CREW_INVITE, teams::invite_to_team),
    route!(GET    "/v2/teams/:teamId/memberships",               Any, PEERS_READ,  memberships::list_memberships),
    route!(POST   "/v2/teams/:teamId/memberships",               Any, CREW_INVITE, memberships::create_membership),
    route!(GET    "/v2/teams/:teamId/memberships/:membershipId", Any, PEERS_READ,  memberships::get_membership),
    route!(PATCH  "/v2/teams/:teamId/memberships/:membershipId", Any, CREW_CHANGE, memberships::update_membership),
    route!(DELETE "/v2/teams/:teamId/memberships/:membershipId", Any, CREW_REMOVE, memberships::delete_membership),

    route!(GET    "/v2/organizations/:orgId/teams",                                   Any, ORG_READ,    teams::list_all_teams),
    route!(POST   "/v2/organizations/:orgId/teams",                                   Any, ORG_CREATE,  teams::create_team),
    route!(GET    "/v2/organizations/:orgId/teams/me",                                Any, ORG_SEEN,    teams::list_reachable_teams),
    route!(GET    "/v2/organizations/:orgId/teams/:teamId",                           Any, TEAM_READ,   teams::get_team),
    route!(PATCH  "/v2/organizations/:orgId/teams/:teamId",                           Any, ORG_WRITE,   teams::update_team),
    route!(DELETE "/v2/organizations/:orgId/teams/:teamId",                           Any, ORG_DELETE,  teams::delete_team).limited(&TEAM_DELETIONS),
    route!(POST   "/v2/organizations/:orgId/teams/:teamId/invite",                    Any, CREW_INVITE, teams::invite_to_team),
    route!(GET    "/v2/organizations/:orgId/teams/:teamId/memberships",               Any, CREW_READ,   memberships::list_memberships),
    route!(POST   "/v2/organizations/:orgId/teams/:teamId/memberships",               Any, CREW_INVITE, memberships::create_membership),
    route!(GET    "/v2/organizations/:orgId/teams/:teamId/memberships/:membershipId", Any, CREW_READ,   memberships::get_membership),
    route!(PATCH  "/v2/organizations/:orgId/teams/:teamId/memberships/:membershipId", Any, CREW_CHANGE, memberships::update_membership),
    route!(DELETE "/v2/organizations/:orgId/teams/:teamId/memberships/:membershipId", Any, CREW_REMOVE, memberships::delete_membership),

    route!(GET    "/v2/organizations/:orgId/memberships",               Any, STAFF_READ,   members::list_memberships),
    route!(POST   "/v2/organizations/:orgId/memberships",               Any, STAFF_INVITE, members::create_membership),
    route!(GET    "/v2/organizations/:orgId/memberships/:membershipId", Any, STAFF_READ,   members::get_membership),
    route!(PATCH  "/v2/organizations/:orgId/memberships/:membershipId", Any, STAFF_CHANGE, members::update_membership),
    route!(DELETE "/v2/organizations/:orgId/memberships/:membershipId", Any, STAFF_REMOVE, members::delete_membership),
    route!(GET    "/v2/organizations/:orgId/users",                     Any, USERS_READ,   members::list_users),
    route!(POST   "/v2/organizations/:orgId/users",                     Any, STAFF_INVITE, members::create_user),
    route!(PATCH  "/v2/organizations/:orgId/users/:userId",             Any, STAFF,        members::update_user),
    route!(DELETE "/v2/organizations/:orgId/users/:userId",             Any, STAFF_REMOVE, members::delete_user),

    route!(POST "/v2/verified-resources/emails/verification-code/request", Any, MAILBOXES,      verified_emails::request_code),
    route!(POST "/v2/verified-resources/emails/verification-code/verify",  Any, MAILBOXES,      verified_emails::verify_email),
    route!(GET  "/v2/verified-resources/emails",                           Any, MAILBOXES_READ, verified_emails::list_verified_emails),
    route!(GET  "/v2/verified-resources/emails/:id",                       Any, MAILBOXES_READ, verified_emails::get_verified_email),

    route!(POST "/v2/teams/:teamId/verified-resources/emails/verification-code/request", Any, TEAM_MAILBOXES,      verified_emails::request_code),
    route!(POST "/v2/teams/:teamId/verified-resources/emails/verification-code/verify",  Any, TEAM_MAILBOXES,      verified_emails::verify_email),
    route!(GET  "/v2/teams/:teamId/verified-resources/emails",                           Any, TEAM_MAILBOXES_READ, verified_emails::list_verified_emails),
    route!(GET  "/v2/teams/:teamId/verified-resources/emails/:id",                       Any, TEAM_MAILBOXES_READ, verified_emails::get_verified_email),

    route!(POST "/v2/organizations/:orgId/teams/:teamId/verified-resources/emails/verification-code/request", Any, TEAM_MAILBOXES,      verified_emails::request_code),
    route!(POST "/v2/organizations/:orgId/teams/:teamId/verified-resources/emails/verification-code/verify",  Any, TEAM_MAILBOXES,      verified_emails::verify_email),
    route!(GET  "/v2/organizations/:orgId/teams/:teamId/verified-resources/emails",                           Any, TEAM_MAILBOXES_READ, verified_emails::list_verified_emails),
    route!(GET  "/v2/organizations/:orgId/teams/:teamId/verified-resources/emails/:id",                       Any, TEAM_MAILBOXES_READ, verified_emails::get_verified_email),

    route!(GET    "/v2/organizations/:orgId/roles",                                 Any, ROLES_READ,   roles::list_roles),
    route!(POST   "/v2/organizations/:orgId/roles",                                 Any, ROLES_CREATE, roles::create_role),
    route!(GET    "/v2/organizations/:orgId/roles/:roleId",                         Any, ROLES_READ,   roles::get_role),
    route!(PATCH  "/v2/organizations/:orgId/roles/:roleId",                         Any, ROLES_WRITE,  roles::update_role),
    route!(DELETE "/v2/organizations/:orgId/roles/:roleId",                         Any, ROLES_DELETE, roles::delete_role),
    route!(GET    "/v2/organizations/:orgId/roles/:roleId/permissions",             Any, ROLES_READ,   roles::list_permissions),
    route!(POST   "/v2/organizations/:orgId/roles/:roleId/permissions",             Any, ROLES_WRITE,  roles::add_permissions),
    route!(PUT    "/v2/organizations/:orgId/roles/:roleId/permissions",             Any, ROLES_WRITE,  roles::set_permissions),
    route!(DELETE "/v2/organizations/:orgId/roles/:roleId/permissions",             Any, ROLES_WRITE,  roles::remove_permissions),
    route!(DELETE "/v2/organizations/:orgId/roles/:roleId/permissions/:permission", Any, ROLES_WRITE,  roles::remove_permission),

    route!(GET    "/v2/organizations/:orgId/teams/:teamId/roles",                                 Any, TEAM_ROLES_READ,   roles::list_roles),
    route!(POST   "/v2/organizations/:orgId/teams/:teamId/roles",                                 Any, TEAM_ROLES_CREATE, roles::create_role),
    route!(GET    "/v2/organizations/:orgId/teams/:teamId/roles/:roleId",                         Any, TEAM_ROLES_READ,   roles::get_role),
    route!(PATCH  "/v2/organizations/:orgId/teams/:teamId/roles/:roleId",                         Any, TEAM_ROLES_WRITE,  roles::update_role),
    route!(DELETE "/v2/organizations/:orgId/teams/:teamId/roles/:roleId",                         Any, TEAM_ROLES_DELETE, roles::delete_role),
    route!(GET    "/v2/organizations/:orgId/teams/:teamId/roles/:roleId/permissions",             Any, TEAM_ROLES_READ,   roles::list_permissions),
    route!(POST   "/v2/organizations/:orgId/teams/:teamId/roles/:roleId/permissions",             Any, TEAM_ROLES_WRITE,  roles::add_permissions),
    route!(PUT    "/v2/organizations/:orgId/teams/:teamId/roles/:roleId/permissions",             Any, TEAM_ROLES_WRITE,  roles::set_permissions),
    route!(DELETE "/v2/organizations/:orgId/teams/:teamId/roles/:roleId/permissions",             Any, TEAM_ROLES_WRITE,  roles::remove_permissions),
    route!(DELETE "/v2/organizations/:orgId/teams/:teamId/roles/:roleId/permissions/:permission", Any, TEAM_ROLES_WRITE,  roles::remove_permission),
];

/// The table.
pub static TABLE: RouteTable = RouteTable::new(ROUTES);
