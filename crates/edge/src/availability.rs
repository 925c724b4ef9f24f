//! The availability seam, called: which hosts are free.

use std::ops::BitOr;

use meridian_gateway::ApiError;
use meridian_kernel::{EventTypeId, Instant, UserId, WireId, Zone};

use crate::bindings::availability as wit;

/// What is asked: are the hosts of this event type free at these starts?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The event type.
    pub event_type_id: EventTypeId,
    /// Where meetings would start: one, or all of a recurring series.
    pub starts: Vec<Instant>,
    /// How long each would be.
    pub length_minutes: u32,
    /// Empty: all hosts of the event type. Else only these of them.
    pub only_hosts: Vec<UserId>,
    /// A booking that does not count as busy: the one being rescheduled or moved.
    pub ignoring_booking_uid: Option<String>,
    /// The asker's own reservation: it keeps nothing from them.
    pub reservation_uid: Option<String>,
    /// The booker's zone, where it is known: hours that hang on the booker's wall
    /// restrict only then.
    pub booker_zone: Option<Zone>,
    /// The clock of the request.
    pub now: Instant,
}

/// What keeps a host from a start; empty: nothing, they are free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reasons(u16);

impl Reasons {
    /// Nothing: the host is free.
    pub const NONE: Self = Self(0);
    /// The start is before now.
    pub const PAST: Self = Self(1);
    /// Sooner than the minimum booking notice.
    pub const TOO_SOON: Self = Self(1 << 1);
    /// Outside the booking window.
    pub const OUTSIDE_WINDOW: Self = Self(1 << 2);
    /// Outside the working hours.
    pub const OUTSIDE_SCHEDULE: Self = Self(1 << 3);
    /// Outside the restriction schedule of the event type.
    pub const RESTRICTED: Self = Self(1 << 4);
    /// Another booking, or its buffer, is in the way.
    pub const BUSY: Self = Self(1 << 5);
    /// The host is away.
    pub const OUT_OF_OFFICE: Self = Self(1 << 6);
    /// A limit on the number of bookings is reached.
    pub const BOOKING_LIMIT: Self = Self(1 << 7);
    /// A limit on booked time is reached.
    pub const DURATION_LIMIT: Self = Self(1 << 8);
    /// Somebody else is just booking it.
    pub const RESERVED: Self = Self(1 << 9);
    /// All seats are taken.
    pub const SEATS_FULL: Self = Self(1 << 10);

    /// Each of the seam's flags and ours.
    const FLAGS: [(wit::Reasons, Self); 11] = [
        (wit::Reasons::PAST, Self::PAST),
        (wit::Reasons::TOO_SOON, Self::TOO_SOON),
        (wit::Reasons::OUTSIDE_WINDOW, Self::OUTSIDE_WINDOW),
        (wit::Reasons::OUTSIDE_SCHEDULE, Self::OUTSIDE_SCHEDULE),
        (wit::Reasons::RESTRICTED, Self::RESTRICTED),
        (wit::Reasons::BUSY, Self::BUSY),
        (wit::Reasons::OUT_OF_OFFICE, Self::OUT_OF_OFFICE),
        (wit::Reasons::BOOKING_LIMIT, Self::BOOKING_LIMIT),
        (wit::Reasons::DURATION_LIMIT, Self::DURATION_LIMIT),
        (wit::Reasons::RESERVED, Self::RESERVED),
        (wit::Reasons::SEATS_FULL, Self::SEATS_FULL),
    ];

    fn of(flags: wit::Reasons) -> Self {
        let set = Self::FLAGS.into_iter().filter(|(flag, _)| flags.contains(*flag));
        set.fold(Self::NONE, |reasons, (_, reason)| reasons | reason)
    }

    /// Whether nothing keeps the host from the start.
    pub const fn is_free(self) -> bool {
        self.0 == 0
    }

    /// Whether one of some reasons is among these.
    pub const fn has(self, any_of: Self) -> bool {
        self.0 & any_of.0 != 0
    }

    /// These without some: what is left where those are to be passed over.
    pub const fn without(self, some: Self) -> Self {
        Self(self.0 & !some.0)
    }
}

impl BitOr for Reasons {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A host of the event type, with what a round-robin choice looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostFacts {
    /// The host.
    pub user_id: UserId,
    /// Whether they are in every booking; of the others one per group is needed.
    pub is_fixed: bool,
    /// Of the others: which group they serve; hosts without one share the group ``.
    pub group: String,
    /// 0 to 4, higher goes first.
    pub priority: u32,
    /// Their share of the bookings, relative to the others'.
    pub weight: u32,
    /// When a booking last chose them; `None`: never.
    pub last_booked_at: Option<Instant>,
}

/// Who hosts the event type and what keeps them from each start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The hosts, in their order.
    pub hosts: Vec<HostFacts>,
    /// For each start asked about, in order: one entry for each of `hosts`.
    pub starts: Vec<Vec<Reasons>>,
    /// The zone whose days, weeks, months and years limits count in.
    pub limits_zone: Zone,
}

/// What keeps the hosts of an event type from some starts. An unknown event type
/// is 404.
pub async fn check(question: Question) -> Result<Answer, ApiError> {
    let question = wit::Question {
        organization: question.event_type_id.organization().get(),
        event_type_id: question.event_type_id.wire(),
        starts: question.starts.into_iter().map(Instant::millis).collect(),
        length_minutes: question.length_minutes,
        only_hosts: question.only_hosts.into_iter().map(WireId::wire).collect(),
        ignoring_booking_uid: question.ignoring_booking_uid,
        reservation_uid: question.reservation_uid,
        booker_zone: question.booker_zone.map(|zone| zone.name().to_owned()),
        now: question.now.millis(),
    };
    match wit::check(question).await {
        Ok(answer) => answer_in(answer),
        Err(wit::Error::UnknownEventType) => Err(ApiError::not_found("Event type not found")),
        Err(wit::Error::Unavailable(cause)) => Err(ApiError {
            cause: Some(cause),
            ..ApiError::unavailable("The service is busy. Please try again later.", 1)
        }),
    }
}

fn answer_in(answer: wit::Answer) -> Result<Answer, ApiError> {
    let reasons = |hosts: Vec<wit::Reasons>| hosts.into_iter().map(Reasons::of).collect();
    Ok(Answer {
        hosts: answer.hosts.into_iter().map(host_in).collect::<Result<_, _>>()?,
        starts: answer.starts.into_iter().map(reasons).collect(),
        limits_zone: Zone::parse(&answer.limits_zone).map_err(ApiError::internal)?,
    })
}

fn host_in(host: wit::Host) -> Result<HostFacts, ApiError> {
    Ok(HostFacts {
        user_id: UserId::from_wire(host.user_id).map_err(ApiError::internal)?,
        is_fixed: host.is_fixed,
        group: host.group,
        priority: host.priority,
        weight: host.weight,
        last_booked_at: host.last_booked_at.map(Instant::from_millis),
    })
}
