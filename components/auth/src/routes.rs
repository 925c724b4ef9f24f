//! What this component answers to.

use meridian_gateway::{Access, Method, Resource, Route, RouteTable, route};
use meridian_kernel::{OAuthScope, Role};

use crate::create_api_key::create_api_key;
use crate::delete_api_key::delete_api_key;
use crate::get_me::get_me;
use crate::list_api_keys::list_api_keys;
use crate::refresh_api_key::refresh_api_key;
use crate::update_me::update_me;
use crate::{change_address, managed_users, oauth_clients, oauth2, pages, provider, sessions};

const PROFILE_READ: Access = Access::user(OAuthScope::ProfileRead);
const PROFILE_WRITE: Access = Access::user(OAuthScope::ProfileWrite);

/// Keys are made by people: a key or a session, and nothing that was lent.
const KEYS: Access = Access::ANY_USER.only_by(&[Method::ApiKey, Method::Session]);

/// What is refreshed is the key that asks.
const THIS_KEY: Access = Access::ANY_USER.only_by(&[Method::ApiKey]);

/// What is about a session needs one.
const SESSION: Access = Access::ANY_USER.only_by(&[Method::Session]);

/// Clients of platforms are made by people, and seen by all of their organisation.
const CLIENTS_READ: Access =
    Access::platform_member(Role::Member).only_by(&[Method::ApiKey, Method::Session]);
const CLIENTS_WRITE: Access =
    Access::platform_member(Role::Admin).only_by(&[Method::ApiKey, Method::Session]);

/// What a platform client does for the users it manages.
const CLIENT: Access = Access::ANY_USER.only_by(&[Method::OAuthClient]);

/// What is asked is about the token that asks.
const MANAGED: Access = Access::ANY_USER.only_by(&[Method::AccessToken]);

