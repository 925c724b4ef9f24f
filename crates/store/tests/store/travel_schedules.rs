//! Spans of days in another zone.

use chrono::NaiveDate;
use meridian_database::Databases;
use meridian_kernel::{Instant, OrganizationNumber, TravelScheduleId, UserId, WireId, Zone};
use meridian_store::Scope;
use meridian_store::travel_schedules::{self, NewTravelSchedule, TravelSchedule};

use crate::support::{Home, user};

const NOW: Instant = Instant::from_millis(1_000);

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

async fn travel(
    scope: &Scope<'_, Databases>,
    user: UserId,
    start: &str,
    end: Option<&str>,
) -> Option<TravelSchedule> {
    let time_zone = Zone::parse("Asia/Tokyo").unwrap();
    let new = NewTravelSchedule { time_zone, start: day(start), end: end.map(day) };
    travel_schedules::create(scope, user, new, NOW).await.unwrap()
}

#[tokio::test]
async fn spans_of_one_user_never_overlap() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let made = travel(&scope, ada, "2050-01-10", Some("2050-01-20")).await.unwrap();
    assert_eq!((made.start, made.end), (day("2050-01-10"), Some(day("2050-01-20"))));
    for (start, end) in [
        ("2050-01-20", Some("2050-01-25")),
        ("2050-01-01", Some("2050-01-10")),
        ("2050-01-12", Some("2050-01-13")),
        ("2050-01-01", Some("2050-02-01")),
        ("2050-01-01", None),
        ("2050-01-20", None),
    ] {
        assert_eq!(travel(&scope, ada, start, end).await, None, "{start} {end:?}");
    }
    assert!(travel(&scope, bob, "2050-01-12", None).await.is_some());
    assert!(travel(&scope, ada, "2050-01-21", None).await.is_some());
    assert_eq!(travel(&scope, ada, "2060-01-01", Some("2060-01-02")).await, None);
    assert!(travel(&scope, ada, "2050-01-09", Some("2050-01-09")).await.is_some());
    let all = travel_schedules::list(&scope, ada, 0, 250).await.unwrap();
    let starts: Vec<NaiveDate> = all.iter().map(|travel| travel.start).collect();
    assert_eq!(starts, [day("2050-01-09"), day("2050-01-10"), day("2050-01-21")]);
    assert_eq!(travel_schedules::list(&scope, ada, 1, 1).await.unwrap(), [made]);
}

#[tokio::test]
async fn parallel_spans_that_overlap_make_one() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let tries = (0..20).map(|_| travel(&scope, ada, "2050-01-10", Some("2050-01-20")));
    let made = futures::future::join_all(tries).await;
    assert_eq!(made.iter().flatten().count(), 1);
}

#[tokio::test]
async fn only_its_user_finds_and_deletes_it() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let made = travel(&scope, ada, "2050-01-10", None).await.unwrap();
    let elsewhere = TravelScheduleId::new(OrganizationNumber::new(8).unwrap(), made.id.row());
    for (who, id) in [(bob, made.id), (ada, elsewhere)] {
        assert_eq!(travel_schedules::find(&scope, who, id).await.unwrap(), None);
        assert_eq!(travel_schedules::delete(&scope, who, id).await.unwrap(), None);
    }
    let found = travel_schedules::find(&scope, ada, made.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&made));
    assert_eq!(travel_schedules::delete(&scope, ada, made.id).await.unwrap(), Some(made.clone()));
    assert_eq!(travel_schedules::find(&scope, ada, made.id).await.unwrap(), None);
}
