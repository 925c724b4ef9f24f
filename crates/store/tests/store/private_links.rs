//! Private links: good for so many bookings, until some time, and never for more.

use meridian_database::Databases;
use meridian_kernel::{EventTypeId, Instant, LinkId, UserId};
use meridian_store::event_types::{self, Draft};
use meridian_store::private_links::{self, PrivateLink, Terms, TermsChange, consume};
use meridian_store::{DatabaseError, Scope};

use crate::support::{Home, organization, user as make_user};

const NOW: Instant = Instant::from_millis(1_000);
const LATER: Instant = Instant::from_millis(2_000);
const UNBOUND: Terms = Terms { expires_at: None, max_usage_count: None };

async fn event_type(scope: &Scope<'_, Databases>, owner: UserId, slug: &str) -> EventTypeId {
    let draft = Draft {
        slug: slug.to_owned(),
        title: slug.to_owned(),
        length_minutes: 30,
        hidden: false,
        slot_interval: None,
        minimum_booking_notice: 0,
        before_event_buffer: 0,
        after_event_buffer: 0,
        offset_start: 0,
        settings: "{}".to_owned(),
    };
    event_types::create(scope, owner, &draft, None, NOW).await.unwrap().event_type.id
}

async fn link(scope: &Scope<'_, Databases>, of: EventTypeId, terms: Terms) -> PrivateLink {
    let id = LinkId::generate(organization());
    private_links::create(scope, of, &id, terms, NOW).await.unwrap().unwrap()
}

/// Whether a booking of that event type may be made with the link at that time.
async fn books(
    scope: &Scope<'_, Databases>,
    link: &PrivateLink,
    of: EventTypeId,
    now: Instant,
) -> bool {
    match scope.write(vec![consume(&link.id, of, now)]).await {
        Ok(_) => true,
        Err(DatabaseError::Precondition(0)) => false,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_link_is_good_for_as_many_bookings_as_it_says() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = make_user(&scope, "ada").await;
    let of = event_type(&scope, ada, "demo").await;
    let twice = link(&scope, of, Terms { max_usage_count: Some(2), ..UNBOUND }).await;
    assert!(!twice.is_expired(NOW));
    let outcomes = [
        books(&scope, &twice, of, NOW).await,
        books(&scope, &twice, of, NOW).await,
        books(&scope, &twice, of, NOW).await,
    ];
    assert_eq!(outcomes, [true, true, false]);
    let used = private_links::find(&scope, &twice.id).await.unwrap().unwrap();
    assert_eq!(used.usage_count, 2);
    assert!(used.is_expired(NOW));
}

#[tokio::test]
async fn a_link_is_good_until_it_ends() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = make_user(&scope, "ada").await;
    let of = event_type(&scope, ada, "demo").await;
    let timed = link(&scope, of, Terms { expires_at: Some(LATER), ..UNBOUND }).await;
    assert!(books(&scope, &timed, of, NOW).await);
    assert!(!books(&scope, &timed, of, LATER).await);
    assert_eq!((timed.is_expired(NOW), timed.is_expired(LATER)), (false, true));
}

#[tokio::test]
async fn a_link_books_its_own_event_type_only() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = make_user(&scope, "ada").await;
    let of = event_type(&scope, ada, "demo").await;
    let other = event_type(&scope, ada, "other").await;
    let unbound = link(&scope, of, UNBOUND).await;
    assert!(!books(&scope, &unbound, other, NOW).await);
    assert!(books(&scope, &unbound, of, NOW).await);
    let change = TermsChange { max_usage_count: Some(9), ..TermsChange::default() };
    let changed = private_links::update(&scope, other, &unbound.id, change).await.unwrap();
    assert_eq!(changed, None);
    assert!(!private_links::delete(&scope, other, &unbound.id).await.unwrap());
    assert!(private_links::list(&scope, other).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_change_leaves_what_it_does_not_name() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = make_user(&scope, "ada").await;
    let of = event_type(&scope, ada, "demo").await;
    let made = link(&scope, of, Terms { max_usage_count: Some(1), ..UNBOUND }).await;
    assert!(books(&scope, &made, of, NOW).await);
    let change = TermsChange { expires_at: Some(LATER), max_usage_count: Some(3) };
    let changed = private_links::update(&scope, of, &made.id, change).await.unwrap().unwrap();
    assert_eq!((changed.expires_at, changed.max_usage_count), (Some(LATER), Some(3)));
    assert_eq!(changed.usage_count, 1, "what was used stays used");
    let nothing = TermsChange::default();
    let same = private_links::update(&scope, of, &made.id, nothing).await.unwrap();
    assert_eq!(same, Some(changed.clone()));
    assert_eq!(private_links::list(&scope, of).await.unwrap(), [changed]);
}

#[tokio::test]
async fn links_go_with_their_event_type() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = make_user(&scope, "ada").await;
    let of = event_type(&scope, ada, "demo").await;
    let made = link(&scope, of, UNBOUND).await;
    let gone = link(&scope, of, UNBOUND).await;
    assert!(private_links::delete(&scope, of, &gone.id).await.unwrap());
    assert!(!books(&scope, &gone, of, NOW).await);
    event_types::delete(&scope, ada, of).await.unwrap().unwrap();
    assert_eq!(private_links::find(&scope, &made.id).await.unwrap(), None);
    let id = LinkId::generate(organization());
    assert_eq!(private_links::create(&scope, of, &id, UNBOUND, NOW).await.unwrap(), None);
}
