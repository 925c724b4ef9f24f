//! All that slots need of the database, in one read, however many hosts there are.
//!
//! What is read is bounded by the range that is asked about: bookings outside of
//! it cost nothing. An answer of the database is bounded too, so long lists go on
//! page by page.

mod counted;
mod hosts;
mod rules;
mod seats;
mod sql;
mod taken;

use meridian_kernel::{EventTypeId, Instant, UserId, WireId};

use crate::{BadRow, Database, Rows, Scope, Statement, StoreError, arguments};

pub use counted::Counted;
pub use hosts::{Host, Hours, Person, Travel};
pub use rules::SlotRules;
pub use seats::SharedSlot;
pub use taken::Taken;

/// Which event type is meant. Names are taken in any case of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selector<'a> {
    /// By its id.
    Id(EventTypeId),
    /// By its owner's username and its slug.
    OfUser {
        /// The owner's username.
        username: &'a str,
        /// The event type's slug.
        slug: &'a str,
    },
    /// By its team's slug and its own.
    OfTeam {
        /// The team's slug.
        team: &'a str,
        /// The event type's slug.
        slug: &'a str,
    },
}

/// When the answer is about, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range<'a> {
    /// The beginning.
    pub from: Instant,
    /// The end.
    pub to: Instant,
    /// The clock of the request: reservations that have ended do not count.
    pub now: Instant,
    /// The uid of a booking, or of a seat, that does not count: the one being moved.
    pub ignoring_booking: Option<&'a str>,
    /// The uid of the asker's own reservation, which does not count.
    pub ignoring_reservation: Option<&'a str>,
}

/// An event type, its hosts, and what is taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Availability {
    /// What the event type says.
    pub rules: SlotRules,
    /// In their order. A managed event type has none: its copies have.
    pub hosts: Vec<Host>,
    /// Shared slots of which seats are gone, in no order; a slot may come twice,
    /// as booked and as held, and what is gone adds up.
    pub seats: Vec<SharedSlot>,
    /// Bookings that count towards limits, where there are limits.
    pub counted: Vec<Counted>,
}

/// Loads an event type, its hosts, and when they are taken in a range; `None` where
/// there is no such event type here. Times reach beyond the range by the longest
/// buffer, since those of a new booking go around it, and bookings that count
/// towards limits by the longest limited period.
pub async fn load<D: Database>(
    scope: &Scope<'_, D>,
    selector: Selector<'_>,
    range: &Range<'_>,
) -> Result<Option<Availability>, StoreError> {
    if matches!(selector, Selector::Id(id) if id.organization() != scope.organization()) {
        return Ok(None);
    }
    let statements = vec![
        rules::statement(selector),
        hosts::statement(selector, range),
        taken::statement(selector, range, taken::After::START),
        seats::statement(selector, range, seats::After::START),
        counted::statement(selector, range, counted::After::START),
    ];
    let answers = scope.read(statements).await?;
    let [rules, hosts, taken, seats, counted] = answers.as_slice() else {
        return Err(BadRow { column: 0, expected: "five answers" }.into());
    };
    let Some(row) = rules.first() else { return Ok(None) };
    let rules = SlotRules::read(scope, row)?;
    let by_id = Selector::Id(rules.id);
    let next = |after| taken::statement(by_id, range, after);
    let hosts = hosts.map(|row| Host::read(scope.organization(), row))?;
    let hosts = with_times(scope, hosts, taken, next).await?;
    let seats = all_seats(scope, by_id, range, seats).await?;
    let counted = all_counted(scope, by_id, range, counted).await?;
    Ok(Some(Availability { rules, hosts, seats, counted }))
}

/// Loads people by their usernames, in any case of letters, with their default
/// schedules; those there are, in that order.
pub async fn load_people<D: Database>(
    scope: &Scope<'_, D>,
    usernames: &[String],
    range: &Range<'_>,
) -> Result<Vec<Person>, StoreError> {
    let names = serde_json::json!(usernames).to_string();
    let statements =
        vec![hosts::people(&names, range), taken::of_people(&names, range, taken::After::START)];
    let answers = scope.read(statements).await?;
    let [people, taken] = answers.as_slice() else {
        return Err(BadRow { column: 0, expected: "two answers" }.into());
    };
    let mut people = people.map(|row| Person::read(scope.organization(), row))?;
    let hosts = people.iter().map(|person| person.host.clone()).collect();
    let next = |after| taken::of_people(&names, range, after);
    let hosts = with_times(scope, hosts, taken, next).await?;
    for (person, host) in people.iter_mut().zip(hosts) {
        person.host = host;
    }
    Ok(people)
}

/// The hosts with the times of the first page and of all that follow it.
async fn with_times<D: Database>(
    scope: &Scope<'_, D>,
    hosts: Vec<Host>,
    first: &Rows,
    next: impl Fn(taken::After) -> Statement,
) -> Result<Vec<Host>, StoreError> {
    let organization = scope.organization();
    let order: Vec<UserId> = hosts.iter().map(|host| host.user_id).collect();
    let mut hosts = hosts;
    hosts.sort_unstable_by_key(|host| host.user_id);
    let mut after = taken::take_page(first, organization, &mut hosts)?;
    while let Some(page) = after {
        let rows = scope.read_one(next(page)).await?;
        after = taken::take_page(&rows, organization, &mut hosts)?;
    }
    let place = |host: &Host| order.iter().position(|id| *id == host.user_id);
    hosts.sort_by_cached_key(place);
    Ok(hosts)
}

async fn all_seats<D: Database>(
    scope: &Scope<'_, D>,
    selector: Selector<'_>,
    range: &Range<'_>,
    first: &Rows,
) -> Result<Vec<SharedSlot>, StoreError> {
    let mut all = Vec::new();
    let mut after = seats::take_page(first, &mut all)?;
    while let Some(page) = after {
        let rows = scope.read_one(seats::statement(selector, range, page)).await?;
        after = seats::take_page(&rows, &mut all)?;
    }
    Ok(all)
}

async fn all_counted<D: Database>(
    scope: &Scope<'_, D>,
    selector: Selector<'_>,
    range: &Range<'_>,
    first: &Rows,
) -> Result<Vec<Counted>, StoreError> {
    let mut all = Vec::new();
    let mut after = counted::take_page(first, &mut all)?;
    while let Some(page) = after {
        let rows = scope.read_one(counted::statement(selector, range, page)).await?;
        after = counted::take_page(&rows, &mut all)?;
    }
    Ok(all)
}

/// Whether somebody has that username, in any case of letters.
pub async fn has_user<D: Database>(
    scope: &Scope<'_, D>,
    username: &str,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM user WHERE username = ?1";
    Ok(scope.read_one(Statement::query(sql, arguments![username])).await?.first().is_some())
}

/// Whether there is a team of that slug, in any case of letters.
pub async fn has_team<D: Database>(scope: &Scope<'_, D>, slug: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM team WHERE slug = ?1";
    Ok(scope.read_one(Statement::query(sql, arguments![slug])).await?.first().is_some())
}
