//! An organisation with a user, bookings and subscribers.

use meridian_database::{Databases, Options};
use meridian_kernel::{Instant, OrganizationNumber, UuidUid};
use meridian_store::deliveries::{self, BookingEvent, Delivery, Report, Verdict};
use meridian_store::{Platform, Scope, Statement, arguments};

pub const NOW: Instant = Instant::from_millis(1_800_000_000_000);
pub const SECOND: i64 = 1000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
/// What the tests hold a delivery for.
pub const LEASE: i64 = 20 * SECOND;

pub fn after(millis: i64) -> Instant {
    NOW.plus_millis(millis)
}

pub struct World {
    pub databases: Databases,
    pub organization: OrganizationNumber,
    _folder: tempfile::TempDir,
}

impl World {
    /// With the bookings `first` and `second` of its only user.
    pub async fn new(number: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let databases = Databases::open(folder.path(), Options::default()).unwrap();
        let organization = OrganizationNumber::new(number).unwrap();
        Platform::open(&databases).await.unwrap();
        databases.create(&organization.database_name()).await.unwrap();
        let world = Self { databases, organization, _folder: folder };
        world
            .run(
                "INSERT INTO user (id, username, email, time_zone, created_at, updated_at) \
                 VALUES (1, 'ada', 'ada@example.org', 'UTC', 0, 0)",
            )
            .await;
        world.book(11, "first", 1, 2).await;
        world.book(12, "second", 1, 2).await;
        world
    }

    pub async fn scope(&self) -> Scope<'_, Databases> {
        Scope::open(&self.databases, self.organization).await.unwrap()
    }

    pub async fn platform(&self) -> Platform<'_, Databases> {
        Platform::open(&self.databases).await.unwrap()
    }

    pub async fn run(&self, sql: &'static str) {
        self.write(Statement::command(sql, [])).await;
    }

    pub async fn write(&self, statement: Statement) {
        self.scope().await.write(vec![statement]).await.unwrap();
    }

    pub async fn book(&self, id: i64, uid: &str, start: i64, end: i64) {
        let sql = "INSERT INTO booking (id, uid, event_type_id, user_id, title, status, \
                   start_at, end_at, ical_uid, created_at, updated_at) \
                   VALUES (?1, ?2, 1, 1, 'T', 'accepted', ?3, ?4, ?2, 0, 0)";
        self.write(Statement::command(sql, arguments![id, uid, start, end])).await;
    }

    /// The same, moved here from another one.
    pub async fn move_booking(&self, from: &str, id: i64, uid: &str) {
        self.book(id, uid, 1, 2).await;
        let sql = "UPDATE booking SET chain_id = (SELECT coalesce(was.chain_id, was.id) \
                   FROM booking was WHERE was.uid = ?1) WHERE uid = ?2";
        self.write(Statement::command(sql, arguments![from, uid])).await;
    }

    /// A webhook of the user that asks for everything these tests tell of.
    pub async fn webhook(&self) -> UuidUid {
        self.webhook_for(r#"["BOOKING_CREATED","BOOKING_CANCELLED"]"#, NOW).await
    }

    pub async fn webhook_for(&self, triggers: &str, now: Instant) -> UuidUid {
        let id = UuidUid::generate(self.organization);
        let sql = "INSERT INTO webhook (id, user_id, subscriber_url, active, triggers, secret, \
                   version, created_at, updated_at) VALUES (?1, 1, 'https://' || ?1, 1, ?2, \
                   'sealed', '2021-10-20', ?3, ?3)";
        self.write(Statement::command(sql, arguments![id.as_str(), triggers, now])).await;
        id
    }

    pub async fn happens(&self, trigger: &'static str, booking: &str, now: Instant) {
        let payload = r#"{"uid":"x"}"#.to_owned();
        let event = BookingEvent { trigger, booking_uid: booking.to_owned(), payload };
        self.happen(&[event], now).await;
    }

    /// Several things at once.
    pub async fn happen(&self, events: &[BookingEvent], now: Instant) {
        let statements = deliveries::booking_events(events, self.organization, now);
        self.scope().await.write(statements.to_vec()).await.unwrap();
    }

    pub async fn take(&self, now: Instant) -> Vec<Delivery> {
        self.turn(&[], now).await
    }

    pub async fn turn(&self, reports: &[Report], now: Instant) -> Vec<Delivery> {
        let lease_end = now.plus_millis(LEASE);
        deliveries::take_turn(&self.scope().await, reports, now, lease_end, 32).await.unwrap()
    }

    /// Records and takes nothing.
    pub async fn record(&self, delivery: &Delivery, verdict: Verdict, now: Instant) {
        let status = Some(if verdict == Verdict::Delivered { 200 } else { 500 });
        let report = Report { status, ..Report::new(delivery, verdict) };
        let scope = self.scope().await;
        deliveries::take_turn(&scope, &[report], now, now, 0).await.unwrap();
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        let rows = self.scope().await.read_one(Statement::query(sql, [])).await.unwrap();
        rows.first().unwrap().integer(0).unwrap()
    }
}

pub fn triggers(deliveries: &[Delivery]) -> Vec<&str> {
    deliveries.iter().map(|delivery| delivery.trigger.as_str()).collect()
}
