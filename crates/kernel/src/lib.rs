//! The words every crate of Meridian shares: ids that say where they live,
//! instants and civil times, patches, secrets. Nothing here does I/O.

mod id;
mod instant;
pub mod limits;
mod patch;
mod role;
mod scheduling_type;
mod secret;
mod uid;
mod zone;

pub use id::{
    ApiKeyId, AttendeeId, BookingId, EventTypeId, IdError, MembershipId, OrganizationNumber,
    OutOfOfficeId, ScheduleId, TeamId, TravelScheduleId, UserId, WireId,
};
pub use instant::{Instant, InstantError};
pub use patch::Patch;
pub use role::Role;
pub use scheduling_type::SchedulingType;
pub use secret::{Secret, hash_hex, same_secret};
pub use uid::{ApiKey, KeyMode, LinkId, ShortUid, UuidUid};
pub use zone::{Zone, ZoneError};
