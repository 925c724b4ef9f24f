//! What a platform client may do in the name of its users.

/// One bit of a platform client's permission mask (contract: 00-overview,
/// "Authorization layers").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum ClientPermission {
    /// Read event types.
    EventTypeRead = 1,
    /// Make, change and delete event types.
    EventTypeWrite = 1 << 1,
    /// Read bookings.
    BookingRead = 1 << 2,
    /// Make, change and cancel bookings.
    BookingWrite = 1 << 3,
    /// Read schedules.
    ScheduleRead = 1 << 4,
    /// Make, change and delete schedules.
    ScheduleWrite = 1 << 5,
    /// Read connected apps and calendars.
    AppsRead = 1 << 6,
    /// Connect and disconnect them.
    AppsWrite = 1 << 7,
    /// Read profiles.
    ProfileRead = 1 << 8,
    /// Change profiles.
    ProfileWrite = 1 << 9,
}

impl ClientPermission {
    /// All of them, the lowest bit first.
    pub const ALL: [Self; 10] = [
        Self::EventTypeRead,
        Self::EventTypeWrite,
        Self::BookingRead,
        Self::BookingWrite,
        Self::ScheduleRead,
        Self::ScheduleWrite,
        Self::AppsRead,
        Self::AppsWrite,
        Self::ProfileRead,
        Self::ProfileWrite,
    ];

    /// As in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EventTypeRead => "EVENT_TYPE_READ",
            Self::EventTypeWrite => "EVENT_TYPE_WRITE",
            Self::BookingRead => "BOOKING_READ",
            Self::BookingWrite => "BOOKING_WRITE",
            Self::ScheduleRead => "SCHEDULE_READ",
            Self::ScheduleWrite => "SCHEDULE_WRITE",
            Self::AppsRead => "APPS_READ",
            Self::AppsWrite => "APPS_WRITE",
            Self::ProfileRead => "PROFILE_READ",
            Self::ProfileWrite => "PROFILE_WRITE",
        }
    }

    /// `None` where the text is none of them.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == text)
    }

    /// Its bit in a client's mask.
    pub const fn bit(self) -> u32 {
        self as u32
    }

    /// Whether a client's mask has it.
    pub const fn is_in(self, mask: u32) -> bool {
        mask & self.bit() != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ten_bits_are_those_clients_know() {
        let bits: Vec<u32> = ClientPermission::ALL.into_iter().map(ClientPermission::bit).collect();
        assert_eq!(bits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
        for permission in ClientPermission::ALL {
            assert_eq!(ClientPermission::parse(permission.as_str()), Some(permission));
        }
        assert!(ClientPermission::BookingRead.is_in(4 | 1));
        assert!(!ClientPermission::BookingRead.is_in(8));
    }
}
