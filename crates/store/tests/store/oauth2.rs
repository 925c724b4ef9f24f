//! Consents, codes and refresh tokens: each works once, whoever is faster.

use meridian_database::Databases;
use meridian_kernel::{ClientId, Instant, UserId};
use meridian_store::Scope;
use meridian_store::oauth2::{
    self, Approval, ClientType, MAX_GRANTS, NewClient, NewGrant, NewRefreshToken,
};

use crate::support::{Home, leave, organization, user};

const NOW: Instant = Instant::from_millis(1_000_000);
const HOME: &str = "https://app.example/cb";

/// An application and somebody it asks.
async fn stage(scope: &Scope<'_, Databases>) -> (ClientId, UserId) {
    let ada = user(scope, "ada").await;
    let new = NewClient {
        id: ClientId::generate(organization()),
        name: "App".to_owned(),
        logo: None,
        redirect_uris: vec![HOME.to_owned()],
        client_type: ClientType::Public,
        secret_hash: None,
        approval: Approval::Approved,
        scopes: vec!["BOOKING_READ".to_owned()],
    };
    oauth2::insert_client(scope, ada, &new, 1, NOW).await.unwrap().unwrap();
    let another = NewClient { id: ClientId::generate(organization()), ..new.clone() };
    assert_eq!(oauth2::insert_client(scope, ada, &another, 1, NOW).await.unwrap(), None);
    (new.id, ada)
}

async fn allow(
    scope: &Scope<'_, Databases>,
    client: &ClientId,
    user: UserId,
    id: &str,
    redirect_uri: &str,
) -> bool {
    let new = NewGrant {
        id,
        client,
        user,
        scopes: &["BOOKING_READ".to_owned()],
        code_hash: id,
        code_expires_at: NOW.plus_minutes(5),
        redirect_uri,
        code_challenge: None,
    };
    oauth2::insert_grant(scope, &new, NOW).await.unwrap()
}

fn token<'a>(grant: &'a str, hash: &'a str) -> NewRefreshToken<'a> {
    NewRefreshToken { grant, hash, expires_at: NOW.plus_minutes(60) }
}

#[tokio::test]
async fn of_two_who_redeem_one_code_or_token_one_finds_it_used() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (app, ada) = stage(&scope).await;
    assert!(allow(&scope, &app, ada, "g", HOME).await);
    assert_eq!(oauth2::find_holder(&scope, "g", app.as_str(), ada).await.unwrap(), None);
    let (first, second) = (token("g", "a"), token("g", "b"));
    let redeem = |new| oauth2::redeem_code(&scope, new, NOW);
    assert_eq!((redeem(&first).await.unwrap(), redeem(&second).await.unwrap()), (true, false));
    assert!(oauth2::find_code(&scope, "g").await.unwrap().unwrap().is_used);
    let rotate = |old, new| oauth2::rotate(&scope, old, new, NOW);
    let (third, fourth) = (token("g", "c"), token("g", "d"));
    assert!(rotate("a", &third).await.unwrap());
    assert!(!rotate("a", &fourth).await.unwrap());
    assert!(oauth2::find_refresh_token(&scope, "a").await.unwrap().unwrap().is_used);
    assert_eq!(oauth2::find_refresh_token(&scope, "d").await.unwrap(), None);
    assert!(oauth2::find_holder(&scope, "g", app.as_str(), ada).await.unwrap().is_some());
}

#[tokio::test]
async fn nothing_comes_of_a_consent_that_was_taken_back_or_is_too_old() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (app, ada) = stage(&scope).await;
    assert!(allow(&scope, &app, ada, "g", HOME).await);
    let (first, second) = (token("g", "a"), token("g", "b"));
    assert!(!oauth2::redeem_code(&scope, &first, NOW.plus_minutes(5)).await.unwrap());
    assert!(oauth2::redeem_code(&scope, &first, NOW).await.unwrap());
    assert!(!oauth2::rotate(&scope, "a", &second, NOW.plus_minutes(60)).await.unwrap());
    // Another application cannot take it back.
    let other = ClientId::generate(organization());
    oauth2::revoke_grant(&scope, "g", &other, NOW).await.unwrap();
    assert!(oauth2::find_holder(&scope, "g", app.as_str(), ada).await.unwrap().is_some());
    assert!(oauth2::revoke_consent(&scope, ada, &app, NOW).await.unwrap());
    assert!(!oauth2::revoke_consent(&scope, ada, &app, NOW).await.unwrap());
    assert!(!oauth2::rotate(&scope, "a", &second, NOW).await.unwrap());
    assert_eq!(oauth2::find_holder(&scope, "g", app.as_str(), ada).await.unwrap(), None);
    assert_eq!(oauth2::list_consents(&scope, ada, NOW).await.unwrap(), []);
}

#[tokio::test]
async fn a_consent_is_given_to_an_approved_application_at_its_own_address() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (app, ada) = stage(&scope).await;
    assert!(!allow(&scope, &app, ada, "a", "https://evil.example").await);
    let decide = |approval| oauth2::set_approval(&scope, &app, approval, false, NOW);
    decide(Approval::Rejected).await.unwrap().unwrap();
    assert!(!allow(&scope, &app, ada, "b", HOME).await);
    decide(Approval::Approved).await.unwrap().unwrap();
    assert!(allow(&scope, &app, ada, "c", HOME).await);
    leave(&scope, ada).await;
    assert!(!allow(&scope, &app, ada, "d", HOME).await);
    assert_eq!(oauth2::find_code(&scope, "c").await.unwrap(), None);
}

#[tokio::test]
async fn an_application_goes_with_all_that_was_allowed_and_old_consents_give_way() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (app, ada) = stage(&scope).await;
    for index in 0..=MAX_GRANTS {
        assert!(allow(&scope, &app, ada, &format!("g{index:02}"), HOME).await);
    }
    let newest = format!("g{MAX_GRANTS:02}");
    assert!(oauth2::find_code(&scope, &newest).await.unwrap().is_some());
    let mut kept = 0;
    for index in 0..=MAX_GRANTS {
        let code = oauth2::find_code(&scope, &format!("g{index:02}")).await.unwrap();
        kept += u32::from(code.is_some());
    }
    assert_eq!(kept, MAX_GRANTS);
    oauth2::delete_client(&scope, &app).await.unwrap().unwrap();
    assert_eq!(oauth2::find_code(&scope, &newest).await.unwrap(), None);
    assert_eq!(oauth2::find_client(&scope, &app).await.unwrap(), None);
}
