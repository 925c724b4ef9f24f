//! What else readers ask of bookings.

use meridian_kernel::{EventTypeId, Instant, WireId};

use crate::{Database, Row, Scope, Statement, StoreError, arguments};

/// Which of these event types show everybody who has a seat to everybody.
pub async fn showing_attendees<D: Database>(
    scope: &Scope<'_, D>,
    event_types: &[EventTypeId],
) -> Result<Vec<EventTypeId>, StoreError> {
    let organization = scope.organization();
    let rows: Vec<i64> = event_types.iter().map(|id| id.row()).collect();
    let sql = "SELECT e.id FROM json_each(?1) i CROSS JOIN event_type e ON e.id = i.value \
               WHERE e.settings ->> '$.seats.showAttendeeInfo'";
    let json = serde_json::json!(rows).to_string();
    let found = scope.read_one(Statement::query(sql, arguments![json])).await?;
    Ok(found.map(|row| Ok(EventTypeId::new(organization, row.integer(0)?)))?)
}

/// The uid of the booking a seat is in; `None` where there is no such seat.
pub async fn find_uid_of_seat<D: Database>(
    scope: &Scope<'_, D>,
    seat_uid: &str,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT b.uid FROM attendee a JOIN booking b ON b.id = a.booking_id \
               WHERE a.seat_uid = ?1";
    let rows = scope.read_one(Statement::query(sql, arguments![seat_uid])).await?;
    Ok(rows.first().map(|row| row.string(0)).transpose()?)
}

/// One time of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesTime {
    /// Which series.
    pub recurring_uid: String,
    /// The status of the booking.
    pub status: String,
    /// When it starts.
    pub start: Instant,
}

/// All times of some series, in order.
pub async fn series_times<D: Database>(
    scope: &Scope<'_, D>,
    series: &[&str],
) -> Result<Vec<SeriesTime>, StoreError> {
    let sql = "SELECT b.recurring_uid, b.status, b.start_at FROM json_each(?1) s \
               CROSS JOIN booking b ON b.recurring_uid = s.value ORDER BY b.start_at, b.id";
    let json = serde_json::json!(series).to_string();
    let rows = scope.read_one(Statement::query(sql, arguments![json])).await?;
    let read = |row: Row<'_>| {
        Ok(SeriesTime {
            recurring_uid: row.string(0)?,
            status: row.string(1)?,
            start: row.instant(2)?,
        })
    };
    Ok(rows.map(read)?)
}
