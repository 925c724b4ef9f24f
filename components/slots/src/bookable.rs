//! An event type as the engine sees it. Slots, reservations and the availability
//! seam all load it here, so that they can never disagree.

mod hosts;
mod rules;

use meridian_edge::WitDatabase;
use meridian_gateway::ApiError;
use meridian_kernel::limits::MAX_EVENT_LENGTH_MINUTES;
use meridian_kernel::{EventTypeId, Instant, UserId, Zone};
use meridian_scheduling::{
    Booked, Counted, EventRules, Host, Interval, Question, Reasons, SeatedSlot, Slot, check,
    load_range, slots, tally,
};
use meridian_store::Scope;
use meridian_store::availability::{self, Availability, Person, Range, Selector, SharedSlot};

/// How long slots of a dynamic group are, in minutes, where nothing else is asked for.
const DYNAMIC_LENGTH: u32 = 30;

/// How several hosts serve an event type.
const ROUND_ROBIN: &str = "roundRobin";

/// What can be booked, with whom, and when they are taken.
pub struct Bookable {
    /// What is booked; `None`: people, asked for by their names.
    pub event_type: Option<EventType>,
    /// The hosts, in their order, as a choice among them sees them.
    pub facts: Vec<HostFacts>,
    length_minutes: u32,
    rules: EventRules,
    /// The same hosts as the engine sees them.
    hosts: Vec<Host>,
    seated: Vec<SeatedSlot>,
    counted: Vec<Counted>,
}

/// An event type.
pub struct EventType {
    /// Its id.
    pub id: EventTypeId,
    /// Whose it is; `None`: a team's.
    pub owner: Option<UserId>,
    /// Lengths in minutes a booker may choose from; empty: only its own.
    pub length_options: Vec<u32>,
    /// Minutes kept free before a booking.
    pub before_buffer: u32,
    /// Minutes kept free after one.
    pub after_buffer: u32,
    /// Whether bookers share slots.
    pub is_shared: bool,
    takes_turns: bool,
}

/// What a choice among hosts looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostFacts {
    /// Who.
    pub user_id: UserId,
    /// Whether they are in every booking; of the others one per group is needed.
    pub is_fixed: bool,
    /// Of the others: the group they serve; those without one share the empty name.
    pub group: String,
    /// 0 to 4, higher goes first.
    pub priority: u32,
    /// Their share, relative to the others'.
    pub weight: u32,
    /// When a booking last chose them.
    pub last_booked_at: Option<Instant>,
}

/// Loads what the engine needs for a range; `None` where there is no such event type.
pub async fn load(
    scope: &Scope<'_, WitDatabase>,
    selector: Selector<'_>,
    range: &Range<'_>,
) -> Result<Option<Bookable>, ApiError> {
    let Some(found) = availability::load(scope, selector, range).await? else { return Ok(None) };
    let bookable = of_event_type(found)?;
    let asked = Interval::new(range.from, range.to);
    let needed = load_range(&bookable.rules, range.now, asked);
    if needed == asked {
        return Ok(Some(bookable));
    }
    let range = Range { from: needed.start, to: needed.end, ..*range };
    availability::load(scope, selector, &range).await?.map(of_event_type).transpose()
}

/// People, asked for together by their names.
pub fn of_people(people: Vec<Person>) -> Result<Bookable, ApiError> {
    let hosts: Vec<_> = people.into_iter().map(|person| person.host).collect();
    Ok(Bookable {
        event_type: None,
        facts: hosts.iter().map(hosts::facts).collect(),
        length_minutes: DYNAMIC_LENGTH,
        rules: EventRules { zone: hosts::zone(&hosts), ..EventRules::default() },
        hosts: hosts.into_iter().map(hosts::engine_host).collect::<Result<_, _>>()?,
        seated: Vec::new(),
        counted: Vec::new(),
    })
}

fn of_event_type(found: Availability) -> Result<Bookable, ApiError> {
    let Availability { rules, mut hosts, seats, counted } = found;
    if rules.scheduling_type.as_deref() != Some(ROUND_ROBIN) {
        // Only where they take turns is anybody spared.
        hosts.iter_mut().for_each(|host| host.is_fixed = true);
    }
    Ok(Bookable {
        facts: hosts.iter().map(hosts::facts).collect(),
        length_minutes: rules.length_minutes,
        rules: rules::engine_rules(&rules, hosts::zone(&hosts))?,
        hosts: hosts.into_iter().map(hosts::engine_host).collect::<Result<_, _>>()?,
        seated: seats.into_iter().map(seated).collect(),
        counted: counted.iter().map(rules::counted).collect(),
        event_type: Some(EventType {
            id: rules.id,
            owner: rules.owner_id,
            before_buffer: rules.before_event_buffer,
            after_buffer: rules.after_event_buffer,
            is_shared: rules.seats_per_slot.is_some(),
            takes_turns: rules.scheduling_type.as_deref() == Some(ROUND_ROBIN),
            length_options: rules.length_options,
        }),
    })
}

