//! Deliveries that wait, as a booking leaves them behind.

use anyhow::Context;
use meridian_kernel::{Instant, OrganizationNumber, ShortUid, UuidUid};
use serde_json::{Value, json};

use super::File;

/// How many are written by one statement.
const CHUNK: u64 = 20_000;

/// What happened, and who is to hear of it.
#[derive(Clone, Debug)]
pub struct Heard<'a> {
    /// The event's payload.
    pub payload: &'a str,
    /// Where it goes.
    pub url: &'a str,
    /// When it is due.
    pub due: Instant,
}

impl File {
    /// The payload of the first event there is.
    pub async fn payload(&self) -> anyhow::Result<String> {
        let sql = "SELECT payload FROM outbox_event ORDER BY id LIMIT 1";
        let mut rows = self.connection.query(sql, ()).await?;
        Ok(rows.next().await?.context("nothing happened")?.get(0)?)
    }

    /// Makes a webhook of the owner, and lets so many bookings' events wait for it.
    pub async fn queue_deliveries(
        &self,
        organization: OrganizationNumber,
        heard: &Heard<'_>,
        count: u64,
    ) -> anyhow::Result<()> {
        let now = Instant::now().millis();
        let webhook = UuidUid::generate(organization);
        self.execute("BEGIN", ()).await?;
        self.execute(
            "INSERT INTO webhook (id, user_id, subscriber_url, active, triggers, version, \
             created_at, updated_at) VALUES (?1, 1, ?2, 1, '[\"BOOKING_CREATED\"]', \
             '2021-10-20', ?3, ?3)",
            // An owner has one webhook of a URL.
            (webhook.as_str(), format!("{}?webhook={}", heard.url, webhook.as_str()), now),
        )
        .await?;
        let mut left = count;
        while left > 0 {
            let chunk = left.min(CHUNK);
            left -= chunk;
            let uid = |_| Value::from(ShortUid::generate(organization).as_str());
            let uids = (0..chunk).map(uid).collect::<Value>().to_string();
            let before = self.number("SELECT coalesce(max(id), 0) FROM outbox_event", ()).await?;
            self.execute(
                "INSERT INTO outbox_event (trigger_event, booking_uid, payload, created_at) \
                 SELECT 'BOOKING_CREATED', value, ?2, ?3 FROM json_each(?1)",
                (uids, heard.payload, now),
            )
            .await?;
            self.execute(
                "INSERT INTO webhook_delivery (event_id, webhook_id, next_attempt_at) \
                 SELECT id, ?1, ?2 FROM outbox_event WHERE id > ?3",
                (webhook.as_str(), heard.due.millis(), before),
            )
            .await?;
        }
        self.execute("COMMIT", ()).await?;
        Ok(())
    }

    /// Lets an endpoint rest, as one does that has failed often: what is due waits.
    pub async fn rest_endpoints(&self, until: Instant) -> anyhow::Result<()> {
        self.execute(
            "INSERT INTO webhook_health (webhook_id, failures, failing_since, open_until) \
             SELECT id, 10, ?1, ?2 FROM webhook",
            (Instant::now().millis(), until.millis()),
        )
        .await?;
        Ok(())
    }

    /// In the platform's file: notes when organisations are to be looked at.
    pub async fn note_due_work(
        &self,
        organizations: impl IntoIterator<Item = (OrganizationNumber, Instant)>,
    ) -> anyhow::Result<()> {
        let row =
            |(number, due): (OrganizationNumber, Instant)| json!([number.get(), due.millis()]);
        let rows = organizations.into_iter().map(row).collect::<Value>().to_string();
        self.execute(
            "INSERT INTO due_work (organization, marked_at, next_due_at) \
             SELECT value ->> 0, 0, value ->> 1 FROM json_each(?1) WHERE true \
             ON CONFLICT (organization) DO UPDATE SET marked_at = 0, \
             next_due_at = excluded.next_due_at",
            [rows],
        )
        .await?;
        Ok(())
    }
}
