//! All that slots need of the database, in one read.

use meridian_kernel::limits::{MAX_BUFFER_MINUTES, MAX_BUSY_SPAN_MINUTES};
use meridian_kernel::{EventTypeId, Instant, UserId, WireId, Zone};

use crate::schedules::zone;
use crate::{BadRow, Database, Row, Rows, Scope, Statement, StoreError, arguments};

/// Which event type is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selector<'a> {
    /// By its id.
    Id(EventTypeId),
    /// By its owner's username and its slug, both in any case of letters.
    Slug {
        /// The owner's username.
        username: &'a str,
        /// The event type's slug.
        slug: &'a str,
    },
}

/// When the answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range<'a> {
    /// The beginning.
    pub from: Instant,
    /// The end.
    pub to: Instant,
    /// A booking that does not count as busy: the one being rescheduled.
    pub ignoring_booking: Option<&'a str>,
}

/// What an event type says about its slots, with its host's hours.
#[derive(Clone, Debug, PartialEq)]
pub struct SlotRules {
    /// The id.
    pub id: EventTypeId,
    /// Its owner, the host.
    pub owner_id: UserId,
    /// Minutes, where a booking names none.
    pub length_minutes: u32,
    /// Other lengths a booking may have; empty: none.
    pub length_options: Vec<u32>,
    /// Minutes between starts; `None`: the length.
    pub slot_interval: Option<u32>,
    /// Minutes.
    pub minimum_booking_notice: u32,
    /// Minutes.
    pub before_event_buffer: u32,
    /// Minutes.
    pub after_event_buffer: u32,
    /// Minutes.
    pub offset_start: u32,
    /// JSON: how far ahead bookings are taken; `null`: any time.
    pub booking_window: String,
    /// Whether only the first slot of a day is shown.
    pub first_slot_only: bool,
    /// The event type's schedule, else the owner's default; `None`: neither.
    pub schedule: Option<Hours>,
}

/// A host's schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct Hours {
    /// Where its wall clock hangs.
    pub time_zone: Zone,
    /// JSON array of weekly rules.
    pub availability: String,
    /// JSON array of overrides.
    pub overrides: String,
}

/// When a host is taken, buffers included, from the first instant to the one after
/// the last.
pub type Busy = (Instant, Instant);

/// An event type and when its host is taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Availability {
    /// What the event type says.
    pub rules: SlotRules,
    /// In the order of their ends.
    pub busy: Vec<Busy>,
}

/// Busy times read at once: a host may have more in a year than one answer holds.
const PAGE: usize = 2_000;

/// The same in SQL.
macro_rules! page {
    () => {
        "2000"
    };
}

/// The event type of [`Selector::Id`]: `?1`.
macro_rules! by_id {
    () => {
        "?1"
    };
}

/// The event type of [`Selector::Slug`]: the username is `?1`, the slug `?2`.
macro_rules! by_slug {
    () => {
        "(SELECT e.id FROM event_type e JOIN user u ON u.id = e.owner_id \
         WHERE u.username = ?1 AND e.slug = ?2)"
    };
}

/// The columns [`SlotRules::read`] expects, in order. Few of `settings` matter
/// here: the engine picks those out, and the rest never leaves the database.
macro_rules! select_rules {
    ($id:expr) => {
        concat!(
            "SELECT e.id, e.owner_id, e.length_minutes, \
             coalesce(e.settings -> '$.lengthInMinutesOptions', 'null'), \
             e.slot_interval, e.minimum_booking_notice, e.before_event_buffer, \
             e.after_event_buffer, e.offset_start, \
             coalesce(e.settings -> '$.bookingWindow', 'null'), \
             coalesce(e.settings ->> '$.onlyShowFirstAvailableSlot', 0), \
             s.time_zone, s.availability, s.overrides \
             FROM event_type e JOIN user u ON u.id = e.owner_id \
             LEFT JOIN schedule s ON s.id = coalesce(e.schedule_id, u.default_schedule_id) \
             WHERE e.id = ",
            $id
        )
    };
}

/// Busy times, by the clustered index on where they end. `?3` and `?4` are where
/// the page before stopped, `?5` and `?6` bound ends and starts from above. Since
/// no busy time is longer than a known span, the index alone bounds the read.
macro_rules! select_busy {
    ($id:expr) => {
        concat!(
            "SELECT busy_start, busy_end, booking_id FROM busy_time \
             WHERE user_id = (SELECT owner_id FROM event_type WHERE id = ",
            $id,
            ") AND (busy_end, booking_id) > (?3, ?4) AND busy_end < ?5 AND busy_start < ?6 \
             AND booking_id IS NOT (SELECT id FROM booking WHERE uid = ?7) \
             ORDER BY busy_end, booking_id LIMIT ",
            page!()
        )
    };
}

