//! What the gateway runs in: everything in memory, and a clock that tests move.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use meridian_gateway::{
    Access, ApiError, ApiVersion, Body, ClientGrant, Credentials, Guard, Incoming, Method,
    OrganizationState, Principal, Refusal, Reply, Request, Resource, RolePermissions, Route,
    RouteTable, Services, TeamRole, route,
};
use meridian_kernel::{
    Instant, OAuthScope, OrganizationNumber, Permission, Plan, Rate, Role, UserId, WireId,
};
use serde_json::{Value, json};

const OWN_TEAMS: Access = Access::organization(OAuthScope::OrgProfileRead, Role::Member);
const MEMBERS: Access = Access::organization(OAuthScope::OrgMembershipRead, Role::Admin)
    .or_permission(Permission::OrganizationListMembers);
const TEAM_MEMBERS: Access = Access::team(OAuthScope::TeamMembershipRead, Role::Admin)
    .or_permission(Permission::TeamListMembers);
const TEAM_BOOKINGS: Access = Access::team(OAuthScope::TeamBookingRead, Role::Admin)
    .or_permission(Permission::BookingReadTeamBookings);
const CHILDREN: Access =
    Access::organization(OAuthScope::OrgProfileRead, Role::Admin).plan(Plan::Scale);
const ATTRIBUTES: Access =
    Access::organization(OAuthScope::OrgAttributesRead, Role::Member).not_for_platforms();
const KEYS: Access = Access::ANY_USER.only_by(&[Method::ApiKey, Method::Session]);

static DELETIONS: Rate = Rate::new("teams_delete", 1, 1_000);

const ROUTES: &[Route] = &[
    route!(GET "/v2/me", Resource::Any, Access::user(OAuthScope::ProfileRead), echo),
    route!(GET "/v2/teams/:teamId", Resource::Any, Access::user(OAuthScope::TeamProfileRead), echo),
    route!(GET "/v2/teams/:teamId/memberships", Resource::Any, TEAM_MEMBERS, echo),
    route!(GET "/v2/organizations/:orgId/teams/me", Resource::Any, OWN_TEAMS, echo),
    route!(GET "/v2/organizations/:orgId/memberships", Resource::Any, MEMBERS, echo),
    route!(GET "/v2/organizations/:orgId/teams/:teamId/memberships", Resource::Any, TEAM_MEMBERS, echo),
    route!(GET "/v2/teams/:teamId/bookings", Resource::Any, TEAM_BOOKINGS, echo),
    route!(GET "/v2/organizations/:orgId/organizations", Resource::Any, CHILDREN, echo),
    route!(GET "/v2/organizations/:orgId/labels", Resource::Any, ATTRIBUTES, echo),
    route!(GET "/v2/api-keys", Resource::Any, KEYS, echo),
    route!(GET "/v2/undeclared", Resource::Any, Access::ANY_USER, echo),
    route!(POST "/v2/bookings", Resource::Bookings, Access::OPTIONAL, echo),
    route!(GET "/v2/bookings/:bookingUid", Resource::Bookings, Access::OPTIONAL, echo),
    route!(GET "/v2/event-types", Resource::EventTypes, Access::PUBLIC, echo_newest),
    route!(GET "/v2/event-types", Resource::Exactly(&[ApiVersion::V20240415]), Access::PUBLIC, echo_oldest),
    route!(GET "/v2/slots", Resource::Any, Access::PUBLIC, echo),
    route!(DELETE "/v2/slots", Resource::Any, Access::PUBLIC, nothing),
    route!(GET "/v2/broken", Resource::Any, Access::PUBLIC, fail),
    route!(DELETE "/v2/teams/:teamId", Resource::Any, Access::ANY_USER, nothing)
        .limited(&DELETIONS),
    route!(GET "/healthz", Resource::Any, Access::PUBLIC, echo),
    route!(POST "/internal/sweep", Resource::Any, Access::PLATFORM, echo),
];

