//! Running components: the engine, the cache of compiled code, the instances
//! with what each may touch, and calls into them.

mod cache;
mod calls;
mod direct;
mod engine;
mod guest;
mod guest_line;
mod imports;
mod instances;
mod memory;
mod output;
mod web;

pub use cache::CompiledComponents;
pub use calls::{Asked, Body, CallError, Components, Directory};
pub use engine::{PoolSize, engine};
pub use guest::{Grants, Guest, Shared};
pub use imports::{linker, unsatisfied};
pub use instances::Limits;
pub use memory::give_back;
