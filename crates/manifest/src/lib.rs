//! Reads spin.toml as Spin does, and composes components.
//!
//! Strict: what this crate does not understand is a mistake, and all mistakes
//! are listed. So nothing runs on the embedded host that Spin would refuse.

mod app;
mod assembly;
mod check;
mod compose;
mod hosts;
mod interface;
mod load;
mod manifest;
mod parse;
mod problem;
mod router;
mod section;
mod template;
mod wasm;

pub use app::{App, Component};
pub use hosts::AllowedHosts;
pub use load::{DatabaseMode, LoadOptions, load, write_composed};
pub use problem::Problem;
pub use router::{RouteMatch, Router};
