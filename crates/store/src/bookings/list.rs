//! Pages of a user's own bookings.

use std::borrow::Cow;

use meridian_kernel::{EventTypeId, Instant, UserId, WireId};

use super::{Booking, select_bookings};
use crate::{BadRow, Database, DatabaseError, Row, Rows, Scope, Statement, StoreError, Value};

/// What a booking's status and time say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusFilter {
    /// Not over, and neither cancelled nor rejected.
    Upcoming,
    /// The same, of a series.
    Recurring,
    /// Over, and neither cancelled nor rejected.
    Past,
    /// Cancelled or rejected.
    Cancelled,
    /// Not over, and not yet confirmed.
    Unconfirmed,
}

impl StatusFilter {
    /// `?` is now.
    const fn condition(self) -> &'static str {
        match self {
            Self::Upcoming => "(b.end_at >= ? AND b.status IN ('accepted', 'pending'))",
            // No booking is part of a series yet.
            Self::Recurring => "0",
            Self::Past => "(b.end_at < ? AND b.status IN ('accepted', 'pending'))",
            Self::Cancelled => "b.status IN ('cancelled', 'rejected')",
            Self::Unconfirmed => "(b.end_at >= ? AND b.status = 'pending')",
        }
    }
}

/// From the first instant to the last, both included; `None`: no bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first instant.
    pub from: Option<Instant>,
    /// The last instant.
    pub to: Option<Instant>,
}

/// What a page is ordered by; ties by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By start.
    Start {
        /// Latest first.
        descending: bool,
    },
    /// By end.
    End {
        /// Latest first.
        descending: bool,
    },
    /// By when it was made.
    Created {
        /// Latest first.
        descending: bool,
    },
    /// By when it was last changed.
    Updated {
        /// Latest first.
        descending: bool,
    },
}

impl Order {
    const fn term(self) -> &'static str {
        match self {
            Self::Start { descending: false } => "b.start_at, ",
            Self::Start { descending: true } => "b.start_at DESC, ",
            Self::End { descending: false } => "b.end_at, ",
            Self::End { descending: true } => "b.end_at DESC, ",
            Self::Created { descending: false } => "b.created_at, ",
            Self::Created { descending: true } => "b.created_at DESC, ",
            Self::Updated { descending: false } => "b.updated_at, ",
            Self::Updated { descending: true } => "b.updated_at DESC, ",
        }
    }
}

/// Which bookings are wanted: those the user hosts or attends, and of them what
/// fits everything else.
#[derive(Clone, Debug)]
pub struct Filter<'a> {
    /// Whose.
    pub user: UserId,
    /// The user's address, under which they attend.
    pub email: &'a str,
    /// Any of these; empty: all.
    pub statuses: Vec<StatusFilter>,
    /// Somebody with this address attends.
    pub attendee_email: Option<&'a str>,
    /// Somebody of this name attends.
    pub attendee_name: Option<&'a str>,
    /// Only that booking.
    pub uid: Option<&'a str>,
    /// Of any of these event types; `None`: of all.
    pub event_types: Option<Vec<EventTypeId>>,
    /// Only bookings of teams, of which there are none yet.
    pub of_teams: bool,
    /// Starts at or after.
    pub after_start: Option<Instant>,
    /// Ends at or before.
    pub before_end: Option<Instant>,
    /// Was made within.
    pub created: Span,
    /// Was last changed within.
    pub updated: Span,
    /// In the order of importance; empty: by start.
    pub order: Vec<Order>,
    /// How many at most.
    pub take: u32,
    /// How many to leave out first.
    pub skip: u32,
    /// The clock of the request.
    pub now: Instant,
}

/// A page of bookings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// How many there are on all pages.
    pub total: u64,
    /// Those of this page.
    pub bookings: Vec<Booking>,
    /// Rows of this page that could not be read, for the log: one of them never
    /// costs the caller the others.
    pub unreadable: Vec<BadRow>,
}

