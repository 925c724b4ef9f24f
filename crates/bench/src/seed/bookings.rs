//! Bookings like one that was made through the API.

use meridian_kernel::{Instant, OrganizationNumber, ShortUid};
use serde_json::{Value, json};

use super::File;

/// How many are written by one statement.
const CHUNK: usize = 20_000;

/// How a booking differs from its pattern.
#[derive(Clone, Copy, Debug)]
pub struct Copy {
    /// When it starts. It is as long as its pattern.
    pub start: Instant,
    /// The row number of the host who holds it; `None`: as the pattern.
    pub host: Option<i64>,
}

impl From<Instant> for Copy {
    fn from(start: Instant) -> Self {
        Self { start, host: None }
    }
}

/// Rows of `?1` are `[uid, host, start]`; `?2` is the pattern's uid.
const EACH: &str = "FROM json_each(?1) n CROSS JOIN booking p ON p.uid = ?2";

const EACH_ATTENDEE: &str = "FROM json_each(?1) n CROSS JOIN booking b ON b.uid = n.value ->> 0 \
    CROSS JOIN booking o ON o.uid = ?2 CROSS JOIN attendee p ON p.booking_id = o.id";

const EACH_TIME: &str = "FROM json_each(?1) n CROSS JOIN booking b ON b.uid = n.value ->> 0 \
    CROSS JOIN booking o ON o.uid = ?2 CROSS JOIN busy_time p ON p.booking_id = o.id";

impl File {
    /// Copies a booking with its attendees and the time it takes. Triggers note who
    /// sees the copies, count them, and refuse any two of a host that overlap.
    pub async fn copy_booking(
        &self,
        organization: OrganizationNumber,
        pattern: &str,
        copies: impl IntoIterator<Item = Copy>,
    ) -> anyhow::Result<()> {
        let hosts = self.number(
            "SELECT count(*) FROM booking_host WHERE booking_id = \
             (SELECT id FROM booking WHERE uid = ?1)",
            [pattern],
        );
        anyhow::ensure!(hosts.await? == 0, "only bookings of one host are copied");
        let statements = [
            self.copy_of(
                "booking",
                &[
                    ("uid", "n.value ->> 0"),
                    ("ical_uid", "replace(p.ical_uid, p.uid, n.value ->> 0)"),
                    ("user_id", "coalesce(n.value ->> 1, p.user_id)"),
                    ("start_at", "n.value ->> 2"),
                    ("end_at", "(n.value ->> 2) + p.end_at - p.start_at"),
                ],
                EACH,
            )
            .await?,
            self.copy_of("attendee", &[("booking_id", "b.id")], EACH_ATTENDEE).await?,
            self.copy_of(
                "busy_time",
                &[
                    ("booking_id", "b.id"),
                    ("user_id", "iif(p.user_id = o.user_id, b.user_id, p.user_id)"),
                    ("busy_start", "p.busy_start + b.start_at - o.start_at"),
                    ("busy_end", "p.busy_end + b.start_at - o.start_at"),
                ],
                EACH_TIME,
            )
            .await?,
        ];
        let copies: Vec<Copy> = copies.into_iter().collect();
        for chunk in copies.chunks(CHUNK) {
            let row = |copy: &Copy| {
                let uid = ShortUid::generate(organization);
                json!([uid.as_str(), copy.host, copy.start.millis()])
            };
            let rows = chunk.iter().map(row).collect::<Value>().to_string();
            self.execute("BEGIN", ()).await?;
            for statement in &statements {
                let copied = self.execute(statement, [rows.as_str(), pattern]).await?;
                anyhow::ensure!(copied >= chunk.len() as u64, "{copied} rows: {statement}");
            }
            self.execute("COMMIT", ()).await?;
        }
        Ok(())
    }
}
