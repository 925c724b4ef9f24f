//! Places in teams, under both kinds of path.

mod create_membership;
mod delete_membership;
mod get_membership;
mod input;
mod list_memberships;
mod update_membership;
mod view;

pub use create_membership::create_membership;
pub use delete_membership::delete_membership;
pub use get_membership::get_membership;
pub use input::{read_change, read_new, user_id};
pub use list_memberships::list_memberships;
pub use update_membership::update_membership;
pub use view::{MembershipView, PersonView};
