//! What an event type says about its slots.

use meridian_kernel::{EventTypeId, UserId, WireId, Zone};

use super::Selector;
use super::hosts::Hours;
use super::sql::{by_id, by_team, by_user};
use crate::schedules::zone;
use crate::{BadRow, Database, Row, Scope, Statement, arguments};

/// What an event type says about its slots. JSON is in the form of its settings;
/// what is not set is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct SlotRules {
    /// The id.
    pub id: EventTypeId,
    /// Whose it is; `None`: a team's.
    pub owner_id: Option<UserId>,
    /// Whose it is, or of which team its parent is, by the row.
    pub team_row: Option<i64>,
    /// `collective`, `roundRobin` or `managed`; `None`: its owner hosts it.
    pub scheduling_type: Option<String>,
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
    /// Bookers of one slot; `None`: one.
    pub seats_per_slot: Option<u32>,
    /// JSON: how far ahead bookings are taken.
    pub booking_window: Option<String>,
    /// Whether only the first slot of a day is shown.
    pub first_slot_only: bool,
    /// Whether slots are laid out to leave the fewest gaps.
    pub optimized_slots: bool,
    /// JSON: most bookings per day, week, month, year.
    pub booking_limits: Option<String>,
    /// JSON: most minutes booked per day, week, month, year.
    pub duration_limits: Option<String>,
    /// JSON: most bookings of all event types of the team together.
    pub team_booking_limits: Option<String>,
    /// The zone of the event type's own schedule.
    pub schedule_zone: Option<Zone>,
    /// Hours outside of which there are no slots, whatever its hosts' are.
    pub restriction: Option<Hours>,
    /// Whether those hours are read on the booker's wall.
    pub restriction_in_booker_zone: bool,
}

/// The columns [`SlotRules::read`] expects, in order. Few of `settings` matter
/// here: the engine picks those out, and the rest never leaves the database. A
/// schedule is named in settings as clients see it: its row is the low half.
macro_rules! select_rules {
    ($event:expr) => {
        concat!(
            "SELECT e.id, e.owner_id, coalesce(e.team_id, p.team_id), e.scheduling_type, \
             e.length_minutes, e.settings -> '$.lengthInMinutesOptions', e.slot_interval, \
             e.minimum_booking_notice, e.before_event_buffer, e.after_event_buffer, \
             e.offset_start, e.seats_per_slot, e.settings ->> '$.bookingWindow', \
             coalesce(e.settings ->> '$.onlyShowFirstAvailableSlot', 0), \
             coalesce(e.settings ->> '$.showOptimizedSlots', 0), \
             e.settings ->> '$.bookingLimitsCount', e.settings ->> '$.bookingLimitsDuration', \
             t.booking_limits, s.time_zone, r.time_zone, r.availability, r.overrides, \
             coalesce(e.settings ->> '$.useBookerTimezone', 0) \
             FROM event_type e LEFT JOIN event_type p ON p.id = e.parent_id \
             LEFT JOIN team t ON t.id = coalesce(e.team_id, p.team_id) \
             AND (e.team_id IS NOT NULL OR t.include_managed_events_in_limits = 1) \
             LEFT JOIN schedule s ON s.id = e.schedule_id \
             LEFT JOIN schedule r \
             ON r.id = (e.settings ->> '$.restrictionScheduleId') & 4294967295 \
             WHERE e.id = ",
            $event
        )
    };
}

impl SlotRules {
    /// The mapper of the joined row.
    pub(super) fn read(scope: &Scope<'_, impl Database>, row: Row<'_>) -> Result<Self, BadRow> {
        let organization = scope.organization();
        let user = |row: Row<'_>, column| Ok(UserId::new(organization, row.integer(column)?));
        Ok(Self {
            id: EventTypeId::new(organization, row.integer(0)?),
            owner_id: row.optional(1, user)?,
            team_row: row.optional(2, Row::integer)?,
            scheduling_type: row.optional(3, Row::string)?,
            length_minutes: row.count(4)?,
            length_options: row.optional(5, Row::json)?.unwrap_or_default(),
            slot_interval: row.optional(6, Row::count)?,
            minimum_booking_notice: row.count(7)?,
            before_event_buffer: row.count(8)?,
            after_event_buffer: row.count(9)?,
            offset_start: row.count(10)?,
            seats_per_slot: row.optional(11, Row::count)?,
            booking_window: row.optional(12, Row::string)?,
            first_slot_only: row.boolean(13)?,
            optimized_slots: row.boolean(14)?,
            booking_limits: row.optional(15, Row::string)?,
            duration_limits: row.optional(16, Row::string)?,
            team_booking_limits: row.optional(17, Row::string)?,
            schedule_zone: row.optional(18, zone)?,
            restriction: row.optional(19, Hours::read)?,
            restriction_in_booker_zone: row.boolean(22)?,
        })
    }
}

pub(super) fn statement(selector: Selector<'_>) -> Statement {
    match selector {
        Selector::Id(id) => Statement::query(select_rules!(by_id!()), arguments![id.row()]),
        Selector::OfUser { username, slug } => {
            Statement::query(select_rules!(by_user!()), arguments![username, slug])
        }
        Selector::OfTeam { team, slug } => {
            Statement::query(select_rules!(by_team!()), arguments![team, slug])
        }
    }
}
