//! Every route of this component.

use meridian_gateway::{Access, Resource, Route, RouteTable, route};

use crate::{
    create_event_type::create_event_type, delete_event_type::delete_event_type,
    get_event_type::get_event_type, list_event_types::list_event_types,
    update_event_type::update_event_type,
};

const READ: Access = Access::User { scope: "EVENT_TYPE_READ" };
const WRITE: Access = Access::User { scope: "EVENT_TYPE_WRITE" };

#[rustfmt::skip]
const ROUTES: &[Route] = &[
    route!(POST   "/v2/event-types",              Resource::EventTypes, WRITE,            create_event_type),
    route!(GET    "/v2/event-types",              Resource::EventTypes, Access::Optional, list_event_types),
    route!(GET    "/v2/event-types/:eventTypeId", Resource::EventTypes, READ,             get_event_type),
    route!(PATCH  "/v2/event-types/:eventTypeId", Resource::EventTypes, WRITE,            update_event_type),
    route!(DELETE "/v2/event-types/:eventTypeId", Resource::EventTypes, WRITE,            delete_event_type),
];

/// The table.
pub static TABLE: RouteTable = RouteTable::new(ROUTES);
