//! Lists against a naive reading of everything, over random bookings and filters.

use std::cmp::Reverse;

use meridian_database::Databases;
use meridian_kernel::{EventTypeId, Instant, TeamId, UserId, WireId};
use meridian_store::bookings::{self, Filter, Order, Span, StatusFilter, Viewer};
use meridian_store::{Scope, Statement, Value, arguments};

use crate::support::{Home, at, organization, user, write};

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.roll(chances) == 0
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len() as u64) as usize].clone()
    }
}

const NOW: &str = "2050-09-05T12:00:00Z";
const STATUSES: [&str; 4] = ["accepted", "pending", "cancelled", "rejected"];
const NAMES: [&str; 3] = ["Ada", "Bob", "Zoe"];

/// A booking as the oracle knows it.
#[derive(Clone, Debug)]
struct Known {
    row: i64,
    uid: String,
    status: &'static str,
    of_series: bool,
    start: Instant,
    end: Instant,
    created: Instant,
    updated: Instant,
    event_type: i64,
    team: Option<i64>,
    users: Vec<i64>,
    attendees: Vec<(String, &'static str)>,
}

struct World<'a> {
    scope: Scope<'a, Databases>,
    dice: Dice,
    users: Vec<(UserId, String)>,
    known: Vec<Known>,
}