impl SlotRules {
    /// The mapper of the joined row.
    fn read(scope: &Scope<'_, impl Database>, row: Row<'_>) -> Result<Self, BadRow> {
        let organization = scope.organization();
        let options: Option<Vec<u32>> = row.json(3)?;
        Ok(Self {
            id: EventTypeId::new(organization, row.integer(0)?),
            owner_id: UserId::new(organization, row.integer(1)?),
            length_minutes: row.count(2)?,
            length_options: options.unwrap_or_default(),
            slot_interval: row.optional(4, Row::count)?,
            minimum_booking_notice: row.count(5)?,
            before_event_buffer: row.count(6)?,
            after_event_buffer: row.count(7)?,
            offset_start: row.count(8)?,
            booking_window: row.string(9)?,
            first_slot_only: row.boolean(10)?,
            schedule: row.optional(11, Hours::read)?,
        })
    }
}

impl Hours {
    /// From three columns.
    fn read(row: Row<'_>, column: usize) -> Result<Self, BadRow> {
        Ok(Self {
            time_zone: zone(row, column)?,
            availability: row.string(column + 1)?,
            overrides: row.string(column + 2)?,
        })
    }
}

/// Where a page of busy times begins: after this end and booking row.
#[derive(Clone, Copy)]
struct After {
    end: Instant,
    booking: i64,
}

impl Selector<'_> {
    fn rules_statement(self) -> Statement {
        match self {
            Self::Id(id) => Statement::query(select_rules!(by_id!()), arguments![id.row()]),
            Self::Slug { username, slug } => {
                Statement::query(select_rules!(by_slug!()), arguments![username, slug])
            }
        }
    }

    fn busy_statement(self, range: Range<'_>, after: After) -> Statement {
        let (sql, [first, second]) = match self {
            Self::Id(id) => (select_busy!(by_id!()), arguments![id.row(), None::<i64>]),
            Self::Slug { username, slug } => (select_busy!(by_slug!()), arguments![username, slug]),
        };
        let to = range.to.plus_minutes(i64::from(MAX_BUFFER_MINUTES));
        let last_end = to.plus_minutes(i64::from(MAX_BUSY_SPAN_MINUTES));
        let bounds = arguments![after.end, after.booking, last_end, to, range.ignoring_booking];
        Statement::query(sql, [first, second].into_iter().chain(bounds))
    }
}

/// Loads an event type's rules and when its host is taken in a range; `None` where
/// there is no such event type here. Busy times reach beyond the range by the
/// longest buffer, since those of a new booking go around them.
pub async fn load<D: Database>(
    scope: &Scope<'_, D>,
    selector: Selector<'_>,
    range: Range<'_>,
) -> Result<Option<Availability>, StoreError> {
    if matches!(selector, Selector::Id(id) if id.organization() != scope.organization()) {
        return Ok(None);
    }
    let before = range.from.plus_minutes(-i64::from(MAX_BUFFER_MINUTES));
    // An end at that very instant is out: no booking has the greatest row number.
    let first = After { end: before, booking: i64::MAX };
    let statements = vec![selector.rules_statement(), selector.busy_statement(range, first)];
    let answers = scope.read(statements).await?;
    let Some(row) = answers.first().and_then(Rows::first) else { return Ok(None) };
    let rules = SlotRules::read(scope, row)?;
    let mut busy = Vec::new();
    let mut next = answers.get(1).map_or(Ok(None), |rows| take_page(rows, &mut busy))?;
    while let Some(after) = next {
        let page = scope.read_one(Selector::Id(rules.id).busy_statement(range, after)).await?;
        next = take_page(&page, &mut busy)?;
    }
    Ok(Some(Availability { rules, busy }))
}

/// Moves a page over; where it is full, answers where the next one begins.
fn take_page(rows: &Rows, busy: &mut Vec<Busy>) -> Result<Option<After>, BadRow> {
    let mut last = None;
    for row in rows.iter() {
        let end = row.instant(1)?;
        busy.push((row.instant(0)?, end));
        last = Some(After { end, booking: row.integer(2)? });
    }
    Ok(last.filter(|_| rows.iter().len() >= PAGE))
}

/// Whether somebody has that username, in any case of letters.
pub async fn has_user<D: Database>(
    scope: &Scope<'_, D>,
    username: &str,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM user WHERE username = ?1";
    Ok(scope.read_one(Statement::query(sql, arguments![username])).await?.first().is_some())
}
