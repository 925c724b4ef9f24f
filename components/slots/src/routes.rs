//! What this component answers to.

use meridian_gateway::{Access, ApiVersion, Resource, Route, RouteTable, route};
use meridian_kernel::{OAuthScope, Role};

use crate::list_time_zones::list_time_zones;
use crate::out_of_office::{create_entry, delete_entry, read_entries, update_entry};
use crate::reservations::{self, read_reservation, release_slot, reserve_slot, update_reservation};
use crate::schedules::{
    V20240415, V20240611, create_schedule, delete_schedule, list_member_schedules, read_schedules,
    update_schedule,
};
use crate::slots::{self, get_slots};
use crate::travel_schedules::{
    create_travel_schedule, delete_travel_schedule, read_travel_schedules,
};

const READ: Access = Access::user(OAuthScope::ScheduleRead);
const WRITE: Access = Access::user(OAuthScope::ScheduleWrite);
const ORG_READ: Access = Access::organization(OAuthScope::OrgScheduleRead, Role::Admin);
const ORG_WRITE: Access = Access::organization(OAuthScope::OrgScheduleWrite, Role::Admin);
const TEAM_READ: Access = Access::team(OAuthScope::TeamScheduleRead, Role::Admin);

/// Schedules as they were first.
const OLD: Resource = Resource::Exactly(&[ApiVersion::V20240415]);

/// Slots as they were until 2024-09-04.
const OLD_SLOTS: Resource = Resource::Exactly(&[
    ApiVersion::V20240415,
    ApiVersion::V20240611,
    ApiVersion::V20240614,
    ApiVersion::V20240813,
]);

pub static TABLE: RouteTable = RouteTable::new(ROUTES);

