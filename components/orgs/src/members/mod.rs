//! The members of an organisation, who are its users: as users, and as memberships
//! whose id is the user's.

mod create_membership;
mod create_user;
mod delete_member;
mod get_membership;
mod input;
mod list_members;
mod update_membership;
mod update_user;
mod view;

pub use create_membership::create_membership;
pub use create_user::create_user;
pub use delete_member::{delete_membership, delete_user};
pub use get_membership::get_membership;
pub use list_members::{list_memberships, list_users};
pub use update_membership::update_membership;
pub use update_user::update_user;
