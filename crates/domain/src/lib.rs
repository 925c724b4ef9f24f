//! Rules and decisions of Meridian as pure functions of data and `now`. No I/O,
//! no HTTP: errors are small enums that the components' edges put into words.

mod backoff;
pub mod booking;
pub mod event_type;
pub mod jobs;
pub mod mail;
pub mod oauth2;
pub mod oauth_client;
pub mod role;
pub mod webhook;
