//! Builds, runs and tests everything: `cargo xtask help`.
//!
//! No dependencies, so that it is there in a second.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a command-line tool")]

mod bench;
mod build;
mod check;
mod command;
mod progress;
mod workspace;

use std::{env, ffi::OsString, process::ExitCode};

const HELP: &str = "\
cargo xtask build            builds the components and the host
cargo xtask up [options]     builds, then serves: meridian up [options]
cargo xtask test             builds, then runs all tests
cargo xtask bench [options]  builds, then measures, and prints figures
cargo xtask lint             checks the format and runs clippy
cargo xtask compose          writes target/composed from components already built
";

/// What a task ends with: the text says what went wrong.
type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<OsString> = arguments.collect();
    let outcome = match task.to_str() {
        Some("build") => build::everything(&[]),
        Some("up") => build::everything(&[]).and_then(|()| build::serve(&rest)),
        Some("test") => check::test(),
        Some("bench") => bench::run_bench(&rest),
        Some("lint") => check::lint(),
        Some("compose") => build::compose(),
        Some("" | "help" | "--help" | "-h") => {
            print!("{HELP}");
            Ok(())
        }
        _ => Err(format!("there is no task {}\n\n{HELP}", task.display())),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