static TABLE: RouteTable = RouteTable::new(ROUTES);

async fn echo(request: Request) -> Result<Reply, ApiError> {
    Reply::ok(&json!({
        "path": request.path(),
        "host": request.host(),
        "version": request.version.as_str(),
        "parameters": request.parameters,
        "query": request.query,
        "body": String::from_utf8_lossy(&request.body),
        "caller": request.principal.map(|principal| principal.username),
    }))
}

async fn echo_newest(_: Request) -> Result<Reply, ApiError> {
    Reply::ok(&"newest")
}

async fn echo_oldest(_: Request) -> Result<Reply, ApiError> {
    Reply::ok(&"oldest")
}

async fn nothing(_: Request) -> Result<Reply, ApiError> {
    Ok(Reply::empty(http::StatusCode::NO_CONTENT))
}

async fn fail(_: Request) -> Result<Reply, ApiError> {
    Err(ApiError::internal("the disk is full"))
}

/// The surroundings of a gateway.
pub struct World {
    variables: HashMap<&'static str, String>,
    counters: RefCell<HashMap<String, i64>>,
    pub store_fails: Cell<bool>,
    pub now: Cell<Instant>,
    pub lines: RefCell<Vec<String>>,
    pub scopes: RefCell<Vec<String>>,
    pub refusal: RefCell<Option<Refusal>>,
    pub place: RefCell<Place>,
    pub rates: RefCell<Vec<Rate>>,
    texts: RefCell<HashMap<String, String>>,
}

/// Where whoever asks belongs.
#[derive(Clone, Default)]
pub struct Place {
    pub organization: u32,
    pub role: Option<Role>,
    pub teams: Vec<TeamRole>,
    pub permissions: Vec<RolePermissions>,
    pub client: Option<ClientGrant>,
    pub is_system_admin: bool,
    /// Of a platform customer; `None`: the organisation is none.
    pub platform_plan: Option<&'static str>,
}

impl World {
    pub fn new() -> Self {
        Self {
            variables: HashMap::from([("platform_secret", "operator".to_owned())]),
            counters: RefCell::default(),
            store_fails: Cell::new(false),
            now: Cell::new(Instant::parse("2026-11-25T12:00:00Z").unwrap()),
            lines: RefCell::default(),
            scopes: RefCell::default(),
            refusal: RefCell::default(),
            place: RefCell::default(),
            rates: RefCell::default(),
            texts: RefCell::default(),
        }
    }

    pub fn with_variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.insert(name, value.to_owned());
        self
    }

    pub fn wait_seconds(&self, seconds: i64) {
        self.now.set(self.now.get().plus_millis(seconds * 1000));
    }

    /// The names of the counters, but for those that hand out places.
    pub fn counters(&self) -> Vec<String> {
        let counters = self.counters.borrow();
        counters.keys().filter(|key| !key.ends_with("-ring")).cloned().collect()
    }

    /// As if so many other counters of a kind had been made meanwhile, and then the
    /// one whose place comes next again.
    pub fn skip_places(&self, kind: &str, count: i64) {
        *self.counters.borrow_mut().entry(format!("{kind}-ring")).or_default() += count - 1;
    }

    pub fn send(&self, asked: Asked) -> Answer {
        let served = meridian_gateway::serve(&TABLE, self, self, asked.incoming());
        Answer(futures::executor::block_on(served))
    }

    pub fn get(&self, uri: &str) -> Answer {
        self.send(ask("GET", uri))
    }
}

impl Services for World {
    async fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    async fn increment(&self, key: &str, delta: i64) -> Option<i64> {
        if self.store_fails.get() {
            return None;
        }
        let mut counters = self.counters.borrow_mut();
        let counter = counters.entry(key.to_owned()).or_default();
        *counter += delta;
        Some(*counter)
    }

