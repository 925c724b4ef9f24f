//! Slots held for whoever is just booking them.
//!
//! A reservation takes time by its insert, as a booking does: the insert has the
//! conditions, and who changed nothing came too late. Those that ended are ignored
//! everywhere, and removed by whoever reserves next.

mod conditions;

use meridian_kernel::{EventTypeId, Instant, UserId, WireId};
use serde_json::json;

use crate::{BadRow, Database, DatabaseError, Row, Scope, Statement, StoreError, Value, arguments};

pub(crate) use conditions::{
    held_by_others, held_by_others_than_its_seats, seats_booked, seats_held_by_others,
};

/// A live reservation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// Who knows it may read, change, use and give it up.
    pub uid: String,
    /// What is being booked.
    pub event_type_id: EventTypeId,
    /// When it would start.
    pub start: Instant,
    /// When it would end.
    pub end: Instant,
    /// For how many minutes it was made or last changed.
    pub duration_minutes: u32,
    /// Until when it keeps others out.
    pub expires_at: Instant,
    /// Whether it is a seat of a shared slot.
    pub is_seat: bool,
}

/// A reservation and what it keeps from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim<'a> {
    /// The reservation as it will be.
    pub reservation: &'a Reservation,
    /// Whose time it holds; nobody's is refused.
    pub hosts: &'a [UserId],
    /// What must be free of theirs: from the first instant to the one after the
    /// last, buffers included.
    pub needs: (Instant, Instant),
    /// The clock of the request.
    pub now: Instant,
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimOutcome {
    /// It is held.
    Held,
    /// Somebody has some of it, or the event type is no more what it was.
    Taken,
    /// A booking of the same event type that waits for its host's word is in the way.
    Awaited,
    /// Of a change: there is no live reservation of that uid.
    Gone,
}

/// The most reservations one request clears away.
macro_rules! purge_limit {
    () => {
        "100"
    };
}

/// The columns [`Reservation::read`] expects, in order.
const SELECT_LIVE: &str = "SELECT uid, event_type_id, start_at, end_at, duration_minutes, \
     expires_at, is_seat FROM reservation WHERE uid = ?1 AND expires_at > ?2";

/// Whether a booking of an event type that waits for one of some hosts' word overlaps
/// a slot, buffers left aside. Such a booking takes no time where its event type does
/// not say so. No booking is longer than 604,800,000 ms (see `kernel::limits`).
macro_rules! is_awaited {
    ($event:literal, $start:literal, $end:literal, $hosts:expr) => {
        concat!(
            "EXISTS (SELECT 1 FROM booking w WHERE w.event_type_id = ",
            $event,
            " AND w.start_at > ",
            $start,
            " - 604800000 AND w.start_at < ",
            $end,
            " AND w.end_at > ",
            $start,
            " AND w.status = 'pending' AND w.user_id IN (",
            $hosts,
            "))"
        )
    };
}

impl Reservation {
    /// The row mapper.
    fn read(scope: &Scope<'_, impl Database>, row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            uid: row.string(0)?,
            event_type_id: EventTypeId::new(scope.organization(), row.integer(1)?),
            start: row.instant(2)?,
            end: row.instant(3)?,
            duration_minutes: row.count(4)?,
            expires_at: row.instant(5)?,
            is_seat: row.boolean(6)?,
        })
    }
}

/// A live reservation; asked of the primary, since whoever just made it reads it.
pub async fn find<D: Database>(
    scope: &Scope<'_, D>,
    uid: &str,
    now: Instant,
) -> Result<Option<Reservation>, StoreError> {
    let rows = scope.read_primary(Statement::query(SELECT_LIVE, arguments![uid, now])).await?;
    Ok(rows.first().map(|row| Reservation::read(scope, row)).transpose()?)
}

/// Makes a reservation if all its time is free of bookings and of others'
/// reservations, or, of a seat, if one is left: all conditions of the insert itself.
pub async fn create<D: Database>(
    scope: &Scope<'_, D>,
    claim: &Claim<'_>,
) -> Result<ClaimOutcome, StoreError> {
    if claim.hosts.is_empty() {
        return Ok(ClaimOutcome::Taken);
    }
    let batch = vec![purge(claim.now), claim.insert(), claim.insert_holds()];
    match scope.write(batch).await {
        Ok(_) => Ok(ClaimOutcome::Held),
        Err(DatabaseError::Precondition(1)) => why_not(scope, claim).await,
        Err(error) => Err(error.into()),
    }
}

/// For the words of the refusal only: the write has decided.
async fn why_not<D: Database>(
    scope: &Scope<'_, D>,
    claim: &Claim<'_>,
) -> Result<ClaimOutcome, StoreError> {
    let sql = concat!("SELECT ", is_awaited!("?1", "?2", "?3", "SELECT value FROM json_each(?4)"));
    let Reservation { event_type_id, start, end, is_seat, .. } = claim.reservation;
    let arguments = arguments![event_type_id.row(), *start, *end, claim.host_rows()];
    let rows = scope.read_primary(Statement::query(sql, arguments)).await?;
    let awaited = rows.first().map(|row| row.boolean(0)).transpose()? == Some(true);
    Ok(if awaited && !is_seat { ClaimOutcome::Awaited } else { ClaimOutcome::Taken })
}

/// Moves a reservation under the same conditions; its own time does not count.
pub async fn replace<D: Database>(
    scope: &Scope<'_, D>,
    claim: &Claim<'_>,
) -> Result<ClaimOutcome, StoreError> {
    if claim.hosts.is_empty() {
        return Ok(ClaimOutcome::Taken);
    }
    let uid = claim.reservation.uid.as_str();
    let release = "DELETE FROM hold WHERE reservation_uid = ?1";
    let batch = vec![
        purge(claim.now),
        claim.update(),
        Statement::command(release, arguments![uid]),
        claim.insert_holds(),
    ];
    match scope.write(batch).await {
        Ok(_) => Ok(ClaimOutcome::Held),
        Err(DatabaseError::Precondition(1)) => match find(scope, uid, claim.now).await? {
            Some(_) => why_not(scope, claim).await,
            None => Ok(ClaimOutcome::Gone),
        },
        Err(error) => Err(error.into()),
    }
}

