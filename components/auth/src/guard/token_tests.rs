//! Platform clients and their users' tokens, over real databases.

use meridian_kernel::{ClientId, Role, UserId, Zone, hash_hex};
use meridian_store::Scope;
use meridian_store::oauth_clients::{self, NewSecret, OAuthClient};
use meridian_store::users::managed::{
    Generation, ManagedInserted, NewManagedUser, insert, refresh,
};
use meridian_store::users::{NewMember, UserChange};
use meridian_token::Token;

use super::tests::{TestGuard, guard, now};
use super::*;

const KEYS: &str = "a key of some length";
const PAGE: &str = "https://acme.test";

fn tokens() -> Tokens {
    Tokens::new(KEYS).unwrap()
}

/// A client with the secret `old`, and a user of it.
struct Platform {
    guard: TestGuard,
    client: ClientId,
    user: UserId,
}

impl Platform {
    async fn new() -> Self {
        let guard = guard();
        let number = guard.organization("acme", None).await.organization();
        let client = ClientId::generate(number);
        let scope = Scope::open(guard.database, number).await.unwrap();
        let row = OAuthClient {
            id: client.clone(),
            name: "Acme".to_owned(),
            sealed_secret: String::new(),
            previous_secret_until: None,
            permissions: 5,
            redirect_uris: vec![format!("{PAGE}/callback")],
            logo: None,
            booking_redirect_uri: None,
            booking_cancel_redirect_uri: None,
            booking_reschedule_redirect_uri: None,
            are_emails_enabled: false,
            are_default_event_types_enabled: false,
            are_calendar_events_enabled: true,
            created_at: now(),
            updated_at: now(),
        };
        assert!(oauth_clients::insert(&scope, &row, &hash_hex(b"old")).await.unwrap());
        let user = insert_user(&scope, &client).await;
        Self { guard, client, user }
    }

    async fn scope(&self) -> Scope<'static, super::tests::Deployment> {
        Scope::open(self.guard.database, self.client.organization()).await.unwrap()
    }

    /// A text of the first generation.
    fn token(&self) -> Secret {
        let grant = Grant::ManagedAccess { client_id: self.client.to_string(), owner: self.user };
        Secret::new(tokens().sign(&Token::new("family.1", grant, now(), 60)))
    }

    async fn ask(&self, origin: Option<&str>, now: Instant) -> Result<Principal, Refusal> {
        self.guard.authenticate_signed(&tokens(), &self.token(), origin, now).await
    }

    async fn prove(&self, secret: &str, now: Instant) -> Result<Principal, Refusal> {
        self.guard.authenticate_client(self.client.as_str(), &Secret::new(secret), now).await
    }
}

async fn insert_user<D: Database>(scope: &Scope<'_, D>, client: &ClientId) -> UserId {
    let member = NewMember {
        email: format!("mia+{client}@x.org"),
        username: "mia".to_owned(),
        username_may_vary: true,
        role: Role::Member,
        accepted: true,
        time_zone: Zone::UTC,
        profile: UserChange::default(),
        settings: serde_json::Map::new(),
    };
    let family = "family".to_owned();
    let new = NewManagedUser { member, has_schedule: false, family, event_types: Vec::new() };
    match insert(scope, client, &new, now()).await.unwrap() {
        ManagedInserted::Inserted(user) => user.id,
        other => panic!("{other:?}"),
    }
}

fn refused(reason: &str) -> Refusal {
    credential::refused(reason)
}

#[tokio::test]
async fn a_token_tells_whose_it_is_and_through_which_client() {
    let platform = Platform::new().await;
    let principal = platform.ask(None, now()).await.unwrap();
    assert_eq!((principal.user_id, principal.method), (platform.user, Method::AccessToken));
    assert_eq!(principal.organization_role, Some(Role::Member));
    let client = principal.client.clone().unwrap();
    assert_eq!((client.id.as_str(), client.permissions), (platform.client.as_str(), 5));
    let asked = platform.guard.asked();
    assert_eq!(platform.ask(None, now()).await.unwrap(), principal);
    assert_eq!(platform.guard.asked(), asked, "and is remembered");
}

