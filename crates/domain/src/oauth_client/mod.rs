//! Platform clients and the users they manage.

mod address;
mod default_event_types;
mod origin;
mod permissions;

pub use address::{display_email, managed_email, managed_username};
pub use default_event_types::{DefaultEventType, default_event_types};
pub use origin::{is_redirect_uri, may_come_from};
pub use permissions::{ALL_PERMISSIONS, permission_mask, permission_names};