impl World<'_> {
    async fn command(&self, sql: &'static str, arguments: Vec<Value>) -> i64 {
        write(&self.scope, Statement::command(sql, arguments)).await
    }

    /// Somewhere within about two months of now, often at the same instants, and up
    /// to nine days long. Rows count from 1.
    fn book(&mut self) -> Vec<Statement> {
        let start = at(NOW).plus_minutes(self.dice.roll(4_000) as i64 * 45 - 90_000);
        let length = self.dice.pick(&[15, 45, 45, 90, 10_080, 12_960]);
        let (organizer, _) = self.dice.pick(&self.users);
        let created = at(NOW).plus_minutes(-(self.dice.roll(50) as i64));
        let of_series = self.dice.one_in(3);
        let mut known = Known {
            row: self.known.len() as i64 + 1,
            uid: format!("uid-{}", self.known.len()),
            status: self.dice.pick(&STATUSES),
            of_series,
            start,
            end: start.plus_minutes(length),
            created,
            updated: created.plus_minutes(self.dice.roll(10) as i64),
            event_type: 1 + self.dice.roll(3) as i64,
            team: self.dice.one_in(2).then(|| 1 + self.dice.roll(2) as i64),
            users: vec![organizer.row()],
            attendees: Vec::new(),
        };
        let sql = "INSERT INTO booking (uid, event_type_id, user_id, title, status, start_at, \
                   end_at, ical_uid, created_at, updated_at, team_id, recurring_uid) \
                   VALUES (?1, ?2, ?3, 't', ?4, ?5, ?6, 'i', ?7, ?8, ?9, ?10)";
        let series = of_series.then_some("series");
        let bound = arguments![
            known.uid.as_str(),
            known.event_type,
            organizer.row(),
            known.status,
            known.start,
            known.end,
            known.created,
            known.updated,
            known.team,
            series,
        ];
        let mut batch = vec![Statement::command(sql, bound)];
        if self.dice.one_in(3) {
            let (host, _) = self.dice.pick(&self.users);
            let sql = "INSERT INTO booking_host (booking_id, user_id, is_fixed) VALUES (?1, ?2, 1)";
            batch.push(Statement::command(sql, arguments![known.row, host.row()]));
            known.users.push(host.row());
        }
        for _ in 0..self.dice.roll(3) {
            let (_, email) = self.dice.pick(&self.users);
            let email = self.dice.pick(&[email.to_uppercase(), email, "out@x.org".to_owned()]);
            let name = self.dice.pick(&NAMES);
            let sql = "INSERT INTO attendee (booking_id, name, email, time_zone) \
                       VALUES (?1, ?2, ?3, 'UTC')";
            batch.push(Statement::command(sql, arguments![known.row, name, email.as_str()]));
            known.attendees.push((email.to_lowercase(), name));
        }
        self.known.push(known);
        batch
    }

    /// What may happen to a booking later.
    async fn change(&mut self) {
        let index = self.dice.roll(self.known.len() as u64) as usize;
        let row = self.known[index].row;
        match self.dice.roll(6) {
            0 | 1 => {
                let status = self.dice.pick(&STATUSES);
                let updated = at(NOW).plus_minutes(self.dice.roll(10) as i64);
                let sql = "UPDATE booking SET status = ?2, updated_at = ?3 WHERE id = ?1";
                self.command(sql, arguments![row, status, updated].to_vec()).await;
                (self.known[index].status, self.known[index].updated) = (status, updated);
            }
            2 => {
                let (host, _) = self.dice.pick(&self.users);
                let sql = "UPDATE booking SET user_id = ?2 WHERE id = ?1";
                self.command(sql, arguments![row, host.row()].to_vec()).await;
                self.known[index].users[0] = host.row();
            }
            3 => {
                let user = self.dice.roll(self.users.len() as u64) as usize;
                let (id, own) = (self.users[user].0, format!("user-{user}@example.com"));
                let email = self.dice.pick(&[own, "out@x.org".to_owned()]);
                if self.users.iter().all(|(_, taken)| *taken != email) {
                    let sql = "UPDATE user SET email = ?2 WHERE id = ?1";
                    self.command(sql, arguments![id.row(), email.as_str()].to_vec()).await;
                    self.users[user].1 = email;
                }
            }
            4 => {
                let (email, _) = self.dice.pick(&[("out@x.org", 0), ("nobody@x.org", 0)]);
                let sql = "UPDATE attendee SET email = ?2 WHERE booking_id = ?1";
                self.command(sql, arguments![row, email].to_vec()).await;
                self.known[index].attendees.iter_mut().for_each(|one| one.0 = email.to_owned());
            }
            _ => {
                let sql = "DELETE FROM booking WHERE id = ?1";
                self.command(sql, arguments![row].to_vec()).await;
                self.known.remove(index);
            }
        }
    }

    fn sees(&self, viewer: &Viewer, booking: &Known) -> bool {
        let user_sees = |user: &UserId| {
            let email = self.users.iter().find(|(id, _)| id == user).map(|(_, email)| email);
            booking.users.contains(&user.row())
                || booking.attendees.iter().any(|(one, _)| Some(one) == email)
        };
        match viewer {
            Viewer::Organization => true,
            Viewer::Team(team) => booking.team == Some(team.row()),
            Viewer::User(user) => user_sees(user),
            Viewer::Users(users) => users.iter().any(user_sees),
        }
    }

    /// The uids of the page and how many there are, the plain way.
    fn expected(&self, filter: &Filter<'_>) -> (Vec<String>, u64) {
        let mut found: Vec<&Known> = self
            .known
            .iter()
            .filter(|booking| self.sees(&filter.viewer, booking) && fits(filter, booking))
            .collect();
        let over =
            matches!(filter.statuses.as_slice(), [StatusFilter::Past] | [StatusFilter::Cancelled]);
        let order = match filter.order.as_slice() {
            [] => vec![Order::Start { descending: over }],
            order => order.to_vec(),
        };
        let (_, backwards) = key(order[0], found.first().copied());
        found.sort_by_key(|one| if backwards { -one.row } else { one.row });
        // The least important first: sorting keeps the order of equals.
        for order in order.into_iter().rev() {
            match key(order, None).1 {
                true => found.sort_by_key(|one| Reverse(key(order, Some(one)).0)),
                false => found.sort_by_key(|one| key(order, Some(one)).0),
            }
        }
        let total = found.len() as u64;
        let page = found.into_iter().skip(filter.skip as usize).take(filter.take as usize);
        (page.map(|booking| booking.uid.clone()).collect(), total)
    }

    fn random_filter(&mut self) -> Filter<'static> {
        use StatusFilter::{Cancelled, Past, Recurring, Unconfirmed, Upcoming};
        let dice = &mut self.dice;
        let some = |dice: &mut Dice, chances| dice.one_in(chances);
        let instant = |dice: &mut Dice| at(NOW).plus_minutes(dice.roll(4_000) as i64 * 45 - 90_000);
        let lately = |dice: &mut Dice| at(NOW).plus_minutes(dice.roll(60) as i64 - 50);
        let ids = |dice: &mut Dice, of: &[UserId]| -> Vec<UserId> {
            (0..=dice.roll(2)).map(|_| dice.pick(of)).collect()
        };
        let users: Vec<UserId> = self.users.iter().map(|(id, _)| *id).collect();
        let team = |row| TeamId::new(organization(), row);
        let viewer = match dice.roll(6) {
            0 => Viewer::Organization,
            1 => Viewer::Team(team(1)),
            2 => Viewer::Users(ids(dice, &users)),
            _ => Viewer::User(dice.pick(&users)),
        };
        let statuses = (0..dice.roll(3))
            .map(|_| dice.pick(&[Upcoming, Recurring, Past, Cancelled, Unconfirmed]))
            .collect();
        let order = (0..dice.roll(3)).map(|_| {
            let descending = dice.one_in(2);
            dice.pick(&[
                Order::Start { descending },
                Order::End { descending },
                Order::Created { descending },
                Order::Updated { descending },
            ])
        });
        let order = order.collect();
        let event_types = some(dice, 4).then(|| {
            vec![EventTypeId::new(organization(), 1), EventTypeId::new(organization(), 9)]
        });
        Filter {
            statuses,
            order,
            event_types,
            teams: some(dice, 5).then(|| vec![team(1), team(2)]),
            attendee_email: some(dice, 5).then_some("OUT@x.org"),
            attendee_name: some(dice, 6).then_some("Zoe"),
            uid: some(dice, 12).then_some("uid-7"),
            after_start: some(dice, 4).then(|| instant(dice)),
            before_end: some(dice, 4).then(|| instant(dice)),
            created: Span {
                from: some(dice, 6).then(|| lately(dice)),
                to: some(dice, 6).then(|| lately(dice)),
            },
            updated: Span {
                from: some(dice, 6).then(|| lately(dice)),
                to: some(dice, 6).then(|| lately(dice)),
            },
            ..Filter::of(
                viewer,
                1 + dice.roll(12) as u32,
                dice.pick(&[0, 0, 1, 5, 40, 250]),
                at(NOW).plus_minutes(dice.pick(&[0, 0, 1, -40_320, 40_320])),
            )
        }
    }
}

