//! The words every crate of Meridian shares: ids that say where they live,
//! instants and civil times, patches, secrets. Nothing here does I/O.

mod client_permission;
mod id;
mod instant;
pub mod limits;
mod oauth_scope;
mod patch;
mod permission;
mod plan;
mod rate;
mod role;
mod scheduling_type;
mod secret;
mod uid;
mod zone;

pub use client_permission::ClientPermission;
pub use id::{
    ApiKeyId, AttendeeId, BookingId, EventTypeId, IdError, MembershipId, OrganizationNumber,
    OutOfOfficeId, ScheduleId, TeamId, TravelScheduleId, UserId, VerifiedEmailId, WireId,
};
pub use instant::{Instant, InstantError};
pub use oauth_scope::OAuthScope;
pub use patch::Patch;
pub use permission::{Permission, PermissionSet};
pub use plan::Plan;
pub use rate::Rate;
pub use role::Role;
pub use scheduling_type::SchedulingType;
pub use secret::{Secret, hash_hex, same_secret};
pub use uid::{ApiKey, ClientId, KeyMode, LinkId, ShortUid, UuidUid, random_code, random_secret};
pub use zone::{Zone, ZoneError};
