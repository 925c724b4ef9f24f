//! Which bookings are wanted, and in which order.

use std::cmp::Ordering;

use meridian_kernel::{EventTypeId, Instant, TeamId, UserId};

use crate::bookings::Booking;

/// Whose bookings are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// All of the organisation.
    Organization,
    /// Those of a team's event types.
    Team(TeamId),
    /// Those a user organises, hosts or attends.
    User(UserId),
    /// Those any of these users organises, hosts or attends.
    Users(Vec<UserId>),
}

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

/// From the first instant to the last, both included; `None`: no bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first instant.
    pub from: Option<Instant>,
    /// The last instant.
    pub to: Option<Instant>,
}

impl Span {
    /// Whether it bounds anything.
    pub(super) const fn is_given(self) -> bool {
        self.from.is_some() || self.to.is_some()
    }
}

/// What a page is ordered by; ties by id, in the direction of the first.
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
    /// The column of `booking_viewer`.
    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::Start { .. } => "start_at",
            Self::End { .. } => "end_at",
            Self::Created { .. } => "created_at",
            Self::Updated { .. } => "updated_at",
        }
    }

    pub(super) const fn is_descending(self) -> bool {
        match self {
            Self::Start { descending }
            | Self::End { descending }
            | Self::Created { descending }
            | Self::Updated { descending } => descending,
        }
    }

    pub(super) fn compare(self, one: &Booking, other: &Booking) -> Ordering {
        let key = |booking: &Booking| match self {
            Self::Start { .. } => booking.start,
            Self::End { .. } => booking.end,
            Self::Created { .. } => booking.created_at,
            Self::Updated { .. } => booking.updated_at,
        };
        let ascending = key(one).cmp(&key(other));
        if self.is_descending() { ascending.reverse() } else { ascending }
    }
}

/// Which bookings are wanted: those the viewer sees, and of them what fits
/// everything else.
#[derive(Clone, Debug)]
pub struct Filter<'a> {
    /// Whose.
    pub viewer: Viewer,
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
    /// Of event types of any of these teams; `None`: of all and of nobody's.
    pub teams: Option<Vec<TeamId>>,
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

impl Filter<'_> {
    /// All that a viewer sees, a page of it.
    pub fn of(viewer: Viewer, take: u32, skip: u32, now: Instant) -> Self {
        Self {
            viewer,
            statuses: Vec::new(),
            attendee_email: None,
            attendee_name: None,
            uid: None,
            event_types: None,
            teams: None,
            after_start: None,
            before_end: None,
            created: Span::default(),
            updated: Span::default(),
            order: Vec::new(),
            take,
            skip,
            now,
        }
    }

    /// What it is ordered by. Where nobody says otherwise: what comes next first,
    /// what is over last first.
    pub(super) fn terms(&self) -> &[Order] {
        const NEXT_FIRST: &[Order] = &[Order::Start { descending: false }];
        const LAST_FIRST: &[Order] = &[Order::Start { descending: true }];
        let over =
            matches!(self.statuses.as_slice(), [StatusFilter::Past] | [StatusFilter::Cancelled]);
        match self.order.as_slice() {
            [] if over => LAST_FIRST,
            [] => NEXT_FIRST,
            order => order,
        }
    }
}
