//! The routes of this component.

use meridian_gateway::{Access, Resource, Route, RouteTable, route};
use meridian_kernel::Role;

use crate::deliver;
use crate::{
    change_webhook::change_webhook, create_webhook::create_webhook, delete_webhook::delete_webhook,
    delete_webhooks::delete_webhooks, get_webhook::get_webhook, list_webhooks::list_webhooks,
};
use crate::{
    get_metrics::get_metrics, list_deliveries::list_deliveries, redeliver::redeliver,
    redeliver::replay, test_webhook::test_webhook,
};

const READ: Access = Access::User { scope: "WEBHOOK_READ" };
const WRITE: Access = Access::User { scope: "WEBHOOK_WRITE" };
const TEAM_READ: Access = Access::Team { scope: "TEAM_EVENT_TYPE_READ", role: Role::Admin };
const TEAM_WRITE: Access = Access::Team { scope: "TEAM_EVENT_TYPE_WRITE", role: Role::Admin };
const ORG_READ: Access = Access::Organization { scope: "ORG_WEBHOOK_READ", role: Role::Admin };
const ORG_WRITE: Access = Access::Organization { scope: "ORG_WEBHOOK_WRITE", role: Role::Admin };

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

    route!(POST   "/v2/teams/:teamId/event-types/:eventTypeId/webhooks",            ANY, TEAM_WRITE, create_webhook),
    route!(GET    "/v2/teams/:teamId/event-types/:eventTypeId/webhooks",            ANY, TEAM_READ,  list_webhooks),
    route!(DELETE "/v2/teams/:teamId/event-types/:eventTypeId/webhooks",            ANY, TEAM_WRITE, delete_webhooks),
    route!(GET    "/v2/teams/:teamId/event-types/:eventTypeId/webhooks/:webhookId", ANY, TEAM_READ,  get_webhook),
    route!(PATCH  "/v2/teams/:teamId/event-types/:eventTypeId/webhooks/:webhookId", ANY, TEAM_WRITE, change_webhook),
    route!(DELETE "/v2/teams/:teamId/event-types/:eventTypeId/webhooks/:webhookId", ANY, TEAM_WRITE, delete_webhook),

    route!(POST   "/v2/organizations/:orgId/webhooks",            ANY, ORG_WRITE, create_webhook),
    route!(GET    "/v2/organizations/:orgId/webhooks",            ANY, ORG_READ,  list_webhooks),
    route!(GET    "/v2/organizations/:orgId/webhooks/:webhookId", ANY, ORG_READ,  get_webhook),
    route!(PATCH  "/v2/organizations/:orgId/webhooks/:webhookId", ANY, ORG_WRITE, change_webhook),
    route!(DELETE "/v2/organizations/:orgId/webhooks/:webhookId", ANY, ORG_WRITE, delete_webhook),

    route!(GET "/platform/metrics", Resource::Any, Access::Platform, get_metrics),
    route!(POST "/internal/sweep", Resource::Any, Access::Platform, deliver::sweep),
    route!(
        POST "/internal/organizations/:organization/deliver",
        Resource::Any,
        Access::Platform,
        deliver::deliver_organization
    ),
];
