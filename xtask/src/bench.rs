//! Measuring.

use std::{ffi::OsString, process::Command};

use crate::{
    Outcome, build,
    command::{cargo, run},
    progress::Progress,
    workspace::{BENCH, HOST, built, root},
};

/// Builds everything and the bench, and runs it.
pub fn run_bench(arguments: &[OsString]) -> Outcome {
    build::everything(&[])?;
    // In one call with the host: its dependencies have the features they were
    // built with, and none is compiled again.
    Progress::new(1).step("bench", || {
        let packages = [HOST, build::COMPOSER, BENCH];
        let mut command = cargo("build");
        command.arg("--release").args(packages.iter().flat_map(|name| ["--package", name]));
        run(&mut command)
    })?;
    run(Command::new(built(BENCH)).args(arguments).current_dir(root()))
}
