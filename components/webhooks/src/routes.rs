//! The routes of this component.

use meridian_gateway::{Access, Resource, Route, RouteTable, route};
use meridian_kernel::{OAuthScope, Permission, Role};

use crate::deliver;
use crate::jobs::{list_jobs, retry_job};
use crate::{
    change_webhook::change_webhook, create_webhook::create_webhook, delete_webhook::delete_webhook,
    delete_webhooks::delete_webhooks, get_webhook::get_webhook, list_webhooks::list_webhooks,
};
use crate::{
    get_metrics::get_metrics, list_deliveries::list_deliveries, redeliver::redeliver,
    redeliver::replay, test_webhook::test_webhook,
};

const READ: Access = Access::user(OAuthScope::WebhookRead);
const WRITE: Access = Access::user(OAuthScope::WebhookWrite);
const TEAM_READ: Access =
    Access::team(OAuthScope::TeamEventTypeRead, Role::Admin).or_permission(Permission::WebhookRead);
const TEAM_EDIT: Access = Access::team(OAuthScope::TeamEventTypeWrite, Role::Admin);
const TEAM_CREATE: Access = TEAM_EDIT.or_permission(Permission::WebhookCreate);
const TEAM_WRITE: Access = TEAM_EDIT.or_permission(Permission::WebhookUpdate);
const TEAM_DELETE: Access = TEAM_EDIT.or_permission(Permission::WebhookDelete);
const ORG_READ: Access = Access::organization(OAuthScope::OrgWebhookRead, Role::Admin)
    .or_permission(Permission::WebhookRead);
const ORG_EDIT: Access = Access::organization(OAuthScope::OrgWebhookWrite, Role::Admin);
const ORG_CREATE: Access = ORG_EDIT.or_permission(Permission::WebhookCreate);
const ORG_WRITE: Access = ORG_EDIT.or_permission(Permission::WebhookUpdate);
const ORG_DELETE: Access = ORG_EDIT.or_permission(Permission::WebhookDelete);

const CLIENT: Access = Access::platform_member(Role::Admin);

const ANY: Resource = Resource::Any;

pub(crate) static TABLE: RouteTable = RouteTable::new(ROUTES);

