//! Running components: the engine, the cache of compiled code, the instances
//! with what each may touch, and calls into them.

mod cache;
mod calls;
mod engine;
mod guest;
mod imports;
mod instances;
mod memory;
mod output;

pub use cache::CompiledComponents;
pub use calls::{CallError, Components, Directory};
pub use engine::{PoolSize, engine};
pub use guest::{Grants, Guest, Shared};
pub use imports::{linker, unsatisfied};
pub use instances::Limits;
pub use memory::give_back;
