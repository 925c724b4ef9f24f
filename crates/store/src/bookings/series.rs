//! The bookings of a series.

use super::{Booking, select_bookings};
use crate::{Database, Scope, Statement, StoreError, arguments};

/// All bookings of a series, in the order of their starts; none where there is no
/// such series. Asked of the primary: what was just made belongs to it.
pub async fn find_series<D: Database>(
    scope: &Scope<'_, D>,
    recurring_uid: &str,
) -> Result<Vec<Booking>, StoreError> {
    let statement = Statement::query(
        select_bookings!("booking b", "WHERE b.recurring_uid = ?1 ORDER BY b.start_at, b.id"),
        arguments![recurring_uid],
    );
    let rows = scope.read_primary(statement).await?;
    Ok(rows.map(|row| Booking::read(scope.organization(), row))?)
}

/// Whether there is such a seat, in whatever booking.
pub async fn has_seat<D: Database>(
    scope: &Scope<'_, D>,
    seat_uid: &str,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM attendee WHERE seat_uid = ?1";
    let rows = scope.read_primary(Statement::query(sql, arguments![seat_uid])).await?;
    Ok(rows.first().is_some())
}