/// One page, and how many there are, in one batch. A page whose rows are longer
/// than a provider answers at once is read in parts.
pub async fn list<D: Database>(
    scope: &Scope<'_, D>,
    filter: &Filter<'_>,
) -> Result<Page, StoreError> {
    let query = Query::of(scope, filter);
    let (skip, take) = (filter.skip, filter.take);
    let mut page = Page::default();
    match scope.read(vec![query.count(), query.page(skip, take)]).await {
        Ok(answers) => {
            page.total = total(answers.first())?;
            answers.get(1).into_iter().for_each(|rows| page.add(scope, rows));
        }
        Err(DatabaseError::TooLarge) => {
            page.total = total(Some(&scope.read_one(query.count()).await?))?;
            read_in_parts(scope, &query, &mut page, (skip, take)).await?;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(page)
}

fn total(rows: Option<&Rows>) -> Result<u64, BadRow> {
    let count = rows.and_then(Rows::first).map_or(Ok(0), |row| Row::integer(row, 0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Halves what is too long until it fits; a single row always does.
async fn read_in_parts<D: Database>(
    scope: &Scope<'_, D>,
    query: &Query,
    page: &mut Page,
    whole: (u32, u32),
) -> Result<(), StoreError> {
    let mut parts = vec![whole];
    while let Some((skip, take)) = parts.pop() {
        match scope.read_one(query.page(skip, take)).await {
            Ok(rows) => page.add(scope, &rows),
            Err(DatabaseError::TooLarge) if take > 1 => {
                let half = take / 2;
                parts.push((skip.saturating_add(half), take - half));
                parts.push((skip, half));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

impl Page {
    fn add<D: Database>(&mut self, scope: &Scope<'_, D>, rows: &Rows) {
        for row in rows.iter() {
            match Booking::read(scope.organization(), row) {
                Ok(booking) => self.bookings.push(booking),
                Err(error) => self.unreadable.push(error),
            }
        }
    }
}

/// The conditions of a filter in SQL: fixed fragments, and values bound in order.
struct Query {
    conditions: String,
    arguments: Vec<Value>,
    order: String,
}

impl Query {
    fn of<D: Database>(scope: &Scope<'_, D>, filter: &Filter<'_>) -> Self {
        // Both sides of the OR have an index of their own.
        let conditions = "(b.user_id = ?1 \
            OR b.id IN (SELECT booking_id FROM attendee WHERE email = ?2))"
            .to_owned();
        let arguments = vec![filter.user.row().into(), filter.email.into()];
        let mut query = Self { conditions, arguments, order: order(filter) };
        query.and_status(filter);
        query.and_attendee(filter);
        query.and_if("b.uid = ?", filter.uid);
        if let Some(ids) = &filter.event_types {
            let ours = ids.iter().filter(|id| id.organization() == scope.organization());
            let rows: Vec<i64> = ours.map(|id| id.row()).collect();
            let json = serde_json::json!(rows).to_string();
            query.and("b.event_type_id IN (SELECT value FROM json_each(?))", json);
        }
        if filter.of_teams {
            query.conditions.push_str(" AND 0");
        }
        query.and_if("b.start_at >= ?", filter.after_start);
        query.and_if("b.end_at <= ?", filter.before_end);
        query.and_if("b.created_at >= ?", filter.created.from);
        query.and_if("b.created_at <= ?", filter.created.to);
        query.and_if("b.updated_at >= ?", filter.updated.from);
        query.and_if("b.updated_at <= ?", filter.updated.to);
        query
    }

    fn and_status(&mut self, filter: &Filter<'_>) {
        let any: Vec<&str> = filter.statuses.iter().map(|status| status.condition()).collect();
        if !any.is_empty() {
            self.and(&format!("({})", any.join(" OR ")), filter.now);
        }
    }

    fn and_attendee(&mut self, filter: &Filter<'_>) {
        self.and_if(
            "b.id IN (SELECT booking_id FROM attendee WHERE email = ?)",
            filter.attendee_email,
        );
        self.and_if(
            "EXISTS (SELECT 1 FROM attendee WHERE booking_id = b.id AND name = ?)",
            filter.attendee_name,
        );
    }

    fn and_if(&mut self, condition: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.and(condition, value);
        }
    }

    /// Adds a condition, every `?` of which is the value.
    fn and(&mut self, condition: &str, value: impl Into<Value>) {
        // A value no condition speaks of would be refused.
        if condition.contains('?') {
            self.arguments.push(value.into());
        }
        let place = format!("?{}", self.arguments.len());
        self.conditions.push_str(" AND ");
        self.conditions.push_str(&condition.replace('?', &place));
    }

    fn count(&self) -> Statement {
        self.statement(format!("SELECT count(*) FROM booking b WHERE {}", self.conditions), [])
    }

    /// Ids are put in order first: only the rows of the page are read whole.
    fn page(&self, skip: u32, take: u32) -> Statement {
        let Self { conditions, arguments, order } = self;
        let (limit, offset) = (arguments.len() + 1, arguments.len() + 2);
        let page = select_bookings!("page JOIN booking b ON b.id = page.id", "");
        let sql = format!(
            "WITH page AS MATERIALIZED (SELECT b.id FROM booking b WHERE {conditions} \
             ORDER BY {order} LIMIT ?{limit} OFFSET ?{offset}) {page}ORDER BY {order}"
        );
        self.statement(sql, [take.into(), skip.into()])
    }

    fn statement<const N: usize>(&self, sql: String, more: [Value; N]) -> Statement {
        Statement {
            sql: Cow::Owned(sql),
            arguments: self.arguments.iter().cloned().chain(more).collect(),
            want_rows: true,
            require_affected: false,
        }
    }
}

/// Where nobody says otherwise: what comes next first, what is over last first.
fn order(filter: &Filter<'_>) -> String {
    let over =
        matches!(filter.statuses.as_slice(), [StatusFilter::Past] | [StatusFilter::Cancelled]);
    let default = [Order::Start { descending: over }];
    let terms = if filter.order.is_empty() { &default[..] } else { filter.order.as_slice() };
    let terms: String = terms.iter().map(|order| order.term()).collect();
    format!("{terms}b.id")
}
