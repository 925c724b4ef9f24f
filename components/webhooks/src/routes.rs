//! The routes of this component.

use meridian_gateway::{Access, Resource, Route, RouteTable, route};

use crate::{change_webhook, create_webhook, delete_webhook, deliver, get_webhook, list_webhooks};

const READ: Access = Access::User { scope: "WEBHOOK_READ" };
const WRITE: Access = Access::User { scope: "WEBHOOK_WRITE" };

pub(crate) static TABLE: RouteTable = RouteTable::new(ROUTES);

const ROUTES: &[Route] = &[
    route!(POST "/v2/webhooks", Resource::Any, WRITE, create_webhook::create_webhook),
    route!(GET "/v2/webhooks", Resource::Any, READ, list_webhooks::list_webhooks),
    route!(GET "/v2/webhooks/:webhookId", Resource::Any, READ, get_webhook::get_webhook),
    route!(PATCH "/v2/webhooks/:webhookId", Resource::Any, WRITE, change_webhook::change_webhook),
    route!(DELETE "/v2/webhooks/:webhookId", Resource::Any, WRITE, delete_webhook::delete_webhook),
    route!(POST "/internal/sweep", Resource::Any, Access::Platform, deliver::sweep),
    route!(
        POST "/internal/organizations/:organization/deliver",
        Resource::Any,
        Access::Platform,
        deliver::deliver_organization
    ),
];
