//! Tests, format and lints.

use crate::{
    Outcome, build,
    command::{cargo, run, watch},
    workspace::{BENCH, HOST, host_packages, packages},
};

/// Guests that tests of the host load.
const FIXTURES: &str = "tests/fixtures";

/// Builds everything, runs all tests and tells the sum.
///
/// Two calls, both in the profile the host was built in. The first has only what
/// the host is made of, and the bench, which is made of the same, so that the
/// dependencies (wasmtime, SQLite) have the very features they were built with, and
/// none is compiled again.
pub fn test() -> Outcome {
    let fixtures = packages(FIXTURES)?;
    build::everything(&fixtures)?;
    let mut host = host_packages()?;
    host.push(BENCH.to_owned());
    let mut tally = Tally::default();

    let mut first = cargo("test");
    first.args(["--release", "--no-fail-fast"]);
    for package in &host {
        first.args(["--package", package]);
    }
    let mut second = cargo("test");
    second.args(["--release", "--no-fail-fast", "--workspace"]);
    for package in host.iter().chain(&fixtures) {
        second.args(["--exclude", package]);
    }
    let mut succeeded = true;
    for command in [&mut first, &mut second] {
        succeeded &= watch(command, |line| tally.see(line))?;
    }
    tally.print();
    match (succeeded, tally.failures.is_empty()) {
        (true, true) => Ok(()),
        (_, false) => Err("tests failed".to_owned()),
        (false, true) => Err("a test could not be built or did not end as it should".to_owned()),
    }
}

/// Checks the format of everything and lints everything but the host, whose
/// dependencies clippy would check for minutes.
pub fn lint() -> Outcome {
    run(cargo("fmt").args(["--all", "--check"]))?;
    let guests = [packages("components")?, packages(FIXTURES)?].concat();
    let mut native = cargo("clippy");
    native.args(["--release", "--workspace", "--exclude", HOST]);
    let mut components = cargo("clippy");
    components.args(["--profile", "component", "--target", "wasm32-wasip2"]);
    for package in &guests {
        native.args(["--exclude", package]);
        components.args(["--package", package]);
    }
    for command in [&mut native, &mut components] {
        run(command.args(["--", "--deny", "warnings"]))?;
    }
    Ok(())
}

/// What the test programs told.
#[derive(Default)]
struct Tally {
    programs: usize,
    passed: usize,
    ignored: usize,
    failures: Vec<String>,
}

impl Tally {
    fn see(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("test ").and_then(|l| l.strip_suffix(" ... FAILED")) {
            self.failures.push(name.to_owned());
        }
        let Some((_, counts)) =
            line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        self.programs = self.programs.saturating_add(1);
        for count in counts.split("; ") {
            let Some((number, word)) = count.split_once(' ') else { continue };
            let number = number.parse().unwrap_or(0);
            match word {
                "passed" => self.passed = self.passed.saturating_add(number),
                "ignored" => self.ignored = self.ignored.saturating_add(number),
                _ => {}
            }
        }
    }

    fn print(&self) {
        for failure in &self.failures {
            println!("failed: {failure}");
        }
        println!(
            "{} tests passed, {} failed, {} ignored, in {} programs",
            self.passed,
            self.failures.len(),
            self.ignored,
            self.programs
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_added_up_and_failures_named() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test a::works ... ok",
            "test a::breaks ... FAILED",
            "test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
        ] {
            tally.see(line);
        }
        assert_eq!((tally.programs, tally.passed, tally.ignored), (2, 5, 1));
        assert_eq!(tally.failures, ["a::breaks"]);
    }
}
