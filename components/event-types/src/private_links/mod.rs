//! Private links: whoever has one may book, a number of times or until some time.

mod create_private_link;
mod delete_private_link;
mod get_private_link;
mod input;
mod list_private_links;
mod update_private_link;
mod view;

use meridian_gateway::ApiError;

pub use create_private_link::create_private_link;
pub use delete_private_link::delete_private_link;
pub use get_private_link::get_private_link;
pub use list_private_links::list_private_links;
pub use update_private_link::update_private_link;

/// 404
fn no_link(id: &str) -> ApiError {
    let id: String = id.chars().take(MAX_SHOWN).collect();
    ApiError::not_found(format!("Private link with id {id} not found"))
}

/// How much of an unknown id is shown back, in characters.
const MAX_SHOWN: usize = 64;
