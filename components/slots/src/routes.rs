//! What this component answers to.

use meridian_gateway::{Access, Resource, Route, RouteTable, route};

use crate::schedules::{create_schedule, delete_schedule, read_schedules, update_schedule};
use crate::slots::get_slots;

const READ: Access = Access::User { scope: "SCHEDULE_READ" };
const WRITE: Access = Access::User { scope: "SCHEDULE_WRITE" };

pub static TABLE: RouteTable = RouteTable::new(ROUTES);

#[rustfmt::skip]
const ROUTES: &[Route] = &[
    route!(POST "/v2/schedules", Resource::Schedules, WRITE, create_schedule::create_schedule),
    route!(GET "/v2/schedules", Resource::Schedules, READ, read_schedules::list_schedules),
    route!(GET "/v2/schedules/default", Resource::Schedules, READ, read_schedules::get_default_schedule),
    route!(GET "/v2/schedules/:scheduleId", Resource::Schedules, READ, read_schedules::get_schedule),
    route!(PATCH "/v2/schedules/:scheduleId", Resource::Schedules, WRITE, update_schedule::update_schedule),
    route!(DELETE "/v2/schedules/:scheduleId", Resource::Schedules, WRITE, delete_schedule::delete_schedule),
    route!(GET "/v2/slots", Resource::Slots, Access::Public, get_slots::get_slots),
];
