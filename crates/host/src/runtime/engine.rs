//! The wasmtime engine and the clock that interrupts guests.

use std::time::Duration;

use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

/// How often a running guest hands the thread back.
const TICK: Duration = Duration::from_millis(10);

/// The most memory one instance may have. Beyond it, an allocation in the guest
/// fails, which ends that instance.
const MEMORY_LIMIT: usize = 128 << 20;

/// Core modules, memories and tables of one composed component: its own and
/// those of its dependencies, with the adapters between them.
const CORE_INSTANCES_PER_COMPONENT: u32 = 64;
const MEMORIES_PER_COMPONENT: u32 = 8;
const TABLES_PER_COMPONENT: u32 = 24;

/// What of an instance stays resident between two users of its slot: clearing
/// it is cheaper than having the kernel take it back.
const KEPT_RESIDENT: usize = 128 << 10;

/// For how many instances at a time memory is set aside (addresses only).
#[derive(Clone, Copy, Debug)]
pub struct PoolSize(pub u32);

impl PoolSize {
    /// Enough that a bound on requests in flight is met before the pool is empty:
    /// an instance per request, as many again that are called by components or
    /// work on after their answer, and some that idle.
    pub fn for_requests_in_flight(requests: usize) -> Self {
        let requests = u32::try_from(requests).unwrap_or(u32::MAX);
        Self(requests.saturating_mul(2).saturating_add(64).min(4096))
    }
}

/// The engine every component runs on. The clock that interrupts guests runs
/// until the engine is dropped.
pub fn engine(pool: PoolSize) -> wasmtime::Result<Engine> {
    let mut allocation = PoolingAllocationConfig::default();
    allocation
        .total_component_instances(pool.0)
        .total_stacks(pool.0.saturating_mul(4))
        .total_core_instances(pool.0.saturating_mul(16))
        .total_memories(pool.0.saturating_mul(2))
        .total_tables(pool.0.saturating_mul(8))
        .max_core_instances_per_component(CORE_INSTANCES_PER_COMPONENT)
        .max_memories_per_component(MEMORIES_PER_COMPONENT)
        .max_tables_per_component(TABLES_PER_COMPONENT)
        .max_memory_size(MEMORY_LIMIT)
        .linear_memory_keep_resident(KEPT_RESIDENT)
        .max_unused_warm_slots(64);
    let mut config = Config::new();
    config
        .wasm_component_model_async(true)
        .epoch_interruption(true)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(allocation));
    let engine = Engine::new(&config)?;
    start_clock(&engine)?;
    Ok(engine)
}

fn start_clock(engine: &Engine) -> std::io::Result<()> {
    let engine = engine.weak();
    let tick = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(TICK);
        }
    };
    std::thread::Builder::new().name("epoch".to_owned()).spawn(tick).map(drop)
}