/// Gives a reservation up; nothing where there is none.
pub async fn delete<D: Database>(scope: &Scope<'_, D>, uid: &str) -> Result<(), StoreError> {
    scope.write(vec![consume(uid)]).await?;
    Ok(())
}

/// Ends a reservation: part of the batch of the booking that uses it.
pub fn consume(uid: &str) -> Statement {
    Statement::command("DELETE FROM reservation WHERE uid = ?1", arguments![uid])
}

/// Whether somebody may say how long the slots of an event type are held: its
/// owner, its team, and who shares a team with its owner.
pub async fn may_choose_duration<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    event_type: EventTypeId,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM event_type e LEFT JOIN event_type p ON p.id = e.parent_id \
               WHERE e.id = ?1 AND (e.owner_id = ?2 OR EXISTS (\
               SELECT 1 FROM team_membership m WHERE m.user_id = ?2 AND m.accepted = 1 \
               AND (m.team_id = coalesce(e.team_id, p.team_id) OR EXISTS (\
               SELECT 1 FROM team_membership o WHERE o.team_id = m.team_id \
               AND o.user_id = e.owner_id AND o.accepted = 1))))";
    let arguments = arguments![event_type.row(), user.row()];
    Ok(scope.read_one(Statement::query(sql, arguments)).await?.first().is_some())
}

/// Removes reservations that ended, with what they held.
fn purge(now: Instant) -> Statement {
    let sql = concat!(
        "DELETE FROM reservation WHERE uid IN (SELECT uid FROM reservation \
         WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ",
        purge_limit!(),
        ")"
    );
    Statement::command(sql, arguments![now])
}

/// Whose time it is: the inside of an `IN (…)`.
macro_rules! claimed_hosts {
    () => {
        "SELECT value FROM json_each(?9)"
    };
}

/// When a claim (see [`Claim::arguments`]) may be made. A seat shares its slot with
/// the booking and the reservations of other seats, and one must be left; anything
/// else shares with nobody.
macro_rules! may_be_claimed {
    () => {
        concat!(
            "CASE ?7 WHEN 1 THEN ",
            seats_booked!("?2", "?3", "?4"),
            " + ",
            seats_held_by_others!("?2", "?3", "?4", "?8", "?1"),
            " < (SELECT seats_per_slot FROM event_type WHERE id = ?2) \
             ELSE EXISTS (SELECT 1 FROM event_type WHERE id = ?2 AND seats_per_slot IS NULL) END \
             AND NOT EXISTS (SELECT 1 FROM busy_time b WHERE b.user_id IN (",
            claimed_hosts!(),
            ") AND b.busy_end > ?10 AND b.busy_end < ?11 + 777600000 AND b.busy_start < ?11 \
             AND NOT (?7 = 1 AND EXISTS (SELECT 1 FROM booking k WHERE k.id = b.booking_id \
             AND k.event_type_id = ?2 AND k.start_at = ?3 AND k.end_at = ?4 \
             AND k.seats_per_slot > 0))) \
             AND CASE ?7 WHEN 1 THEN NOT ",
            held_by_others_than_its_seats!(
                claimed_hosts!(),
                "?10",
                "?11",
                "?8",
                "?1",
                "?2",
                "?3",
                "?4"
            ),
            " ELSE NOT ",
            held_by_others!(claimed_hosts!(), "?10", "?11", "?8", "?1"),
            " AND NOT ",
            is_awaited!("?2", "?3", "?4", claimed_hosts!()),
            " END"
        )
    };
}

impl Claim<'_> {
    /// `?1` to `?11` of [`may_be_claimed`].
    fn arguments(&self) -> [Value; 11] {
        let reservation = self.reservation;
        arguments![
            reservation.uid.as_str(),
            reservation.event_type_id.row(),
            reservation.start,
            reservation.end,
            reservation.duration_minutes,
            reservation.expires_at,
            reservation.is_seat,
            self.now,
            self.host_rows(),
            self.needs.0,
            self.needs.1,
        ]
    }

    fn host_rows(&self) -> String {
        let rows: Vec<i64> = self.hosts.iter().map(|host| host.row()).collect();
        json!(rows).to_string()
    }

    fn insert(&self) -> Statement {
        let sql = concat!(
            "INSERT INTO reservation (uid, event_type_id, start_at, end_at, duration_minutes, \
             expires_at, is_seat, created_at) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE ",
            may_be_claimed!()
        );
        Statement::command(sql, self.arguments()).must_affect()
    }

    fn update(&self) -> Statement {
        let sql = concat!(
            "UPDATE reservation SET event_type_id = ?2, start_at = ?3, end_at = ?4, \
             duration_minutes = ?5, expires_at = ?6, is_seat = ?7 \
             WHERE uid = ?1 AND expires_at > ?8 AND ",
            may_be_claimed!()
        );
        Statement::command(sql, self.arguments()).must_affect()
    }

    fn insert_holds(&self) -> Statement {
        let sql = "INSERT INTO hold (user_id, busy_start, busy_end, reservation_uid) \
                   SELECT DISTINCT value, ?3, ?4, ?1 FROM json_each(?2)";
        let arguments = arguments![
            self.reservation.uid.as_str(),
            self.host_rows(),
            self.needs.0,
            self.needs.1,
        ];
        Statement::command(sql, arguments)
    }
}