    async fn update(&self, key: &str, change: impl Fn(i64) -> Option<i64>) -> Option<i64> {
        let mut counters = self.counters.borrow_mut();
        let counter = counters.entry(key.to_owned()).or_default();
        *counter = change(*counter).unwrap_or(*counter);
        Some(*counter)
    }

    async fn exchange(&self, key: &str, value: &str) -> Option<String> {
        self.texts.borrow_mut().insert(key.to_owned(), value.to_owned())
    }

    async fn remove(&self, key: &str) {
        self.counters.borrow_mut().remove(key);
    }

    fn now(&self) -> Instant {
        self.now.get()
    }

    fn log(&self, line: &str) {
        self.lines.borrow_mut().push(line.to_owned());
    }
}

/// `Bearer ada` and `Bearer eve` are keys, `Bearer token` a third-party token,
/// `Bearer client` a platform client, `Bearer managed` a user of one; anything else is refused.
impl Guard for World {
    async fn authenticate(&self, credentials: &Credentials) -> Result<Principal, Refusal> {
        if let Some(refusal) = self.refusal.borrow().clone() {
            return Err(refusal);
        }
        let given = credentials.authorization.as_deref().unwrap_or_default();
        let method = match given {
            "Bearer ada" | "Bearer eve" => Method::ApiKey,
            "Bearer token" => Method::ThirdPartyToken,
            "Bearer client" => Method::OAuthClient,
            "Bearer managed" => Method::AccessToken,
            _ => return Err(Refusal::Unauthorized("api key - Your api key is not valid".into())),
        };
        let place = self.place.borrow().clone();
        let organization = OrganizationNumber::new(place.organization).unwrap();
        Ok(Principal {
            organization: self.admit(organization).await?,
            user_id: UserId::new(organization, 1),
            username: given.trim_start_matches("Bearer ").to_owned(),
            email: "a@example.org".to_owned(),
            name: String::new(),
            time_zone: "UTC".to_owned(),
            is_system_admin: place.is_system_admin,
            organization_role: place.role,
            teams: place.teams,
            permissions: place.permissions,
            method,
            client: place.client,
            scopes: self.scopes.borrow().clone(),
            credential: meridian_kernel::hash_hex(given.as_bytes()),
            rates: self.rates.borrow().clone(),
        })
    }

    async fn admit(&self, number: OrganizationNumber) -> Result<OrganizationState, Refusal> {
        let plan = self.place.borrow().platform_plan;
        Ok(OrganizationState {
            number,
            slug: String::new(),
            name: String::new(),
            plan: plan.unwrap_or("FREE").to_owned(),
            is_platform: plan.is_some(),
        })
    }
}

/// A request to be sent.
pub struct Asked {
    method: &'static str,
    uri: String,
    headers: HeaderMap,
    body: Body,
}

pub fn ask(method: &'static str, uri: &str) -> Asked {
    let body = Body::Whole(Bytes::new());
    Asked { method, uri: uri.to_owned(), headers: HeaderMap::new(), body }
}

impl Asked {
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        let name = HeaderName::from_static(name);
        self.headers.append(name, HeaderValue::try_from(value).unwrap());
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn version(self, version: &str) -> Self {
        self.header("cal-api-version", version)
    }

    pub fn sent_from(self, address: &str) -> Self {
        self.header("spin-client-addr", address)
    }

    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    pub fn incoming(self) -> Incoming {
        Incoming {
            method: self.method.parse().unwrap(),
            uri: self.uri.parse().unwrap(),
            headers: self.headers.into(),
            body: self.body,
        }
    }
}

/// What came back.
pub struct Answer(pub Response<Bytes>);

impl Answer {
    pub fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers().get(name).map(|value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(self.0.body()).unwrap()
    }

    pub fn data(&self) -> Value {
        let json = self.json();
        assert_eq!(json["status"], "success", "{json}");
        json["data"].clone()
    }

    pub fn message(&self) -> String {
        self.json()["error"]["message"].as_str().unwrap().to_owned()
    }
}
