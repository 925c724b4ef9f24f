//! Measures Meridian beside the same work done natively, and prints figures.
//!
//! It is a measurement, not a test: a missed bar is a word in a table, never a
//! failure.

mod claim;
mod client;
mod cpu;
mod deliveries;
mod disk;
mod engine;
mod explain;
mod figures;
mod floor;
mod load;
mod manifest;
mod process;
mod receiver;
mod report;
mod rows;
mod run;
mod scenario;
mod seed;
mod stage;
mod worlds;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

/// The host's allocator: the floor may not be slower for want of it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures Meridian beside the same work done natively.
#[derive(Debug, Parser)]
#[command(name = "meridian-bench", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the same requests without WASM: what the others are compared with.
    Floor {
        /// Where to listen.
        #[arg(long)]
        listen: SocketAddr,
        /// The folder of databases.
        #[arg(long)]
        data_dir: PathBuf,
    },
}

/// What to measure.
#[derive(Debug, Args)]
struct Options {
    /// In some forty seconds: fewer requests, and figures that say less.
    #[arg(long)]
    quick: bool,
    /// Also through the component `libsql` to a `meridian db`.
    #[arg(long)]
    remote: bool,
    /// The project that is measured, built. Default: this one.
    #[arg(long)]
    project: Option<PathBuf>,
    /// The built host. Default: the project's.
    #[arg(long)]
    binary: Option<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Some(Command::Floor { listen, data_dir }) => floor::main(listen, data_dir),
        None => measure(&cli.options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::progress(&format!("meridian-bench: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// On one thread, so that asking takes at most one core from those who answer.
fn measure(options: &Options) -> anyhow::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut stop = signal(SignalKind::terminate())?;
        tokio::select! {
            outcome = run::run(options) => outcome,
            // What was started ends with this future.
            _ = stop.recv() => anyhow::bail!("stopped"),
            _ = tokio::signal::ctrl_c() => anyhow::bail!("stopped"),
        }
    })
}
