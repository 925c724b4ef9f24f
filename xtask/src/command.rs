//! Running other programs.

use std::{
    env,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use crate::{Outcome, workspace::root};

/// The cargo that runs us, in the root of the workspace.
pub fn cargo(task: &str) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What cargo told us about our own package is nobody else's business: build
    // scripts of others would be run again because of it.
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_")) {
            command.env_remove(name);
        }
    }
    command.env_remove("CARGO_MANIFEST_DIR").env_remove("CARGO_MANIFEST_PATH");
    command.current_dir(root()).arg(task);
    command
}

/// Runs it to its end.
pub fn run(command: &mut Command) -> Outcome {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed: {status}", name(command))) }
}

/// Runs it to its end and answers what it wrote.
pub fn output_of(command: &mut Command) -> Result<String, String> {
    let output =
        command.stderr(Stdio::inherit()).output().map_err(|error| cannot_start(command, &error))?;
    if !output.status.success() {
        return Err(format!("{} failed: {}", name(command), output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs it to its end, shows every line it writes, and hands it over. Answers
/// whether it succeeded.
pub fn watch(command: &mut Command, mut line_seen: impl FnMut(&str)) -> Result<bool, String> {
    let mut child =
        command.stdout(Stdio::piped()).spawn().map_err(|error| cannot_start(command, &error))?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.map_err(|error| format!("cannot read on: {error}"))?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            line_seen(&line);
        }
    }
    let status = child.wait().map_err(|error| format!("cannot wait: {error}"))?;
    Ok(status.success())
}

fn name(command: &Command) -> String {
    let arguments = command.get_args().map(|argument| argument.to_string_lossy());
    let words: Vec<_> =
        std::iter::once(command.get_program().to_string_lossy()).chain(arguments).collect();
    words.join(" ")
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("cannot start {}: {error}", name(command))
}
