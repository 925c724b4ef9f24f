//! Organisations made through the API for rows that need one of their own. What they
//! hold by the thousand is written into their files afterwards.

use anyhow::Context;
use meridian_kernel::{Instant, UserId, WireId};
use serde_json::{Value, json};

use crate::client::{Ask, Client};
use crate::scenario::{
    DAY, LENGTH, Provisioned, TAKEN, book, id, list, monday_after, nth_start, provision, slots,
};
use crate::seed::{Copy, File};

/// An organisation with one event type and one booking of it, which the others are
/// like.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The organisation and its owner's key.
    pub organization: Provisioned,
    /// The event type.
    pub event_type: i64,
    /// Row numbers of the hosts.
    hosts: Vec<i64>,
    /// The Monday of the week that is asked for, 00:00 UTC.
    monday: Instant,
    /// The uid of the booking.
    pattern: String,
}

impl Stage {
    /// With the owner as the only host.
    pub async fn of_one(client: &mut Client, slug: &str) -> anyhow::Result<Self> {
        let organization = provision(client, slug).await?;
        let body = json!({"title": "Intro", "slug": "intro", "lengthInMinutes": LENGTH});
        let ask = Ask::post("/v2/event-types", &body).bearer(&organization.key);
        let made = client.data(ask.version("2024-06-14").request()?).await?;
        Self::with(client, organization, id(&made)?, Vec::new()).await
    }

    /// With so many members of a team as hosts, by turns.
    pub async fn of_team(client: &mut Client, slug: &str, hosts: usize) -> anyhow::Result<Self> {
        let organization = provision(client, slug).await?;
        let path = format!("/v2/organizations/{}", organization.number.wire_id());
        let mut post = async |path: &str, body: Value| {
            client.data(Ask::post(path, &body).bearer(&organization.key).request()?).await
        };
        let body = json!({"name": "Team", "slug": "team"});
        let team = id(&post(&format!("{path}/teams"), body).await?)?;
        let mut members = Vec::new();
        for number in 0..hosts {
            let body = json!({
                "email": format!("host-{number}@{slug}.test"), "username": format!("host-{number}"),
                "organizationRole": "MEMBER", "timeZone": "Europe/Rome",
            });
            let member = id(&post(&format!("{path}/users"), body).await?)?;
            let body = json!({"userId": member, "role": "MEMBER", "accepted": true});
            post(&format!("{path}/teams/{team}/memberships"), body).await?;
            members.push(member);
        }
        let those: Vec<Value> = members.iter().map(|member| json!({"userId": member})).collect();
        let body = json!({"title": "Intro", "slug": "intro", "lengthInMinutes": LENGTH,
                          "schedulingType": "roundRobin", "hosts": those});
        let made = post(&format!("/v2/teams/{team}/event-types"), body).await?;
        Self::with(client, organization, id(&made)?, members).await
    }

    async fn with(
        client: &mut Client,
        organization: Provisioned,
        event_type: i64,
        hosts: Vec<i64>,
    ) -> anyhow::Result<Self> {
        let row = |host: &i64| Ok(UserId::from_wire(*host)?.row());
        let hosts = hosts.iter().map(row).collect::<anyhow::Result<Vec<i64>>>()?;
        let monday = monday_after(Instant::now());
        let start = monday.plus_minutes(TAKEN[0]);
        let booking = client.data(book(event_type, start).request()?).await?;
        let pattern = booking.get("uid").and_then(Value::as_str).context("a booking's uid")?;
        Ok(Self { organization, event_type, hosts, monday, pattern: pattern.to_owned() })
    }

    /// The slots of so many days from Monday.
    pub fn slots(&self, days: i64) -> Ask {
        slots(self.event_type, self.monday, days)
    }

    /// The first page of the owner's bookings.
    pub fn list(&self) -> Ask {
        list(&self.organization.key)
    }

    /// A booking of a slot that is free, another one for every number.
    pub fn book_number(&self, number: u64) -> Ask {
        book(self.event_type, nth_start(self.monday, number))
    }

    /// The instants that a week of slots is asked for.
    pub fn week(&self) -> (Instant, Instant) {
        (self.monday, self.monday.plus_minutes(7 * DAY))
    }

    /// Fills the week as the busy host's is: 20 bookings with the one there is.
    pub async fn fill_week(&self, file: &File) -> anyhow::Result<()> {
        let days = (0..5).flat_map(|day| TAKEN.map(|minute| day * DAY + minute));
        let starts = days.skip(1).map(|minute| self.monday.plus_minutes(minute).into());
        self.copy(file, starts).await
    }

    /// So many bookings of the first host outside of the week, half before and half
    /// after it, without a break.
    pub async fn fill_around(&self, file: &File, count: i64) -> anyhow::Result<()> {
        // Far enough for no buffer to reach into the week.
        let (before, after) = (-14 * DAY, 21 * DAY);
        let earlier = (1..=count / 2).rev().map(|number| before - number * LENGTH);
        let later = (0..count - count / 2).map(|number| after + number * LENGTH);
        let starts = earlier.chain(later).map(|minute| self.monday.plus_minutes(minute).into());
        self.copy(file, starts).await
    }

    /// So many bookings over all hosts and that many days, as far apart as can be.
    pub async fn fill_team(&self, file: &File, count: i64, days: i64) -> anyhow::Result<()> {
        let hosts = self.hosts.len() as i64;
        let each = (count / hosts.max(1)).max(1);
        let of_host = |(place, row): (usize, &i64)| {
            let (place, row) = (place as i64, *row);
            (0..each).map(move |number| {
                let minute = 9 * 60 + (number * 95 + place * 35) % (8 * 60) / 5 * 5;
                // A day after the booking there is, which is anybody's.
                let day = 1 + number * (days - 1) / each;
                Copy { start: self.monday.plus_minutes(day * DAY + minute), host: Some(row) }
            })
        };
        self.copy(file, self.hosts.iter().enumerate().flat_map(of_host)).await
    }

    async fn copy(&self, file: &File, copies: impl Iterator<Item = Copy>) -> anyhow::Result<()> {
        file.copy_booking(self.organization.number, &self.pattern, copies).await
    }
}