fn seated(slot: SharedSlot) -> SeatedSlot {
    SeatedSlot {
        slot: Interval::new(slot.start, slot.end),
        taken: slot.seats_gone,
        booking_uid: slot.booking_uid,
    }
}

/// Why a length cannot be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LengthError {
    /// There is only one.
    NotChoosable,
    /// It is none of these, in minutes.
    NotOffered(Vec<u32>),
}

impl Bookable {
    /// The length in minutes where none is asked for.
    pub const fn own_length(&self) -> u32 {
        self.length_minutes
    }

    /// A length that is asked for. People may be asked for any.
    pub fn length(&self, asked: u32) -> Result<u32, LengthError> {
        let Some(event_type) = &self.event_type else {
            return Ok(asked.min(MAX_EVENT_LENGTH_MINUTES));
        };
        let options = &event_type.length_options;
        if asked == self.length_minutes || options.contains(&asked) {
            Ok(asked)
        } else if options.is_empty() {
            Err(LengthError::NotChoosable)
        } else {
            Err(LengthError::NotOffered(options.clone()))
        }
    }

    /// Drops all hosts that take turns but these. Where none of them is left, nobody
    /// can hold the meeting.
    pub fn keep_only_turns_of(&mut self, subset: &[UserId]) {
        if !self.event_type.as_ref().is_some_and(|event_type| event_type.takes_turns) {
            return;
        }
        let had_turns = self.facts.iter().any(|host| !host.is_fixed);
        self.keep(|host| host.is_fixed || subset.contains(&host.user_id));
        if had_turns && self.facts.iter().all(|host| host.is_fixed) {
            self.keep(|_| false);
        }
    }

    /// Drops all hosts but these.
    pub fn keep_only(&mut self, hosts: &[UserId]) {
        self.keep(|host| hosts.contains(&host.user_id));
    }

    fn keep(&mut self, wanted: impl Fn(&HostFacts) -> bool) {
        let kept: Vec<bool> = self.facts.iter().map(wanted).collect();
        let mut facts = kept.iter();
        self.facts.retain(|_| facts.next().copied().unwrap_or(false));
        let mut hosts = kept.iter();
        self.hosts.retain(|_| hosts.next().copied().unwrap_or(false));
    }

    /// The booking whose seats a slot shares, where there is one.
    pub fn booking_of_slot(&self, start: Instant, length: u32) -> Option<&str> {
        let slot = Interval::new(start, start.plus_minutes(i64::from(length)));
        let mut booked = self.seated.iter().filter(|one| one.slot == slot);
        booked.find_map(|one| one.booking_uid.as_deref())
    }

    /// The zone whose days, weeks, months and years limits count in.
    pub const fn limits_zone(&self) -> Zone {
        self.rules.zone
    }

    /// The engine's question about bookings of some length in a window.
    pub fn question(&self, length: u32, now: Instant, window: Interval) -> Asked<'_> {
        let range = load_range(&self.rules, now, window);
        let periods = self.rules.limits.periods(self.rules.zone, range);
        Asked { bookable: self, length, now, booked: tally(&periods, &self.counted) }
    }
}

/// A question to the engine, with what of it was counted.
pub struct Asked<'a> {
    bookable: &'a Bookable,
    length: u32,
    now: Instant,
    booked: Vec<Booked>,
}

impl Asked<'_> {
    fn question(&self) -> Question<'_> {
        let Bookable { rules, hosts, seated, .. } = self.bookable;
        let booked = &self.booked;
        Question { now: self.now, length: self.length, rules, hosts, seated, booked }
    }

    /// All slots that lie inside the window, seen from a zone.
    pub fn slots(&self, window: Interval, zone: Zone) -> Vec<Slot<'_>> {
        slots(&self.question(), window, zone)
    }

    /// What keeps each host from each start. `booker` is their zone, where known.
    pub fn check(&self, starts: &[Instant], booker: Option<Zone>) -> Vec<Vec<Reasons>> {
        check(&self.question(), starts, booker)
    }
}