#[tokio::test]
async fn a_token_that_was_replaced_is_refused_at_once() {
    let platform = Platform::new().await;
    platform.ask(None, now()).await.unwrap();
    let shown = Generation { family: "family".to_owned(), number: 1 };
    let scope = platform.scope().await;
    refresh(&scope, &platform.client, platform.user, &shown).await.unwrap();
    platform.guard.advance(platform.client.organization()).await;
    assert_eq!(
        platform.ask(None, now()).await,
        Err(refused("access token - Invalid Access Token."))
    );
}

#[tokio::test]
async fn an_expired_token_is_told_apart_and_costs_no_question() {
    let platform = Platform::new().await;
    platform.ask(None, now()).await.unwrap();
    let asked = platform.guard.asked();
    let later = now().plus_minutes(60);
    let expired = Refusal::Expired("ACCESS_TOKEN_IS_EXPIRED".to_owned());
    assert_eq!(platform.ask(None, later).await, Err(expired));
    assert_eq!(platform.guard.asked(), asked);
}

#[tokio::test]
async fn a_page_that_was_let_in_lets_no_other_in() {
    let platform = Platform::new().await;
    platform.ask(Some(PAGE), now()).await.unwrap();
    let Err(Refusal::Unauthorized(text)) = platform.ask(Some("https://evil.test"), now()).await
    else {
        panic!("not refused")
    };
    assert!(text.contains("Invalid request origin - please open"), "{text}");
}

#[tokio::test]
async fn a_client_acts_for_its_owner_until_its_secret_is_replaced() {
    let platform = Platform::new().await;
    let principal = platform.prove("old", now()).await.unwrap();
    assert_eq!((principal.username.as_str(), principal.method), ("ada", Method::OAuthClient));
    let asked = platform.guard.asked();
    platform.prove("old", now()).await.unwrap();
    assert_eq!(platform.guard.asked(), asked, "and is remembered");
    let until = now().plus_millis(30_000);
    let hash = hash_hex(b"new");
    let new = NewSecret { hash: &hash, sealed: "", old_until: Some(until) };
    let scope = platform.scope().await;
    oauth_clients::replace_secret(&scope, &platform.client, &new, now()).await.unwrap();
    platform.guard.advance(platform.client.organization()).await;
    // Both count for a while, and are the same caller to limits.
    let old = platform.prove("old", now()).await.unwrap();
    assert_eq!(platform.prove("new", now()).await.unwrap().credential, old.credential);
    // The end counts also where the answer of the millisecond before is cached.
    let invalid = refused("oauth client - Invalid client secret");
    assert_eq!(platform.prove("old", until).await, Err(invalid.clone()));
    assert_eq!(platform.prove("wrong", now()).await, Err(invalid));
    assert!(platform.prove("new", until).await.is_ok());
}

#[tokio::test]
async fn made_up_clients_and_tokens_of_unknown_organisations_are_refused() {
    let platform = Platform::new().await;
    let nowhere = OrganizationNumber::new(77).unwrap();
    let made_up = ClientId::generate(nowhere);
    let outcome =
        platform.guard.authenticate_client(made_up.as_str(), &Secret::new("old"), now()).await;
    let text = format!("oauth client - Client with ID {made_up} not found");
    assert_eq!(outcome, Err(refused(&text)));
    let grant =
        Grant::ManagedAccess { client_id: made_up.to_string(), owner: UserId::new(nowhere, 1) };
    let text = Secret::new(tokens().sign(&Token::new("family.1", grant, now(), 60)));
    let outcome = platform.guard.authenticate_signed(&tokens(), &text, None, now()).await;
    assert_eq!(outcome, Err(refused("access token - Invalid Access Token.")));
}
