//! What this component answers to.

use meridian_gateway::Access::{Platform, Public};
use meridian_gateway::Resource::Any;
use meridian_gateway::{Route, RouteTable, route};

use crate::create_organization::create_organization;
use crate::create_organization_key::create_organization_key;
use crate::delete_organization::delete_organization;
use crate::get_organization::get_organization;
use crate::health::{get_health, get_readiness};
use crate::list_organizations::list_organizations;
use crate::platform_info::get_platform_info;
use crate::suspend_organization::{resume_organization, suspend_organization};
use crate::update_organization::update_organization;

const ROUTES: &[Route] = &[
    route!(GET "/healthz", Any, Public, get_health),
    route!(GET "/readyz", Any, Public, get_readiness),
    route!(GET "/platform/info", Any, Platform, get_platform_info),
    route!(POST "/platform/organizations", Any, Platform, create_organization),
    route!(GET "/platform/organizations", Any, Platform, list_organizations),
    route!(GET "/platform/organizations/:slug", Any, Platform, get_organization),
    route!(PATCH "/platform/organizations/:slug", Any, Platform, update_organization),
    route!(DELETE "/platform/organizations/:slug", Any, Platform, delete_organization),
    route!(POST "/platform/organizations/:slug/suspend", Any, Platform, suspend_organization),
    route!(POST "/platform/organizations/:slug/resume", Any, Platform, resume_organization),
    route!(POST "/platform/organizations/:slug/api-keys", Any, Platform, create_organization_key),
];

/// The table.
pub static TABLE: RouteTable = RouteTable::new(ROUTES);
