//! What this component answers to.

use meridian_gateway::{Access, Resource, Route, RouteTable, route};

use crate::create_api_key::create_api_key;
use crate::delete_api_key::delete_api_key;
use crate::get_me::get_me;
use crate::list_api_keys::list_api_keys;
use crate::refresh_api_key::refresh_api_key;
use crate::update_me::update_me;

/// A third-party token may only do what declares a scope.
const NO_SCOPE: Access = Access::User { scope: "" };

const ROUTES: &[Route] = &[
    route!(GET "/v2/me", Resource::Any, Access::User { scope: "PROFILE_READ" }, get_me),
    route!(PATCH "/v2/me", Resource::Any, Access::User { scope: "PROFILE_WRITE" }, update_me),
    route!(GET "/v2/api-keys", Resource::Any, NO_SCOPE, list_api_keys),
    route!(POST "/v2/api-keys", Resource::Any, NO_SCOPE, create_api_key),
    route!(DELETE "/v2/api-keys/:keyId", Resource::Any, NO_SCOPE, delete_api_key),
    route!(POST "/v2/api-keys/refresh", Resource::Any, NO_SCOPE, refresh_api_key),
];

/// The table.
pub static TABLE: RouteTable = RouteTable::new(ROUTES);