#[rustfmt::skip]
const ROUTES: &[Route] = &[
    route!(POST "/v2/schedules", Resource::Schedules, WRITE, create_schedule::create_schedule::<V20240611>),
    route!(GET "/v2/schedules", Resource::Schedules, READ, read_schedules::list_schedules::<V20240611>),
    route!(GET "/v2/schedules/default", Resource::Schedules, READ, read_schedules::get_default_schedule::<V20240611>),
    route!(GET "/v2/schedules/:scheduleId", Resource::Schedules, READ, read_schedules::get_schedule::<V20240611>),
    route!(PATCH "/v2/schedules/:scheduleId", Resource::Schedules, WRITE, update_schedule::update_schedule::<V20240611>),
    route!(DELETE "/v2/schedules/:scheduleId", Resource::Any, WRITE, delete_schedule::delete_schedule),

    route!(POST "/v2/schedules", OLD, WRITE, create_schedule::create_schedule::<V20240415>),
    route!(GET "/v2/schedules", OLD, READ, read_schedules::list_schedules::<V20240415>),
    route!(GET "/v2/schedules/default", OLD, READ, read_schedules::get_default_schedule::<V20240415>),
    route!(GET "/v2/schedules/:scheduleId", OLD, READ, read_schedules::get_schedule::<V20240415>),
    route!(PATCH "/v2/schedules/:scheduleId", OLD, WRITE, update_schedule::update_schedule::<V20240415>),

    route!(GET "/v2/organizations/:orgId/schedules", Resource::Any, ORG_READ, list_member_schedules::list_organization_schedules),
    route!(POST "/v2/organizations/:orgId/users/:userId/schedules", Resource::Any, ORG_WRITE, create_schedule::create_schedule::<V20240611>),
    route!(GET "/v2/organizations/:orgId/users/:userId/schedules", Resource::Any, ORG_READ, read_schedules::list_schedules::<V20240611>),
    route!(GET "/v2/organizations/:orgId/users/:userId/schedules/:scheduleId", Resource::Any, ORG_READ, read_schedules::get_schedule::<V20240611>),
    route!(PATCH "/v2/organizations/:orgId/users/:userId/schedules/:scheduleId", Resource::Any, ORG_WRITE, update_schedule::update_schedule::<V20240611>),
    route!(DELETE "/v2/organizations/:orgId/users/:userId/schedules/:scheduleId", Resource::Any, ORG_WRITE, delete_schedule::delete_schedule),
    route!(GET "/v2/organizations/:orgId/teams/:teamId/schedules", Resource::Any, TEAM_READ, list_member_schedules::list_team_schedules),
    route!(GET "/v2/organizations/:orgId/teams/:teamId/users/:userId/schedules", Resource::Any, TEAM_READ, list_member_schedules::list_team_schedules),
    route!(GET "/v2/teams/:teamId/schedules", Resource::Any, TEAM_READ, list_member_schedules::list_team_schedules),

    route!(GET "/v2/me/ooo", Resource::Any, READ, read_entries::list_entries),
    route!(POST "/v2/me/ooo", Resource::Any, WRITE, create_entry::create_entry),
    route!(GET "/v2/me/ooo/:oooId", Resource::Any, READ, read_entries::get_entry),
    route!(PATCH "/v2/me/ooo/:oooId", Resource::Any, WRITE, update_entry::update_entry),
    route!(DELETE "/v2/me/ooo/:oooId", Resource::Any, WRITE, delete_entry::delete_entry),
    route!(GET "/v2/organizations/:orgId/ooo", Resource::Any, ORG_READ, read_entries::list_organization_entries),
    route!(GET "/v2/organizations/:orgId/users/:userId/ooo", Resource::Any, ORG_READ, read_entries::list_entries),
    route!(POST "/v2/organizations/:orgId/users/:userId/ooo", Resource::Any, ORG_WRITE, create_entry::create_entry),
    route!(GET "/v2/organizations/:orgId/users/:userId/ooo/:oooId", Resource::Any, ORG_READ, read_entries::get_entry),
    route!(PATCH "/v2/organizations/:orgId/users/:userId/ooo/:oooId", Resource::Any, ORG_WRITE, update_entry::update_entry),
    route!(DELETE "/v2/organizations/:orgId/users/:userId/ooo/:oooId", Resource::Any, ORG_WRITE, delete_entry::delete_entry),

    route!(GET "/v2/me/travel-schedules", Resource::Any, READ, read_travel_schedules::list_travel_schedules),
    route!(POST "/v2/me/travel-schedules", Resource::Any, WRITE, create_travel_schedule::create_travel_schedule),
    route!(GET "/v2/me/travel-schedules/:travelScheduleId", Resource::Any, READ, read_travel_schedules::get_travel_schedule),
    route!(DELETE "/v2/me/travel-schedules/:travelScheduleId", Resource::Any, WRITE, delete_travel_schedule::delete_travel_schedule),

    route!(GET "/v2/timezones", Resource::Any, Access::PUBLIC, list_time_zones),

    route!(GET "/v2/slots", Resource::Slots, Access::PUBLIC, get_slots::get_slots),
    route!(POST "/v2/slots/reservations", Resource::Slots, Access::OPTIONAL, reserve_slot::reserve_slot),
    route!(GET "/v2/slots/reservations/:uid", Resource::Slots, Access::PUBLIC, read_reservation::get_reservation),
    route!(PATCH "/v2/slots/reservations/:uid", Resource::Slots, Access::OPTIONAL, update_reservation::update_reservation),
    route!(DELETE "/v2/slots/reservations/:uid", Resource::Slots, Access::PUBLIC, release_slot::release_slot),
    route!(GET "/v2/slots/available", OLD_SLOTS, Access::PUBLIC, slots::v2024_04_15::get_available_slots),
    route!(POST "/v2/slots/reserve", OLD_SLOTS, Access::PUBLIC, reservations::v2024_04_15::reserve_slot),
    route!(DELETE "/v2/slots/selected-slot", OLD_SLOTS, Access::PUBLIC, reservations::v2024_04_15::delete_selected_slot),
];
