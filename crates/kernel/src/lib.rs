//! The words every crate of Meridian shares: ids that say where they live,
//! instants and civil times, patches, secrets. Nothing here does I/O.

mod id;
mod instant;
pub mod limits;
mod patch;
mod secret;
mod uid;
mod zone;

pub use id::{
    ApiKeyId, AttendeeId, BookingId, EventTypeId, IdError, OrganizationNumber, ScheduleId, UserId,
    WireId,
};
pub use instant::{Instant, InstantError};
pub use patch::Patch;
pub use secret::{Secret, hash_hex, same_secret};
pub use uid::{ApiKey, KeyMode, ShortUid, UuidUid};
pub use zone::{Zone, ZoneError};