#[rustfmt::skip]
const ROUTES: &[Route] = &[
    route!(POST   "/v2/webhooks",            ANY, WRITE, create_webhook),
    route!(GET    "/v2/webhooks",            ANY, READ,  list_webhooks),
    route!(GET    "/v2/webhooks/:webhookId", ANY, READ,  get_webhook),
    route!(PATCH  "/v2/webhooks/:webhookId", ANY, WRITE, change_webhook),
    route!(DELETE "/v2/webhooks/:webhookId", ANY, WRITE, delete_webhook),

    route!(GET  "/v2/webhooks/:webhookId/deliveries",                       ANY, READ,  list_deliveries),
    route!(POST "/v2/webhooks/:webhookId/deliveries/replay",                ANY, WRITE, replay),
    route!(POST "/v2/webhooks/:webhookId/deliveries/:deliveryId/redeliver", ANY, WRITE, redeliver),
    route!(POST "/v2/webhooks/:webhookId/test",                             ANY, WRITE, test_webhook),

    route!(POST   "/v2/event-types/:eventTypeId/webhooks",            ANY, WRITE, create_webhook),
    route!(GET    "/v2/event-types/:eventTypeId/webhooks",            ANY, READ,  list_webhooks),
    route!(DELETE "/v2/event-types/:eventTypeId/webhooks",            ANY, WRITE, delete_webhooks),
    route!(GET    "/v2/event-types/:eventTypeId/webhooks/:webhookId", ANY, READ,  get_webhook),
    route!(PATCH  "/v2/event-types/:eventTypeId/webhooks/:webhookId", ANY, WRITE, change_webhook),
    route!(DELETE "/v2/event-types/:eventTypeId/webhooks/:webhookId", ANY, WRITE, delete_webhook),

    route!(GET  "/v2/event-types/:eventTypeId/webhooks/:webhookId/deliveries",                       ANY, READ,  list_deliveries),
    route!(POST "/v2/event-types/:eventTypeId/webhooks/:webhookId/deliveries/replay",                ANY, WRITE, replay),
    route!(POST "/v2/event-types/:eventTypeId/webhooks/:webhookId/deliveries/:deliveryId/redeliver", ANY, WRITE, redeliver),
    route!(POST "/v2/event-types/:eventTypeId/webhooks/:webhookId/test",                             ANY, WRITE, test_webhook),

    route!(POST   "/v2/teams/:teamId/event-types/:eventTypeId/webhooks",            ANY, TEAM_CREATE, create_webhook),
    route!(GET    "/v2/teams/:teamId/event-types/:eventTypeId/webhooks",            ANY, TEAM_READ,   list_webhooks),
    route!(DELETE "/v2/teams/:teamId/event-types/:eventTypeId/webhooks",            ANY, TEAM_DELETE, delete_webhooks),
    route!(GET    "/v2/teams/:teamId/event-types/:eventTypeId/webhooks/:webhookId", ANY, TEAM_READ,   get_webhook),
    route!(PATCH  "/v2/teams/:teamId/event-types/:eventTypeId/webhooks/:webhookId", ANY, TEAM_WRITE,  change_webhook),
    route!(DELETE "/v2/teams/:teamId/event-types/:eventTypeId/webhooks/:webhookId", ANY, TEAM_DELETE, delete_webhook),

    route!(GET  "/v2/teams/:teamId/event-types/:eventTypeId/webhooks/:webhookId/deliveries",                       ANY, TEAM_READ,  list_deliveries),
    route!(POST "/v2/teams/:teamId/event-types/:eventTypeId/webhooks/:webhookId/deliveries/replay",                ANY, TEAM_WRITE, replay),
    route!(POST "/v2/teams/:teamId/event-types/:eventTypeId/webhooks/:webhookId/deliveries/:deliveryId/redeliver", ANY, TEAM_WRITE, redeliver),
    route!(POST "/v2/teams/:teamId/event-types/:eventTypeId/webhooks/:webhookId/test",                             ANY, TEAM_WRITE, test_webhook),

    route!(POST   "/v2/organizations/:orgId/webhooks",            ANY, ORG_CREATE, create_webhook),
    route!(GET    "/v2/organizations/:orgId/webhooks",            ANY, ORG_READ,   list_webhooks),
    route!(GET    "/v2/organizations/:orgId/webhooks/:webhookId", ANY, ORG_READ,   get_webhook),
    route!(PATCH  "/v2/organizations/:orgId/webhooks/:webhookId", ANY, ORG_WRITE,  change_webhook),
    route!(DELETE "/v2/organizations/:orgId/webhooks/:webhookId", ANY, ORG_DELETE, delete_webhook),

    route!(GET  "/v2/organizations/:orgId/webhooks/:webhookId/deliveries",                       ANY, ORG_READ,  list_deliveries),
    route!(POST "/v2/organizations/:orgId/webhooks/:webhookId/deliveries/replay",                ANY, ORG_WRITE, replay),
    route!(POST "/v2/organizations/:orgId/webhooks/:webhookId/deliveries/:deliveryId/redeliver", ANY, ORG_WRITE, redeliver),
    route!(POST "/v2/organizations/:orgId/webhooks/:webhookId/test",                             ANY, ORG_WRITE, test_webhook),

    route!(POST   "/v2/oauth-clients/:clientId/webhooks",           ANY, CLIENT, create_webhook),
    route!(GET    "/v2/oauth-clients/:clientId/webhooks",           ANY, CLIENT, list_webhooks),
    route!(DELETE "/v2/oauth-clients/:clientId/webhooks",           ANY, CLIENT, delete_webhooks),
    route!(GET    "/v2/oauth-clients/:clientId/webhooks/:webhookId", ANY, CLIENT, get_webhook),
    route!(PATCH  "/v2/oauth-clients/:clientId/webhooks/:webhookId", ANY, CLIENT, change_webhook),
    route!(DELETE "/v2/oauth-clients/:clientId/webhooks/:webhookId", ANY, CLIENT, delete_webhook),

    route!(GET  "/v2/oauth-clients/:clientId/webhooks/:webhookId/deliveries",                       ANY, CLIENT, list_deliveries),
    route!(POST "/v2/oauth-clients/:clientId/webhooks/:webhookId/deliveries/replay",                ANY, CLIENT, replay),
    route!(POST "/v2/oauth-clients/:clientId/webhooks/:webhookId/deliveries/:deliveryId/redeliver", ANY, CLIENT, redeliver),
    route!(POST "/v2/oauth-clients/:clientId/webhooks/:webhookId/test",                             ANY, CLIENT, test_webhook),

    route!(GET "/platform/metrics", Resource::Any, Access::PLATFORM, get_metrics),
    route!(GET  "/platform/organizations/:slug/jobs",              ANY, Access::PLATFORM, list_jobs),
    route!(POST "/platform/organizations/:slug/jobs/:jobId/retry", ANY, Access::PLATFORM, retry_job),
    route!(POST "/internal/sweep", Resource::Any, Access::PLATFORM, deliver::sweep),
    route!(
        POST "/internal/organizations/:organization/deliver",
        Resource::Any,
        Access::PLATFORM,
        deliver::deliver_organization
    ),
];
