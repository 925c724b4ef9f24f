//! Pages of bookings, whose cost does not grow with the bookings outside them.
//!
//! Who sees which booking stands in `booking_viewer`, in the order lists are read,
//! and how many there are in `booking_tally`. Both are kept by triggers. The ids of
//! a page are found in an index first, and only their rows are read whole.

mod details;
mod filter;
mod query;
mod total;

use meridian_kernel::WireId;

use super::Booking;
use crate::{BadRow, Database, DatabaseError, Row, Rows, Scope, StoreError};
use details::Source;
use query::Query;

pub use filter::{Filter, Order, Span, StatusFilter, Viewer};

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

/// One page, and how many there are, in one read. What is longer than a provider
/// answers at once takes more.
pub async fn list<D: Database>(
    scope: &Scope<'_, D>,
    filter: &Filter<'_>,
) -> Result<Page, StoreError> {
    let query = Query::of(scope.organization(), filter);
    let mut page = Page::default();
    if !read_at_once(scope, &query, &mut page).await? {
        read_in_parts(scope, &query, &mut page).await?;
    }
    page.bookings.sort_by(|one, other| filter.compare(one, other));
    Ok(page)
}

/// False where it is too long for one answer.
async fn read_at_once<D: Database>(
    scope: &Scope<'_, D>,
    query: &Query<'_>,
    page: &mut Page,
) -> Result<bool, StoreError> {
    let batch = vec![total::statement(query), details::statement(&Source::Page(query))];
    match scope.read(batch).await {
        Ok(answers) => {
            page.total = total(answers.first())?;
            answers.iter().skip(1).for_each(|rows| details::add(scope.organization(), rows, page));
            Ok(true)
        }
        Err(DatabaseError::TooLarge) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The ids first, then their rows, in halves of halves until they fit; a single one
/// always does.
async fn read_in_parts<D: Database>(
    scope: &Scope<'_, D>,
    query: &Query<'_>,
    page: &mut Page,
) -> Result<(), StoreError> {
    let answers = scope.read(vec![query.page().select_ids(), total::statement(query)]).await?;
    page.total = total(answers.get(1))?;
    let ids = answers.first().map_or(Ok(Vec::new()), |rows| rows.map(|row| row.integer(0)))?;
    let mut parts = vec![ids];
    while let Some(mut ids) = parts.pop() {
        match scope.read_one(details::statement(&Source::Ids(&ids))).await {
            Ok(rows) => details::add(scope.organization(), &rows, page),
            Err(DatabaseError::TooLarge) if ids.len() > 1 => {
                let rest = ids.split_off(ids.len() / 2);
                parts.extend([rest, ids]);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn total(rows: Option<&Rows>) -> Result<u64, BadRow> {
    let count = rows.and_then(Rows::first).map_or(Ok(0), |row| Row::integer(row, 0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

impl Filter<'_> {
    /// The order of a page: by the terms, then by id.
    fn compare(&self, one: &Booking, other: &Booking) -> std::cmp::Ordering {
        let terms = self.terms();
        let by_terms = terms.iter().map(|order| order.compare(one, other));
        let by_id = one.id.row().cmp(&other.id.row());
        let descending = terms.first().is_some_and(|order| order.is_descending());
        let by_id = if descending { by_id.reverse() } else { by_id };
        by_terms.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then).then(by_id)
    }
}
