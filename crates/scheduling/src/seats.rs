//! Slots that several bookers share.

use meridian_kernel::Instant;

use crate::{EventRules, Interval};

/// A slot of this event type of which seats are taken. It stays in the list at
/// exactly its start; every other start keeps out of its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatedSlot {
    /// From its start to its end, without buffers.
    pub slot: Interval,
    /// Seats taken, those of live reservations included.
    pub taken: u32,
    /// The booking whose seats they are; `None`: seats are reserved so far, and
    /// nobody has booked.
    pub booking_uid: Option<String>,
}

/// The seats of one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seats<'a> {
    /// How many are taken; more than there are where the event type had more once.
    pub taken: u32,
    /// How many there are.
    pub total: u32,
    /// The booking that further bookers join.
    pub booking_uid: Option<&'a str>,
}

impl Seats<'_> {
    /// How many are left.
    pub const fn remaining(&self) -> u32 {
        self.total.saturating_sub(self.taken)
    }
}

/// The seated slots of one length, by start; none where slots are not shared.
pub(crate) struct SeatMap<'a> {
    total: Option<u32>,
    slots: Vec<(Instant, Seats<'a>)>,
}

impl<'a> SeatMap<'a> {
    /// Slots in any order. What is said twice of one adds up: seats booked and seats
    /// reserved.
    pub(crate) fn new(rules: &EventRules, length: u32, seated: &'a [SeatedSlot]) -> Self {
        let mut slots: Vec<(Instant, Seats<'a>)> = Vec::new();
        let Some(total) = rules.seats else { return Self { total: None, slots } };
        let exact = |slot: Interval| slot.start.plus_minutes(i64::from(length)) == slot.end;
        for SeatedSlot { slot, taken, booking_uid } in seated {
            if exact(*slot) {
                let booking_uid = booking_uid.as_deref();
                slots.push((slot.start, Seats { taken: *taken, total, booking_uid }));
            }
        }
        slots.sort_by_key(|(start, _)| *start);
        slots.dedup_by(|(start, next), (kept_start, kept)| {
            let same = start == kept_start;
            if same {
                kept.taken = kept.taken.saturating_add(next.taken);
                kept.booking_uid = kept.booking_uid.or(next.booking_uid);
            }
            same
        });
        Self { total: Some(total), slots }
    }

    /// The seats of whatever starts there and is not shared yet.
    pub(crate) fn untouched(&self) -> Option<Seats<'a>> {
        self.total.map(|total| Seats { taken: 0, total, booking_uid: None })
    }

    /// The seats of a slot that has some taken.
    pub(crate) fn at(&self, start: Instant) -> Option<Seats<'a>> {
        let index = self.slots.binary_search_by_key(&start, |(start, _)| *start).ok()?;
        self.slots.get(index).map(|(_, seats)| *seats)
    }

    /// All slots with seats taken, by start.
    pub(crate) fn slots(&self) -> &[(Instant, Seats<'a>)] {
        &self.slots
    }
}
