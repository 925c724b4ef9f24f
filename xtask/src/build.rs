//! Building the components and the host, and serving them.

use std::{ffi::OsString, path::Path, process::Command};

use crate::{
    Outcome,
    command::{cargo, output_of, run},
    progress::Progress,
    workspace::{HOST, built, packages, root},
};

const TARGET: &str = "wasm32-wasip2";
/// The package of the composer.
pub const COMPOSER: &str = "meridian-manifest";

/// Builds all that serving needs. `fixtures`: guests that only tests need.
pub fn everything(fixtures: &[String]) -> Outcome {
    let components = packages("components")?;
    let guests: Vec<&String> = components.iter().chain(fixtures).collect();
    let mut progress = Progress::new(guests.len().saturating_add(2));
    add_target()?;
    for package in guests {
        let name = package.strip_prefix("meridian-").unwrap_or(package);
        // One call each: in a call for several, each would be built with the
        // features that any of them asks for, and import what it does not use.
        progress.step(&format!("component {name}"), || run(&mut guest_build(package)))?;
    }
    progress.step("host", || {
        // The composer is a part of the host: no crate is built twice for it.
        run(cargo("build").args(["--release", "--package", HOST, "--package", COMPOSER]))
    })?;
    progress.step("composed providers", compose_with_what_is_built)?;
    progress.finish("built")
}

fn guest_build(package: &str) -> Command {
    let mut command = cargo("build");
    command.args(["--profile", "component", "--target", TARGET, "--package", package]);
    command
}

/// Writes the composed files, with a composer that is built if need be.
pub fn compose() -> Outcome {
    run(cargo("build").args(["--release", "--package", HOST, "--package", COMPOSER]))?;
    compose_with_what_is_built()
}

fn compose_with_what_is_built() -> Outcome {
    run(Command::new(built("meridian-compose")).arg("spin.toml").current_dir(root()))
}

/// Adds the target of the components where it is missing.
fn add_target() -> Outcome {
    let sysroot =
        output_of(Command::new("rustc").args(["--print", "sysroot"]).current_dir(root()))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).exists() {
        return Ok(());
    }
    println!("adding the target {TARGET} …");
    run(Command::new("rustup").args(["target", "add", TARGET]).current_dir(root())).map_err(
        |error| format!("{error}; without rustup, install the standard library for {TARGET}"),
    )
}

/// Serves: the host takes this process's place, so that signals reach it.
pub fn serve(arguments: &[OsString]) -> Outcome {
    let mut command = Command::new(built(HOST));
    command.arg("up").args(arguments).current_dir(root());
    replace_with(&mut command)
}

#[cfg(unix)]
fn replace_with(command: &mut Command) -> Outcome {
    use std::os::unix::process::CommandExt as _;
    let error = command.exec();
    Err(format!("cannot start the host: {error}"))
}

#[cfg(not(unix))]
fn replace_with(command: &mut Command) -> Outcome {
    run(command)
}
