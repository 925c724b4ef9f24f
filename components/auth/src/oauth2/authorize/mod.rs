//! Asking users for their consent.

mod api;
mod asking;
mod page;

pub use api::authorize_by_api;
pub use page::{decide_by_form, show_consent};
