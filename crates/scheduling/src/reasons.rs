//! Why a host cannot take a booking.

bitflags::bitflags! {
    /// Everything that keeps a host from a start; empty: they are free. The bits are
    /// in the order of the flags of the availability seam.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Reasons: u16 {
        /// It would start before now.
        const PAST = 1;
        /// It would start sooner than the minimum notice.
        const TOO_SOON = 1 << 1;
        /// It would start outside the booking window.
        const OUTSIDE_WINDOW = 1 << 2;
        /// It would not lie inside the host's hours.
        const OUTSIDE_SCHEDULE = 1 << 3;
        /// It would not lie inside the hours of the restriction.
        const RESTRICTED = 1 << 4;
        /// Another booking or a buffer is in the way.
        const BUSY = 1 << 5;
        /// The host has a day off.
        const OUT_OF_OFFICE = 1 << 6;
        /// A limit on the number of bookings is reached.
        const BOOKING_LIMIT = 1 << 7;
        /// It would go beyond a limit on booked time.
        const DURATION_LIMIT = 1 << 8;
        /// Somebody else is just booking that time.
        const RESERVED = 1 << 9;
        /// All seats of the slot are taken.
        const SEATS_FULL = 1 << 10;
    }
}
