//! Teams, of an organisation and of nobody in particular: the same bodies under
//! both kinds of path.

mod create_team;
mod delete_team;
mod get_team;
mod input;
mod invites;
mod list_teams;
mod update_team;
mod view;

pub use create_team::create_team;
pub use delete_team::delete_team;
pub use get_team::get_team;
pub use invites::{invite_to_team, join_team};
pub use list_teams::{list_all_teams, list_own_teams, list_reachable_teams};
pub use update_team::update_team;
