//! Roles that organisations and teams make for themselves, and the three that
//! everybody has, under both kinds of path.

mod create_role;
mod delete_role;
mod get_role;
mod held;
mod input;
mod list_roles;
mod permissions;
mod place;
mod system;
mod update_role;
mod view;

pub use create_role::create_role;
pub use delete_role::delete_role;
pub use get_role::get_role;
pub use held::held;
pub use list_roles::list_roles;
pub use permissions::{
    add_permissions, list_permissions, remove_permission, remove_permissions, set_permissions,
};
pub use update_role::update_role;
