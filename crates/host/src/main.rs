//! Meridian on one machine: serves the components of a `spin.toml`, keeps their
//! data in a folder, and needs nothing else.

mod bindings;
mod cli;
mod data_dir;
mod db;
mod first_start;
mod front;
mod logging;
mod misconfigured;
mod outbound;
mod runtime;
mod signals;
mod sweep;
mod tenants;
mod up;
mod variables;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command, TenantsCommand};
use misconfigured::Misconfigured;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The manifest or its components are wrong: nothing was started.
const EXIT_MISCONFIGURED: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "meridian: {error:#}");
            ExitCode::from(if error.is::<Misconfigured>() { EXIT_MISCONFIGURED } else { 1 })
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match command {
        Command::Up(options) => {
            let _log = logging::start(options.log);
            runtime.block_on(up::up(options))
        }
        Command::Db(options) => {
            let _log = logging::start(options.log);
            runtime.block_on(db::serve(options))
        }
        Command::Tenants(TenantsCommand::Apply(options)) => {
            runtime.block_on(tenants::command(options))
        }
    }
}
