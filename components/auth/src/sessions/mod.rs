//! Signing in with a password, and out.

mod change_password;
pub mod cookies;
mod get_session;
mod log_in;
mod log_out;
mod organization;
mod sign_in;
mod view;

pub use change_password::change_password;
pub use get_session::get_session;
pub use log_in::log_in;
pub use log_out::{end_presented, log_out};
pub use organization::organization_of;
pub use sign_in::{Credentials, sign_in};
