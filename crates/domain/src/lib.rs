//! Rules and decisions of Meridian as pure functions of data and `now`. No I/O,
//! no HTTP: errors are small enums that the components' edges put into words.

pub mod booking;
pub mod event_type;
pub mod webhook;