/// What a term sorts by, and whether backwards.
fn key(order: Order, booking: Option<&Known>) -> (Option<Instant>, bool) {
    match order {
        Order::Start { descending } => (booking.map(|one| one.start), descending),
        Order::End { descending } => (booking.map(|one| one.end), descending),
        Order::Created { descending } => (booking.map(|one| one.created), descending),
        Order::Updated { descending } => (booking.map(|one| one.updated), descending),
    }
}

fn fits(filter: &Filter<'_>, booking: &Known) -> bool {
    let live = matches!(booking.status, "accepted" | "pending");
    let ahead = booking.end >= filter.now;
    let status = |status: &StatusFilter| match status {
        StatusFilter::Upcoming => live && ahead,
        StatusFilter::Recurring => live && ahead && booking.of_series,
        StatusFilter::Past => live && !ahead,
        StatusFilter::Cancelled => !live,
        StatusFilter::Unconfirmed => booking.status == "pending" && ahead,
    };
    let within = |span: Span, at: Instant| {
        span.from.is_none_or(|from| at >= from) && span.to.is_none_or(|to| at <= to)
    };
    let event_types = filter.event_types.as_ref();
    let teams = filter.teams.as_ref();
    let attends = |email: &str| booking.attendees.iter().any(|one| one.0 == email.to_lowercase());
    (filter.statuses.is_empty() || filter.statuses.iter().any(status))
        && filter.uid.is_none_or(|uid| booking.uid == uid)
        && filter.attendee_email.is_none_or(attends)
        && filter.attendee_name.is_none_or(|name| booking.attendees.iter().any(|one| one.1 == name))
        && event_types.is_none_or(|ids| ids.iter().any(|id| id.row() == booking.event_type))
        && teams.is_none_or(|ids| ids.iter().any(|id| Some(id.row()) == booking.team))
        && filter.after_start.is_none_or(|from| booking.start >= from)
        && filter.before_end.is_none_or(|to| booking.end <= to)
        && within(filter.created, booking.created)
        && within(filter.updated, booking.updated)
}

#[tokio::test]
async fn a_list_is_what_reading_everything_would_find() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let mut users = Vec::new();
    for name in ["ada", "bob", "eve", "zoe"] {
        users.push((user(&scope, name).await, format!("{name}@example.com")));
    }
    let mut world = World { scope, dice: Dice(0x5EED_1E55), users, known: Vec::new() };
    let bookings = (0..400).flat_map(|_| world.book()).collect();
    world.scope.write(bookings).await.unwrap();
    for round in 0..600 {
        if round % 4 == 0 {
            world.change().await;
        }
        let filter = world.random_filter();
        let (uids, total) = world.expected(&filter);
        let page = bookings::list(&world.scope, &filter).await.unwrap();
        let found: Vec<String> = page.bookings.into_iter().map(|one| one.uid).collect();
        assert_eq!((found, page.total), (uids, total), "round {round}: {filter:#?}");
    }
}