const ROUTES: &[Route] = &[
    route!(GET "/v2/me", Resource::Any, PROFILE_READ, get_me),
    route!(PATCH "/v2/me", Resource::Any, PROFILE_WRITE, update_me),
    route!(POST "/v2/me/email/verify", Resource::Any, Access::PUBLIC, change_address::verify_email),
    route!(GET "/v2/api-keys", Resource::Any, KEYS, list_api_keys),
    route!(POST "/v2/api-keys", Resource::Any, KEYS, create_api_key),
    route!(DELETE "/v2/api-keys/:keyId", Resource::Any, KEYS, delete_api_key),
    route!(POST "/v2/api-keys/refresh", Resource::Any, THIS_KEY, refresh_api_key),
    route!(POST "/v2/auth/login", Resource::Any, Access::PUBLIC, sessions::log_in),
    route!(POST "/v2/auth/logout", Resource::Any, SESSION, sessions::log_out),
    route!(GET "/v2/auth/session", Resource::Any, SESSION, sessions::get_session),
    route!(POST "/v2/auth/password", Resource::Any, KEYS, sessions::change_password),
    route!(GET "/auth/verify-email", Resource::Any, Access::PUBLIC, change_address::show_verify_email),
    route!(POST "/auth/verify-email", Resource::Any, Access::PUBLIC, change_address::verify_email_by_form),
    route!(GET "/auth/login", Resource::Any, Access::PUBLIC, pages::show_log_in),
    route!(POST "/auth/login", Resource::Any, Access::PUBLIC, pages::log_in_by_form),
    route!(GET "/auth/logout", Resource::Any, Access::PUBLIC, pages::show_log_out),
    route!(POST "/auth/logout", Resource::Any, Access::PUBLIC, pages::log_out_by_form),
    route!(POST "/v2/oauth-clients", Resource::Any, CLIENTS_WRITE, oauth_clients::create_oauth_client),
    route!(GET "/v2/oauth-clients", Resource::Any, CLIENTS_READ, oauth_clients::list_oauth_clients),
    route!(GET "/v2/oauth-clients/:clientId", Resource::Any, CLIENTS_READ, oauth_clients::get_oauth_client),
    route!(PATCH "/v2/oauth-clients/:clientId", Resource::Any, CLIENTS_WRITE, oauth_clients::update_oauth_client),
    route!(DELETE "/v2/oauth-clients/:clientId", Resource::Any, CLIENTS_WRITE, oauth_clients::delete_oauth_client),
    route!(POST "/v2/oauth-clients/:clientId/rotate-secret", Resource::Any, CLIENTS_WRITE, oauth_clients::rotate_secret),
    route!(GET "/v2/oauth-clients/:clientId/users", Resource::Any, CLIENT, managed_users::list_managed_users),
    route!(POST "/v2/oauth-clients/:clientId/users", Resource::Any, CLIENT, managed_users::create_managed_user),
    route!(GET "/v2/oauth-clients/:clientId/users/:userId", Resource::Any, CLIENT, managed_users::get_managed_user),
    route!(PATCH "/v2/oauth-clients/:clientId/users/:userId", Resource::Any, CLIENT, managed_users::update_managed_user),
    route!(DELETE "/v2/oauth-clients/:clientId/users/:userId", Resource::Any, CLIENT, managed_users::delete_managed_user),
    route!(POST "/v2/oauth-clients/:clientId/users/:userId/force-refresh", Resource::Any, CLIENT, managed_users::force_refresh),
    route!(POST "/v2/oauth/:clientId/refresh", Resource::Any, CLIENT, managed_users::refresh_tokens),
    route!(GET "/v2/provider/:clientId", Resource::Any, Access::PUBLIC, provider::get_provider),
    route!(GET "/v2/provider/:clientId/access-token", Resource::Any, MANAGED, provider::check_access_token),
    route!(GET "/auth/oauth2/authorize", Resource::Any, Access::PUBLIC, oauth2::show_consent),
    route!(POST "/auth/oauth2/authorize", Resource::Any, Access::PUBLIC, oauth2::decide_by_form),
    route!(POST "/v2/auth/oauth2/token", Resource::Any, Access::PUBLIC, oauth2::token),
    route!(POST "/v2/auth/oauth2/introspect", Resource::Any, Access::PUBLIC, oauth2::introspect),
    route!(POST "/v2/auth/oauth2/revoke", Resource::Any, Access::PUBLIC, oauth2::revoke),
    route!(
        GET "/.well-known/oauth-authorization-server", Resource::Any, Access::PUBLIC,
        oauth2::get_metadata
    ),
    route!(GET "/v2/auth/oauth2/clients", Resource::Any, KEYS, oauth2::list_clients),
    route!(POST "/v2/auth/oauth2/clients", Resource::Any, KEYS, oauth2::create_client),
    route!(
        GET "/v2/auth/oauth2/clients/:clientId", Resource::Any, Access::ANY_USER,
        oauth2::get_client
    ),
    route!(PATCH "/v2/auth/oauth2/clients/:clientId", Resource::Any, KEYS, oauth2::update_client),
    route!(DELETE "/v2/auth/oauth2/clients/:clientId", Resource::Any, KEYS, oauth2::delete_client),
    route!(
        POST "/v2/auth/oauth2/clients/:clientId/rotate-secret", Resource::Any, KEYS,
        oauth2::rotate_secret
    ),
    route!(
        POST "/v2/auth/oauth2/clients/:clientId/authorize", Resource::Any, SESSION,
        oauth2::authorize_by_api
    ),
    route!(GET "/v2/auth/oauth2/consents", Resource::Any, KEYS, oauth2::list_consents),
    route!(
        DELETE "/v2/auth/oauth2/consents/:clientId", Resource::Any, KEYS, oauth2::revoke_consent
    ),
    route!(
        POST "/platform/oauth2-clients/:clientId/approve", Resource::Any, Access::PLATFORM,
        oauth2::approve_client
    ),
    route!(
        POST "/platform/oauth2-clients/:clientId/reject", Resource::Any, Access::PLATFORM,
        oauth2::reject_client
    ),
];

/// The table.
pub static TABLE: RouteTable = RouteTable::new(ROUTES);
